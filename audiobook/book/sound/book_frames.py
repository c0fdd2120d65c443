"""The MP3 frames of a book in order: those of its clips, from the store, and those of its pauses."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from audiobook.audio.mp3.frames import frame_samples
from audiobook.audio.mp3.lame import EncoderSettings, encoder_name
from audiobook.audio.noise_floor import Floor
from audiobook.book.sound.places import Places
from audiobook.book.timeline import Stretch, Timeline
from audiobook.clips.clip import ClipExtent, silent_frames
from audiobook.clips.store import ClipStore
from audiobook.errors import AudiobookError


class DamagedClip(AudiobookError):
    """A clip is missing from the store, damaged, or another one than before, and must be made again."""

    @property
    def key(self) -> str:
        """The clip's key instead of a message, because this error is never shown."""
        return self.message


DIGEST_BYTES: Final = 8
"""Enough of a digest to tell frames apart."""
_silence = lru_cache(maxsize=64)(silent_frames)


@lru_cache(maxsize=64)
def _digest_of_silence(
    rate_hz: int, encoder: EncoderSettings, frame_count: int, floor: Floor | None
) -> bytes:
    return hashlib.sha256(_silence(rate_hz, encoder, frame_count, floor)).digest()[:DIGEST_BYTES]


class BookFrames:
    """The frames of a book.

    Attributes:
        timeline: Their order.
        encoder: The settings of their encoding.
        lengths: The length of each stretch of the timeline, in bytes.
    """

    def __init__(
        self,
        timeline: Timeline,
        store: ClipStore,
        extent_of: Callable[[str], ClipExtent],
        frames_sha256_of: Callable[[str], str],
        encoder: EncoderSettings,
    ) -> None:
        """Add up the lengths of all frames; no clip is read yet.

        Args:
            timeline: The frames in order.
            store: The store with the clips.
            extent_of: Returns the extent of a clip by its key.
            frames_sha256_of: Returns the digest of the frames of a clip by its key, in hexadecimal.
            encoder: Settings of the clips' encoding; silence is encoded in the same way.

        Raises:
            DamagedClip: A clip is missing or damaged.
        """
        self.timeline = timeline
        self.encoder = encoder
        self._store = store
        self._frames_sha256_of = frames_sha256_of
        self.lengths: Sequence[int] = array(
            "Q",
            (
                extent_of(stretch.key).length_bytes if stretch.key else len(self._silent(stretch))
                for stretch in timeline.stretches
            ),
        )

    def silent_frame(self) -> bytes:
        """Return one frame of silence."""
        return _silence(self.timeline.rate_hz, self.encoder, 1)

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the frames of each clip and each pause.

        Args:
            start: Index of the first stretch.
            end: Index after the last stretch; None for all.

        Raises:
            DamagedClip: A clip is missing or damaged, or its length has changed.
        """
        rows = zip(self.timeline.stretches, self.lengths, strict=True)
        for stretch, length in islice(rows, start, end):
            if stretch.key is None:
                yield self._silent(stretch)
            elif (clip := self._store.get(stretch.key)) and len(clip.data) == length:
                yield clip.data
            else:
                raise DamagedClip(stretch.key)

    def places(self, start: int) -> Places:
        """Return where the book can be cut.

        Args:
            start: Number of bytes before the frames in its file.
        """
        step = frame_samples(self.timeline.rate_hz)
        wanted = {sample // step for sample in self.timeline.chapter_starts}
        found: dict[int, int] = {}
        number, position = 0, start
        for stretch, length in zip(self.timeline.stretches, self.lengths, strict=True):
            if number in wanted:
                found[number] = position
            number += stretch.frame_count
            position += length
        found[number] = position
        return Places(encoder_name(self.silent_frame()), found)

    @cached_property
    def digests(self) -> bytes:
        """For each stretch, the first `DIGEST_BYTES` of the SHA-256 of its frames."""
        return b"".join(map(self._digest, self.timeline.stretches))

    def _digest(self, stretch: Stretch) -> bytes:
        if stretch.key is None:
            return _digest_of_silence(self.timeline.rate_hz, self.encoder, stretch.frame_count, stretch.floor)
        return bytes.fromhex(self._frames_sha256_of(stretch.key))[:DIGEST_BYTES]

    def _silent(self, stretch: Stretch) -> bytes:
        return _silence(self.timeline.rate_hz, self.encoder, stretch.frame_count, stretch.floor)
