"""The form of a number, by the words that stand round it.

What comes next decides: in these languages a number agrees with its noun, and how the noun ends tells its case.
Where the ending tells nothing, a number keeps the form in which one counts.
"""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.latvian import latvian_cardinal
from audiobook.narration.lexis import Lexis
from audiobook.narration.neighbours import YEARS, form_by_ending
from audiobook.narration.slavic import polish_cardinal, polish_ordinal, slovenian_cardinal, slovenian_ordinal

_FINNISH_PARTITIVE: Final = re.compile(r"[a-zäö-]{3,}(?:aa|ää|[aeiouyäö]tt?[aä])(?<!sota)(?<!rata)(?<!sata)$")
_FINNISH_UNTIL: Final = {
    **dict.fromkeys(("asti", "saakka", "mennessä"), "illative"),
    **dict.fromkeys(("alkaen", "lähtien"), "elative"),
}
_YEAR_WORDS: Final = re.compile(
    r"(?:vuo(?:nna|den|si|sina|teen|desta|delta)|v\.|let[ai]h?|tahun|roku?|latach|lata|lat|year|gad[sa])$",
    re.IGNORECASE,
)
_BEFORE_A_YEAR: Final = frozenset("in since of by from until till before after during circa".split())


def is_year(number: int, before: str, after: str, lexis: Lexis) -> bool:
    """True when a number of four digits stands for a year and not for how many there are."""
    if number not in YEARS:
        return lexis.tag == "en" and 1010 <= number < 1100 and before.lower() == "in" and not after
    if lexis.tag != "en":
        return True
    if before.lower() in _BEFORE_A_YEAR:
        return after not in {"people", "men", "women", "children"}
    return not form_by_ending(after, lexis, "endings")


def cardinal_form(number: int, before: str, after: str, lexis: Lexis) -> str:
    """Give the form of a cardinal.

    Args:
        number: What is counted.
        before: The word before it, or nothing.
        after: The word after it, or nothing.
        lexis: The language.
    """
    if lexis.tag == "sl" and number % 100 == 2 and _YEAR_WORDS.search(before):
        return "dva"
    if _YEAR_WORDS.search(before) or (not lexis.cardinals and lexis.tag != "fi"):
        return ""
    if lexis.tag == "fi" and before.lower() in {"kello", "klo"}:
        return finnish_hour(after)
    if lexis.tag == "fi":
        return "" if number in YEARS else _finnish_case(after, lexis)
    if lexis.tag == "pl":
        return polish_cardinal(number, before, after, lexis)
    if lexis.tag == "lv":
        return latvian_cardinal(number, before, after, lexis)
    return slovenian_cardinal(number, before, after, lexis)


def ordinal_form(before: str, after: str, lexis: Lexis) -> str:
    """Give the form of an ordinal, by the words before and after it."""
    if lexis.tag == "fi":
        if after == "kerran":
            return "genitive"
        case = _finnish_case(after, lexis)
        is_partitive = not case and after[:1].islower() and not after.endswith("kuuta")
        return "partitive" if is_partitive and _FINNISH_PARTITIVE.match(after) else case
    if lexis.tag == "pl":
        return polish_ordinal(before, after)
    if lexis.tag == "sl":
        return slovenian_ordinal(before, after, lexis)
    return form_by_ending(after, lexis, "endings")


def finnish_hour(after: str) -> str:
    """Give the case of a full hour by the word after it: "klo 8 asti" kello kahdeksaan asti."""
    return _FINNISH_UNTIL.get(after.lower(), "")


def _finnish_case(after: str, lexis: Lexis) -> str:
    if after.lower() in lexis.endings["genitive"].split():
        return "genitive"
    if len(after) < 4 or not after[0].islower():
        return ""
    return form_by_ending(after, lexis, "endings").removesuffix("_noun")
