"""Mono 16-bit sound in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Pcm:
    """A stretch of mono sound.

    Attributes:
        samples: Signed 16-bit samples in native byte order (little-endian on every machine that
            this project runs on), two bytes each. A view saves a copy where a part is cut out.
        rate_hz: Samples a second.
    """

    samples: bytes | memoryview
    rate_hz: int

    def __len__(self) -> int:
        """Give the length in samples."""
        return len(self.samples) // SAMPLE_BYTES

    def part(self, start: int, end: int) -> Pcm:
        """Give the samples from `start` to `end` (exclusive), as a view."""
        return Pcm(memoryview(self.samples)[start * SAMPLE_BYTES : end * SAMPLE_BYTES], self.rate_hz)

    @property
    def length_s(self) -> float:
        """The length in seconds."""
        return len(self) / self.rate_hz


def samples_of(length_ms: int, rate_hz: int) -> int:
    """Give a time as a whole number of samples, rounded down."""
    return length_ms * rate_hz // 1000


def silence(length_samples: int, rate_hz: int) -> Pcm:
    """Give digital silence of a length in samples."""
    return Pcm(bytes(length_samples * SAMPLE_BYTES), rate_hz)


def join(parts: Iterable[Pcm], rate_hz: int) -> Pcm:
    """Give the parts one after the other.

    Args:
        parts: Any number of sounds, all of `rate_hz`; none gives no samples.
        rate_hz: Samples a second of the result.

    Raises:
        ValueError: A part has another rate: a caller's mistake, never a user's.
    """
    pieces = []
    for part in parts:
        if part.rate_hz != rate_hz:
            raise ValueError(f"cannot join {part.rate_hz} Hz to {rate_hz} Hz")
        pieces.append(part.samples)
    return Pcm(b"".join(pieces), rate_hz)
