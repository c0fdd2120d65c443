"""ID3 tags with chapters, using mutagen.

Source: ID3 tag version 2.3.0; ID3v2 Chapter Frame Addendum v1.0 (CHAP, CTOC).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from mutagen.id3 import Frame

_TOC_CHILDREN: Final = 255
"""A CTOC counts its children in one byte, so more chapters need nested tables."""
_UTF16: Final = 1
_HEADER_BYTES: Final = 10
_FRONT_COVER: Final = 3
_MILLISECONDS: Final = 2
"""The unit of times in SYLT."""
_LYRICS: Final = 1
"""The kind of text in SYLT."""
_NO_OFFSET: Final = 0xFFFFFFFF
_TOP_LEVEL_ORDERED: Final = 3
_ORDERED: Final = 1


class ChapterMark(msgspec.Struct, frozen=True):
    """A chapter as shown by a player: its title, and its start and end in milliseconds."""

    title: str
    start_ms: int
    end_ms: int


class Picture(msgspec.Struct, frozen=True):
    """A cover: its media type, `image/jpeg` or `image/png`, and the file's bytes."""

    media_type: str
    data: bytes


class Tags(msgspec.Struct, frozen=True):
    """The tags of an audiobook file.

    Attributes:
        title: Title of the work.
        authors: Names of the authors; may be empty.
        narrator: Name shown as the narrator.
        language: Three-letter ISO 639-2 code.
        length_ms: Length in milliseconds.
        text: The whole text, for players that show it; empty to leave it out.
        maker: Name and version of this program.
        chapters: In chronological order.
        cover: Front cover, or None.
        voice: Readable name of the voice; empty means `narrator`.
        date: Year, year and month, or full date in ISO 8601 format, or None.
        description: Description of the work, or None.
        album: Title of the work that this file is a part of; None for a whole work.
        track: Number of this file, from 1, and the number of files; None for a file that must not depend on its number.
        series: The series that the work belongs to, or None.
        series_position: Position in the series, or None.
        timed_text: Pieces of the text with their times in milliseconds, in order; a line begins with a line feed.
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
    track: tuple[int, int] | None = (1, 1)
    series: str | None = None
    series_position: str | None = None
    timed_text: Sequence[tuple[str, int]] = ()


def load_library() -> None:
    """Import the library that writes tags, at a time when there is nothing else to do."""
    from mutagen import id3  # noqa: F401


def id3_tag(tags: Tags) -> bytes:
    """Return an ID3v2.3 tag, to be placed before the first frame. Equal tags give equal bytes.

    Players read a tag from its start, so the chapters come first and the cover last. Each group is written on its own,
    because mutagen sorts frames by length.
    """
    groups = (*([frame] for frame in _chapter_frames(tags.chapters)), _text_frames(tags), _lyrics(tags))
    body = b"".join(_written(frames) for frames in (*groups, _cover(tags)))
    return b"ID3\x03\x00\x00" + _seven_bits(len(body)) + body


def synthetic_voice(tags: Tags) -> str:
    """Return the note that a synthetic voice reads the book, for the comment in its tags."""
    return f"Read by a synthetic voice: {tags.voice or tags.narrator}"


def _text_frames(tags: Tags) -> Iterator[Frame]:
    from mutagen import id3  # takes 16 ms, needed only when a file is written

    # Players and servers split at semicolons, or show them as they are; a slash is shown as a part of the name.
    authors = "; ".join(tags.authors)
    texts = (
        (id3.TIT2, tags.title),
        (id3.TALB, tags.album or tags.title),
        (id3.TPE1, authors),
        (id3.TPE2, authors),
        (id3.TCOM, tags.narrator),
        (id3.TRCK, "{}/{}".format(*tags.track) if tags.track else ""),
        (id3.TPOS, "1/1"),
        (id3.TCON, "Audiobook"),
        (id3.TLAN, tags.language),
        (id3.TLEN, str(tags.length_ms)),
        # Only the year, because players show the whole value as the year.
        (id3.TYER, (tags.date or "")[:4]),
        (id3.TENC, tags.maker),
        (id3.TSSE, tags.maker),
    )
    # mutagen writes no frame for an empty text.
    yield from (frame(encoding=_UTF16, text=[text]) for frame, text in texts)
    own = {
        "SERIES": tags.series,
        "SERIES-PART": tags.series_position,
        # Voice and others read the names of Apple's movements instead.
        "MVNM": tags.series,
        "MVIN": tags.series_position,
        # The separator of version 2.3; libraries read this field as a list, and TPE1 as one name.
        "Artists": "/".join(tags.authors) if len(tags.authors) > 1 else None,
    }
    for description, value in own.items():
        if value:
            yield id3.TXXX(encoding=_UTF16, desc=description, text=[value])
    comment = "\n\n".join(filter(None, (tags.description, synthetic_voice(tags))))
    yield id3.COMM(encoding=_UTF16, lang=tags.language, desc="", text=[comment])


def _lyrics(tags: Tags) -> Iterator[Frame]:
    from mutagen import id3

    if tags.text:
        yield id3.USLT(encoding=_UTF16, lang=tags.language, desc="", text=tags.text)
    if tags.timed_text:
        yield id3.SYLT(
            encoding=_UTF16,
            lang=tags.language,
            format=_MILLISECONDS,
            type=_LYRICS,
            desc="",
            text=list(tags.timed_text),
        )


def _cover(tags: Tags) -> Iterator[Frame]:
    from mutagen import id3

    if tags.cover:
        picture = tags.cover
        yield id3.APIC(encoding=0, mime=picture.media_type, type=_FRONT_COVER, desc="", data=picture.data)


def _written(frames: Iterable[Frame]) -> bytes:
    """Return frames as bytes, without the tag header."""
    from mutagen import id3

    tag = id3.ID3()
    for frame in frames:
        tag.add(frame)
    stream = BytesIO()
    tag.save(stream, v2_version=3, padding=lambda _: 0)
    return stream.getvalue()[_HEADER_BYTES:]


def _chapter_frames(chapters: Sequence[ChapterMark]) -> Iterator[Frame]:
    from mutagen import id3

    names = [f"ch{number}" for number in range(1, len(chapters) + 1)]
    children = names
    tables: list[tuple[str, list[str]]] = []
    while len(children) > _TOC_CHILDREN:
        groups = [children[at : at + _TOC_CHILDREN] for at in range(0, len(children), _TOC_CHILDREN)]
        children = [f"toc{number}" for number in range(len(tables) + 1, len(tables) + len(groups) + 1)]
        tables += list(zip(children, groups, strict=True))
    # Some readers (music-metadata) show only the chapters that the top-level table lists itself. Without a top-level table,
    # they show all.
    flags = _ORDERED if tables else _TOP_LEVEL_ORDERED
    yield id3.CTOC(element_id="toc", flags=flags, child_element_ids=children, sub_frames=[])
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
    """Return a size as four bytes of seven bits each. Source: ID3v2.3.0, section 3.1."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def read_chapters(data: bytes) -> tuple[str, list[ChapterMark]]:
    """Read the title and the chapters of a file that starts with an ID3 tag.

    Args:
        data: The tag; more data may follow.

    Returns:
        The title, and the chapters in chronological order.

    Raises:
        ValueError: There is no readable tag.
    """
    from mutagen import MutagenError, id3

    try:
        tag = id3.ID3(BytesIO(data))
        chapters = [
            ChapterMark(str(frame.sub_frames["TIT2"]), frame.start_time, frame.end_time)
            for frame in tag.getall("CHAP")
        ]
        title = str(tag["TIT2"])
    except (MutagenError, KeyError) as error:
        raise ValueError(f"no readable ID3 tag ({type(error).__name__})") from error
    return title, sorted(chapters, key=lambda chapter: chapter.start_ms)


