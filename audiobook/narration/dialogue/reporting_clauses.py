"""Clauses that say who spoke: "he said"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from audiobook.narration.dialogue.style import Style

Span = tuple[int, int]
"""First character of a speech, and one past its last."""
_NEAR_WORDS: Final = 4
_WORD = re.compile(r"[\w'’]+(?:-[\w'’]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+[»”\"]?(?=\s|\Z)")


def has_reporting_verb(text: str, style: Style, *, last: bool, words: int = _NEAR_WORDS) -> bool:
    """Return whether a verb of saying is among the first words of a text, or the last ones."""
    if style.said is None:
        return False
    if last:
        found = _WORD.findall(text[-80:])[-words:]
    else:
        found = _WORD.findall(_SENTENCE_END.split(text[:120], maxsplit=1)[0])[:words]
    return any(style.said.fullmatch(word) for word in found)


def without_reporting_clauses(text: str, start: int, end: int, style: Style) -> Iterator[Span]:
    """Yield a speech without the clauses in it that say who spoke."""
    at = start
    while style.tag and (tag := style.tag.search(text, at, end)):
        yield at, tag.start()
        stop = (style.clause_end if style.resumes else _SENTENCE_END).search(text, tag.end(), end)
        if stop is None or not style.resumes:
            return
        at = stop.end()
    if any(map(str.isalnum, text[at:end])):
        yield at, end
