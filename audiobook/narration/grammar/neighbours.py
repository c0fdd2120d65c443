"""The words next to a number."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.grammar.forms import Case
from audiobook.narration.grammar.words import Words

YEARS: Final = range(1100, 2100)
"""Numbers that are more often years than counts."""
_MOST_INSERTED: Final = 3
"""Maximum number of words that are skipped between a number and its noun."""
_NEXT = re.compile(r" ?\"?(?P<word>[^\W\d_]{1,40}+(?:-[^\W\d_]{1,40}+)?)")
_LAST = re.compile(r"(?P<word>[^\W\d_]{1,40}\.?)[ \"(]{0,2}$")
_END = re.compile(r"[\"')\]\s]{0,8}\Z")


def next_word(text: str, at: int) -> str:
    """Return the word that begins at `at`, without quotation marks; "" if a sign or number comes first."""
    found = _NEXT.match(text, at)
    return found["word"] if found else ""


def last_word(text: str, at: int) -> str:
    """Return the word that ends at `at`, with its full stop; "" if a sign or number is in between."""
    found = _LAST.search(text[max(0, at - 44) : at])
    return found["word"] if found else ""


def noun_after(text: str, at: int, words: Words) -> str:
    """Return the word that a number before `at` belongs to; words such as "world" in "world war" are skipped."""
    word = next_word(text, at)
    for _ in range(_MOST_INSERTED):
        if word.lower() not in words.lists.get("inserted", ()):
            break
        at = text.index(word, at) + len(word)
        following = next_word(text, at)
        if not following:
            break
        word = following
    return word


def governed(word: str, words: Words) -> Case | None:
    """Return the case that a preposition requires; None for other words."""
    return words.before.get(word.lower())


def ends_text(text: str, at: int) -> bool:
    """Return whether only closing signs follow at `at`, so that a full stop before it also ends the sentence."""
    return _END.match(text, at) is not None
