"""Writing a book as one Ogg Opus file: the tags, and pages with the packets of every clip, streamed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from audiobook.audio.ogg.opus import FRAME_SAMPLES, PRE_SKIP_SAMPLES, RATE_HZ, opus_head, quiet_packets
from audiobook.audio.ogg.pages import LAST, head_pages, lacing_of, page
from audiobook.audio.vorbis_comment import vorbis_comment
from audiobook.book.maker_mark import MARK
from audiobook.book.record.stamps import FormatRecord
from audiobook.book.sound.packets import BookSound, Grid, Placement, Run, place
from audiobook.clips.encoded import Encoding
from audiobook.files import LongWrite, Prefetch, atomic_write
from audiobook.settings import AudioSettings

OPUS_GRID: Final = Grid(RATE_HZ, FRAME_SAMPLES, PRE_SKIP_SAMPLES)
_LEAST_KBITS: Final = 24
_MOST_KBITS: Final = 32
_PAGE_PACKETS: Final = 40
"""Packets on a page: 0.8 s. RFC 7845 asks for at most a second; a packet has at most six segments, a page 255."""


def opus_encoding(audio: AudioSettings) -> Encoding:
    """Return how the clips of an Opus file are encoded: for half the bit rate of the MP3, from 24 to 32 kbit/s."""
    return Encoding("opus", min(_MOST_KBITS, max(_LEAST_KBITS, audio.kbits // 2)))


def write_opus(path: Path, book: BookSound) -> FormatRecord:
    """Write the file; see `formats.SoundFormat`."""
    timeline, clips = book.timeline, book.clips
    placement = place(timeline, clips.packet_count, OPUS_GRID)
    comment = vorbis_comment(placement.retimed(book.tags, timeline), MARK, book.loudness_lufs)
    heads = (opus_head(timeline.rate_hz), b"OpusTags" + comment)
    serial = int.from_bytes(hashlib.sha256(b"".join(heads)).digest()[:4], "little")
    first = list(head_pages(heads, serial))

    def packets(run: Run) -> tuple[Sequence[int], bytes]:
        if run.key:
            clip = clips.read(run.key)
            return clip.shape.packet_sizes(), clip.data
        quiet = quiet_packets(run.packet_count, timeline.rate_hz, clips.encoding.kbits, run.floor)
        return [len(packet) for packet in quiet], b"".join(quiet)

    with (
        atomic_write(path) as stream,
        LongWrite(stream) as output,
        Prefetch(map(packets, placement.runs)) as ready,
    ):
        output.write(b"".join(first))
        number = len(first)
        frames = _Frames(placement)
        for sizes, data in ready:
            made = list(_pages(sizes, data, serial, number, frames))
            output.write(b"".join(made))
            number += len(made)
    return FormatRecord(path.name, output.length_bytes, output.digest(), clips.encoding.identity)


class _Frames:
    """The position in the stream."""

    def __init__(self, placement: Placement) -> None:
        self._all = sum(run.packet_count for run in placement.runs)
        # Without a pause at the end, the last clip may end a little later than in the MP3.
        shortest = (self._all - 1) * FRAME_SAMPLES + 1
        self._end = max(PRE_SKIP_SAMPLES + placement.length_samples, shortest)
        self._done = 0

    def after(self, packet_count: int) -> tuple[int, bool]:
        """Advance by some packets, and return the position after them and whether they are the last."""
        self._done += packet_count
        return min(self._done * FRAME_SAMPLES, self._end), self._done == self._all


def _pages(sizes: Sequence[int], data: bytes, serial: int, number: int, frames: _Frames) -> Iterator[bytes]:
    """Yield the pages of a run."""
    at = 0
    for first in range(0, len(sizes), _PAGE_PACKETS):
        part = sizes[first : first + _PAGE_PACKETS]
        end = at + sum(part)
        granule, is_last = frames.after(len(part))
        yield page(serial, number, granule, LAST if is_last else 0, lacing_of(part), data[at:end])
        at = end
        number += 1
