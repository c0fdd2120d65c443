"""Measuring sound as it is decoded: RMS, peak, noise floor, and the silence around the speech, in little memory."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import Final

import msgspec

from audiobook.audio.samples import rms_and_peak

FULL_SCALE: Final = 1 << 31
SAMPLE_BYTES: Final = 4
_STEPS_PER_S: Final = 50
_NOISE_STEPS: Final = 25
"""The noise floor is the level of the quietest half second."""
_HEARD: Final = 10 ** (-50 / 20)
"""A fiftieth of a second whose RMS is above this amplitude (-50 dB) counts as speech, not as room tone."""


class Levels(msgspec.Struct, frozen=True):
    """The measurements of a file. Levels are in dB below full scale; `-inf` is digital silence.

    Attributes:
        codec: Name of the encoding as in FFmpeg, for example `mp3` or `pcm_s16le`.
        kbits: The bit rates of the frames of an MP3 in ascending order; empty for other formats.
        rate_hz: Sample rate.
        channels: Number of channels.
        length_s: Length in seconds.
        rms_db: RMS of the whole file.
        peak_db: Level of the highest sample.
        noise_db: RMS of the quietest half second, or of the whole file if it is shorter than that.
        head_s: Silence before the first sound, in seconds; the length of the file if it contains no sound.
        tail_s: Silence after the last sound, in seconds.
    """

    codec: str
    kbits: tuple[int, ...]
    rate_hz: int
    channels: int
    length_s: float
    rms_db: float
    peak_db: float
    noise_db: float
    head_s: float
    tail_s: float


class Meter:
    """Running totals of a measurement, in steps of a fiftieth of a second."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        """Begin a measurement of samples of 32 bits, channels interleaved."""
        self._rate_hz, self._channels = rate_hz, channels
        self._step_samples = max(rate_hz // _STEPS_PER_S, 1)
        self._step_bytes = self._step_samples * channels * SAMPLE_BYTES
        self._squares = self._peak = 0.0
        self._sample_count = self._step_count = 0
        self._first_heard: int | None = None
        self._last_heard = -1
        self._quietest = math.inf
        self._recent: deque[float] = deque(maxlen=_NOISE_STEPS)
        self._rest = bytearray()

    def take(self, samples: memoryview) -> None:
        """Measure the next samples."""
        self._rest += samples
        whole = len(self._rest) - len(self._rest) % self._step_bytes
        with memoryview(self._rest) as view:
            for at in range(0, whole, self._step_bytes):
                self._step(view[at : at + self._step_bytes])
        del self._rest[:whole]

    def levels(self, codec: str, kbits: Iterable[int]) -> Levels:
        """Return the measurements once all samples were taken.

        Args:
            codec: Name of the encoding.
            kbits: The bit rates of MP3 frames.

        Raises:
            ValueError: There were no samples.
        """
        if self._rest:
            with memoryview(self._rest) as view:
                self._step(view)
            self._rest.clear()
        if not self._sample_count:
            raise ValueError("it contains no audio")
        mean = self._squares / self._sample_count
        length_s = self._sample_count / self._channels / self._rate_hz
        step_s = self._step_samples / self._rate_hz
        first = self._step_count if self._first_heard is None else self._first_heard
        return Levels(
            codec,
            tuple(sorted(kbits)),
            self._rate_hz,
            self._channels,
            length_s,
            decibels(math.sqrt(mean)),
            decibels(self._peak),
            decibels(math.sqrt(min(self._quietest, mean))),
            min(first * step_s, length_s),
            max(length_s - (self._last_heard + 1) * step_s, 0.0),
        )

    def _step(self, samples: memoryview) -> None:
        rms, peak = (level / FULL_SCALE for level in rms_and_peak(samples))
        count = len(samples) // SAMPLE_BYTES
        self._squares += rms * rms * count
        self._sample_count += count
        self._peak = max(self._peak, peak)
        if rms > _HEARD:
            self._first_heard = self._step_count if self._first_heard is None else self._first_heard
            self._last_heard = self._step_count
        self._step_count += 1
        if len(samples) == self._step_bytes:
            self._recent.append(rms * rms)
            if len(self._recent) == _NOISE_STEPS:
                self._quietest = min(self._quietest, math.fsum(self._recent) / _NOISE_STEPS)


def decibels(level: float) -> float:
    """Return a share of full scale in dB; `-inf` for nothing."""
    return 20 * math.log10(level) if level > 0 else -math.inf
