"""The metadata in an EPUB's package: titles, people, dates and series.

Source: EPUB 3.3, section 5.5 (metadata); OPF 2.0.1, section 2.2; the `calibre:` names that Calibre writes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.document import LANGUAGE_TAG, Metadata
from audiobook.sources.dates import date_text
from audiobook.sources.markup.semantics import tag_of
from audiobook.sources.summary import marked_up_summary
from audiobook.sources.title_text import title_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROLE: Final = "{http://www.idpf.org/2007/opf}role"
_EVENT: Final = "{http://www.idpf.org/2007/opf}event"
_MOST_REFINEMENTS: Final = 20
"""How many values of one property of an element are read; several elements may refine the same `id`."""


class _Entries(msgspec.Struct):
    """The metadata elements of a package.

    Attributes:
        named: `dc:` elements by name.
        refined: For each `id`, the values that refine its element, by property.
        collections: The elements with the property `belongs-to-collection`.
        metas: EPUB 2's `<meta name content>`: the contents by name.
    """

    named: defaultdict[str, list[_Element]] = msgspec.field(default_factory=lambda: defaultdict(list))
    refined: defaultdict[tuple[str, str], list[str]] = msgspec.field(
        default_factory=lambda: defaultdict(list)
    )
    collections: list[_Element] = msgspec.field(default_factory=list)
    metas: dict[str, str] = msgspec.field(default_factory=dict)

    def of(self, element: _Element, property_: str) -> list[str]:
        """Return the values of a property that refine an element; empty if the element has no `id`."""
        key = element.get("id")
        return self.refined[key, property_] if key else []


def read_description(metadata: _Element) -> tuple[Metadata, str | None, int]:
    """Read a package's metadata.

    Args:
        metadata: The `metadata` element.

    Returns:
        The metadata, without the cover's bytes; the item `id` of an EPUB 2 cover, or None; and the line number of
        the title, 0 without a title.
    """
    entries = _entries(metadata)
    title = _title(entries)
    people = entries.named["creator"]
    series, position = _series(entries)
    described = Metadata(
        title=title_text(_text(title)) or None if title is not None else None,
        authors=_names(entries, [person for person in people if _is_author(entries, person)]),
        narrator=", ".join(
            _names(
                entries,
                [each for each in people + entries.named["contributor"] if "nrt" in _roles(entries, each)],
            )
        )
        or None,
        language=_language(entries),
        description=_description(entries),
        date=_date(entries),
        series=series,
        series_position=position,
    )
    return described, entries.metas.get("cover"), (title.sourceline or 0) if title is not None else 0


def _entries(metadata: _Element) -> _Entries:
    entries = _Entries()
    for element in metadata.iter():
        tag = tag_of(element)
        if tag != "meta":
            if tag:
                entries.named[tag].append(element)
        elif name := element.get("name"):
            entries.metas.setdefault(name, element.get("content") or "")
        elif property_ := element.get("property"):
            said = entries.refined[(element.get("refines") or "").lstrip("#"), property_]
            if len(said) < _MOST_REFINEMENTS:
                said.append(_text(element))
            if property_ == "belongs-to-collection":
                entries.collections.append(element)
    return entries


def _title(entries: _Entries) -> _Element | None:
    """Return the main title: the one marked as main, else the first."""
    titles = [title for title in entries.named["title"] if _text(title)]
    main = (title for title in titles if "main" in entries.of(title, "title-type"))
    return next(main, titles[0] if titles else None)


def _roles(entries: _Entries, person: _Element) -> set[str]:
    roles = (
        {*entries.of(person, "role"), person.get(_ROLE) or ""}
        if person.get("id")
        else {person.get(_ROLE) or ""}
    )
    return {role.lower() for role in roles if role}


def _is_author(entries: _Entries, person: _Element) -> bool:
    """Return whether a creator is an author: has the author role, or no role at all."""
    roles = _roles(entries, person)
    return not roles or "aut" in roles


def _names(entries: _Entries, people: list[_Element]) -> tuple[str, ...]:
    names = (title_text(_text(person)) for person in people)
    return tuple(dict.fromkeys(name for name in names if name))


def _language(entries: _Entries) -> str | None:
    tags = (_text(element).replace("_", "-") for element in entries.named["language"])
    return next((tag for tag in tags if LANGUAGE_TAG.match(tag)), None)


def _date(entries: _Entries) -> str | None:
    """Return the date of publication, else the first date that does not describe the file itself."""
    dates = entries.named["date"]
    published = [date for date in dates if date.get(_EVENT) in ("publication", "original-publication")]
    for date in published or [date for date in dates if date.get(_EVENT) not in ("modification", "creation")]:
        if found := date_text(_text(date)):
            return found
    return None


def _description(entries: _Entries) -> str | None:
    """Return the first description that contains words."""
    language = _language(entries) or "und"
    texts = ("".join(element.itertext()) for element in entries.named["description"])
    return next(filter(None, (marked_up_summary(text, language) for text in texts)), None)


def _series(entries: _Entries) -> tuple[str | None, str | None]:
    for collection in entries.collections:
        kind = entries.of(collection, "collection-type")
        if (
            collection.get("refines") is None
            and (not kind or "series" in kind)
            and (name := title_text(_text(collection)))
        ):
            position = entries.of(collection, "group-position")
            return name, title_text(position[0]) or None if position else None
    if name := title_text(entries.metas.get("calibre:series", "")):
        return name, title_text(entries.metas.get("calibre:series_index", "")) or None
    return None, None


def _text(element: _Element) -> str:
    return " ".join("".join(element.itertext()).split())
