"""FictionBook 2: the main bodies of a book, divided into chapters by the titles of its sections.

Source: the FictionBook 2.1 schema (`FictionBook.xsd`).
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.document import Chapter, Kind, Metadata, Paragraph, Problem, Work, count_chars, is_speakable
from audiobook.errors import SourceError
from audiobook.sources.archive import MAX_MEMBER_BYTES, MAX_TOTAL_BYTES, Archive
from audiobook.sources.base import Announcement, Source
from audiobook.sources.encoding.decode import needed_encoding
from audiobook.sources.fb2.description import cover_of, decoded, read_description
from audiobook.sources.fb2.elements import SUBTITLE_LEVEL, name_sections, note_names, rename
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.page import Markup, Page
from audiobook.sources.markup.semantics import tag_of
from audiobook.sources.markup.tree import decode_xml, parse_damaged_xml
from audiobook.sources.outline import Block, assemble_work, build_work, opening_title
from audiobook.sources.title_page import says_title
from audiobook.sources.title_text import title_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_ZIP: Final = b"PK\x03\x04"
_ENDING: Final = ".fb2"
_PICTURE = re.compile(r"<(?:\w+:)?binary\b([^>]{0,500})>([^<]*+)</(?:\w+:)?binary\s*+>")
_NAME = re.compile(r"""\bid\s*=\s*["']([^"']{1,200})["']""")
_LANGUAGE = re.compile(r"<(?:\w+:)?lang>\s*([A-Za-z][\w-]{1,34})\s*</")
_ANNOUNCED_WITHIN_BYTES: Final = 1 << 16
_MARKED: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class _File(msgspec.Struct, frozen=True):
    """A book's XML.

    Attributes:
        data: Its bytes.
        place: Its location within a zip archive, such as `!book.fb2`; empty for a plain file.
    """

    data: bytes
    place: str


class _Body(msgspec.Struct, frozen=True):
    """A body of a book.

    Attributes:
        markup: Its content.
        starts: For each of its outermost sections, the index of its first block.
        is_main: Whether it contains text and not notes.
    """

    markup: Markup
    starts: Sequence[int]
    is_main: bool

    def pieces(self) -> list[list[Block]]:
        """Return the blocks of each section; those before the first section are a part of it."""
        blocks = [_settled(block) for block in self.markup.blocks]
        bounds = [0, *self.starts[1:], len(blocks)]
        return [piece for start, end in pairwise(bounds) if (piece := blocks[start:end])]


class Fb2Reader:
    """Reads `.fb2` files, and those in a zip archive: `.fb2.zip` and `.fbz`."""

    def read(self, source: Source) -> Work:
        """Read a book; see `Reader.read`."""
        file = _unpacked(source.data, source.name)
        where = f"{source.name}{file.place}"
        text, pictures = _without_pictures(decode_xml(file.data, where, source.encoding, source.language))
        root, damage = parse_damaged_xml(text, where)
        if tag_of(root) != "fictionbook":
            raise SourceError("is not a FictionBook", where=where)
        problems = [
            Problem(damage.where or where, f"{damage.message}; it is read as far as possible")
            for damage in (damage,)
            if damage
        ]
        description = next((child for child in root if tag_of(child) == "description"), None)
        metadata, line, cover = read_description(description)
        if cover:
            metadata = replace(metadata, cover=cover_of(cover, pictures))
            if metadata.cover is None:
                problems.append(
                    Problem(where, "the cover is missing or not a JPEG, PNG or WebP, so it is not used")
                )
        markup = _read_bodies(root, source, file.place)
        work = _arranged(source, metadata, markup, problems, Paragraph("", Kind.TITLE, _at(line), file.place))
        return replace(work, encoding=needed_encoding(file.data, source.encoding))

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language that a book declares; see `Announcer.announce`."""
        opening = _unpacked(data, name).data[:_ANNOUNCED_WITHIN_BYTES]
        used = next((used for mark, used in _MARKED if opening.startswith(mark)), "latin-1")
        found = _LANGUAGE.search(opening.decode(used, "replace"))
        return Announcement(found[1].replace("_", "-") if found else None)

    def pictures(self, data: bytes, name: str) -> Callable[[str], bytes]:
        """Return a function that decodes a picture in the book; see `Illustrated.pictures`."""
        file = _unpacked(data, name)
        used = next((used for mark, used in _MARKED if file.data.startswith(mark)), "utf-8")
        text = file.data.decode(used, "replace")
        places: dict[str, tuple[int, int]] = {}
        for found in _PICTURE.finditer(text):
            if key := _NAME.search(found[1]):
                places.setdefault(key[1], found.span(2))

        def read(picture: str) -> bytes:
            start, end = places.get(picture.removeprefix("#"), (0, 0))
            if start == end:
                raise SourceError("is missing", where=name)
            if end - start > MAX_MEMBER_BYTES * 3 // 2:  # base64 adds a third, and line ends
                raise SourceError(f"is larger than {MAX_MEMBER_BYTES >> 20} MB", where=name)
            return decoded(text[start:end]) or b""

        return read


