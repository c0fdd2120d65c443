"""How Latvian numbers agree with the words beside them."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.lexis import Lexis
from audiobook.narration.neighbours import form_by_ending, governed

_ONES: Final = (
    ("one_dat_f", re.compile("(?:ai|ei)$")),
    ("one_loc", re.compile("[āēīū]$")),
    ("one_dat", re.compile("(?:am|im|um)$")),
    ("one_gen_f", re.compile("(?:as|es)$")),
    ("one_acc", re.compile("[ui]$")),
    ("one_f", re.compile("[ae]$")),
)
"""The forms of "viens", by how the noun ends; "viena" is a genitive of men and a nominative of women."""
_ONE_ALONE: Final = {"gen": "one_f", "dat": "one_dat", "acc": "one_acc"}
_HOUR: Final = re.compile(r"plkst\.?|pulksten", re.IGNORECASE)


def latvian_cardinal(number: int, before: str, after: str, lexis: Lexis) -> str:
    """Give the form of a Latvian cardinal: a gender, or a case; after a preposition many are in the dative."""
    last, tens = number % 10, number % 100 // 10
    if number and number % 100 == 0 and governed(before, lexis):
        return "dat"
    if last == 0 or tens == 1:
        return ""
    if is_hour_word(before):
        return "loc_one" if last == 1 else "loc"
    case = governed(before, lexis)
    if last == 1:
        return _one(case, after, lexis)
    form = form_by_ending(after, lexis, "counting") if len(after) > 2 else ""
    if case and form in {"", "f", "one_f"}:
        return "dat"
    return form if form != "one_f" else ""


def _one(case: str, after: str, lexis: Lexis) -> str:
    """Give the form of "viens"."""
    skipped = len(after) < 3 or not after[0].islower() or after in lexis.counting["skip"].split()
    if skipped or after.endswith("o"):
        return _ONE_ALONE.get(case, "")
    return next((form for form, pattern in _ONES if pattern.search(after)), "")


def is_hour_word(word: str) -> bool:
    """True for the word that stands before an hour."""
    return _HOUR.fullmatch(word) is not None


def latvian_hour(hour: int, before: str, lexis: Lexis) -> str:
    """Give the form of an hour: in the dative after a preposition, and "at" it in the locative."""
    if hour % 10 == 0 or hour // 10 == 1:
        return ""
    if governed(before, lexis):
        return "dat_ones" if hour % 10 == 1 else "dat"
    return ("loc_one" if hour % 10 == 1 else "loc") if before == "at" else ""
