"""ID3 tags with chapters, by mutagen.

Source: ID3 tag version 2.3.0; ID3v2 Chapter Frame Addendum v1.0 (CHAP, CTOC).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mutagen.id3 import ID3, Frame

_TOC_CHILDREN: Final = 255
"""A CTOC counts its children in one byte; more chapters need a table of tables."""
_UTF16: Final = 1
_HEADER_BYTES: Final = 10
_FRONT_COVER: Final = 3
_NO_OFFSET: Final = 0xFFFFFFFF
_TOP_LEVEL_ORDERED: Final = 3
_ORDERED: Final = 1


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """A chapter as a player sees it: its title, and when it begins and ends in milliseconds."""

    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A cover: `image/jpeg` or `image/png`, and the file's bytes."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Tags:
    """What an audiobook file says of itself.

    Attributes:
        title: Title of the work.
        authors: Their names; may be empty.
        narrator: Who is named as its voice.
        language: Three letters, ISO 639-2.
        length_ms: Length in milliseconds.
        text: The whole text.
        maker: Name and version of the program.
        chapters: In order of time.
        cover: Front cover, or None.
        voice: The voice that reads, for people.
        date: Year, year and month, or full date, as ISO 8601 writes it, or None.
        description: What it is about, or None.
        album: Title of the work that it is a part of; None for a whole work.
        track: Which part it is, from 1, and of how many.
        series: The series that it belongs to, or None.
        series_position: Its place in the series, or None.
    """

    title: str
    authors: tuple[str, ...]
    narrator: str
    language: str
    length_ms: int
    text: str
    maker: str
    chapters: Sequence[ChapterMark]
    cover: Picture | None
    voice: str = ""
    date: str | None = None
    description: str | None = None
    album: str | None = None
    track: tuple[int, int] = (1, 1)
    series: str | None = None
    series_position: str | None = None


def id3_tag(tags: Tags) -> bytes:
    """Give an ID3v2.3 tag, which stands before the first frame; the same tags give the same bytes."""
    from mutagen import id3  # noqa: PLC0415 - 16 ms, needed only where a file is written

    tag = id3.ID3()
    texts = (
        (id3.TIT2, tags.title),
        (id3.TALB, tags.album or tags.title),
        (id3.TPE1, "/".join(tags.authors)),
        (id3.TPE2, "/".join(tags.authors)),
        (id3.TCOM, tags.narrator),
        (id3.TRCK, "{}/{}".format(*tags.track)),
        (id3.TPOS, "1/1"),
        (id3.TCON, "Audiobook"),
        (id3.TLAN, tags.language),
        (id3.TLEN, str(tags.length_ms)),
        # The year alone: players show the whole of what stands here as the year.
        (id3.TYER, (tags.date or "")[:4]),
        (id3.TENC, tags.maker),
        (id3.TSSE, tags.maker),
    )
    for frame, text in texts:
        if text:
            tag.add(frame(encoding=_UTF16, text=[text]))
    for description, told in (("SERIES", tags.series), ("SERIES-PART", tags.series_position)):
        if told:
            tag.add(id3.TXXX(encoding=_UTF16, desc=description, text=[told]))
    synthetic = f"Read by a synthetic voice: {tags.voice or tags.narrator}"
    comment = "\n\n".join(filter(None, (tags.description, synthetic)))
    tag.add(id3.COMM(encoding=_UTF16, lang=tags.language, desc="", text=[comment]))
    tag.add(id3.USLT(encoding=_UTF16, lang=tags.language, desc="", text=tags.text))
    if tags.cover:
        picture = tags.cover
        tag.add(id3.APIC(encoding=0, mime=picture.media_type, type=_FRONT_COVER, desc="", data=picture.data))
    # mutagen sorts frames by their length, but players list chapters in the order of the file.
    pieces = [_frames(tag)]
    for chapter_frame in _chapter_frames(tags.chapters):
        alone = id3.ID3()
        alone.add(chapter_frame)
        pieces.append(_frames(alone))
    body = b"".join(pieces)
    return b"ID3\x03\x00\x00" + _seven_bits(len(body)) + body


def _frames(tag: ID3) -> bytes:
    """Give a tag's frames as bytes, without the tag's header."""
    stream = BytesIO()
    tag.save(stream, v2_version=3, v1=0, padding=lambda _: 0)
    return stream.getvalue()[_HEADER_BYTES:]


def _chapter_frames(chapters: Sequence[ChapterMark]) -> Iterator[Frame]:
    from mutagen import id3  # noqa: PLC0415

    names = [f"ch{number}" for number in range(1, len(chapters) + 1)]
    children = names
    tables: list[tuple[str, list[str]]] = []
    while len(children) > _TOC_CHILDREN:
        groups = [children[at : at + _TOC_CHILDREN] for at in range(0, len(children), _TOC_CHILDREN)]
        children = [f"toc{number}" for number in range(len(tables) + 1, len(tables) + len(groups) + 1)]
        tables += list(zip(children, groups, strict=True))
    yield id3.CTOC(element_id="toc", flags=_TOP_LEVEL_ORDERED, child_element_ids=children, sub_frames=[])
    for name, group in tables:
        yield id3.CTOC(element_id=name, flags=_ORDERED, child_element_ids=group, sub_frames=[])
    for name, chapter in zip(names, chapters, strict=True):
        yield id3.CHAP(
            element_id=name,
            start_time=chapter.start_ms,
            end_time=chapter.end_ms,
            start_offset=_NO_OFFSET,
            end_offset=_NO_OFFSET,
            sub_frames=[id3.TIT2(encoding=_UTF16, text=[chapter.title])],
        )


def _seven_bits(size: int) -> bytes:
    """Write a size as four bytes of seven bits. Source: ID3v2.3.0, section 3.1."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def read_chapters(data: bytes) -> tuple[str, list[ChapterMark]]:
    """Read the title and the chapters of a file that begins with an ID3 tag.

    Args:
        data: The tag; more may follow.

    Returns:
        The title, and the chapters in order of time.

    Raises:
        ValueError: There is no tag that can be read.
    """
    from mutagen import MutagenError, id3  # noqa: PLC0415

    try:
        tag = id3.ID3(BytesIO(data))
        chapters = [
            ChapterMark(str(frame.sub_frames["TIT2"]), frame.start_time, frame.end_time)
            for frame in tag.getall("CHAP")
        ]
        title = str(tag["TIT2"])
    except (MutagenError, KeyError) as error:
        raise ValueError(f"no ID3 tag that can be read ({type(error).__name__})") from error
    return title, sorted(chapters, key=lambda chapter: chapter.start_ms)


