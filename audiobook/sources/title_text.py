"""Turning any text into a title: one line without invisible characters, of limited length."""

from __future__ import annotations

import re
from typing import Final

MAX_TITLE_CHARS: Final = 200
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NO_LETTER = re.compile(r"[\W_]+")
_LEADING = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_INVISIBLE = re.compile(
    r"""(?:
    \u00ad  # soft hyphen
    | [\u061c\u200e\u200f\u202a-\u202e]  # marks of the writing direction
    | [\u200b\u2060-\u206f\ufeff]  # zero-width characters and other format controls
    | [\ufff9-\ufffb]  # interlinear annotation
    )+""",
    re.VERBOSE,
)


def title_text(text: str) -> str:
    """Return a text as a title: one line without invisible characters, at most `MAX_TITLE_CHARS` characters."""
    visible = _INVISIBLE.sub("", text)
    leading = _LEADING.match(visible)
    start = leading.end() if leading else 0
    return shorten(plain_line(visible[start : start + MAX_TITLE_CHARS * 8]), MAX_TITLE_CHARS)


def letters_of(text: str) -> str:
    """Return the letters and digits of a text without case, by which titles and headings are compared."""
    return _NO_LETTER.sub("", text.casefold())


def plain_line(text: str) -> str:
    """Return a text on one line, without invisible characters."""
    return " ".join(_CONTROL.sub(" ", _INVISIBLE.sub("", text)).split())


def shorten(text: str, length: int) -> str:
    """Shorten a text to `length` characters if it is longer, cutting at a space and appending "…"."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    at = head.rfind(" ", length // 2)
    return (head[:at] if at > 0 else head).rstrip(" ,;:.–—-") + "…"
