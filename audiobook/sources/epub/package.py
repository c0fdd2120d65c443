"""An EPUB's container and package: the book's metadata and its reading order.

Source: EPUB Open Container Format 3.3, section 4.2.6.3.1 (container.xml);
EPUB 3.3, section 5 (package document); OPF 2.0.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.document import Metadata, Problem
from audiobook.errors import SourceError
from audiobook.sources.archive import MAX_TOTAL_BYTES, Archive
from audiobook.sources.epub.description import read_description
from audiobook.sources.epub.protection import refuse_protection
from audiobook.sources.links import resolve
from audiobook.sources.markup.semantics import tag_of
from audiobook.sources.markup.tree import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

CONTAINER: Final = "META-INF/container.xml"
MAX_SPINE: Final = 20_000
_MOST_FALLBACKS: Final = 16
"""How many fallback items are followed. A chain of them may be as long as the book, or circular."""
_TEXT_TYPES: Final = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml")
_NCX_TYPE: Final = "application/x-dtbncx+xml"
_GUIDE_PARTS: Final = {
    "bibliography": "bibliography",
    "colophon": "colophon",
    "copyright-page": "imprint",
    "cover": "titlepage",
    "index": "index",
    "loi": "toc",
    "lot": "toc",
    "notes": "endnotes",
    "title-page": "titlepage",
    "toc": "toc",
}


class SpineItem(msgspec.Struct, frozen=True):
    """A document of the reading order.

    Attributes:
        member: Its name in the zip.
        linear: Whether it is part of the main reading order, rather than reached only by links.
    """

    member: str
    linear: bool


class Package(msgspec.Struct, frozen=True):
    """The content of a package document.

    Attributes:
        member: Its name in the zip.
        metadata: Metadata of the book, without the cover's bytes.
        title_line: Line number of the title in the package, 0 without a title.
        spine: The reading order.
        nav: The EPUB 3 navigation document, or None.
        ncx: The EPUB 2 table of contents, or None.
        cover: The cover picture, or None.
        guide: For documents listed in EPUB 2's guide, the part of `base.PARTS` that they are.
        problems: Problems found.
    """

    member: str
    metadata: Metadata
    title_line: int
    spine: tuple[SpineItem, ...]
    nav: str | None
    ncx: str | None
    cover: str | None
    guide: Mapping[str, str]
    problems: tuple[Problem, ...]


class _Item(msgspec.Struct, frozen=True):
    member: str | None
    media_type: str
    properties: frozenset[str]
    fallback: str | None


class _Reading(msgspec.Struct):
    member: str
    where: str
    items: dict[str, _Item] = msgspec.field(default_factory=dict)
    problems: list[Problem] = msgspec.field(default_factory=list)

    def warn(self, element: _Element, message: str) -> None:
        self.problems.append(Problem(f"{self.where}:{element.sourceline}", message))


def open_book(data: bytes, name: str, most_bytes: int = MAX_TOTAL_BYTES) -> Archive:
    """Return the archive of an EPUB, which may be a compressed folder; see `Archive`."""
    return Archive(data, name, most_bytes, top=(CONTAINER,))


def read_package(archive: Archive) -> Package:
    """Read the package of an EPUB.

    Raises:
        SourceError: The archive is not an EPUB, is protected by DRM, or its package cannot be read.
    """
    if CONTAINER not in archive:
        raise SourceError(f"is not an EPUB: {CONTAINER} is missing", where=archive.name)
    refuse_protection(archive)
    member = _package_member(archive)
    reading = _Reading(member, archive.where(member))
    root = parse_xml(archive.read(member), reading.where)
    sections = {tag_of(child): child for child in reversed(root)}
    if "manifest" not in sections or "spine" not in sections:
        raise SourceError("lists no documents and no reading order", where=reading.where)
    for element in sections["manifest"]:
        if tag_of(element) == "item" and (name := element.get("id")):
            reading.items.setdefault(name, _item(element, reading))
    described, cover_id, title_line = Metadata(), None, 0
    if "metadata" in sections:
        described, cover_id, title_line = read_description(sections["metadata"])
    return Package(
        member,
        described,
        title_line,
        _spine(sections["spine"], reading),
        next((item.member for item in reading.items.values() if "nav" in item.properties), None),
        _ncx(sections["spine"], reading),
        _cover(cover_id, reading),
        _guide(sections.get("guide"), reading),
        tuple(reading.problems),
    )


def _package_member(archive: Archive) -> str:
    where = archive.where(CONTAINER)
    root = parse_xml(archive.read(CONTAINER), where)
    for element in root.iter():
        if tag_of(element) == "rootfile" and (path := element.get("full-path")):
            target = resolve("", path)
            if target is None:
                raise SourceError(
                    "names a package outside the archive", where=f"{where}:{element.sourceline}"
                )
            return target[0]
    raise SourceError("names no package", where=where)


def _item(element: _Element, reading: _Reading) -> _Item:
    target = resolve(reading.member, element.get("href") or "")
    return _Item(
        target[0] if target else None,
        (element.get("media-type") or "").strip().lower(),
        frozenset((element.get("properties") or "").split()),
        element.get("fallback"),
    )


def _spine(spine: _Element, reading: _Reading) -> tuple[SpineItem, ...]:
    found: dict[str, SpineItem] = {}
    for element in spine:
        if tag_of(element) != "itemref":
            continue
        if len(found) == MAX_SPINE or len(reading.problems) == MAX_SPINE:
            raise SourceError(f"has more than {MAX_SPINE} documents to read", where=reading.where)
        name = element.get("idref") or ""
        item = _readable(name, reading)
        if item is None or item.member is None:
            reading.warn(
                element,
                f"“{name[:80]}” in the reading order is not read out: {_trouble(name, reading)}",
            )
        elif item.member in found:
            reading.warn(element, f"{item.member} is in the reading order twice; it is read once")
        else:
            found[item.member] = SpineItem(item.member, element.get("linear") != "no")
    return tuple(found.values())


def _readable(name: str, reading: _Reading) -> _Item | None:
    """Return the item with this name, or the first of its fallbacks that contains text."""
    for _ in range(_MOST_FALLBACKS):
        item = reading.items.get(name)
        if item is None or item.media_type in _TEXT_TYPES:
            return item
        name = item.fallback or ""
    return None


def _trouble(name: str, reading: _Reading) -> str:
    item = reading.items.get(name)
    if item is None:
        return "no such item in the manifest"
    if item.media_type not in _TEXT_TYPES:
        return f"it is {item.media_type[:80] or 'of unknown type'}, not text"
    return "it is not in the book, and nothing is downloaded"


def _ncx(spine: _Element, reading: _Reading) -> str | None:
    item = reading.items.get(spine.get("toc") or "")
    if item is None:
        item = next((each for each in reading.items.values() if each.media_type == _NCX_TYPE), None)
    return item.member if item else None


def _cover(cover_id: str | None, reading: _Reading) -> str | None:
    """Return the cover picture: EPUB 3's, else EPUB 2's, which is given by item name or by address."""
    items = reading.items
    chosen = next(
        (item for item in items.values() if "cover-image" in item.properties), items.get(cover_id or "")
    )
    if chosen is None and cover_id:
        target = resolve(reading.member, cover_id)
        chosen = next((item for item in items.values() if target and item.member == target[0]), None)
    return chosen.member if chosen and chosen.media_type.startswith("image/") else None


def _guide(guide: _Element | None, reading: _Reading) -> dict[str, str]:
    """Return the documents that consist of one such part and nothing else."""
    parts: dict[str, str] = {}
    others: set[str] = set()
    for element in guide if guide is not None else ():
        target = resolve(reading.member, element.get("href") or "")
        part = _GUIDE_PARTS.get((element.get("type") or "").lower())
        if target and part and not target[1]:
            parts.setdefault(target[0], part)
        elif target:
            others.add(target[0])
    return {member: part for member, part in parts.items() if member not in others}