def _at(line: int) -> tuple[tuple[int, int], ...]:
    return ((0, line),) if line else ()


def _unpacked(data: bytes, name: str) -> _File:
    """Return the XML of a book that may be in a zip archive.

    Raises:
        SourceError: The archive is damaged, or does not contain exactly one book.
    """
    if not data.startswith(_ZIP) and name.lower().endswith(_ENDING):
        return _File(data, "")
    archive = Archive(data, name)
    books = [member for member in archive.members if member.lower().endswith(_ENDING)]
    if len(books) != 1:
        what = f"contains {len(books)} FictionBook files" if books else "contains no FictionBook (.fb2)"
        raise SourceError(what, where=name, hint="unpack the archive, and put each book into texts/")
    return _File(archive.read(books[0], MAX_TOTAL_BYTES), f"!{books[0]}")


def _without_pictures(text: str) -> tuple[str, dict[str, str]]:
    """Return a book without its pictures, which are far longer than its text, and the pictures by name."""
    pictures: dict[str, str] = {}

    def cut(found: re.Match[str]) -> str:
        if name := _NAME.search(found[1]):
            pictures.setdefault(name[1], found[2])
        return "\n" * found[0].count("\n")

    return _PICTURE.sub(cut, text), pictures


def _read_bodies(root: _Element, source: Source, place: str) -> list[_Body]:
    """Read the bodies of a book. Bodies with a name contain notes."""
    bodies = [child for child in root if tag_of(child) == "body"]
    notes = [
        body for body in root.iter("{*}body") if body.get("name")
    ]  # in a damaged file, within another body
    if not set(bodies) - set(notes):
        notes = notes[1:]
    for body in notes:
        body.set("role", "doc-footnotes")
    names = note_names(notes)
    page = Page(source.name, place, source.language, source.narrate)
    read: list[_Body] = []
    for body in bodies:
        titled = any(tag_of(child) == "title" for section in body.iter("{*}section") for child in section)
        sections = name_sections(body)
        rename(body, names, with_subtitles=not titled)
        markup = read_markup(body, page)
        starts = [markup.anchors[name] for name in sections if name in markup.anchors]
        read.append(_Body(markup, starts, is_main=body not in notes))
    return read


def _arranged(
    source: Source, metadata: Metadata, bodies: list[_Body], problems: list[Problem], opening: Paragraph
) -> Work:
    """Return the work.

    Args:
        source: The file.
        metadata: What the description says.
        bodies: The bodies of the book, in order.
        problems: Problems found so far.
        opening: The place of the title in the description, without its text.
    """
    pieces = [piece for body in bodies for piece in body.pieces()]
    first, added = _with_title(
        pieces[0] if pieces else [],
        replace(opening, text=title_text(metadata.title or "")),
        is_only=sum(body.is_main for body in bodies) == 1,
    )
    pieces[:1] = [first]
    blocks = [block for piece in pieces for block in piece]
    skipped: Counter[str] = Counter()
    for body in bodies:
        skipped += body.markup.skipped_chars
        problems += body.markup.problems
    source_chars = sum(body.markup.source_chars for body in bodies) + added
    if any(block.level for block in blocks) or len(pieces) < 2:
        return build_work(
            source, metadata, blocks, problems=problems, source_chars=source_chars, skipped_chars=skipped
        )
    chapters = list(_by_sections(pieces))
    return assemble_work(
        source, metadata, chapters, problems=problems, source_chars=source_chars, skipped_chars=skipped
    )


def _by_sections(pieces: Sequence[Sequence[Block]]) -> Iterator[Chapter]:
    """Yield the sections of a book without titles as chapters. One without words is joined to the next."""
    held: list[Paragraph] = []
    for piece in pieces:
        held += [block.paragraph for block in piece]
        if title := opening_title([each for each in held if each.kind is not Kind.TITLE]):
            yield Chapter(title, 1, tuple(held))
            held = []


def _settled(block: Block) -> Block:
    """Return a block; a subtitle is spoken as a heading but opens no chapter."""
    return replace(block, level=0, is_part=True) if block.level == SUBTITLE_LEVEL else block


def _with_title(blocks: list[Block], opening: Paragraph, *, is_only: bool) -> tuple[list[Block], int]:
    """Put the title first, and return the blocks and the number of characters added.

    Args:
        blocks: The first blocks of the book.
        opening: The title in the description; may be empty.
        is_only: Whether the first body is the only one with text; its title is the book's, often with its author.
    """
    first, title = (blocks[0] if blocks else None), opening.text
    if first and first.level == 1 and (is_only or not title or _contains(first.paragraph.text, title)):
        return [Block(replace(first.paragraph, kind=Kind.TITLE)), *blocks[1:]], 0
    paragraphs = [block.paragraph for block in blocks]
    if not title or not any(is_speakable(each.text) for each in paragraphs) or says_title(paragraphs, title):
        return blocks, 0
    return [Block(opening), *blocks], count_chars(title)


def _contains(text: str, title: str) -> bool:
    return title.casefold() in title_text(text).casefold()
