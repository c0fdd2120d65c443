"""How loud something is, by the filters of libavfilter in this process.

Source: ITU-R BS.1770-4 and EBU R 128 (loudness, true peak); FFmpeg's `ebur128`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm

if TYPE_CHECKING:
    import av
    from av.filter.context import FilterContext

_PIECE_SAMPLES: Final = 1 << 15
_QUIETEST_LUFS: Final = -70.0


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


def _filtered(pcm: Pcm, chain: Sequence[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    """Send sound through a chain of (filter, arguments) and give what comes out, frame by frame."""
    import av  # noqa: PLC0415 - 60 ms and 20 MB, where sound is measured and nowhere else
    import av.filter  # noqa: PLC0415

    graph = av.filter.Graph()
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
    for start in range(0, len(pcm), _PIECE_SAMPLES):
        piece = pcm.part(start, start + _PIECE_SAMPLES)
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece))
        # FFmpeg pads a plane for alignment; PyAV wants the whole plane.
        plane = frame.planes[0]
        plane.update(bytes(piece.samples) + bytes(plane.buffer_size - len(piece) * SAMPLE_BYTES))
        frame.sample_rate = pcm.rate_hz
        frame.pts = start
        frame.time_base = time_base
        source.push(frame)
        yield from _ready(sink)
    source.push(None)
    yield from _ready(sink)


def _ready(sink: FilterContext) -> Iterator[av.AudioFrame]:
    import av  # noqa: PLC0415

    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame
