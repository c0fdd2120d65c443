"""The styles of an OpenDocument text: headings, the title, raised and hidden text, and the language.

Source: OpenDocument 1.3, part 3, sections 16.2 (default styles), 16.4 (styles) and 20 (formatting attributes).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.document import LANGUAGE_TAG
from audiobook.sources.markup.semantics import tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST_CHAIN: Final = 32
_HEADING = re.compile(r"Heading(?:_20_| )(\d{1,2})")
_QUOTATION = re.compile(r"(?:Intense(?:_20_| ))?Quot(?:e|ation)s?|Block(?:_20_| )(?:Quotation|Text)")
_BOLD: Final = ("bold", "600", "700", "800", "900")
_POINTS = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)pt")
_LARGE_POINTS: Final = 15
"""Letters of this size are larger than those of a text."""
_RAISED = re.compile(r"super\b|[1-9]\d{0,2}%")


def attribute(element: _Element, name: str) -> str:
    """Return an attribute's value, whatever its namespace; "" if it is missing."""
    found = (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name)
    return str(next(found, ""))


class _Style(msgspec.Struct, frozen=True):
    parent: str
    level: int = 0
    is_hidden: bool = False
    is_raised: bool = False
    is_bold: bool | None = None
    is_centred: bool | None = None


class Styles(msgspec.Struct):
    """The styles of a document.

    Attributes:
        language: BCP 47 tag of paragraphs without another language; None if the document has none.
    """

    language: str | None = None
    _named: dict[tuple[str, str], _Style] = msgspec.field(default_factory=dict)

    def add(self, root: _Element) -> None:
        """Add the styles in a part of the document."""
        for element in root.iter("{*}style", "{*}default-style"):
            family = attribute(element, "family")
            if tag_of(element) == "style":
                self._named[family, attribute(element, "name")] = _style(element)
            elif family == "paragraph":
                self.language = self.language or _language(element)

    def heading_level(self, paragraph: _Element) -> int:
        """Return the outline level of a paragraph's style, from 1; 0 if it is not the style of a heading."""
        for name, style in self._chain("paragraph", paragraph):
            if style.level:
                return style.level
            if found := _HEADING.fullmatch(name):
                return int(found[1])
        return 0

    def is_title(self, paragraph: _Element) -> bool:
        """Return whether a paragraph has the style Title."""
        return any(name == "Title" for name, _ in self._chain("paragraph", paragraph))

    def is_quotation(self, paragraph: _Element) -> bool:
        """Return whether a paragraph has the style of a quotation."""
        return any(_QUOTATION.fullmatch(name) for name, _ in self._chain("paragraph", paragraph))

    def is_hidden(self, element: _Element, family: str) -> bool:
        """Return whether the style of a paragraph or of a part of it hides it."""
        return any(style.is_hidden for _, style in self._chain(family, element))

    def is_raised(self, span: _Element) -> bool:
        """Return whether the style of a part of a paragraph is superscript."""
        return any(style.is_raised for _, style in self._chain("text", span))

    def is_bold(self, element: _Element, family: str) -> bool:
        """Return whether the style of a paragraph or of a part of it is bold or large."""
        found = (style.is_bold for _, style in self._chain(family, element))
        return next((is_bold for is_bold in found if is_bold is not None), False)

    def is_centred(self, paragraph: _Element) -> bool:
        """Return whether the style of a paragraph is centred."""
        found = (style.is_centred for _, style in self._chain("paragraph", paragraph))
        return next((is_centred for is_centred in found if is_centred is not None), False)

    def _chain(self, family: str, element: _Element) -> list[tuple[str, _Style]]:
        """Return an element's style and those that it inherits from, with their names."""
        name = attribute(element, "style-name")
        chain: list[tuple[str, _Style]] = []
        while name and len(chain) < _LONGEST_CHAIN:
            style = self._named.get((family, name), _Style(""))
            chain.append((name, style))
            name = style.parent
        return chain


def _style(element: _Element) -> _Style:
    properties = [child for child in element if tag_of(child) == "text-properties"]
    level = attribute(element, "default-outline-level")
    return _Style(
        attribute(element, "parent-style-name"),
        int(level) if level.isdecimal() and len(level) < 3 else 0,
        any(attribute(each, "display") == "none" for each in properties),
        any(_RAISED.match(attribute(each, "text-position")) for each in properties),
        _is_bold(properties),
        _is_centred(element),
    )


def _is_bold(properties: list[_Element]) -> bool | None:
    """Return whether letters are bold or large; None if no style says so."""
    values = [(attribute(each, "font-weight"), attribute(each, "font-size")) for each in properties]
    if not any(weight or size for weight, size in values):
        return None
    return any(weight in _BOLD or _points(size) >= _LARGE_POINTS for weight, size in values)


def _points(size: str) -> float:
    found = _POINTS.fullmatch(size)
    return float(found[1]) if found else 0.0


def _is_centred(element: _Element) -> bool | None:
    values = [attribute(child, "text-align") for child in element if tag_of(child) == "paragraph-properties"]
    return any(align == "center" for align in values) if any(values) else None


def _language(element: _Element) -> str | None:
    for properties in element.iter("{*}text-properties"):
        parts = (attribute(properties, "language"), attribute(properties, "country"))
        tag = "-".join(part for part in parts if part and part != "none")
        if LANGUAGE_TAG.match(tag):
            return tag
    return None
