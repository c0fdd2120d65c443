"""OpenDocument elements as HTML, so that `markup` can read them. Elements are renamed in place.

Source: OpenDocument 1.3, part 3, sections 5 (paragraphs), 6 (notes), 8 (indexes), 9 (tables) and 10 (drawings).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.document import count_chars
from audiobook.sources.markup.semantics import QUOTATION_CLASS, tag_of
from audiobook.sources.office.odt_styles import Styles, attribute

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES: Final = {
    "line-break": "br",
    "list": "ul",
    "list-header": "li",
    "list-item": "li",
    "table-header-rows": "thead",
    "table-row": "tr",
    "table-cell": "td",
    "covered-table-cell": "td",
    "table": "table",
    "p": "p",
    "ruby": "ruby",
    "ruby-text": "rt",
    "text": "body",
    "text-box": "div",
    "section": "div",
    "index-body": "div",
    "index-title": "div",
    "numbered-paragraph": "div",
}
"""The HTML names of elements; others delimit nothing."""
_ROLES: Final = {
    "alphabetical-index": "doc-index",
    "bibliography": "doc-bibliography",
    "illustration-index": "doc-toc",
    "note-citation": "doc-noteref",
    "object-index": "doc-toc",
    "table-index": "doc-toc",
    "table-of-content": "doc-toc",
    "user-index": "doc-toc",
}
_ASIDE: Final = {
    "annotation": "comments",
    "tracked-changes": "deleted text",
    "hidden-text": "hidden",
}
"""Elements that are taken out, with the reason."""
_SILENT: Final = frozenset(
    "alphabetical-index-source bibliography-source forms illustration-index-source object-index-source "
    "table-index-source table-of-content-source user-index-source".split()
)
"""Elements whose content is not text."""
_SPACES: Final = ("s", "tab")
_DEEPEST: Final = 6
_DRAWN: Final = (".emf", ".svg", ".svm", ".wmf")
"""Extensions of pictures that are drawings and not made of pixels."""


class Converted(msgspec.Struct):
    """What was found while elements were renamed.

    Attributes:
        title: The paragraph with the style Title; "" without one.
        skipped: Number of characters taken out, by reason.
        objects: How many formulas, charts and the like the document contains.
    """

    title: str = ""
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    objects: int = 0


def to_html(text: _Element, styles: Styles) -> Converted:
    """Turn the elements of an `office:text` element into HTML.

    Args:
        text: The element.
        styles: The styles of the document.
    """
    found = Converted()
    for element in list(text.iter("*")):
        tag = tag_of(element)
        if tag in _ASIDE:
            _take_out(element, found.skipped, _ASIDE[tag])
        elif tag in _SILENT:
            element.tag = "script"
        elif tag == "hidden-paragraph" and attribute(element, "is-hidden") == "true":
            _hide_around(element)
        elif tag in ("h", "p"):
            _make_paragraph(element, tag, styles, found)
        elif tag == "note-body":
            element.tag = "span"
            kind = "endnote" if attribute(element.getparent(), "note-class") == "endnote" else "footnote"
            element.set("role", f"doc-{kind}")
        elif tag == "frame":
            _make_frame(element, found)
        else:
            _make_other(element, tag, styles)
    return found


def _take_out(element: _Element, skipped: Counter[str], reason: str) -> None:
    """Empty an element and count its characters."""
    skipped[reason] += sum(count_chars(piece) for piece in element.itertext())
    tail = element.tail
    element.clear()
    element.tag, element.tail = "span", tail


def _hide_around(element: _Element) -> None:
    element.tag = "span"
    for above in element.iterancestors():
        if tag_of(above) in ("p", "h", "h1", "h2", "h3", "h4", "h5", "h6"):
            above.set("hidden", "")
            return


def _make_paragraph(paragraph: _Element, tag: str, styles: Styles, found: Converted) -> None:
    level = styles.heading_level(paragraph)
    if tag == "h":
        written = attribute(paragraph, "outline-level")
        level = int(written) if written.isdecimal() and len(written) < 3 else level or 1
    if styles.is_hidden(paragraph, "paragraph"):
        paragraph.set("hidden", "")
    elif not level and not found.title and styles.is_title(paragraph):
        found.title = "".join(paragraph.itertext())
    if not level:
        _show_looks(paragraph, styles)
        if styles.is_quotation(paragraph):
            paragraph.set("class", QUOTATION_CLASS)
    paragraph.tag = f"h{min(max(level, 1), _DEEPEST)}" if level else "p"


def _show_looks(paragraph: _Element, styles: Styles) -> None:
    """Give a paragraph the attributes by which headings that are not marked as such are recognised."""
    if styles.is_bold(paragraph, "paragraph"):
        paragraph.set("style", "font-weight: bold")
    if styles.is_centred(paragraph):
        paragraph.set("align", "center")


def _make_frame(frame: _Element, found: Converted) -> None:
    """Turn the description of a picture into its alternative text."""
    frame.tag = "span"
    words = {tag_of(child): child for child in reversed(frame)}
    has_object = any(tag in words for tag in ("object", "object-ole"))
    shown = None if has_object else _shown_image(frame)
    described = [(words[name].text or "").strip() for name in ("desc", "title") if name in words]
    for child in list(frame):
        tag = tag_of(child)
        if tag in ("desc", "title"):
            child.text = None
            child.tag = "span"
        elif tag == "image":
            child.tag = "img"
            child.set("alt", next(filter(None, described), ""))
            described = []
            if shown is not None:
                # The alternative text belongs to the first of several forms of the same picture.
                child.set("src", shown)
                shown = None
    found.objects += has_object


def _shown_image(frame: _Element) -> str | None:
    """Return the address of a picture: of several forms, the first that pages can show."""
    addresses = [attribute(child, "href") for child in frame if tag_of(child) == "image"]
    drawn = (address for address in addresses if not address.lower().endswith(_DRAWN))
    return next(drawn, next(iter(addresses), None))


def _make_other(element: _Element, tag: str, styles: Styles) -> None:
    if tag in _SPACES:
        element.text = " "
    if tag == "section" and attribute(element, "display") == "none":
        element.set("hidden", "")
    if tag == "span" and styles.is_hidden(element, "text"):
        element.set("hidden", "")
    if tag == "img":
        return
    if tag == "a":
        element.set("href", attribute(element, "href"))
        element.tag = "a"
    elif tag in _ROLES:
        element.set("role", _ROLES[tag])
        element.tag = "span" if tag == "note-citation" else "div"
    elif tag == "span" and styles.is_raised(element):
        element.tag = "sup"
    elif tag == "span" and styles.is_bold(element, "text"):
        element.tag = "b"
    else:
        element.tag = _NAMES.get(tag, "span")
