"""Running audio through libavfilter, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.audio.pyav import require_pyav

if TYPE_CHECKING:
    import av
    from av.filter.context import FilterContext

_PIECE_SAMPLES: Final = 1 << 15
SampleFormat = Literal["s16", "fltp"]
_FORMAT_BYTES: Final = {"s16": SAMPLE_BYTES, "fltp": 4}


def filtered(pcm: Pcm, chain: Sequence[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    """Run audio through a chain of filters.

    Args:
        pcm: The audio.
        chain: The name and arguments of each filter, in libavfilter's syntax.

    Yields:
        The frames that come out of the last filter.

    Raises:
        EngineMissing: PyAV is not installed.
    """
    require_pyav("other sample rates and speeds")
    import av  # takes 60 ms and 20 MB, needed only for filtering
    import av.filter

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
        frame = frame_of(bytes(piece.samples), pcm.rate_hz, start)
        frame.time_base = time_base
        source.push(frame)
        yield from _ready(sink)
    source.push(None)
    yield from _ready(sink)


def frame_of(
    samples: bytes, rate_hz: int, at_samples: int, sample_format: SampleFormat = "s16"
) -> av.AudioFrame:
    """Return samples as a mono frame.

    Args:
        samples: The samples in this format.
        rate_hz: Sample rate.
        at_samples: Position of the first one.
        sample_format: FFmpeg's name of the format.
    """
    import av

    count = len(samples) // _FORMAT_BYTES[sample_format]
    frame = av.AudioFrame(format=sample_format, layout="mono", samples=count)
    # FFmpeg pads a plane for alignment, and PyAV expects the whole plane.
    plane = frame.planes[0]
    plane.update(samples + bytes(plane.buffer_size - len(samples)))
    frame.sample_rate, frame.pts = rate_hz, at_samples
    return frame


def samples_of_frame(frame: av.AudioFrame) -> bytes:
    """Return the samples of a mono 16-bit frame, without FFmpeg's padding."""
    return bytes(memoryview(frame.planes[0])[: frame.samples * SAMPLE_BYTES])


def _ready(sink: FilterContext) -> Iterator[av.AudioFrame]:
    import av

    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame
