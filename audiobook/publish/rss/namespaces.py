"""The names of a feed's elements, and text that may stand in them.

Source: RSS 2.0; Apple's `podcast-1.0.dtd`; the Podcasting 2.0 namespace; RFC 4287 (Atom).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element

ITUNES: Final = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST: Final = "{https://podcastindex.org/namespace/1.0}"
ATOM: Final = "{http://www.w3.org/2005/Atom}"
PREFIXES: Final = {"itunes": ITUNES[1:-1], "podcast": PODCAST[1:-1], "atom": ATOM[1:-1]}
LONGEST_VALUE_CHARS: Final = 255
LONGEST_NAME_CHARS: Final = 128
LONGEST_DESCRIPTION_BYTES: Final = 4000
_NO_XML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


def xml_text(text: str) -> str:
    """Give a text without the characters that XML 1.0 cannot hold, or should not. Source: XML 1.0, section 2.2."""
    return _NO_XML.sub("", text)


def value(text: str, longest: int = LONGEST_VALUE_CHARS) -> str:
    """Give a text as a value: one line without outer spaces, at most so many characters."""
    return shortened(" ".join(xml_text(text).split()), longest)


def shortened(text: str, longest: int) -> str:
    """Cut a text at a space if it is longer than so many characters, and say so by "…"."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    return head[: head.rfind(" ", longest // 2) if " " in head[longest // 2 :] else None].rstrip() + "…"


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
