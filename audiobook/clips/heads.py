"""The heads of clips: what is known of them without their frames. Each is read once, and kept in little memory."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from audiobook.clips.clip import ClipExtent, ClipSentence, unpack_sentences
from audiobook.clips.store import ClipStore
from audiobook.files import Place, Spool

_PACKED: Final = struct.Struct("<QQQQ32sQ")
"""A head in the spool, before its sentences: its extent, the digest of its frames, and the length of its sentences in bytes."""
MOST_HEADS: Final = 32_768
"""How many heads a build keeps from comparing clips with the store until the books are assembled: those of about 150 hours."""


class Head(NamedTuple):
    """The head of a clip.

    Attributes:
        extent: The length of the clip.
        frames_sha256: Digest of its frames in hexadecimal.
        sentences: The place of its sentences in the spool.
    """

    extent: ClipExtent
    frames_sha256: str
    sentences: Place


class ClipHeads:
    """The heads of the clips of a store."""

    def __init__(self, store: ClipStore, spool: Spool, most: int | None = None) -> None:
        """Prepare to read heads; none is read yet.

        Args:
            store: The store.
            spool: Temporary storage for the sentences of clips.
            most: How many heads are kept; None keeps all.
        """
        self._store = store
        self._spool = spool
        self._most = most
        self._starts: dict[bytes, int] = {}
        """Where each head is in the spool, by the bytes of its key, which take less memory than the digits."""

    def kept(self, key: str) -> Head | None:
        """Return the head of a clip if it was read and kept before."""
        start = self._starts.get(bytes.fromhex(key))
        if start is None:
            return None
        *lengths, frames_sha256, length_bytes = _PACKED.unpack(self._spool.get(Place(start, _PACKED.size)))
        return Head(ClipExtent(*lengths), frames_sha256.hex(), Place(start + _PACKED.size, length_bytes))

    def frames_sha256(self, key: str) -> str | None:
        """Return the digest of the frames of a clip; None if it is missing or damaged. Its head is read unless it is kept.

        Raises:
            StorageError: It cannot be read.
        """
        if kept := self.kept(key):
            return kept.frames_sha256
        found = self._store.head(key)
        if found is None:
            return None
        clip, sha256 = found
        if self._most is None or len(self._starts) < self._most:
            lengths = (clip.rate_hz, clip.frame_count, clip.length_bytes, clip.speech_samples)
            packed = _PACKED.pack(*lengths, bytes.fromhex(sha256), len(clip.sentences))
            self._starts[bytes.fromhex(key)] = self._spool.add(packed + clip.sentences).start
        return sha256

    def read(self, keys: Iterable[str], *, while_: Callable[[], bool]) -> None:
        """Read the heads of clips that will probably be needed, as long as there is nothing else to do.

        Raises:
            StorageError: One cannot be read.
        """
        for key in keys:
            if not while_():
                return
            self.frames_sha256(key)

    def forget(self, key: str) -> None:
        """Forget the head of a clip that is, or will be, made again."""
        self._starts.pop(bytes.fromhex(key), None)

    def sentences(self, head: Head) -> tuple[ClipSentence, ...]:
        """Return the sentences of a clip.

        Raises:
            ValueError: They were stored by another version of this program.
        """
        return unpack_sentences(self._spool.get(head.sentences))
