"""Text made fit for feeds and pages: only characters that XML allows, on one line, of limited length."""

from __future__ import annotations

import re
from typing import Final

LONGEST_VALUE_CHARS: Final = 255
_NO_XML: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


def xml_text(text: str) -> str:
    """Return a text without the characters that XML 1.0 forbids or discourages. Source: XML 1.0, section 2.2."""
    return _NO_XML.sub("", text)


def value(text: str, longest: int = LONGEST_VALUE_CHARS) -> str:
    """Return a text as one line of at most `longest` characters, without leading or trailing spaces."""
    return shortened(" ".join(xml_text(text).split()), longest)


def shortened(text: str, longest: int) -> str:
    """Return a text of at most `longest` characters; a longer one is cut at a space and ends in "…"."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    if " " in head[longest // 2 :]:
        head = head.rpartition(" ")[0]
    return head.rstrip() + "…"
