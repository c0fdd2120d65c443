"""The EPUB that a work was made from, and whether overlays can be added to it.

Source: EPUB 3.3 (W3C), sections 5 (package document) and 9 (media overlays).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.errors import SourceError
from audiobook.overlaid.letters import name_of
from audiobook.sources.archive import Archive
from audiobook.sources.epub.package import CONTAINER, open_book, read_package
from audiobook.sources.links import resolve

if TYPE_CHECKING:
    from lxml.etree import _Element

OPF: Final = "http://www.idpf.org/2007/opf"
_XHTML_TYPE: Final = "application/xhtml+xml"
_OWN_ENTITY: Final = b"<!ENTITY"
SIGNATURES: Final = "META-INF/signatures.xml"


class OriginalBook(msgspec.Struct, frozen=True):
    """An EPUB 3 that has no overlays yet.

    Attributes:
        archive: Its members.
        package_member: Name of its package document.
        package: Root of the package document.
        pages: Root of each page of the reading order that can be changed, by its name in the archive.
        items: The manifest item of each page, by its name in the archive.
        broken: Why the other pages of the reading order cannot be changed, by their names in the archive.
    """

    archive: Archive
    package_member: str
    package: _Element
    pages: dict[str, _Element]
    items: dict[str, _Element]
    broken: dict[str, str]


def original_book(data: bytes, name: str) -> OriginalBook | str:
    """Return an EPUB to which overlays can be added, or why they cannot.

    Args:
        data: Its bytes.
        name: Its name in messages.
    """
    from lxml.etree import Entity

    try:
        archive = open_book(data, name)
        member = read_package(archive).member
        for other in archive.members:
            archive.read(other)  # none may be damaged, or so large that it cannot be copied
        package = _parsed(archive.read(member))
    except SourceError as error:
        return error.message
    if package is None:
        return "its package document is not well-formed XML"
    if not (package.get("version") or "").startswith("3"):
        return "it is an EPUB 2, which has no overlays"
    if SIGNATURES in archive:
        return "it is signed, and would no longer match its signature"
    if any(item.get("media-overlay") for item in _items(package)):
        return "it has overlays already"
    pages, items, broken = {}, {}, {}
    by_id = {item.get("id"): item for item in _items(package)}
    for line in package.iter(f"{{{OPF}}}itemref"):
        item = by_id.get(line.get("idref"))
        place = resolve(member, item.get("href") or "") if item is not None else None
        if item is None or place is None or item.get("media-type") != _XHTML_TYPE or place[0] not in archive:
            continue
        data = archive.read(place[0])
        root = _parsed(data)
        if _OWN_ENTITY in data or (root is not None and next(root.iter(Entity), None) is not None):
            broken[place[0]] = "has entities that a DTD declares"
        elif root is None or name_of(root) != "html":
            broken[place[0]] = "is not a page of well-formed XHTML"
        else:
            pages[place[0]], items[place[0]] = root, item
    return OriginalBook(archive, member, package, pages, items, broken)


def _items(package: _Element) -> Iterator[_Element]:
    yield from package.iter(f"{{{OPF}}}item")


def _parsed(data: bytes) -> _Element | None:
    """Return the root of an XML document with its comments; None if it is not well-formed, or declares entities."""
    from lxml import etree

    if _OWN_ENTITY in data:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def other_members(book: OriginalBook, changed: set[str]) -> Iterator[str]:
    """Yield the members to copy: all files but those that are written again."""
    for member in book.archive.members:
        if member.endswith("/") or member in changed or member in ("mimetype", CONTAINER):
            continue
        if not member.startswith("/") and ".." not in member.split("/"):
            yield member
