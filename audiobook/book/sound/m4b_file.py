"""Writing a book as one M4B: the head, and the AAC packets of every clip, streamed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

from audiobook.audio.mp3.id3 import Tags
from audiobook.audio.mp4.aac import FRAME_SAMPLES, PRIMING_SAMPLES, quiet_packets
from audiobook.audio.mp4.head import Mp4Book, Mp4Chapter, mp4_head
from audiobook.audio.mp4.tags import metadata_box
from audiobook.book.maker_mark import M4B_BEGINNING
from audiobook.book.record.stamps import FormatRecord
from audiobook.book.sound.packets import BookSound, Grid, Placement, Run, place
from audiobook.book.timeline import Timeline
from audiobook.clips.encoded import Encoding
from audiobook.files import LongWrite, Prefetch, atomic_write, grouped, require_room
from audiobook.settings import AudioSettings


def m4b_encoding(audio: AudioSettings) -> Encoding:
    """Return how the clips of an M4B are encoded."""
    return Encoding("aac", audio.kbits)


def m4b_grid(rate_hz: int) -> Grid:
    """Return the frames of an M4B with this sample rate."""
    return Grid(rate_hz, FRAME_SAMPLES, PRIMING_SAMPLES)


def write_m4b(path: Path, book: BookSound) -> FormatRecord:
    """Write the file; see `formats.SoundFormat`."""
    timeline, clips = book.timeline, book.clips
    # Two bytes for each packet; reading them from the store again for each table would take longer.
    sizes_of = lru_cache(maxsize=None)(clips.packet_sizes)
    placement = place(timeline, lambda key: len(sizes_of(key)), m4b_grid(timeline.rate_hz))

    def pause(run: Run) -> Sequence[bytes]:
        return quiet_packets(run.packet_count, timeline.rate_hz, clips.encoding.kbits, run.floor)

    def sizes() -> Iterator[array[int]]:
        for run in placement.runs:
            yield sizes_of(run.key) if run.key else array("I", map(len, pause(run)))

    head = mp4_head(_described(book.tags, timeline, placement, sizes, clips.encoding.kbits))
    require_room(path.parent, head.length_bytes + head.data_bytes)
    pieces = (clips.read(run.key).data if run.key else b"".join(pause(run)) for run in placement.runs)
    with atomic_write(path) as stream, LongWrite(stream) as output, Prefetch(grouped(pieces)) as groups:
        for piece in chain(head.pieces, chain.from_iterable(groups)):
            output.write(piece)
    return FormatRecord(path.name, output.length_bytes, output.digest(), clips.encoding.identity)


def _described(
    tags: Tags,
    timeline: Timeline,
    placement: Placement,
    sizes: Callable[[], Iterable[array[int]]],
    kbits: int,
) -> Mp4Book:
    """Return the contents of the file, as its head describes them."""
    chapters = [
        Mp4Chapter(chapter.title, start, end)
        for chapter, (start, end) in zip(tags.chapters, placement.chapters(timeline), strict=True)
    ]
    return Mp4Book(
        timeline.rate_hz,
        kbits,
        timeline.length_samples,
        sizes,
        chapters,
        tags.language,
        metadata_box(tags),
        M4B_BEGINNING,
    )
