"""The names of a feed's elements.

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
    """Append an element.

    Args:
        parent: In which.
        name: Its name, with its namespace in braces.
        text: What is in it; may be empty.
        attributes: Its attributes.
    """
    from lxml.etree import SubElement  # noqa: PLC0415 - 10 ms, for feeds only

    element = SubElement(parent, name, attributes)
    if text:
        element.text = text
    return element
