"""The words beside a number, and how they end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from audiobook.narration.lexis import Lexis, known_lexis

YEARS: Final = range(1100, 2100)
"""Numbers that are more often years than counts."""
_NEXT = re.compile(r" ?\"?(?P<word>[^\W\d_]{1,40}+(?:-[^\W\d_]{1,40}+)?)")
_LAST = re.compile(r"(?P<word>[^\W\d_]{1,40}\.?)[ \"(]{0,2}$")
_END = re.compile(r"[\"')\]\s]{0,8}\Z")


def next_word(text: str, at: int) -> str:
    """Give the word that follows at `at`, without quotation marks; empty where a sign or a number comes."""
    found = _NEXT.match(text, at)
    return found["word"] if found else ""


def last_word(text: str, at: int) -> str:
    """Give the word before `at`; empty where a sign or a number stands."""
    found = _LAST.search(text[max(0, at - 44) : at])
    return found["word"] if found else ""


def noun_after(text: str, at: int) -> str:
    """Give the word that a number before `at` belongs to: not the "world" of a world war."""
    word = next_word(text, at)
    if word.lower() == "pasaules":
        return next_word(text, text.index(word, at) + len(word)) or word
    return word


def governed(word: str, lexis: Lexis) -> str:
    """Give the case that a preposition asks for; empty for any other word."""
    return _governments(lexis.tag).get(word.lower(), "")


@lru_cache(maxsize=8)
def _governments(tag: str) -> dict[str, str]:
    return {word: case for case, words in known_lexis(tag).before.items() for word in words.split()}


def ends_text(text: str, at: int) -> bool:
    """True when nothing but closing signs follows at `at`, so that a full stop before it ends the sentence."""
    return _END.match(text, at) is not None


def form_by_ending(word: str, lexis: Lexis, role: str) -> str:
    """Give the first form whose pattern the word ends with."""
    table: Mapping[str, str] = getattr(lexis, role)
    if not word or word.lower() in table.get("skip", "").split():
        return ""
    for form, pattern in _patterns(tuple(table.items())):
        if pattern.search(word.lower()):
            return form
    return ""


@lru_cache(maxsize=32)
def _patterns(table: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (form, re.compile(f"(?:{ending})$")) for form, ending in table if form not in {"skip", "genitive"}
    )