def read_cover(data: bytes) -> bytes:
    """Read the cover of a file that starts with a tag written by `id3_tag`.

    The other frames are skipped: mutagen would decode all of them, and one contains the whole text.

    Args:
        data: The tag; more data may follow.

    Raises:
        ValueError: There is no such tag, or it contains no cover.

    Source: ID3v2.3.0, sections 3.3 (frames) and 4.15 (attached picture).
    """
    end = tag_length_bytes(data[:_HEADER_BYTES])
    at = _HEADER_BYTES
    while at + _HEADER_BYTES <= min(end, len(data)):
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        body = at + _HEADER_BYTES
        if data[at : at + 4] == b"APIC" and data[body : body + 1] == b"\0":
            # Encoding, media type, picture type, description, then the picture.
            _, _, described = data[body + 1 : body + size].partition(b"\0")
            _, found, picture = described[1:].partition(b"\0")
            if found and picture and body + size <= len(data):
                return picture
        at = body + size
    raise ValueError("no readable cover")


def without_cover(tag: bytes) -> bytes:
    """Return a tag written by `id3_tag` without its pictures. Source: ID3v2.3.0, sections 3.1 and 3.3.

    Args:
        tag: The whole tag; anything else is returned as it is.
    """
    end = tag_length_bytes(tag[:_HEADER_BYTES])
    frames, at = bytearray(), _HEADER_BYTES
    while at + _HEADER_BYTES <= min(end, len(tag)):
        behind = at + _HEADER_BYTES + int.from_bytes(tag[at + 4 : at + 8], "big")
        if tag[at : at + 4] != b"APIC":
            frames += tag[at:behind]
        at = behind
    if not end or at != end:
        return tag
    return tag[: _HEADER_BYTES - 4] + _seven_bits(len(frames)) + bytes(frames)


def tag_length_bytes(head: bytes) -> int:
    """Return the length of an ID3v2 tag in bytes, given its first ten bytes; 0 if they are not the start of a tag.

    Source: ID3v2.3.0, section 3.1: the size is four bytes of seven bits each.
    """
    if len(head) < _HEADER_BYTES or head[:3] != b"ID3":
        return 0
    size = 0
    for byte in head[6:_HEADER_BYTES]:
        size = size << 7 | byte & 0x7F
    return size + _HEADER_BYTES
