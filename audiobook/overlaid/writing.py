"""Writing an EPUB again, with overlays on its own pages."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.book.excerpts.excerpt import excerpt_samples
from audiobook.book.record.works import Record
from audiobook.files import atomic_write, require_room
from audiobook.overlaid.letters import name_of
from audiobook.overlaid.marking import XHTML, add_before
from audiobook.overlaid.package import AddedFiles, add_to_package, free_names, relative
from audiobook.overlaid.placing import HighlightedPart, place
from audiobook.overlaid.source import OriginalBook, original_book, other_members
from audiobook.readalong.archive import Archive, StoredZip
from audiobook.readalong.built_book import BuiltBook
from audiobook.readalong.epub import ReadAlong
from audiobook.readalong.overlay import Par, smil
from audiobook.readalong.pages import ACTIVE_STYLE
from audiobook.readalong.spans import Sync
from audiobook.readalong.xml import xml_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_BYTES_PER_SPAN: Final = 300
_LARGE_BYTES: Final = 1 << 31


class Piece(msgspec.Struct, frozen=True):
    """A part of a page that is highlighted during a piece of a chapter's audio; times in milliseconds."""

    member: str
    id: str
    chapter: int
    start_ms: int
    end_ms: int


def write_with_original(
    built: BuiltBook, original: bytes, name: str, target: Path, sync: Sync
) -> ReadAlong | str:
    """Write a work as the EPUB that it was made from, with overlays on its own pages.

    Args:
        built: The work.
        original: Bytes of the EPUB.
        name: Its name in messages.
        target: The file to write; replaced atomically at the end.
        sync: Whether sentences or words are highlighted.

    Returns:
        Length and contents of the file, or the reason why overlays cannot be added to this EPUB.

    Raises:
        OutputMismatch: The MP3 does not match the record.
        StorageError: A file cannot be read or written.
    """
    record = built.record
    book = original_book(original, name)
    if isinstance(book, str):
        return book
    broken = next((member for member in _spoken_members(record) if member in book.broken), None)
    if broken is not None:
        return f"{broken} {book.broken[broken]}"
    lit = place(record, book.pages, sync)
    pieces = list(_pieces(record, lit))
    if not pieces:
        return "none of its pages contains the spoken text"
    spoken = {(piece.member, piece.id) for piece in pieces}
    for part in (part for chapter in lit for part in chapter):
        if (part.member, part.lead.id) in spoken:
            add_before(book.pages[part.member], part.id, part.lead.id)
    length = _write(built, book, target, pieces)
    return ReadAlong(length, len(pieces), sum(piece.end_ms - piece.start_ms for piece in pieces))


def _spoken_members(record: Record) -> Iterator[str]:
    """Yield the member that each spoken paragraph is from."""
    for chapter in record.chapters:
        yield from (p.place.removeprefix("!") for p in chapter.paragraphs if p.sentences)


def _write(built: BuiltBook, book: OriginalBook, target: Path, pieces: Sequence[Piece]) -> int:
    """Write a book with overlays. All of its sound is in them, in order.

    Args:
        built: The work.
        book: The EPUB that it was made from, with marks on its pages; pages and package are changed.
        target: The file to write; replaced atomically at the end.
        pieces: The highlighted parts, in order.

    Returns:
        The length of the file in bytes.

    Raises:
        OutputMismatch: The MP3 does not match the record.
        SourceError: A member of the EPUB cannot be read.
        StorageError: A file cannot be read or written.
    """
    record = built.record
    by_page: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_page.setdefault(piece.member, []).append(piece)
    pages = [member for member in book.pages if member in by_page]
    lengths = {
        member: (number, sum(piece.end_ms - piece.start_ms for piece in by_page[member]))
        for number, member in enumerate(pages, 1)
    }
    folder, prefix = free_names(book)
    added = AddedFiles(folder, prefix, lengths, sorted({piece.chapter for piece in pieces}))
    add_to_package(book, record, added)
    base = posixpath.dirname(book.package_member)
    require_room(target.parent, record.audio.length_bytes + len(pieces) * _BYTES_PER_SPAN)
    is_large = record.audio.length_bytes >= _LARGE_BYTES
    with built.open() as opened, atomic_write(target) as stream:
        package = _serialized(book.package)
        with StoredZip(stream, is_large=is_large) as empty:
            archive = Archive(empty, package, book.package_member)
            for member in other_members(book, {book.package_member, *pages}):
                archive.put_member(member, book.archive.read(member))
            archive.put(added.style, ACTIVE_STYLE)
            for member in pages:
                page, name = book.pages[member], posixpath.join(base, added.overlay(lengths[member][0]))
                _link_style(page, relative(posixpath.join(base, added.style), member))
                archive.put_member(member, _serialized(page).encode())
                archive.put_member(name, _overlay(by_page[member], member, name, base, added).encode())
            for chapter in added.sounds:
                archive.put_pieces(added.sound(chapter), opened.sound(chapter, chapter + 1))
        return stream.seek(0, os.SEEK_END)


def _pieces(record: Record, lit: list[list[HighlightedPart]]) -> Iterator[Piece]:
    """Yield the highlighted parts with their audio.

    While speech is heard that is on no page, the part before it stays highlighted, or nothing at the start of a page.
    """
    places = [one for chapter in lit for one in chapter]
    last = places[0].lead if places else None
    for number, (chapter, there) in enumerate(zip(record.chapters, lit, strict=True)):
        begin = min((s.start_samples for p in chapter.paragraphs for s in p.sentences), default=None)
        if begin is None or last is None:
            continue
        end_ms = excerpt_samples(record, number, number + 1) * 1000 // record.rate_hz
        starts: list[tuple[HighlightedPart, int]] = []
        if not there or there[0].start_samples > begin:
            starts.append((_nearest(last, there), _ms(record, begin - chapter.start_samples)))
        for one in there:
            at = _ms(record, one.start_samples - chapter.start_samples)
            at = max(at, starts[-1][1] + 1) if starts else at
            if at < end_ms:
                starts.append((one, at))
        for (one, at), (_, until) in pairwise([*starts, (last, end_ms)]):
            yield Piece(one.member, one.id, number, at, until)
        last = there[-1] if there else last


def _nearest(before: HighlightedPart, there: list[HighlightedPart]) -> HighlightedPart:
    return there[0].lead if there and there[0].member != before.member else before


def _ms(record: Record, samples: int) -> int:
    return samples * 1000 // record.rate_hz


def _link_style(page: _Element, address: str) -> None:
    from lxml import etree

    head = next((child for child in page if name_of(child) == "head"), None)
    if head is not None:
        attributes = {"rel": "stylesheet", "type": "text/css", "href": address}
        head.append(etree.Element(f"{{{XHTML}}}link", attributes, nsmap={None: XHTML}))


def _serialized(root: _Element) -> str:
    from lxml import etree

    text = etree.tostring(root.getroottree(), encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _overlay(pieces: Sequence[Piece], page: str, name: str, base: str, added: AddedFiles) -> str:
    text = xml_text(relative(page, name))

    def sound(chapter: int) -> str:
        return xml_text(relative(posixpath.join(base, added.sound(chapter)), name))

    pars = (Par(piece.id, sound(piece.chapter), piece.start_ms, piece.end_ms) for piece in pieces)
    return smil(text, f'id="page" epub:textref="{text}"', pars)
