"""The metadata files that media servers read next to a book: `metadata.json` and `metadata.opf`.

Source: Audiobookshelf 2.36, `server/utils/generators/abmetadataGenerator.js` (JSON), `server/utils/parsers/parseOpfMetadata.js`
(OPF); Open Packaging Format 2.0.1, section 2.2 (metadata), with the series as Calibre writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

import msgspec

from audiobook.book.record.works import RecordHead
from audiobook.languages import english_name
from audiobook.readalong.package import identifier
from audiobook.readalong.xml import xml_language, xml_line, xml_text

METADATA_NAME: Final = "metadata.json"
_FIELDS: Final = ("title", "authors", "narrators", "series", "publishedYear", "description", "language")
_POSITION: Final = re.compile(r"[^#\s]+")


def metadata_json(record: RecordHead) -> bytes:
    """Return the metadata of a book as Audiobookshelf keeps it.

    Chapters are left out: the server reads them from the sound, where they are exact.
    """
    values = (
        record.title,
        record.authors,
        [record.narrator] if record.narrator.strip() else [],
        [_series(record)] if record.series else [],
        record.date[:4] if record.date else None,
        _paragraphs(record.description) if record.description else None,
        english_name(record.language),
    )
    return _written(dict(zip(_FIELDS, values, strict=True)))


def same_metadata(data: bytes) -> Iterator[bytes]:
    """Yield what `metadata_json` may have returned, if a server has since written the file in its own form.

    Servers add fields, such as chapters and tags, and the description that they find in the sound if there was none.
    """
    try:
        found = msgspec.json.decode(data, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    fields = {name: found.get(name) for name in _FIELDS}
    yield _written(fields)
    yield _written(fields | {"description": None})


def _written(fields: dict[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(fields), indent=2) + b"\n"


def metadata_opf(record: RecordHead) -> bytes:
    """Return the metadata of a book as a package document without files, as Calibre and Audiobookshelf read it."""
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="id">',
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">',
        *_elements(record),
        "</metadata>",
        "<guide>",
        '<reference type="cover" title="Cover" href="cover.jpg"/>',
        "</guide>",
        "</package>\n",
    )
    return "\n".join(lines).encode()


def _paragraphs(text: str) -> str:
    """Return a description as HTML, because Audiobookshelf reads it as such."""
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text.split("\n\n"))


def _series(record: RecordHead) -> str:
    """Return the series with the position, which Audiobookshelf reads after ` #` if it is one word."""
    position = record.series_position or ""
    return f"{record.series} #{position}" if _POSITION.fullmatch(position) else str(record.series)


def _elements(record: RecordHead) -> Iterator[str]:
    yield f'<dc:identifier id="id">{identifier(record)}</dc:identifier>'
    yield f"<dc:title>{xml_line(record.title)}</dc:title>"
    for author in filter(str.strip, record.authors):
        yield f'<dc:creator opf:role="aut">{xml_line(author)}</dc:creator>'
    if record.narrator.strip():
        yield f'<dc:creator opf:role="nrt">{xml_line(record.narrator)}</dc:creator>'
    yield f"<dc:language>{xml_language(record.language)}</dc:language>"
    if record.date:
        yield f"<dc:date>{record.date}</dc:date>"
    if record.description and record.description.strip():
        yield f"<dc:description>{xml_text(record.description)}</dc:description>"
    if record.series and record.series.strip():
        yield f'<meta name="calibre:series" content="{xml_line(record.series)}"/>'
        if record.series_position:
            yield f'<meta name="calibre:series_index" content="{xml_line(record.series_position)}"/>'
