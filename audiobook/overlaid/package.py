"""Adding overlays to the package document of an EPUB; everything in it stays, except traces of removed overlays."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from audiobook import __version__
from audiobook.audio.timecode import timecode
from audiobook.book.record.works import Record
from audiobook.book.record.writing import book_digest
from audiobook.overlaid.letters import name_of
from audiobook.overlaid.source import OPF, OriginalBook
from audiobook.readalong.pages import ACTIVE_CLASS, PLAYING_CLASS

if TYPE_CHECKING:
    from lxml.etree import _Element

_DC: Final = "http://purl.org/dc/elements/1.1/"


class AddedFiles(msgspec.Struct, frozen=True):
    """The files that are added to a book, in a separate folder next to its package document.

    Attributes:
        folder: Name of the folder, which the book does not have.
        prefix: The beginning of their ids in the package document.
        overlays: For each page with an overlay its number and its length in milliseconds.
        sounds: The numbers of the chapters with a sound file.
    """

    folder: str
    prefix: str
    overlays: Mapping[str, tuple[int, int]]
    sounds: Sequence[int]

    @property
    def style(self) -> str:
        """Name of the style sheet."""
        return f"{self.folder}/style.css"

    def overlay(self, number: int) -> str:
        """Return the name of an overlay, relative to the package document."""
        return f"{self.folder}/d{number:04}.smil"

    def sound(self, chapter: int) -> str:
        """Return the name of a chapter's sound file, relative to the package document."""
        return f"{self.folder}/c{chapter + 1:04}.mp3"


def free_names(book: OriginalBook) -> tuple[str, str]:
    """Return the name of a folder that a book does not have, and a prefix that no id in its package document has."""
    base = posixpath.dirname(book.package_member)
    folder, prefix = "audiobook", "audiobook-"
    while any(member.startswith(posixpath.join(base, folder)) for member in book.archive.members):
        folder += "-x"
    ids = [element.get("id") or "" for element in book.package.iter()]
    while any(name.startswith(prefix) for name in ids):
        prefix += "x-"
    return folder, prefix


def add_to_package(book: OriginalBook, record: Record, added: AddedFiles) -> None:
    """Add the files and their description to the package document.

    Args:
        book: The book; its package is changed.
        record: Record of the work.
        added: The files.
    """
    metadata, manifest = (
        next(child for child in book.package if name_of(child) == name) for name in ("metadata", "manifest")
    )
    for member, (number, _) in added.overlays.items():
        book.items[member].set("media-overlay", f"{added.prefix}d{number}")
        _item(manifest, f"{added.prefix}d{number}", added.overlay(number), "application/smil+xml")
    for chapter in added.sounds:
        _item(manifest, f"{added.prefix}c{chapter + 1}", added.sound(chapter), "audio/mpeg")
    _item(manifest, f"{added.prefix}style", added.style, "text/css")
    # At the beginning, so that program and build can be recognised by the first bytes of the file.
    for name, content in (
        ("audiobook:record", book_digest(record)),
        ("generator", f"audiobook {__version__}"),
    ):
        made = _added(metadata, "meta", {"name": name, "content": content})
        metadata.insert(0, made)
    for old in [child for child in metadata if (child.get("property") or "").startswith("media:")]:
        metadata.remove(old)  # it describes overlays that the book no longer has
    total = sum(length for _, length in added.overlays.values())
    _property(metadata, "media:duration", timecode(total))
    for number, length in added.overlays.values():
        _property(metadata, "media:duration", timecode(length), f"#{added.prefix}d{number}")
    _property(metadata, "media:active-class", ACTIVE_CLASS)
    _property(metadata, "media:playback-active-class", PLAYING_CLASS)
    if record.narrator.strip():
        _property(metadata, "media:narrator", " ".join(record.narrator.split()))


def relative(target: str, page: str) -> str:
    """Return the address of a member as another one links to it."""
    return quote(posixpath.relpath(target, posixpath.dirname(page) or "."))


def _added(parent: _Element, name: str, attributes: Mapping[str, str], text: str = "") -> _Element:
    """Return a new last child, with the same prefix as the elements around it."""
    from lxml import etree

    made = etree.SubElement(parent, f"{{{OPF}}}{name}", dict(attributes))
    made.text, made.tail = text or None, "\n"
    return made


def _item(manifest: _Element, name: str, address: str, media_type: str) -> None:
    _added(manifest, "item", {"id": name, "href": quote(address), "media-type": media_type})


def _property(metadata: _Element, name: str, value: str, refines: str = "") -> None:
    about = {"refines": refines} if refines else {}
    _added(metadata, "meta", {"property": name} | about, value)
