"""Loudness, peaks and levelling, by the filters of libavfilter in this process.

Source: ITU-R BS.1770-4 and EBU R 128 (loudness, true peak); FFmpeg's `ebur128` and `alimiter`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

import av
import av.filter

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm

_PIECE_SAMPLES: Final = 1 << 14
_QUIETEST_LUFS: Final = -70.0


@lru_cache(maxsize=1)
def filters_identity() -> str:
    """Give the name and version of the filter library, which the levelled samples depend on."""
    return "libavfilter " + ".".join(str(part) for part in av.library_versions["libavfilter"])


def _filtered(pcm: Pcm, chain: Sequence[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    """Send sound through a chain of (filter, arguments) and give what comes out, frame by frame."""
    graph = av.filter.Graph()
    # One thread: a worker may fork as soon as the graph is gone.
    graph.threads = 1
    time_base = Fraction(1, pcm.rate_hz)
    source = graph.add_abuffer(sample_rate=pcm.rate_hz, format="s16", layout="mono", time_base=time_base)
    last = source
    for name, arguments in chain:
        node = graph.add(name, arguments)
        last.link_to(node)
        last = node
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    samples = memoryview(pcm.samples)
    for start in range(0, len(pcm), _PIECE_SAMPLES):
        piece = samples[start * SAMPLE_BYTES : (start + _PIECE_SAMPLES) * SAMPLE_BYTES]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece) // SAMPLE_BYTES)
        # FFmpeg pads a plane for alignment; PyAV wants the whole plane.
        plane = frame.planes[0]
        missing = plane.buffer_size - len(piece)
        plane.update(bytes(piece) + bytes(missing) if missing else piece)
        frame.sample_rate = pcm.rate_hz
        frame.pts = start
        frame.time_base = time_base
        source.push(frame)
        yield from _ready(sink)
    source.push(None)
    yield from _ready(sink)


def _ready(sink: av.filter.context.FilterContext) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def level(pcm: Pcm, gain_db: float, ceiling_db: float) -> Pcm:
    """Change the level of a sound and hold its peaks below a ceiling.

    The limiter looks 5 ms ahead, and what that delays it is taken off again, so every sample
    stays in its place.

    Args:
        pcm: The sound.
        gain_db: How much louder.
        ceiling_db: The highest sample that may come out, in dBFS, 0 or less.

    Returns:
        As many samples as came in.
    """
    arguments = (
        f"level_in={10 ** (gain_db / 20):.9f}:limit={10 ** (ceiling_db / 20):.9f}"
        ":attack=5:release=50:level=disabled:latency=1"
    )
    chain = (("alimiter", arguments), ("aformat", "sample_fmts=s16"))
    pieces = [memoryview(frame.planes[0])[: frame.samples * SAMPLE_BYTES] for frame in _filtered(pcm, chain)]
    levelled = Pcm(b"".join(pieces), pcm.rate_hz)
    assert len(levelled) == len(pcm)
    return levelled


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud something is.

    Attributes:
        integrated_lufs: Integrated loudness; `-70.0` for silence.
        true_peak_dbtp: The highest value between samples too, in dBTP; `-inf` for silence.
    """

    integrated_lufs: float
    true_peak_dbtp: float


def measure_loudness(pcm: Pcm) -> Loudness:
    """Measure a sound.

    Args:
        pcm: At least 0.4 s, or the integrated loudness is that of silence.

    Returns:
        Its loudness as one channel: mono, as podcasts count it.
    """
    integrated, peak = _QUIETEST_LUFS, 0.0
    chain = (("ebur128", "metadata=1:peak=true"), ("aformat", "sample_fmts=dbl"))
    for frame in _filtered(pcm, chain):
        found = frame.metadata
        integrated = float(found.get("lavfi.r128.I", integrated))
        peak = max(peak, float(found.get("lavfi.r128.true_peaks_ch0", 0.0)))
    return Loudness(integrated, 20 * math.log10(peak) if peak > 0 else -math.inf)
