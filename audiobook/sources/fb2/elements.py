"""FictionBook elements as HTML, so that `markup` can read them. Elements are renamed in place and keep their lines.

Source: the FictionBook 2.1 schema (`FictionBook.xsd`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audiobook.sources.markup.semantics import tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

SUBTITLE_LEVEL: Final = 9
"""The level of subtitles, which open no chapter."""
_DEEPEST: Final = 6
_NAMES: Final = {
    "annotation": "blockquote",
    "body": "div",
    "cite": "blockquote",
    "date": "p",
    "emphasis": "em",
    "empty-line": "span",
    "epigraph": "blockquote",
    "poem": "div",
    "stanza": "div",
    "strikethrough": "s",
    "style": "span",
    "text-author": "p",
    "v": "p",
}
"""The HTML names of elements; others have the same name."""
_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_CLASSES: Final = {"poem": "poem", "stanza": "stanza"}
_NO_HEADINGS: Final = ("poem", "stanza")
"""Their titles are not titles of chapters."""


def local(element: _Element, attribute: str) -> str:
    """Return an attribute's value, whatever its namespace; "" if it is missing."""
    found = (value for name, value in element.attrib.items() if name.rpartition("}")[2] == attribute)
    return str(next(found, ""))


def note_names(bodies: list[_Element]) -> frozenset[str]:
    """Return each `id` in the bodies that contain notes."""
    return frozenset(key for body in bodies for element in body.iter() if (key := element.get("id")))


def name_sections(body: _Element) -> list[str]:
    """Return the `id` of each section of a body, outermost only; sections without one get one."""
    sections = [child for child in body if tag_of(child) == "section"]
    for number, section in enumerate(sections):
        if not section.get("id"):
            section.set("id", f"untitled {number}")
    return [section.get("id", "") for section in sections]


def rename(body: _Element, notes: frozenset[str], *, with_subtitles: bool) -> None:
    """Turn the elements of a body into HTML.

    Args:
        body: The `body` element.
        notes: Each `id` of a note, from `note_names`.
        with_subtitles: Whether subtitles open chapters, because the sections have no titles.
    """
    from lxml import etree  # already loaded by the parser

    depth = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = tag_of(element)
        if tag == "section":
            depth += 1 if event == "start" else -1
        elif event == "end" or not tag:
            continue
        elif tag == "title":
            _make_title(element, depth)
        elif tag == "subtitle":
            _make_subtitle(element, depth, with_subtitles=with_subtitles)
        elif tag == "a":
            _make_link(element, notes)
        elif tag == "image":
            element.tag = "img"
            element.set("src", local(element, "href"))
        elif tag == "empty-line" and _stands_between_paragraphs(element):
            element.tag = "hr"
        else:
            if tag in _CLASSES:
                element.set("class", _CLASSES[tag])
            if _NAME.fullmatch(tag):  # a damaged book can have others, which must not be set
                element.tag = _NAMES.get(tag, tag)


def _make_title(title: _Element, depth: int) -> None:
    above = title.getparent()
    in_verse = above is not None and above.get("class") in _NO_HEADINGS
    title.tag = "div" if in_verse else f"h{min(depth + 1, _DEEPEST)}"


def _make_subtitle(subtitle: _Element, depth: int, *, with_subtitles: bool) -> None:
    above = subtitle.getparent()
    if above is not None and above.get("class") in _NO_HEADINGS:
        subtitle.tag = "p"
    elif with_subtitles:
        subtitle.tag = f"h{min(depth + 1, _DEEPEST)}"
    else:
        subtitle.tag = "div"
        subtitle.set("role", "heading")
        subtitle.set("aria-level", str(SUBTITLE_LEVEL))


def _make_link(link: _Element, notes: frozenset[str]) -> None:
    """Mark up a link to a note; the `type` of a link is often missing."""
    address = local(link, "href")
    if local(link, "type") == "note" or address.removeprefix("#") in notes:
        link.set("role", "doc-noteref")
    if address:
        link.set("href", address)


def _stands_between_paragraphs(line: _Element) -> bool:
    before, after = line.getprevious(), line.getnext()
    return before is not None and after is not None and tag_of(before) == tag_of(after) == "p"