def read_cover(data: bytes) -> bytes:
    """Read the cover of a file that begins with a tag as `id3_tag` writes it.

    It is found without reading the other frames: mutagen decodes all of them, and the whole text is one.

    Args:
        data: The tag; more may follow.

    Raises:
        ValueError: There is no such tag, or no cover in it.

    Source: ID3v2.3.0, sections 3.3 (frames) and 4.15 (attached picture).
    """
    end = tag_length_bytes(data[:_HEADER_BYTES])
    at = _HEADER_BYTES
    while at + _HEADER_BYTES <= min(end, len(data)):
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        body = at + _HEADER_BYTES
        if data[at : at + 4] == b"APIC" and data[body : body + 1] == b"\0":
            # Encoding, media type, kind of picture, description, and then the picture.
            _, _, described = data[body + 1 : body + size].partition(b"\0")
            _, found, picture = described[1:].partition(b"\0")
            if found and picture and body + size <= len(data):
                return picture
        at = body + size
    raise ValueError("no cover that can be read")


def tag_length_bytes(head: bytes) -> int:
    """Give the length of the ID3v2 tag that begins with these ten bytes; 0 when none does.

    Source: ID3v2.3.0, section 3.1: the size is four bytes of seven bits.
    """
    if len(head) < _HEADER_BYTES or head[:3] != b"ID3":
        return 0
    size = 0
    for byte in head[6:_HEADER_BYTES]:
        size = size << 7 | byte & 0x7F
    return size + _HEADER_BYTES
