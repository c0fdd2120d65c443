"""Speeches that begin with a dash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from audiobook.narration.dialogue.reporting_clauses import Span, has_reporting_verb, without_reporting_clauses
from audiobook.narration.dialogue.style import Style

_STOPS: Final = ".!?…"
_NEAR_CHARS: Final = 200
"""How many characters around a dash are examined."""
DASH_START = re.compile(r"[—–―]\s?|--+\s?|-\s")
_DASH = re.compile(
    r"""
    (?<!\w) [—–―] (?=\s?[\w¡¿«“„"(])            # — powiedział, —dijo
    | (?<=\S) [—–―] (?=[\s.,;:!?…]|\Z)           # Juan—.
    | (?<=\s) --?-? (?=\s)
    """,
    re.VERBOSE,
)
_AFTER_DASH = re.compile(r"[\s.,;:]*")


def after_dashes(text: str, style: Style) -> Iterator[Span]:
    """Yield what is said in a paragraph that begins with a dash."""
    opening = DASH_START.match(text)
    if opening is None or text.rstrip()[-1:] not in '.!?…:;,—–»”"':
        return
    start: int | None = 0
    for dash in _DASH.finditer(text, opening.end()):
        at = dash.start()
        if start is None:
            found = _AFTER_DASH.match(text, dash.end())
            start = found.end() if found else dash.end()
        elif _ends_speech(text, at, dash.end(), style):
            yield from _part(text, start, at, style)
            is_next = style.tags and style.tag and style.tag.search(text, start, at)
            start = dash.end() if is_next else None
    if start is not None:
        yield from _part(text, start, len(text), style)


def _ends_speech(text: str, at: int, end: int, style: Style) -> bool:
    """Return whether a dash ends a speech, and is not inside it."""
    near = text[max(0, at - _NEAR_CHARS) : at]
    before = near.rstrip()
    if "\n" in near[len(before) :]:
        return False  # a further speech on a separate line
    if before[-1:] in (*_STOPS, ","):
        return text[end : end + 1].strip() != "" or text[end + 1 : end + 2].strip() != ""
    is_glued = text[at - 1 : at].isspace() and text[end : end + 1].isalpha()
    return is_glued or has_reporting_verb(text[end : end + _NEAR_CHARS], style, last=False)


def _part(text: str, start: int, end: int, style: Style) -> Iterator[Span]:
    end = start + len(text[start:end].rstrip())
    if not any(map(str.isalnum, text[start:end])):
        return
    if style.tags:
        yield from without_reporting_clauses(text, start, end, style)
    else:
        yield start, end
