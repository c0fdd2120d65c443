"""The links and style sheets of a book's documents, found without parsing them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from audiobook.errors import SourceError
from audiobook.sources.archive import Archive
from audiobook.sources.links import resolve
from audiobook.sources.markup.styles import Styles, read_styles

if TYPE_CHECKING:
    from lxml.etree import _Element

_FRAGMENT = re.compile(rb"""#[^"'<>#]{1,400}["']""")
_ADDRESS = re.compile(rb"""\bhref\s{0,9}=\s{0,9}["']([^"'<>#]{0,1000})\Z""", re.IGNORECASE)
_ID = re.compile("[\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
"""Matches the characters that an attribute can contain."""
_LONGEST_NAME_BYTES: Final = 30
"""Length of `href`, the equals sign and the spaces around it."""
_LONGEST_ADDRESS_BYTES: Final = 1000
_HEAD_END = re.compile(rb"</head|<body", re.IGNORECASE)
_LINK = re.compile(rb"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*["']([^"'<>]{1,1000})["']""", re.IGNORECASE)
_STYLE = re.compile(rb"<style\b[^<>]{0,500}>\s*(?:<!--)?([^<]{0,65536})", re.IGNORECASE)
_IMPORT = re.compile(r"""@import\s+(?:url\()?\s*["']?([^"'();\s]{1,500})""", re.IGNORECASE)
_HEAD_BYTES: Final = 65_536
_SHEET_BYTES: Final = 1 << 20
_SCANNED_BYTES: Final = 4 << 20
_SCANNED_TOTAL_BYTES: Final = 32 << 20
_MOST_IMPORTS: Final = 10


def linked_places(archive: Archive, members: Iterable[str]) -> Mapping[str, set[str]]:
    """Return, for each document, each `id` in it that a link in another document points to.

    Args:
        archive: The book.
        members: Its documents; those that cannot be read, or are very long, are passed over.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    left_bytes = _SCANNED_TOTAL_BYTES
    for member in members:
        try:
            data = archive.look(member, _SCANNED_BYTES)
        except SourceError:
            continue
        left_bytes -= len(data)
        if left_bytes < 0:
            break
        for address in _addresses(data):
            target = resolve(member, address)
            if target and target[0] != member:
                found[target[0]].add(target[1])
    return found


def _addresses(data: bytes) -> Iterator[str]:
    """Yield the addresses with a fragment in a document. Only the text around each `#` is examined."""
    for fragment in _FRAGMENT.finditer(data):
        at = fragment.start()
        first = max(0, at - _LONGEST_ADDRESS_BYTES)
        quote = max(data.rfind(b'"', first, at), data.rfind(b"'", first, at))
        if quote < 1 or data[quote - 1] not in b"= \t\r\n":
            continue
        if found := _ADDRESS.search(data, max(0, quote - _LONGEST_NAME_BYTES), at):
            yield (found[1] + fragment[0][:-1]).decode("utf-8", "replace")


def shorten_own_links(root: _Element, member: str) -> None:
    """Write links of a document to itself that name its file, as some programs do, as links within it.

    Args:
        root: The document.
        member: Its name in the zip.
    """
    name = member.rpartition("/")[2]
    for link in root.iter("{*}a"):
        address = link.get("href") or ""
        if "#" not in address or address[0] == "#" or name not in unquote(address):
            continue
        target = resolve(member, address)
        if target and target[0] == member and _ID.fullmatch(target[1]):
            link.set("href", f"#{target[1]}")


class Sheets:
    """The style sheets of a book; each is read once."""

    def __init__(self, archive: Archive) -> None:
        """Create the sheets of a book."""
        self._archive = archive
        self._read: dict[str, Styles] = {}

    def of(self, data: bytes, member: str) -> Styles:
        """Return what the style sheets of a document say.

        Args:
            data: The document.
            member: Its name in the zip.
        """
        end = _HEAD_END.search(data[:_HEAD_BYTES])
        head = data[: end.start() if end else _HEAD_BYTES]
        styles = Styles()
        for link in _LINK.findall(head):
            address = _HREF.search(link)
            if address and b"stylesheet" in link.lower():
                styles |= self._sheet(member, address[1].decode("utf-8", "replace"))
        for style in _STYLE.findall(head):
            styles |= read_styles(style.decode("utf-8", "replace"))
        return styles

    def _sheet(self, member: str, address: str, depth: int = 0) -> Styles:
        target = resolve(member, address)
        if target is None:
            return Styles()
        name = target[0]
        if name not in self._read:
            self._read[name] = Styles()  # also ends a circle of imports
            try:
                text = self._archive.read(name, _SHEET_BYTES).decode("utf-8", "replace")
            except SourceError:
                return Styles()  # a book is read without a sheet that is missing
            styles = read_styles(text)
            for imported in _IMPORT.findall(text)[:_MOST_IMPORTS]:
                if depth < _MOST_IMPORTS:
                    styles |= self._sheet(name, imported, depth + 1)
            self._read[name] = styles
        return self._read[name]
