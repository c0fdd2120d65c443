"""Arranging the packets of a book in an encoding other than MP3, with clips close to their places in the MP3.

Frames of these encodings are longer than MP3 frames, so a clip begins at the frame nearest to its position in the MP3:
at most half a frame away, which is 23 ms for AAC at 22 050 Hz and 10 ms for Opus. The pauses absorb the difference, so
it does not accumulate.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from audiobook.audio.mp3.id3 import ChapterMark, Tags
from audiobook.audio.noise_floor import Floor
from audiobook.book.sound.book_frames import DamagedClip
from audiobook.book.timeline import Timeline
from audiobook.clips.encoded import EncodedClip, EncodedShape, Encoding, encoded_key
from audiobook.clips.store import ClipStore


class Grid(msgspec.Struct, frozen=True):
    """The frames of an encoding.

    Attributes:
        rate_hz: Unit of all times in the file.
        frame_samples: Number of samples in a frame.
        priming_samples: Number of samples that players cut at the start.
    """

    rate_hz: int
    frame_samples: int
    priming_samples: int


class Run(msgspec.Struct, frozen=True):
    """Consecutive packets: those of the clip with this key, or of a pause if the key is None."""

    key: str | None
    packet_count: int
    floor: Floor | None = None


class Placement(msgspec.Struct, frozen=True):
    """The packets of a book.

    Attributes:
        grid: The frames that they are in.
        runs: In order, without gaps.
        starts: The first sample of each clip, by its first sample in the MP3.
        length_samples: Number of samples that are played, after the priming.
    """

    grid: Grid
    runs: tuple[Run, ...]
    starts: dict[int, int]
    length_samples: int

    def chapters(self, timeline: Timeline) -> list[tuple[int, int]]:
        """Return the first sample of each chapter, and the first after it."""
        starts = [0, *(self.starts[start] for start in timeline.chapter_starts[1:])]
        return list(zip(starts, [*starts[1:], self.length_samples], strict=True))

    def retimed(self, tags: Tags, timeline: Timeline) -> Tags:
        """Return tags with the times of chapters in this file, rounded down to milliseconds."""
        rate_hz = self.grid.rate_hz
        marks = [
            ChapterMark(chapter.title, start * 1000 // rate_hz, end * 1000 // rate_hz)
            for chapter, (start, end) in zip(tags.chapters, self.chapters(timeline), strict=True)
        ]
        return replace(tags, chapters=marks)


def place(timeline: Timeline, packet_count_of: Callable[[str], int], grid: Grid) -> Placement:
    """Lay out the clips of a timeline in frames of another encoding.

    Packet `n` is played as frame `n - 1`, because players cut the priming. The first packet of a clip
    contains none of its own sound. So the packets of a clip whose first frame is `n` begin at `n`, and no
    packet belongs to two clips.

    Args:
        timeline: The timeline of the MP3.
        packet_count_of: Returns the number of packets of a clip by its key.
        grid: The frames.
    """
    runs: list[Run] = []
    starts: dict[int, int] = {}
    free, floor = 0, None
    frame = grid.frame_samples * timeline.rate_hz
    for stretch in timeline.stretches:
        if stretch.key is None:
            floor = stretch.floor
            continue
        nearest = (2 * stretch.start_samples * grid.rate_hz + frame) // (2 * frame)
        first = max(nearest, free)
        if first > free:
            runs.append(Run(None, first - free, floor))
        runs.append(Run(stretch.key, packet_count_of(stretch.key)))
        starts[stretch.start_samples] = first * grid.frame_samples
        free, floor = first + runs[-1].packet_count, None
    length = -(-timeline.length_samples * grid.rate_hz // timeline.rate_hz)
    end = -(-(length + grid.priming_samples) // grid.frame_samples)
    if end > free:
        runs.append(Run(None, end - free, floor))
    return Placement(grid, tuple(runs), starts, length)


class EncodedClips:
    """The clips of a book in another encoding, read one at a time."""

    def __init__(self, store: ClipStore, encoding: Encoding, frames_sha256_of: Callable[[str], str]) -> None:
        """Read them from a store.

        Args:
            store: The store.
            encoding: The encoding.
            frames_sha256_of: Returns the digest of the MP3 frames of a clip, by the key of the clip.
        """
        self.encoding = encoding
        self._store = store
        self._frames_sha256_of = frames_sha256_of
        self._packet_counts: dict[str, int] = {}

    def packet_count(self, key: str) -> int:
        """Return the number of packets of a clip, by the key of the clip.

        Raises:
            DamagedClip: It is missing or damaged; the other methods raise this too.
        """
        if key not in self._packet_counts:
            self._packet_counts[key] = self._shape(key).packet_count
        return self._packet_counts[key]

    def packet_sizes(self, key: str) -> array[int]:
        """Return the lengths of the packets of a clip, without reading the packets."""
        return self._shape(key).packet_sizes()

    def read(self, key: str) -> EncodedClip:
        """Return a clip."""
        clip = self._store.get_encoded(self._encoded_key(key))
        if clip is None:
            raise DamagedClip(key)
        return clip

    def _shape(self, key: str) -> EncodedShape:
        shape = self._store.encoded_shape(self._encoded_key(key))
        if shape is None:
            raise DamagedClip(key)
        return shape

    def _encoded_key(self, key: str) -> str:
        return encoded_key(self._frames_sha256_of(key), self.encoding.identity)


class BookSound(msgspec.Struct, frozen=True):
    """The data from which an audio file of a book is written.

    Attributes:
        tags: The tags; the titles of their chapters are those of the timeline, in order.
        timeline: The timeline of the MP3.
        clips: The clips in the encoding of the file.
        loudness_lufs: Integrated loudness.
    """

    tags: Tags
    timeline: Timeline
    clips: EncodedClips
    loudness_lufs: float
