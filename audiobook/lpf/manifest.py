"""The manifest of a W3C audiobook, and its table of contents.

Source: Audiobooks (W3C Recommendation), sections 3 (manifest) and 4 (properties); Publication Manifest (W3C
Recommendation), section 4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from audiobook import __version__
from audiobook.book.excerpts.excerpt import excerpt_samples
from audiobook.book.record.works import Record
from audiobook.book.record.writing import book_digest
from audiobook.languages import direction
from audiobook.readalong.package import identifier
from audiobook.readalong.pages import contents_entries
from audiobook.readalong.xml import language_attributes, xml_language, xml_line

MAKER: Final = '"audiobook:maker":"audiobook '
"""Text before the version of this program in a manifest."""
SOURCE: Final = '"audiobook:record":"'
"""Text before the digest of the record in a manifest."""
CONTENTS: Final = "contents.html"
COVER: Final = "cover.jpg"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTENTS_PAGE: Final = """\
<!DOCTYPE html>
<html {language}>
<head><meta charset="utf-8"/><title>{title}</title></head>
<body>
<nav role="doc-toc" aria-label="{title}">
<h1>{title}</h1>
{entries}
</nav>
</body>
</html>
"""


def manifest(record: Record, sounds: Sequence[str]) -> bytes:
    """Return the manifest, `publication.json`.

    Args:
        record: Record of the work.
        sounds: Name of the audio file of each chapter.
    """
    language, way = xml_language(record.language), direction(record.language)
    fields: dict[str, object] = {
        "@context": [
            "https://schema.org",
            "https://www.w3.org/ns/pub-context",
            {"language": language, "direction": way},
        ],
        "conformsTo": "https://www.w3.org/TR/audiobooks/",
        "audiobook:maker": f"audiobook {__version__}",
        "audiobook:record": book_digest(record),
        "type": "Audiobook",
        "id": identifier(record),
        "name": record.title,
        "author": [*filter(str.strip, record.authors)],
        "readBy": [record.narrator] if record.narrator.strip() else [],
        "description": record.description,
        "inLanguage": language,
        "readingProgression": way,
        "datePublished": record.date if _DAY.fullmatch(record.date or "") else None,
        "isPartOf": _series(record),
        "abridged": bool(record.inputs.chosen_chapters or record.inputs.skipped_chapters),
        "duration": _duration(sum(_lengths_ms(record))),
        "accessMode": ["auditory"],
        "accessModeSufficient": [{"type": "ItemList", "itemListElement": ["auditory"]}],
        "accessibilityFeature": ["readingOrder", "tableOfContents", "unlocked"],
        "accessibilityHazard": ["none"],
        "readingOrder": _reading_order(record, sounds),
        "resources": [
            _resource(COVER, "image/jpeg", rel="cover", name=record.title),
            _resource(CONTENTS, "text/html", rel="contents"),
        ],
    }
    return msgspec.json.encode({name: value for name, value in fields.items() if value not in (None, [])})


def contents_page(record: Record, sounds: Sequence[str]) -> str:
    """Return the table of contents as a page, nested by the levels of chapters."""
    title = xml_line(record.title) or "-"
    entries = "\n".join(contents_entries(record, sounds))
    # Without `xml:lang`, which comes first and is not HTML.
    _, _, language = language_attributes(record.language).partition(" ")
    return _CONTENTS_PAGE.format(language=language, title=title, entries=entries)


def _reading_order(record: Record, sounds: Sequence[str]) -> list[dict[str, object]]:
    lengths = _lengths_ms(record)
    return [
        _resource(name, "audio/mpeg", name=chapter.title, duration=_duration(length))
        for name, chapter, length in zip(sounds, record.chapters, lengths, strict=True)
    ]


def _lengths_ms(record: Record) -> list[int]:
    return [
        excerpt_samples(record, number, number + 1) * 1000 // record.rate_hz
        for number in range(len(record.chapters))
    ]


def _resource(url: str, media_type: str, **more: object) -> dict[str, object]:
    return {"type": "LinkedResource", "url": url, "encodingFormat": media_type, **more}


def _series(record: Record) -> dict[str, object] | None:
    if not record.series:
        return None
    fields: dict[str, object] = {"type": "CreativeWorkSeries", "name": record.series}
    return fields | ({"position": record.series_position} if record.series_position else {})


def _duration(length_ms: int) -> str:
    """Return a length as an ISO 8601 duration in seconds."""
    return f"PT{length_ms // 1000}.{length_ms % 1000:03}S"
