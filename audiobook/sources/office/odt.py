"""OpenDocument text, the format of LibreOffice: headings, paragraphs, lists, tables and notes.

Source: OpenDocument 1.3, parts 2 (packages) and 3 (schema).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.document import LANGUAGE_TAG, Metadata, Problem, Work
from audiobook.errors import SourceError
from audiobook.sources.archive import MAX_PICTURE_BYTES, MAX_TOTAL_BYTES, Archive
from audiobook.sources.base import Announcement, Source
from audiobook.sources.chapters.unmarked_headings import outline_blocks
from audiobook.sources.document_title import with_title
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.heading_lookalikes import mark_looks
from audiobook.sources.markup.page import Page
from audiobook.sources.markup.semantics import tag_of
from audiobook.sources.markup.tree import parse_xml
from audiobook.sources.office.odt_elements import to_html
from audiobook.sources.office.odt_styles import Styles
from audiobook.sources.outline import build_work
from audiobook.sources.summary import plain_summary
from audiobook.sources.title_text import title_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTENT: Final = "content.xml"
_STYLES: Final = "styles.xml"
_META: Final = "meta.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_ENCRYPTED: Final = b"encryption-data"
_FLAT: Final = ".fodt"


class _Parts(msgspec.Struct, frozen=True):
    """The parts of a document.

    Attributes:
        content: The part with the text.
        others: Parts with metadata and styles.
        place: The location of the content within the file; empty for a document that is one XML file.
        problems: Problems of the archive.
    """

    content: _Element
    others: tuple[_Element, ...]
    place: str
    problems: tuple[Problem, ...] = ()

    @property
    def all(self) -> tuple[_Element, ...]:
        """All parts; the metadata and the common styles first."""
        return (*self.others, self.content)


class OdtReader:
    """Reads `.odt` files, and those that are one XML file (`.fodt`)."""

    def read(self, source: Source) -> Work:
        """Read a document; see `Reader.read`."""
        parts = _parts(source.data, source.name, with_content=True)
        text = next(parts.content.iter("{*}text"), None)
        if text is None or tag_of(text.getparent()) != "body":
            raise SourceError("is not a text document", where=source.name)
        styles = _styles(parts)
        converted = to_html(text, styles)
        page = Page(source.name, parts.place, source.language, source.narrate, has_lines=not parts.place)
        mark_looks(text)
        markup = read_markup(text, page)
        outlined = outline_blocks(markup.blocks, source.language, source.chapters)
        if outlined.contents_chars:
            markup.skipped_chars["contents"] += outlined.contents_chars
        metadata = _metadata(parts)
        blocks, title = with_title(outlined.blocks, title_text(converted.title), metadata.title or "")
        problems = [*parts.problems, *markup.problems]
        if converted.objects:
            message = (
                f"formulas, charts or other embedded objects, which are not read out: {converted.objects}"
            )
            problems.append(Problem(f"{source.name}{parts.place}", message))
        return build_work(
            source,
            replace(metadata, title=title or None),
            blocks,
            problems=problems,
            source_chars=markup.source_chars + sum(converted.skipped.values()),
            skipped_chars=markup.skipped_chars + converted.skipped,
            rule=outlined.rule,
        )

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language that a document declares; see `Announcer.announce`."""
        parts = _parts(data, name, with_content=False)
        return Announcement(_metadata(parts).language or _styles(parts).language)

    def pictures(self, data: bytes, name: str) -> Callable[[str], bytes]:
        """Return a function that reads a picture in the archive; see `Illustrated.pictures`."""
        return Archive(data, name, MAX_PICTURE_BYTES, top=(_CONTENT,)).read


def _parts(data: bytes, name: str, *, with_content: bool) -> _Parts:
    """Return the parts of a document; without its content, the first of the others takes its place.

    Raises:
        SourceError: The file is not an OpenDocument text, is damaged or encrypted.
    """
    if name.lower().endswith(_FLAT) and not data.startswith(b"PK"):
        return _Parts(parse_xml(data, name), (), "")
    archive = Archive(data, name, top=(_CONTENT,))
    if _CONTENT not in archive:
        raise SourceError(f"is not an OpenDocument text: {_CONTENT} is missing", where=name)
    if _MANIFEST in archive and _ENCRYPTED in archive.read(_MANIFEST):
        raise SourceError("is encrypted", where=name, hint="save it without a password")
    members = [member for member in (_META, _STYLES) if member in archive]
    if with_content or not members:
        members.append(_CONTENT)
    roots = [parse_xml(archive.read(member, MAX_TOTAL_BYTES), archive.where(member)) for member in members]
    return _Parts(roots[-1], tuple(roots[:-1]), f"!{_CONTENT}", archive.problems)


def _styles(parts: _Parts) -> Styles:
    styles = Styles()
    for part in parts.all:
        styles.add(part)
    return styles


def _metadata(parts: _Parts) -> Metadata:
    """Return the document's metadata. Its dates say when the file was saved."""
    meta = next((found for part in parts.all for found in part.iter("{*}meta")), None)
    said: dict[str, str] = {}
    for element in () if meta is None else meta:
        if text := "".join(element.itertext()).strip():
            said.setdefault(tag_of(element), text)
    author = title_text(said.get("initial-creator") or said.get("creator") or "")
    language = said.get("language", "")
    return Metadata(
        title=title_text(said.get("title", "")) or None,
        authors=(author,) if author else (),
        language=language if LANGUAGE_TAG.match(language) else None,
        description=plain_summary(said.get("description", "")),
    )
