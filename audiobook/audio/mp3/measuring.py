"""Measuring MP3 frames that are not in a file yet."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from audiobook.audio.meter import FULL_SCALE, SAMPLE_BYTES, Levels, Meter, decibels
from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, parse_header, whole_frames
from audiobook.audio.mp3.gain import GRANULE_SAMPLES
from audiobook.audio.pyav import SOUND_FILES, require_pyav
from audiobook.audio.samples import rms_and_peak

_GRANULE_BYTES: Final = GRANULE_SAMPLES * SAMPLE_BYTES


class Measured(NamedTuple):
    """The levels of frames as a gapless player plays them, and the peak of each 576 samples from the first frame on, in dB."""

    levels: Levels
    peaks_db: array[float]


def measure_frames(pieces: Iterable[bytes], rate_hz: int) -> Measured:
    """Measure mono frames like the file that they will be in.

    Args:
        pieces: Complete frames of a constant bit rate, in pieces of any length.
        rate_hz: Their sample rate.

    Raises:
        EngineMissing: PyAV is not installed.
        FrameError: The data contains anything else.
        ValueError: There are no frames.
    """
    require_pyav(SOUND_FILES)
    meter, peaks_db, skipped_bytes = Meter(rate_hz, 1), array("d"), STITCH_DELAY_SAMPLES * SAMPLE_BYTES
    kbits: set[int] = set()
    for samples in _decoded(whole_frames(pieces), rate_hz, kbits):
        for at in range(0, len(samples), _GRANULE_BYTES):
            _, peak = rms_and_peak(samples[at : at + _GRANULE_BYTES])
            peaks_db.append(max(decibels(peak / FULL_SCALE), -200.0))
        skipped = min(skipped_bytes, len(samples))
        skipped_bytes -= skipped
        meter.take(samples[skipped:])
    return Measured(meter.levels("mp3", kbits), peaks_db)


def _decoded(runs: Iterable[bytes], rate_hz: int, kbits: set[int]) -> Iterator[memoryview]:
    """Yield the samples, 32 bits each, and collect the bit rate."""
    import av

    codec = av.Codec("mp3float", "r").create("audio")
    codec.thread_count = 1
    resampler = av.AudioResampler(format="s32", layout="mono", rate=rate_hz)
    for run in chain(runs, (None,)):
        if run:
            kbits.add(parse_header(run).kbits)
        for frame in codec.decode(av.Packet(run) if run else None):
            frame.pts = None  # the resampler counts samples
            for piece in resampler.resample(frame):
                yield memoryview(piece.planes[0])[: piece.samples * SAMPLE_BYTES]
