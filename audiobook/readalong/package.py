"""The package document of a read-along book: its metadata, files and reading order.

Source: EPUB 3.3 (W3C), sections 5 (package document) and 9.3 (media overlays); EPUB Accessibility 1.1, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from audiobook import __version__
from audiobook.audio.timecode import timecode
from audiobook.book.record.works import Record, RecordHead
from audiobook.book.record.writing import book_digest
from audiobook.languages import direction
from audiobook.readalong.pages import ACTIVE_CLASS, PLAYING_CLASS
from audiobook.readalong.xml import xml_language, xml_line, xml_text

MAKER: Final = 'name="generator" content="audiobook '
"""Text before the version of this program in a package document."""
SOURCE: Final = 'name="audiobook:record" content="'
"""Text before the digest of the record in a package document."""
COVER_PAGE: Final = "cover.xhtml"
NO_DATE: Final = "2000-01-01"
_POSITION: Final = re.compile(r"\d+(\.\d+)*")
_ACCESS: Final = (
    ("accessMode", "textual"),
    ("accessMode", "auditory"),
    ("accessModeSufficient", "textual"),
    ("accessModeSufficient", "auditory"),
    ("accessibilityFeature", "synchronizedAudioText"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "displayTransformability"),
    ("accessibilityHazard", "none"),
)


class BookChapter(msgspec.Struct, frozen=True):
    """The files of a chapter.

    Attributes:
        id: Its id in the package document.
        length_ms: Length of its audio in milliseconds; 0 if it is not spoken, so that it only has a page.
    """

    id: str
    length_ms: int

    @property
    def page(self) -> str:
        """Name of the page."""
        return f"text/{self.id}.xhtml"

    @property
    def overlay(self) -> str:
        """Name of the overlay."""
        return f"overlays/{self.id}.smil"

    @property
    def sound(self) -> str:
        """Name of the audio file."""
        return f"audio/{self.id}.mp3"


def package(record: Record, chapters: Sequence[BookChapter]) -> str:
    """Return the package document.

    Args:
        record: Record of the work.
        chapters: Its chapters in order.
    """
    turn = ' page-progression-direction="rtl"' if direction(record.language) == "rtl" else ""
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"'
        f' xml:lang="{xml_language(record.language)}">',
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
        f'<meta {MAKER}{__version__}"/>',
        f'<meta {SOURCE}{book_digest(record)}"/>',
        *_description(record),
        *_durations(chapters),
        *(f'<meta property="schema:{name}">{value}</meta>' for name, value in _ACCESS),
        "</metadata>\n<manifest>",
        *_manifest(chapters),
        f"</manifest>\n<spine{turn}>",
        '<itemref idref="cover-page"/>',
        *(f'<itemref idref="{chapter.id}"/>' for chapter in chapters),
        "</spine>\n</package>\n",
    )
    return "\n".join(lines)


def identifier(record: RecordHead) -> str:
    """Return the identifier of a work: it stays the same when the text is edited, so that readers keep the place."""
    name = "\0".join((record.language, record.slug, *record.authors))
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'audiobook:{name}')}"


def _description(record: Record) -> Iterator[str]:
    yield f'<dc:identifier id="id">{identifier(record)}</dc:identifier>'
    yield f"<dc:title>{xml_line(record.title)}</dc:title>"
    yield f"<dc:language>{xml_language(record.language)}</dc:language>"
    for number, author in enumerate(filter(str.strip, record.authors), 1):
        yield f'<dc:creator id="author{number}">{xml_line(author)}</dc:creator>'
        yield _role(f"author{number}", "aut")
    if record.narrator.strip():
        yield f'<dc:contributor id="narrator">{xml_line(record.narrator)}</dc:contributor>'
        yield _role("narrator", "nrt")
        yield f'<meta property="media:narrator">{xml_line(record.narrator)}</meta>'
    day = _first_day(record.date)
    if day:
        yield f"<dc:date>{record.date}</dc:date>"
    if record.description and record.description.strip():
        yield f"<dc:description>{xml_text(record.description)}</dc:description>"
    if record.series and record.series.strip():
        yield f'<meta property="belongs-to-collection" id="series">{xml_line(record.series)}</meta>'
        yield '<meta refines="#series" property="collection-type">series</meta>'
        if record.series_position and _POSITION.fullmatch(record.series_position):
            yield f'<meta refines="#series" property="group-position">{record.series_position}</meta>'
    # A record contains no build time, because equal inputs must give equal bytes.
    yield f'<meta property="dcterms:modified">{day or NO_DATE}T00:00:00Z</meta>'


def _first_day(stated: str | None) -> str | None:
    """Return the first day of a year (`2001`), a month (`2001-05`) or a day; None if it is not in the calendar."""
    day = "-".join([*(stated or "").split("-"), "01", "01"][:3])
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return None


def _role(name: str, role: str) -> str:
    return f'<meta refines="#{name}" property="role" scheme="marc:relators">{role}</meta>'


def _durations(chapters: Sequence[BookChapter]) -> Iterator[str]:
    total = timecode(sum(chapter.length_ms for chapter in chapters))
    yield f'<meta property="media:duration">{total}</meta>'
    for chapter in chapters:
        if chapter.length_ms:
            length = timecode(chapter.length_ms)
            yield f'<meta property="media:duration" refines="#{chapter.id}-overlay">{length}</meta>'
    yield f'<meta property="media:active-class">{ACTIVE_CLASS}</meta>'
    yield f'<meta property="media:playback-active-class">{PLAYING_CLASS}</meta>'


def _manifest(chapters: Sequence[BookChapter]) -> Iterator[str]:
    yield '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    yield '<item id="style" href="style.css" media-type="text/css"/>'
    yield '<item id="cover" href="cover.jpg" media-type="image/jpeg" properties="cover-image"/>'
    yield f'<item id="cover-page" href="{COVER_PAGE}" media-type="application/xhtml+xml"/>'
    for chapter in chapters:
        name = chapter.id
        spoken = f' media-overlay="{name}-overlay"' if chapter.length_ms else ""
        yield f'<item id="{name}" href="{chapter.page}" media-type="application/xhtml+xml"{spoken}/>'
        if spoken:
            yield f'<item id="{name}-overlay" href="{chapter.overlay}" media-type="application/smil+xml"/>'
            yield f'<item id="{name}-audio" href="{chapter.sound}" media-type="audio/mpeg"/>'
