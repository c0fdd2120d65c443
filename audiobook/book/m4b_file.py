"""Writing a book as one M4B: the head, and the AAC packets of every clip, streamed.

A frame of AAC is longer than one of MP3, so a clip begins at the frame nearest to where it begins in the MP3: at most half a
frame away, 23 ms at 22 050 Hz. The pauses make up for it, so the difference does not add up.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from audiobook.audio.aac import FRAME_SAMPLES, aac_identity, quiet_packets
from audiobook.audio.floor import Floor
from audiobook.audio.id3 import Tags
from audiobook.audio.mp4 import Mp4Book, Mp4Chapter, beginning, mp4_head
from audiobook.audio.mp4_tags import metadata_box
from audiobook.book.mp3_file import DamagedClip
from audiobook.book.record import FormatRecord
from audiobook.book.timeline import Timeline
from audiobook.clips.encoded import EncodedShape
from audiobook.clips.store import ClipStore, encoded_clip_key, encoded_shape_of
from audiobook.files import LongWrite, atomic_write, require_room

M4B: Final = "m4b"
"""Name of the format."""
M4B_BEGINNING: Final = beginning(b"Made by audiobook")


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive packets: those of the clip with this key, or of a pause if the key is None."""

    key: str | None
    packet_count: int
    floor: Floor | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """The packets of a book.

    Attributes:
        runs: In order, without gaps.
        starts: The first sample of each clip, by its first sample in the MP3.
    """

    runs: tuple[Run, ...]
    starts: dict[int, int]


def place(timeline: Timeline, packet_count_of: Callable[[str], int]) -> Placement:
    """Lay out the clips of a timeline in frames of AAC.

    Packet `n` is played as frame `n - 1`, together with the second half of the packet before. So the packets
    of a clip whose first frame is `n` begin at `n`, and no packet belongs to two clips.

    Args:
        timeline: The timeline of the MP3.
        packet_count_of: Returns the number of packets of a clip by its key.
    """
    runs: list[Run] = []
    starts: dict[int, int] = {}
    free, floor = 0, None
    for stretch in timeline.stretches:
        if stretch.key is None:
            floor = stretch.floor
            continue
        nearest = (2 * stretch.start_samples + FRAME_SAMPLES) // (2 * FRAME_SAMPLES)
        first = max(nearest, free)
        if first > free:
            runs.append(Run(None, first - free, floor))
        runs.append(Run(stretch.key, packet_count_of(stretch.key)))
        starts[stretch.start_samples] = first * FRAME_SAMPLES
        free, floor = first + runs[-1].packet_count, None
    end = -(-timeline.length_samples // FRAME_SAMPLES) + 1
    if end > free:
        runs.append(Run(None, end - free, floor))
    return Placement(tuple(runs), starts)


def write_m4b(path: Path, tags: Tags, timeline: Timeline, store: ClipStore, kbits: int) -> FormatRecord:
    """Write the file with one clip in memory at a time.

    Args:
        path: The file; replaced atomically at the end.
        tags: The tags; the titles of their chapters are those of the timeline, in order.
        timeline: The timeline of the MP3.
        store: The store with the encoded clips.
        kbits: Average bit rate in kbit/s.

    Returns:
        Name, length, digest and encoding of the file.

    Raises:
        DamagedClip: An encoded clip is missing or damaged.
        StorageError: The file cannot be written.
    """
    encoding = aac_identity(kbits)

    @cache
    def shape_of(key: str) -> EncodedShape:
        shape = encoded_shape_of(store, key, encoding)
        if shape is None:
            raise DamagedClip(key)
        return shape

    def pause(run: Run) -> Sequence[bytes]:
        return quiet_packets(run.packet_count, timeline.rate_hz, kbits, run.floor)

    placement = place(timeline, lambda key: shape_of(key).packet_count)
    sizes = array("I")
    for run in placement.runs:
        sizes.extend(shape_of(run.key).packet_sizes().tolist() if run.key else map(len, pause(run)))
    chapters = tuple(_chapters(tags, timeline, placement))
    book = Mp4Book(
        timeline.rate_hz,
        kbits,
        timeline.length_samples,
        sizes,
        chapters,
        tags.language,
        metadata_box(tags),
        M4B_BEGINNING,
    )
    head = mp4_head(book)
    require_room(path.parent, len(head) + sum(sizes))
    with atomic_write(path) as stream, LongWrite(stream) as output:
        output.write(head)
        for run in placement.runs:
            if run.key is None:
                output.write(b"".join(pause(run)))
                continue
            found = encoded_clip_key(store, run.key, encoding)
            clip = store.get_encoded(found) if found else None
            if clip is None:
                raise DamagedClip(run.key)
            output.write(clip.data)
    return FormatRecord(path.name, output.length_bytes, output.digest(), encoding)


def _chapters(tags: Tags, timeline: Timeline, placement: Placement) -> Iterator[Mp4Chapter]:
    starts = [0, *(placement.starts[start] for start in timeline.chapter_starts[1:])]
    ends = [*starts[1:], timeline.length_samples]
    for chapter, start, end in zip(tags.chapters, starts, ends, strict=True):
        yield Mp4Chapter(chapter.title, start, end)
