"""Namespaces, limits and creation of a feed's elements.

Source: RSS 2.0; Apple's `podcast-1.0.dtd`; the Podcasting 2.0 namespace; RFC 4287 (Atom).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element

ITUNES: Final = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST: Final = "{https://podcastindex.org/namespace/1.0}"
ATOM: Final = "{http://www.w3.org/2005/Atom}"
PREFIXES: Final = {"itunes": ITUNES[1:-1], "podcast": PODCAST[1:-1], "atom": ATOM[1:-1]}
LONGEST_NAME_CHARS: Final = 128
LONGEST_DESCRIPTION_BYTES: Final = 4000


def put(parent: _Element, name: str, text: str = "", /, **attributes: str) -> _Element:
    """Append a new element to `parent`, and return it.

    Args:
        parent: The parent element.
        name: Name of the element, with its namespace in braces.
        text: Text content; may be empty.
        attributes: Attributes by name.
    """
    from lxml.etree import SubElement  # takes 10 ms to import

    element = SubElement(parent, name, attributes)
    if text:
        element.text = text
    return element
