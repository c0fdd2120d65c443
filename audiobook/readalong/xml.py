"""Escaping texts and language tags for the XML files of an EPUB."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from audiobook.languages import direction

_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]|[\U0001fffe\U0001ffff]"
)
"""Characters that XML forbids or discourages. Source: XML 1.0 (fifth edition), section 2.2."""
_WELL_FORMED: Final = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*",
    re.IGNORECASE,
)
"""Source: RFC 5646, section 2.1, without extensions and private use."""


def xml_text(text: str) -> str:
    """Return a text escaped for XML content and attributes; a character that XML forbids becomes U+FFFD."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def xml_line(text: str) -> str:
    """Return a text as `xml_text` does, on one line."""
    return xml_text(" ".join(text.split()))


def xml_language(tag: str) -> str:
    """Return a language tag; only its first part if it is not well-formed, which readers would reject."""
    parts = tag.lower().split("-")
    is_valid = _WELL_FORMED.fullmatch(tag) and len(set(parts[1:])) == len(parts) - 1
    return tag if is_valid else parts[0]


def language_attributes(tag: str, around: str | None = None) -> str:
    """Return the attributes of an element in a language, and its writing direction if that differs.

    Args:
        tag: BCP 47 tag of the element.
        around: BCP 47 tag of the text around it; None for the root element.
    """
    language = xml_language(tag)
    way = direction(tag)
    turn = f' dir="{way}"' if way != ("ltr" if around is None else direction(around)) else ""
    return f'xml:lang="{language}" lang="{language}"{turn}'
