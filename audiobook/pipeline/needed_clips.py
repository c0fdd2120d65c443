"""The clips that the works of a build need, and which of them are missing from the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from audiobook.book.script import SpokenPassage
from audiobook.book.sound.book_clips import passage_hearing
from audiobook.clips.encoded import Encoding, lack_speech
from audiobook.clips.heads import ClipHeads
from audiobook.clips.store import ClipStore, missing_encodings
from audiobook.listening.hearing import stored_hearing
from audiobook.listening.model import Listener
from audiobook.pipeline.cost import SpeechToMake


class WorkClips(msgspec.Struct):
    """The clips that one work needs, collected while its text is narrated.

    Attributes:
        encodings: Encodings besides MP3.
        keys: Keys of the clips, as bytes, which take half the memory of the digits.
        speech: The clips that must be spoken, and the length of their speech.
    """

    encodings: frozenset[Encoding]
    keys: set[bytes] = msgspec.field(default_factory=set)
    speech: SpeechToMake = msgspec.field(default_factory=SpeechToMake)


class _Need(NamedTuple):
    """The work that a clip still needs.

    Attributes:
        encodings: Its encodings besides MP3.
        is_incomplete: Whether it must be made, listened to or encoded.
        is_unmade: Whether it must be spoken: it is not in the store, or not in a lossless encoding that a work needs.
        is_respoken: Whether it is in the store, but must be spoken again for a lossless encoding.
    """

    encodings: frozenset[Encoding]
    is_incomplete: bool
    is_unmade: bool = False
    is_respoken: bool = False


class NeededClips:
    """The clips that all works of a build need.

    Attributes:
        speech: The clips that must be spoken, and the length of their speech.
    """

    def __init__(self, store: ClipStore, heads: ClipHeads, listener: Listener | None, *, force: bool) -> None:
        """Compare with a store.

        Args:
            store: The store.
            heads: Keeps the heads of its clips for those who assemble the books.
            listener: The recogniser that must have listened to each clip; None if clips are not listened to.
            force: Whether all clips are made again.
        """
        self._store = store
        self._heads = heads
        self._listener = listener
        self._force = force
        self._needs: dict[bytes, _Need] = {}
        """What is needed for each clip so far, by the bytes of its key. Most clips share a few values, which saves memory."""
        self._shared: dict[_Need, _Need] = {}
        self.speech = SpeechToMake()

    def add(self, passage: SpokenPassage, work: WorkClips) -> bool:
        """Add the clip of a passage to those that its work needs.

        Args:
            passage: The passage.
            work: The clips of the work, to which this one is added.

        Returns:
            Whether a job is needed for this clip, and none was needed before.
        """
        key = bytes.fromhex(passage.key)
        before = self._needs.get(key)
        need = self._need(passage, work.encodings, before)
        self._needs[key] = self._shared.setdefault(need, need)
        if need.is_unmade:
            if not (before and before.is_unmade):
                self.speech.add(passage)
            if key not in work.keys:
                work.speech.add(passage)
        work.keys.add(key)
        return need.is_incomplete and not (before and before.is_incomplete)

    def _need(self, passage: SpokenPassage, encodings: frozenset[Encoding], before: _Need | None) -> _Need:
        """Return the need of a clip after another work has requested it in some encodings."""
        if before is None:
            return self._compared(passage, encodings)
        if encodings <= before.encodings:
            return before
        encodings |= before.encodings
        return (
            before._replace(encodings=encodings)
            if before.is_incomplete
            else self._compared(passage, encodings)
        )

    def _compared(self, passage: SpokenPassage, encodings: frozenset[Encoding]) -> _Need:
        """Compare a clip, requested in some encodings, with the store, and return its need."""
        frames_sha256 = None if self._force else self._heads.frames_sha256(passage.key)
        if frames_sha256 is None:
            return _Need(encodings, is_incomplete=True, is_unmade=True)
        missing = missing_encodings(self._store, frames_sha256, encodings)
        is_respoken = lack_speech(missing)
        is_unheard = False
        if self._listener:
            name = passage_hearing(passage, self._listener.identity)
            is_unheard = stored_hearing(self._store, name) is None
        return _Need(encodings, bool(missing) or is_unheard, is_respoken, is_respoken)

    def incomplete(self, work: WorkClips) -> Iterator[bytes]:
        """Yield the keys of the clips of a work that must be made, listened to or encoded."""
        return (key for key in work.keys if self._needs[key].is_incomplete)

    def unmade(self, keys: set[bytes]) -> int:
        """Return how many of some clips must be spoken."""
        return sum(self._needs[key].is_unmade for key in keys)

    def respoken(self, keys: set[bytes]) -> int:
        """Return how many of some clips are in the store, but must be spoken again for a lossless encoding."""
        return sum(self._needs[key].is_respoken for key in keys)

    def encodings(self, key: str) -> frozenset[Encoding]:
        """Return the encodings besides MP3 in which the works so far need a clip."""
        return self._of(key).encodings

    def is_made(self, key: str) -> bool:
        """Return whether a clip does not have to be spoken."""
        return not self._of(key).is_unmade

    def note_made(self, key: str) -> None:
        """Note that a clip was spoken."""
        need = self._of(key)._replace(is_unmade=False)
        self._needs[bytes.fromhex(key)] = self._shared.setdefault(need, need)

    def _of(self, key: str) -> _Need:
        return self._needs[bytes.fromhex(key)]

    def needs_speech(self, key: str) -> bool:
        """Return whether the clip with this key must be spoken now, even if only for a lossless encoding."""
        head = self._store.head(key)
        return head is None or lack_speech(missing_encodings(self._store, head[1], self.encodings(key)))
