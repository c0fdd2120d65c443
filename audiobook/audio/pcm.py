"""Mono 16-bit audio in memory."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

SAMPLE_BYTES = 2


class Pcm(msgspec.Struct, frozen=True):
    """A piece of mono audio.

    Attributes:
        samples: Signed 16-bit samples in native byte order (little-endian on every supported machine), two bytes
            each. A view avoids copying when a part is cut out.
        rate_hz: Sample rate.
    """

    samples: bytes | memoryview
    rate_hz: int

    def __len__(self) -> int:
        """Return the length in samples."""
        return len(self.samples) // SAMPLE_BYTES

    def part(self, start: int, end: int) -> Pcm:
        """Return the samples from `start` to `end` (exclusive), as a view."""
        return Pcm(memoryview(self.samples)[start * SAMPLE_BYTES : end * SAMPLE_BYTES], self.rate_hz)

    @property
    def length_s(self) -> float:
        """The length in seconds."""
        return len(self) / self.rate_hz


def samples_of(length_ms: int, rate_hz: int) -> int:
    """Return a time as a whole number of samples, rounded down."""
    return length_ms * rate_hz // 1000


def silence(length_samples: int, rate_hz: int) -> Pcm:
    """Return digital silence with a length in samples."""
    return Pcm(bytes(length_samples * SAMPLE_BYTES), rate_hz)


def join(parts: Iterable[Pcm], rate_hz: int) -> Pcm:
    """Join pieces of audio.

    Args:
        parts: Any number of pieces, all at `rate_hz`. Without pieces, the result is empty.
        rate_hz: Sample rate of the result.

    Raises:
        ValueError: A piece has another sample rate, which is a bug in the caller.
    """
    pieces = []
    for part in parts:
        if part.rate_hz != rate_hz:
            raise ValueError(f"cannot join {part.rate_hz} Hz to {rate_hz} Hz")
        pieces.append(part.samples)
    return Pcm(b"".join(pieces), rate_hz)
