"""Which quotations somebody says, and which are titles or words that are only mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from audiobook.narration.dialogue.quotations import Quotations
from audiobook.narration.dialogue.reporting_clauses import Span, has_reporting_verb, without_reporting_clauses
from audiobook.narration.dialogue.style import Style

_STOPS: Final = ".!?…"
_ENDS: Final = ".!?…,;:—–-"
_STRENGTHS: Final = ".!?…:—–-\n"
"""What can come before a speech, besides a comma."""
_SHORT_WORDS: Final = 2
"""Quotations of up to this many words are titles or odd words, unless something shows that they are said."""
_LONG_WORDS: Final = 5
_NEAR_CHARS: Final = 200
"""How many characters around a quotation are examined."""
_WORD = re.compile(r"[\w'’]+(?:-[\w'’]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+[»”\"]?(?=\s|\Z)")


def spoken_quotations(
    text: str, quotations: Quotations, style: Style, *, goes_on: bool, resumed: bool
) -> Iterator[Span]:
    """Yield the quotations that somebody says, not titles or words that are only mentioned.

    Args:
        text: The paragraph.
        quotations: Its quotations.
        style: How the language writes dialogue.
        goes_on: Whether the quotation that is not closed continues in the next paragraph.
        resumed: Whether the first one continues from the paragraph before.
    """
    spans = list(quotations.closed)
    if quotations.open_at is not None and goes_on:
        spans.append((quotations.open_at, len(text)))
    before: int | None = None
    for start, end in spans:
        is_next = before is not None and start - before < _NEAR_CHARS and _joins(text[before:start])
        is_rest = (resumed and start == 0) or (goes_on and end == len(text) and start == quotations.open_at)
        if is_rest or is_next or _is_said(text, start, end, style):
            before = end
            if style.tags == "always":
                yield from without_reporting_clauses(text, start, end, style)
            else:
                yield start, end
        else:
            before = None


def _joins(between: str) -> bool:
    """Return whether the words between two quotations only interrupt one speech: `“I know,” he said, “that …”`."""
    words = between.strip()
    return words[-1:] in (",", ";", ":", "—", "–") and not _SENTENCE_END.search(words)


def _is_said(text: str, start: int, end: int, style: Style) -> bool:
    """Return whether somebody says a quotation; otherwise it is a title, or words that are only mentioned."""
    inner = text[start + 1 : end - 1].strip().rstrip("’”\"“»«'")
    before = text[max(0, start - _NEAR_CHARS) : start].rstrip()
    after = text[end : end + _NEAR_CHARS].lstrip()
    words = len(inner.split())
    is_free = not before or before[-1] in _STRENGTHS or before[-1] in "”»\"’')"
    is_reported = has_reporting_verb(after.lstrip(",—–- "), style, last=False) or (
        before[-1:] in (",", ":") and has_reporting_verb(before, style, last=True)
    )
    opens = is_free or before[-1:] == ","
    is_ended = inner[-1:] in _ENDS
    if not inner or not words:
        return False
    if is_reported and opens:
        return True
    if words <= _SHORT_WORDS:
        if inner[-1:] in "!?" and has_reporting_verb(before, style, last=True, words=1):
            return True
        following = _WORD.match(after)
        is_thing = bool(before) or (following is not None and following[0] in style.relatives)
        is_title = inner[-1:] == "," and after[:1].islower() and is_thing
        return is_free and not is_title and (is_ended or before[-1:] == ":")
    if _looks_like_title(inner) and not (is_ended and is_free and not after[:1].islower()):
        return False
    if is_ended:
        return opens or words >= _LONG_WORDS
    if before[-1:] == ":" or (opens and after[:1] in _STOPS and after):
        return True
    if not after:
        return is_free and words >= _LONG_WORDS
    return opens and after[:1] in ",—–-" and words >= _LONG_WORDS


def _looks_like_title(inner: str) -> bool:
    words = _WORD.findall(inner)
    great = [word for word in words if word[:1].isupper()]
    return len(great) > 1 and all(word[:1].isupper() for word in words if len(word) > 3)
