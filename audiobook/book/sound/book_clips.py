"""The clips of a book, as its timeline and its sound need them."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from audiobook.book.script import Script, SpokenPassage
from audiobook.book.sound.mp3_file import DamagedClip
from audiobook.clips.clip import ClipExtent, ClipSentence, unpack_sentences
from audiobook.clips.store import ClipStore
from audiobook.files import Place, Spool
from audiobook.listening.hearing import hearing_name, stored_hearing, with_word_times

_HEAD: Final = struct.Struct("<QQQQ32sQQ")
"""A head in little memory: its extent, the digest of its frames, and the place of its sentences."""


class _Head(NamedTuple):
    """The data of a clip that are available without reading its frames."""

    extent: ClipExtent
    frames_sha256: str
    sentences: Place


class BookClips:
    """The clips of a book; the head of each, before its frames, is read only once."""

    def __init__(self, script: Script, listener: str, store: ClipStore, spool: Spool) -> None:
        """Prepare to read clips; none is read yet.

        Args:
            script: The text with its clips.
            listener: Identity of the speech recogniser that gives the times of words; empty without one.
            store: The store with the clips.
            spool: Temporary storage for the sentences of clips.
        """
        self.store = store
        self._spool = spool
        self._hearings = (
            {entry.key: passage_hearing(entry, listener) for entry, _ in script.passages()}
            if listener
            else {}
        )
        self._heads: dict[str, bytes] = {}

    def extent(self, key: str) -> ClipExtent:
        """Return the length of a clip.

        Raises:
            DamagedClip: It is missing or damaged.
        """
        return self._head(key).extent

    def sentences(self, key: str) -> tuple[ClipSentence, ...]:
        """Return the sentences of a clip, with the times of words that a recogniser gave; see `extent`."""
        try:
            sentences = unpack_sentences(self._spool.get(self._head(key).sentences))
        except ValueError as error:
            raise DamagedClip(key) from error
        if not self._hearings:
            return sentences
        hearing = stored_hearing(self.store, self._hearings[key])
        if hearing is None:
            raise DamagedClip(key)
        return with_word_times(sentences, hearing)

    def frames_sha256(self, key: str) -> str:
        """Return the digest of the frames of a clip; see `extent`."""
        return self._head(key).frames_sha256

    def _head(self, key: str) -> _Head:
        if key not in self._heads:
            self._heads[key] = self._read_head(key)
        *lengths, frames_sha256, start, length_bytes = _HEAD.unpack(self._heads[key])
        return _Head(ClipExtent(*lengths), frames_sha256.hex(), Place(start, length_bytes))

    def _read_head(self, key: str) -> bytes:
        head = self.store.head(key)
        if head is None:
            raise DamagedClip(key)
        clip, sha256 = head
        place = self._spool.add(bytes(clip.sentences))
        return _HEAD.pack(
            clip.rate_hz,
            clip.frame_count,
            clip.length_bytes,
            clip.speech_samples,
            bytes.fromhex(sha256),
            *place,
        )


def passage_hearing(entry: SpokenPassage, listener: str) -> str:
    """Return the name under which the store keeps what a speech recogniser, given by its identity, hears in a passage."""
    texts = [sentence.text for sentence in entry.passage.sentences]
    return hearing_name(entry.key, listener, texts, entry.passage.language)
