"""HTMLZ: a zip archive of one page, its metadata as an OPF package, and its cover.

Source: the HTMLZ output of Calibre; OPF 2.0.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from audiobook.document import Chapter, Metadata, Problem, Work
from audiobook.errors import SourceError
from audiobook.picture_formats import can_be_cover
from audiobook.sources.archive import MAX_PICTURE_BYTES, MAX_TOTAL_BYTES, Archive
from audiobook.sources.base import Announcement, Source
from audiobook.sources.epub.description import read_description
from audiobook.sources.html.reader import HtmlReader
from audiobook.sources.markup.semantics import tag_of
from audiobook.sources.markup.tree import parse_xml
from audiobook.sources.outline import work_title

if TYPE_CHECKING:
    from lxml.etree import _Element

_PAGES: Final = ("index.html", "index.htm", "index.xhtml")
_ENDINGS: Final = (".html", ".htm", ".xhtml")
_PACKAGE: Final = "metadata.opf"
_COVERS: Final = ("cover.jpg", "cover.jpeg", "cover.png", "cover.svg", "images/cover.jpg", "images/cover.png")


class HtmlzReader:
    """Reads `.htmlz` files."""

    def read(self, source: Source) -> Work:
        """Read a book; see `Reader.read`."""
        archive = Archive(source.data, source.name, top=_PAGES)
        member = _page(archive)
        problems = list(archive.problems)
        about, cover = _described(archive, problems)
        page = replace(
            source,
            data=archive.read(member, MAX_TOTAL_BYTES),
            name=archive.where(member),
            fallback_title=work_title(source, about),
        )
        work = HtmlReader().read(page)
        metadata = replace(_filled(about, work.metadata), cover=_cover(archive, cover))
        return replace(
            work,
            name=source.name,
            title=work_title(source, metadata),
            chapters=tuple(_placed(chapter, f"!{member}") for chapter in work.chapters),
            problems=(*problems, *work.problems),
            metadata=metadata,
        )

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language that the metadata or the page declares; see `Announcer.announce`."""
        archive = Archive(data, name, top=_PAGES)
        about, _ = _described(archive, [])
        if about.language:
            return Announcement(about.language)
        member = _page(archive)
        return HtmlReader().announce(archive.read(member, MAX_TOTAL_BYTES), archive.where(member), encoding)

    def pictures(self, data: bytes, name: str) -> Callable[[str], bytes]:
        """Return a function that reads a picture in the archive; see `Illustrated.pictures`."""
        return Archive(data, name, MAX_PICTURE_BYTES, top=_PAGES).read


def _page(archive: Archive) -> str:
    """Return the name of the page with the text.

    Raises:
        SourceError: The archive contains no page, or several and none of them is the index.
    """
    pages = [member for member in archive.members if member.lower().endswith(_ENDINGS) and "/" not in member]
    found = next((page for page in pages if page.lower() in _PAGES), pages[0] if len(pages) == 1 else None)
    if found is None:
        raise SourceError("is not an HTMLZ archive: index.html is missing", where=archive.name)
    return found


def _described(archive: Archive, problems: list[Problem]) -> tuple[Metadata, str | None]:
    """Return the metadata of the package, and the address of the cover in its guide; damage becomes a problem."""
    package = next((member for member in archive.members if member.lower().endswith(".opf")), _PACKAGE)
    if package not in archive:
        return Metadata(), None
    try:
        root = parse_xml(archive.read(package), archive.where(package))
    except SourceError as error:
        if error.where == archive.name:
            raise
        where = error.where or archive.where(package)
        problems.append(Problem(where, f"{error.message}; the metadata of the book is ignored"))
        return Metadata(), None
    sections = {tag_of(child): child for child in reversed(root)}
    metadata = read_description(sections["metadata"])[0] if "metadata" in sections else Metadata()
    return metadata, _guided_cover(sections.get("guide"))


def _guided_cover(guide: _Element | None) -> str | None:
    references = () if guide is None else [each for each in guide if tag_of(each) == "reference"]
    return next((each.get("href") for each in references if each.get("type") == "cover"), None)


def _cover(archive: Archive, guided: str | None) -> bytes | None:
    """Return the bytes of the cover; None without one that can be used."""
    for member in filter(None, (guided, *_COVERS)):
        if member in archive:
            try:
                data = archive.read(member)
            except SourceError:
                continue
            if can_be_cover(data):
                return data
    return None


def _filled(about: Metadata, page: Metadata) -> Metadata:
    """Return the metadata of the package, filled in from the page."""
    return replace(
        about,
        title=about.title or page.title,
        authors=about.authors or page.authors,
        language=about.language or page.language,
        date=about.date or page.date,
        description=about.description or page.description,
    )


def _placed(chapter: Chapter, place: str) -> Chapter:
    return replace(
        chapter,
        paragraphs=tuple(
            replace(
                each, place=place, pictures=tuple(replace(picture, place=place) for picture in each.pictures)
            )
            for each in chapter.paragraphs
        ),
    )
