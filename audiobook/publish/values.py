"""Texts as feeds and pages may hold them: what XML allows, on one line, and not too long."""

from __future__ import annotations

import re
from typing import Final

LONGEST_VALUE_CHARS: Final = 255
_NO_XML: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


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
