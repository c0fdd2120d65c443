"""Loudness, peaks and levelling, by the filters of libavfilter in this process.

Source: ITU-R BS.1770-4 and EBU R 128 (loudness, true peak); FFmpeg's `ebur128` and `alimiter`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm

if TYPE_CHECKING:
    import av
    from av.filter.context import FilterContext

_PIECE_SAMPLES: Final = 1 << 15
_QUIETEST_LUFS: Final = -70.0


@lru_cache(maxsize=1)
def filters_identity() -> str:
    """Give the name and version of the wheel with the filter library, which the levelled samples depend on."""
    return f"av {version('av')}"


def _filtered(
    parts: Iterable[Pcm], rate_hz: int, chain: Sequence[tuple[str, str]]
) -> Iterator[av.AudioFrame]:
    """Send sound through a chain of (filter, arguments) and give what comes out, frame by frame."""
    import av  # noqa: PLC0415 - 60 ms and 20 MB, where sound is made and nowhere else
    import av.filter  # noqa: PLC0415

    graph = av.filter.Graph()
    # One thread: clips are made by one process a core already.
    graph.threads = 1
    time_base = Fraction(1, rate_hz)
    source = graph.add_abuffer(sample_rate=rate_hz, format="s16", layout="mono", time_base=time_base)
    last = source
    for name, arguments in chain:
        node = graph.add(name, arguments)
        last.link_to(node)
        last = node
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    at = 0
    for piece in _pieces(parts):
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece))
        # FFmpeg pads a plane for alignment; PyAV wants the whole plane.
        plane = frame.planes[0]
        plane.update(bytes(piece.samples) + bytes(plane.buffer_size - len(piece) * SAMPLE_BYTES))
        frame.sample_rate = rate_hz
        frame.pts = at
        frame.time_base = time_base
        source.push(frame)
        at += len(piece)
        yield from _ready(sink)
    source.push(None)
    yield from _ready(sink)


def _pieces(parts: Iterable[Pcm]) -> Iterator[Pcm]:
    """Cut sound into pieces that stay in the processor's cache."""
    for part in parts:
        for start in range(0, len(part), _PIECE_SAMPLES):
            yield part.part(start, min(start + _PIECE_SAMPLES, len(part)))


def _ready(sink: FilterContext) -> Iterator[av.AudioFrame]:
    import av  # noqa: PLC0415

    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def level(parts: Iterable[Pcm], rate_hz: int, gain_db: float, ceiling_db: float) -> Iterator[Pcm]:
    """Change the level of a sound and hold its peaks below a ceiling.

    The limiter looks 5 ms ahead, and what that delays it is taken off again, so every sample
    stays in its place.

    Args:
        parts: The sound, in pieces of any length that follow each other.
        rate_hz: Samples a second of all of them.
        gain_db: How much louder.
        ceiling_db: The highest sample that may come out, in dBFS, 0 or less.

    Yields:
        The sound, in other pieces, with as many samples in all as came in.
    """
    arguments = (
        f"level_in={10 ** (gain_db / 20):.9f}:limit={10 ** (ceiling_db / 20):.9f}"
        ":attack=5:release=50:level=disabled:latency=1"
    )
    chain = (("alimiter", arguments), ("aformat", "sample_fmts=s16"))
    for frame in _filtered(parts, rate_hz, chain):
        yield Pcm(bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES], rate_hz)


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
    for frame in _filtered([pcm], pcm.rate_hz, chain):
        found = frame.metadata
        integrated = float(found.get("lavfi.r128.I", integrated))
        peak = max(peak, float(found.get("lavfi.r128.true_peaks_ch0", 0.0)))
    return Loudness(integrated, 20 * math.log10(peak) if peak > 0 else -math.inf)
