"""The description of a FictionBook: title, authors, series and cover."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING

from audiobook.document import LANGUAGE_TAG, Metadata
from audiobook.picture_formats import can_be_cover
from audiobook.sources.dates import date_text
from audiobook.sources.fb2.elements import local
from audiobook.sources.markup.semantics import tag_of
from audiobook.sources.summary import plain_summary
from audiobook.sources.title_text import plain_line, title_text

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_description(description: _Element | None) -> tuple[Metadata, int, str | None]:
    """Read the description of a book.

    Args:
        description: The `description` element; None if it is missing.

    Returns:
        The metadata without the cover's bytes, the line number of the title (0 without a title), and the name of
        the cover's `binary` element, or None.
    """
    if description is None:
        return Metadata(), 0, None
    about = _child(description, "title-info")
    published = _child(description, "publish-info")
    title = _child(about, "book-title")
    series = _child(about, "sequence")
    series = _child(published, "sequence") if series is None else series
    metadata = Metadata(
        title=title_text(_text(title)) or None,
        authors=_names(about),
        language=_language(about),
        date=_date(about, published),
        description=_summary(_child(about, "annotation")),
        series=title_text(local(series, "name")) or None if series is not None else None,
        series_position=title_text(local(series, "number")) or None if series is not None else None,
    )
    picture = next((each for each in _children(_child(about, "coverpage")) if tag_of(each) == "image"), None)
    cover = local(picture, "href").removeprefix("#") if picture is not None else ""
    return metadata, (title.sourceline or 0) if title is not None else 0, cover or None


def cover_of(name: str, pictures: Mapping[str, str]) -> bytes | None:
    """Return the bytes of the cover; None if it is missing, damaged, or not a JPEG, PNG, WebP or SVG.

    Args:
        name: Its name.
        pictures: The pictures by name, in base64.
    """
    data = decoded(pictures.get(name, ""))
    return data if data and can_be_cover(data) else None


def decoded(text: str) -> bytes | None:
    """Return the bytes of a picture in base64; None if it is damaged."""
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None


def _children(element: _Element | None) -> list[_Element]:
    return [] if element is None else [child for child in element if tag_of(child)]


def _child(element: _Element | None, name: str) -> _Element | None:
    return next((child for child in _children(element) if tag_of(child) == name), None)


def _text(element: _Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def _names(about: _Element | None) -> tuple[str, ...]:
    names = (_name(each) for each in _children(about) if tag_of(each) == "author")
    return tuple(dict.fromkeys(filter(None, names)))


def _name(author: _Element) -> str:
    parts = (plain_line(_text(_child(author, f"{part}-name"))) for part in ("first", "middle", "last"))
    return title_text(" ".join(filter(None, parts))) or title_text(_text(_child(author, "nickname")))


def _language(about: _Element | None) -> str | None:
    tag = _text(_child(about, "lang")).strip().replace("_", "-")
    return tag if LANGUAGE_TAG.match(tag) else None


def _date(about: _Element | None, published: _Element | None) -> str | None:
    """Return the date when the book was written, else the year of this edition."""
    written = _child(about, "date")
    value = local(written, "value") if written is not None else ""
    texts = (value, _text(written), _text(_child(published, "year")))
    return next(filter(None, map(date_text, texts)), None)


def _summary(annotation: _Element | None) -> str | None:
    if annotation is None:
        return None
    paragraphs = (plain_line("".join(each.itertext())) for each in annotation)
    return plain_summary("\n\n".join(filter(None, paragraphs)))
