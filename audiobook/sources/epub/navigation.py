"""An EPUB's table of contents: the `nav` of EPUB 3 or the NCX of EPUB 2.

Source: EPUB 3.3, section 7 (navigation document); OPF 2.0.1, section 2.4.1 (NCX).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.document import Problem
from audiobook.errors import SourceError
from audiobook.sources.archive import Archive
from audiobook.sources.epub.package import Package
from audiobook.sources.links import resolve
from audiobook.sources.markup.semantics import part_of, tag_of, types_of
from audiobook.sources.markup.tree import parse_xhtml, parse_xml
from audiobook.sources.title_text import title_text

if TYPE_CHECKING:
    from lxml.etree import _Element


MAX_ENTRIES: Final = 20_000


class Entry(msgspec.Struct, frozen=True):
    """An entry of a table of contents.

    Attributes:
        title: One line; may be empty.
        depth: Nesting depth, from 1.
        member: The document that it points to; None without a link, which is allowed for the name of a part.
        fragment: The `id` in the document; empty for its start.
    """

    title: str
    depth: int
    member: str | None
    fragment: str


def read_navigation(archive: Archive, package: Package) -> tuple[list[Entry], list[Problem]]:
    """Read the table of contents from the navigation document, or else from the NCX.

    Args:
        archive: The book.
        package: Its package.

    Returns:
        The entries in order, empty without a table of contents; and the problems found.
    """
    problems: list[Problem] = []
    for member, read in ((package.nav, _read_nav), (package.ncx, _read_ncx)):
        if member is None:
            continue
        try:
            entries = read(archive, member)
        except SourceError as error:
            problems.append(
                Problem(
                    error.where or archive.where(member), f"{error.message}; its table of contents is ignored"
                )
            )
            continue
        if entries:
            return entries, problems
    return [], problems


def read_landmarks(archive: Archive, package: Package) -> dict[str, str]:
    """Return the documents that EPUB 3's landmarks declare to be one part of `base.PARTS` and nothing else.

    Args:
        archive: The book.
        package: Its package.
    """
    if package.nav is None:
        return {}
    try:
        root, _ = parse_xhtml(archive.read(package.nav), archive.where(package.nav))
    except SourceError:
        return {}  # reported when its table of contents is read
    parts: dict[str, str] = {}
    others: set[str] = set()
    for nav in root.iter("{*}nav", "nav"):
        if "landmarks" not in set(types_of(nav)):
            continue
        for link in nav.iter("{*}a", "a"):
            target = resolve(package.nav, link.get("href") or "")
            found = {part for type_ in types_of(link) if (part := part_of(type_))}
            if target and len(found) == 1 and not target[1]:
                parts.setdefault(target[0], found.pop())
            elif target:
                others.add(target[0])
    return {member: part for member, part in parts.items() if member not in others}


def _read_nav(archive: Archive, member: str) -> list[Entry]:
    root, _ = parse_xhtml(archive.read(member), archive.where(member))
    navs = [element for element in root.iter() if tag_of(element) == "nav"]
    toc = next((nav for nav in navs if {"toc", "doc-toc"} & set(types_of(nav))), None)
    return [] if toc is None else _entries(toc, member, "ol", "li", archive.where(member))


def _read_ncx(archive: Archive, member: str) -> list[Entry]:
    root = parse_xml(archive.read(member), archive.where(member))
    nav_map = next((element for element in root.iter() if tag_of(element) == "navmap"), None)
    return [] if nav_map is None else _entries(nav_map, member, "navpoint", "navpoint", archive.where(member))


def _entries(contents: _Element, member: str, nest: str, line: str, where: str) -> list[Entry]:
    """Return the entries of a tree of contents.

    Args:
        contents: The tree.
        member: The member that contains the tree.
        nest: Name of the elements that add a level of depth.
        line: Name of the elements that are entries.
        where: The member's name in messages.

    Raises:
        SourceError: The tree has more than `MAX_ENTRIES` entries. Each may become a chapter, and every output
            file lists all chapters.
    """
    from lxml import etree  # already loaded when a book is read

    entries: list[Entry] = []
    depth = 0
    for event, element in etree.iterwalk(contents, events=("start", "end")):
        tag = tag_of(element)
        if tag == nest:
            depth += 1 if event == "start" else -1
        if tag == line and event == "start":
            label, link = _label(element), _link(element)
            target = resolve(member, link) if link else None
            if len(entries) == MAX_ENTRIES:
                raise SourceError(
                    f"has more than {MAX_ENTRIES} entries", where=f"{where}:{element.sourceline}"
                )
            if label or target:
                entries.append(Entry(label, max(depth, 1), *(target or (None, ""))))
    return entries


def _label(line: _Element) -> str:
    """Return the text of an entry, from its `a`, `span` or `navLabel`."""
    words = next((child for child in line if tag_of(child) in ("a", "span", "navlabel")), None)
    if words is None:
        return ""
    pieces = (text for text in words.itertext())
    return title_text("".join(pieces)) or title_text(" ".join(each.get("alt") or "" for each in words.iter()))


def _link(line: _Element) -> str:
    """Return the link of an entry, from its `a` or `content`."""
    for child in line:
        if tag_of(child) in ("a", "content"):
            return child.get("href") or child.get("src") or ""
    return ""
