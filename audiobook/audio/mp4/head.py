"""The head of an MP4 audiobook: everything before the packets, so that a player needs no seeking.

It describes one track of AAC packets and one track of chapter titles, linked as in QuickTime files. The same chapters
are also written in Nero's form (`chpl`), for players that know only that. It holds at most 255, so a book with more chapters has
none: VLC prefers it to the track, and would not show the others.

Source: ISO/IEC 14496-12 (boxes), 14496-14 and 14496-1, section 7.2.6 (`esds`); Apple, "QuickTime File Format Specification",
"Text Media" and "Chapter Lists".
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Final

import msgspec

from audiobook.audio.mp4.aac import FRAME_SAMPLES, PRIMING_SAMPLES, decoder_config
from audiobook.audio.mp4.boxes import box

_CHUNK_PACKETS: Final = 64
"""Packets in a chunk: one to eight seconds."""
_MOST_CHPL: Final = 255
_CHPL_UNITS_HZ: Final = 10_000_000
_MATRIX: Final = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_MOST_32: Final = 0xFFFF_FFFF
_STSZ_HEAD: Final = struct.Struct(">I4sIII")
_PIECE_BYTES: Final = 1 << 16
_AUDIO_ID: Final = 1
_CHAPTERS_ID: Final = 2
_UTF_8: Final = bytes.fromhex("0000000c656e636400000100")
"""The box `encd`, which says that a title is UTF-8."""


class Mp4Chapter(msgspec.Struct, frozen=True):
    """A chapter: its title, and its start and end in samples."""

    title: str
    start_samples: int
    end_samples: int


class Mp4Book(msgspec.Struct, frozen=True):
    """The contents of an MP4 file, as its head describes them.

    Attributes:
        rate_hz: Sample rate, and the unit of all times in the file.
        kbits: Average bit rate in kbit/s.
        length_samples: Number of samples that are played, after the priming.
        sizes: Returns the lengths of all packets in bytes, in as many arrays as is convenient; called several times.
        chapters: In order, without gaps; the first begins at 0.
        language: Three-letter ISO 639-2 code.
        metadata: The box `meta` with the tags.
        beginning: The first boxes; see `boxes.beginning`.
    """

    rate_hz: int
    kbits: int
    length_samples: int
    sizes: Callable[[], Iterable[array[int]]]
    chapters: Sequence[Mp4Chapter]
    language: str
    metadata: bytes
    beginning: bytes


class Mp4Head(msgspec.Struct, frozen=True):
    """Everything before the first packet. The rest of the file consists of the packets, in order.

    Attributes:
        pieces: The bytes of the head, in pieces; the iterator can only be used once.
        length_bytes: Length of the head in bytes.
        data_bytes: Length of all packets.
    """

    pieces: Iterator[bytes]
    length_bytes: int
    data_bytes: int


def mp4_head(book: Mp4Book) -> Mp4Head:
    """Return the head of a book, whose tables of packets, with megabytes for a long book, are made in pieces."""
    titles = [_title(chapter.title) for chapter in book.chapters]
    tables = _Tables.of(book.sizes)
    data_bytes = sum(map(len, titles)) + tables.data_bytes
    mdat_head = (
        struct.pack(">I4s", 8 + data_bytes, b"mdat")
        if 8 + data_bytes <= _MOST_32
        else struct.pack(">I4sQ", 1, b"mdat", 16 + data_bytes)
    )
    is_long = data_bytes + (1 << 28) > _MOST_32
    unplaced = sum(map(len, _moov(book, tables, titles, 0, is_long=is_long)))
    data_start = len(book.beginning) + unplaced + len(mdat_head)
    moov = _moov(book, tables, titles, data_start, is_long=is_long)
    pieces = (part for piece in moov for part in ((piece,) if isinstance(piece, bytes) else piece))
    return Mp4Head(
        chain((book.beginning,), pieces, (mdat_head, *titles)),
        data_start + sum(map(len, titles)),
        tables.data_bytes,
    )


class _Tables(msgspec.Struct, frozen=True):
    """The tables that stay the same wherever the packets are in the file.

    Attributes:
        sizes: The box `stsz`.
        count: Number of packets.
        chunks: Offset of each chunk in bytes, relative to the first packet.
        data_bytes: Length of all packets.
    """

    sizes: _SizeTable
    count: int
    chunks: array[int]
    data_bytes: int

    @classmethod
    def of(cls, sizes: Callable[[], Iterable[array[int]]]) -> _Tables:
        chunks = array("Q")
        count = data_bytes = 0
        for run in sizes():
            first = 0
            while first < len(run):
                if count % _CHUNK_PACKETS == 0:
                    chunks.append(data_bytes)
                part = run[first : first + _CHUNK_PACKETS - count % _CHUNK_PACKETS]
                data_bytes += sum(part)
                count += len(part)
                first += len(part)
        return cls(_SizeTable(count, sizes), count, chunks, data_bytes)


class _SizeTable:
    """The box `stsz`, the table of lengths, in pieces: it has megabytes for a long book, so it is never in memory as a whole."""

    def __init__(self, count: int, sizes: Callable[[], Iterable[array[int]]]) -> None:
        self._count = count
        self._sizes = sizes

    def __len__(self) -> int:
        """Return its length in bytes."""
        return _STSZ_HEAD.size + 4 * self._count

    def __iter__(self) -> Iterator[bytes]:
        """Yield its bytes."""
        piece = bytearray(_STSZ_HEAD.pack(len(self), b"stsz", 0, 0, self._count))
        for run in self._sizes():
            swapped = array("I", run)
            if sys.byteorder == "little":
                swapped.byteswap()
            piece += swapped.tobytes()
            if len(piece) >= _PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
        yield bytes(piece)


_Piece = bytes | _SizeTable


def _nested(kind: bytes, *parts: Sequence[_Piece]) -> list[_Piece]:
    """Return a box in pieces."""
    pieces = [piece for part in parts for piece in part]
    return [struct.pack(">I4s", 8 + sum(map(len, pieces)), kind), *pieces]


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def _timed(kind: bytes, flags: int, before: str, values: Sequence[int], after: bytes, *, long: int) -> bytes:
    """Return a box that has two forms: `T` in the layout is 64 bits long if a time does not fit into 32."""
    version = int(long > _MOST_32)
    layout = ">" + before.replace("T", "Q" if version else "I")
    return _full(kind, version, flags, struct.pack(layout, *values), after)


def _moov(
    book: Mp4Book, tables: _Tables, titles: Sequence[bytes], data_start: int, *, is_long: bool
) -> list[_Piece]:
    length, rate = book.length_samples, book.rate_hz
    mvhd = _timed(
        b"mvhd",
        0,
        "TTITIH10x",
        (0, 0, rate, length, 0x10000, 0x100),
        _MATRIX + bytes(24) + struct.pack(">I", _CHAPTERS_ID + 1),
        long=length,
    )
    audio_start = data_start + sum(map(len, titles))
    chpl = _chpl(book) if len(book.chapters) <= _MOST_CHPL else b""
    udta = box(b"udta", chpl, book.metadata)
    return _nested(
        b"moov",
        [mvhd],
        _audio_track(book, tables, audio_start, is_long=is_long),
        [_chapter_track(book, titles, data_start, is_long=is_long), udta],
    )


def _tkhd(number: int, flags: int, length: int, volume: int) -> bytes:
    after = struct.pack(">8xHHHH", 0, 0, volume, 0) + _MATRIX + bytes(8)
    return _timed(b"tkhd", flags, "TTIIT", (0, 0, number, 0, length), after, long=length)


def _mdhd(book: Mp4Book, length: int) -> bytes:
    packed = 0
    for letter in book.language:
        packed = packed << 5 | (ord(letter) - 0x60)
    return _timed(
        b"mdhd", 0, "TTIT", (0, 0, book.rate_hz, length), struct.pack(">HH", packed, 0), long=length
    )


def _hdlr(kind: bytes, name: bytes) -> bytes:
    return _full(b"hdlr", 0, 0, bytes(4), kind, bytes(12), name + b"\0")


def _dinf() -> bytes:
    return box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))


def _offsets(offsets: Sequence[int], *, is_long: bool) -> bytes:
    kind, code = (b"co64", "Q") if is_long else (b"stco", "I")
    return _full(kind, 0, 0, struct.pack(f">I{len(offsets)}{code}", len(offsets), *offsets))


def _stsc(runs: Sequence[tuple[int, int]]) -> bytes:
    """Return the box `stsc`, made from pairs of the first chunk of a run and its samples per chunk."""
    entries = b"".join(struct.pack(">III", first, count, 1) for first, count in runs)
    return _full(b"stsc", 0, 0, struct.pack(">I", len(runs)), entries)


def _stts(runs: Sequence[tuple[int, int]]) -> bytes:
    """Return the box `stts`, made from pairs of a number of samples and their duration."""
    entries = b"".join(struct.pack(">II", *run) for run in runs)
    return _full(b"stts", 0, 0, struct.pack(">I", len(runs)), entries)


def _audio_track(book: Mp4Book, tables: _Tables, start: int, *, is_long: bool) -> list[_Piece]:
    count = tables.count
    edit = _timed(
        b"elst",
        0,
        "ITT",
        (1, book.length_samples, PRIMING_SAMPLES),
        struct.pack(">HH", 1, 0),
        long=book.length_samples,
    )
    described = (
        _full(b"stsd", 0, 0, struct.pack(">I", 1), _mp4a(book)),
        _stts([(count, FRAME_SAMPLES)]),
        _stsc(_chunk_runs(count)),
    )
    placed = (
        _offsets([start + chunk for chunk in tables.chunks], is_long=is_long),
        _full(b"sgpd", 1, 0, b"roll", struct.pack(">IIh", 2, 1, -1)),
        _full(b"sbgp", 0, 0, b"roll", struct.pack(">III", 1, count, 1)),
    )
    stbl = _nested(b"stbl", described, [tables.sizes], placed)
    minf = _nested(b"minf", [_full(b"smhd", 0, 0, bytes(4)), _dinf()], stbl)
    head = (
        _tkhd(_AUDIO_ID, 3, book.length_samples, 0x100),
        box(b"edts", edit),
        box(b"tref", box(b"chap", struct.pack(">I", _CHAPTERS_ID))),
    )
    media = [_mdhd(book, count * FRAME_SAMPLES), _hdlr(b"soun", b"SoundHandler")]
    return _nested(b"trak", head, _nested(b"mdia", media, minf))


def _chunk_runs(count: int) -> list[tuple[int, int]]:
    whole, rest = divmod(count, _CHUNK_PACKETS)
    runs = [(1, _CHUNK_PACKETS)] if whole else []
    return [*runs, (whole + 1, rest)] if rest else runs


def _mp4a(book: Mp4Book) -> bytes:
    config = _descriptor(5, decoder_config(book.rate_hz))
    bits = book.kbits * 1000
    decoder = _descriptor(4, struct.pack(">BB3xII", 0x40, 0x15, bits, bits), config)
    stream = _descriptor(3, struct.pack(">HB", _AUDIO_ID, 0), decoder, _descriptor(6, b"\x02"))
    entry = struct.pack(">6xH8xHHHHI", 1, 1, 16, 0, 0, book.rate_hz << 16)
    return box(b"mp4a", entry, _full(b"esds", 0, 0, stream))


def _descriptor(tag: int, *parts: bytes) -> bytes:
    return bytes((tag, sum(map(len, parts)))) + b"".join(parts)


def _chapter_track(book: Mp4Book, titles: Sequence[bytes], start: int, *, is_long: bool) -> bytes:
    """Return the track of the titles. Each is a chunk of its own, because some programs read no other form."""
    length = book.length_samples
    offsets = list(accumulate(map(len, titles[:-1]), initial=start))
    # A chapter of more than a day does not fit; only the last one can be that long in practice, and nothing follows it.
    durations = [(1, min(chapter.end_samples - chapter.start_samples, _MOST_32)) for chapter in book.chapters]
    entry = struct.pack(">6xHIi6x4H8xHHx2x6xB", 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
    stbl = box(
        b"stbl",
        _full(b"stsd", 0, 0, struct.pack(">I", 1), box(b"text", entry)),
        _stts(durations),
        _stsc([(1, 1)]),
        *_SizeTable(len(titles), lambda: [array("I", map(len, titles))]),
        _offsets(offsets, is_long=is_long),
    )
    gmin = _full(b"gmin", 0, 0, struct.pack(">HHHHhH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))
    minf = box(b"minf", box(b"gmhd", gmin, box(b"text", _MATRIX)), _dinf(), stbl)
    media = (_mdhd(book, length), _hdlr(b"text", b"Chapters"), minf)
    return box(b"trak", _tkhd(_CHAPTERS_ID, 0, length, 0), box(b"mdia", *media))


def _title(title: str) -> bytes:
    """Return a title as a sample of the chapter track."""
    data = title.encode()
    return struct.pack(">H", len(data)) + data + _UTF_8


def _chpl(book: Mp4Book) -> bytes:
    entries = [struct.pack(">IB", 0, len(book.chapters))]
    for chapter in book.chapters:
        title = chapter.title.encode()[:255].decode("utf-8", "ignore").encode()
        at = chapter.start_samples * _CHPL_UNITS_HZ // book.rate_hz
        entries.append(struct.pack(">QB", at, len(title)) + title)
    return _full(b"chpl", 1, 0, *entries)
