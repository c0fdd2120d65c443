"""The form of a number, by the words that stand round it.

What comes next decides: in these languages a number agrees with its noun, and how the noun ends tells its case.
Where the ending tells nothing, a number keeps the form in which one counts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.lexis import Lexis

_NEXT = re.compile(r" ?\"?(?P<word>[^\W\d_]{1,40}+(?:-[^\W\d_]{1,40}+)?)")
_LAST = re.compile(r"(?P<word>[^\W\d_]{1,40}\.?)[ \"(]{0,2}$")
_FINNISH_PARTITIVE: Final = re.compile(r"[a-zäö-]{3,}(?:aa|ää|[aeiouyäö]tt?[aä])(?<!sota)(?<!rata)$")
_END = re.compile(r"[\"')\]\s]{0,8}\Z")
_YEAR_WORDS: Final = re.compile(
    r"(?:vuo(?:nna|den|si|sina|teen|desta|delta)|v\.|let[ai]h?|tahun|roku?|latach|lata|lat|year|gad[sa])$",
    re.IGNORECASE,
)
_BEFORE_A_YEAR: Final = frozenset("in since of by from until till before after during circa".split())
_LIKE_A_YEAR: Final = range(1100, 2100)
_POLISH_ORDINALS: Final = (
    ("ach|ich|ych|ów", "ych"),
    ("ami|imi|ymi", "ymi"),
    ("om", "ym"),
    ("owi", "emu"),
    ("em", "ym"),
    ("ą", "ą"),
    ("ę", "ą"),
    ("o", "e"),
)
_POLISH_MASCULINE: Final = re.compile(
    "(?:dnia|wieku|roku|miesiąca|tygodnia|rozdziału|tomu|artykułu|punktu|stopnia|kwartału|etapu|kilometra|zjazdu)$"
)
_POLISH_LOCATIVE: Final = re.compile(r"(?:w|we|na|po|przy|o)$", re.IGNORECASE)
_POLISH_INSTRUMENTAL: Final = re.compile(r"(?:przed|nad|pod|między|za)$", re.IGNORECASE)


def next_word(text: str, at: int) -> str:
    """Give the word that follows at `at`, without quotation marks; empty where a sign or a number comes."""
    found = _NEXT.match(text, at)
    return found["word"] if found else ""


def ends_text(text: str, at: int) -> bool:
    """True when nothing but closing signs follows at `at`, so that a full stop before it ends the sentence."""
    return _END.match(text, at) is not None


def noun_after(text: str, at: int) -> str:
    """Give the word that a number before `at` belongs to: not the "world" of a world war."""
    word = next_word(text, at)
    if word.lower() == "pasaules":
        return next_word(text, text.index(word, at) + len(word)) or word
    return word


def last_word(text: str, at: int) -> str:
    """Give the word before `at`; empty where a sign or a number stands."""
    found = _LAST.search(text[max(0, at - 44) : at])
    return found["word"] if found else ""


def is_year(number: int, before: str, after: str, lexis: Lexis) -> bool:
    """True when a number of four digits stands for a year and not for how many there are."""
    if number not in _LIKE_A_YEAR:
        return lexis.tag == "en" and 1010 <= number < 1100 and before.lower() == "in" and not after
    if lexis.tag != "en":
        return True
    if before.lower() in _BEFORE_A_YEAR:
        return after not in {"people", "men", "women", "children"}
    return not _ending(after, lexis, "endings")


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
    if lexis.tag == "fi":
        return "" if number in _LIKE_A_YEAR else _finnish_case(after, lexis)
    if lexis.tag == "pl":
        return _polish_cardinal(number, before, after, lexis)
    if lexis.tag == "lv":
        return _latvian_cardinal(number, after, lexis)
    return _slovenian_cardinal(number, after, lexis)


def polish_year_ending(number: int, before: str, after: str) -> str:
    """Give how a year that stands alone ends after a preposition ("w 1995"); empty without one."""
    if number not in _LIKE_A_YEAR or len(after) > 2:
        return ""
    return {"w": "ym", "po": "ym", "od": "ego", "do": "ego", "z": "ego", "przed": "ym"}.get(
        before.lower(), ""
    )


def ordinal_form(before: str, after: str, lexis: Lexis) -> str:
    """Give the form of an ordinal, by the words before and after it."""
    if lexis.tag == "fi":
        case = _finnish_case(after, lexis)
        is_partitive = not case and after[:1].islower() and not after.endswith("kuuta")
        return "partitive" if is_partitive and _FINNISH_PARTITIVE.match(after) else case
    if lexis.tag == "pl":
        return _polish_ordinal(before, after)
    if lexis.tag == "sl":
        return _slovenian_ordinal(after, lexis)
    return _ending(after, lexis, "endings")


def _ending(word: str, lexis: Lexis, role: str) -> str:
    """Give the first form whose pattern the word ends with."""
    table = lexis.endings if role == "endings" else lexis.counting
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


def _finnish_case(after: str, lexis: Lexis) -> str:
    if after.lower() in lexis.endings["genitive"].split():
        return "genitive"
    if len(after) < 4 or not after[0].islower():
        return ""
    return _ending(after, lexis, "endings").removesuffix("_noun")


def _polish_cardinal(number: int, before: str, after: str, lexis: Lexis) -> str:
    last = number % 10 if number % 100 not in (12, 13, 14) else 9
    few = number < 5 or (number > 20 and last in (2, 3, 4))
    word = after.lower()
    if word == "laty":
        return "ins" if few else "gen"
    if number in _LIKE_A_YEAR and not word.endswith(("ach", "ami", "om")):
        return ""
    if word.endswith("ach") and number > 1:
        return "gen"
    if word.endswith("mi") and len(word) > 3:
        return "ins" if few else "gen"
    if word.endswith("om") and len(word) > 3:
        return "dat" if few else "gen"
    if before.lower() in lexis.before["gen"].split():
        return "gen"
    if number == 1:
        return {"a": "f", "o": "n"}.get(word[-1:], "") if len(word) > 2 else ""
    if last == 2 and few:
        is_feminine = word in lexis.feminine or word.endswith(("cje", "ości"))
        return "gen" if word.endswith("ów") else "f" if is_feminine else ""
    return "gen" if few and number < 5 and word.endswith(("ów", "mężczyzn", "ludzi")) else ""


def _latvian_cardinal(number: int, after: str, lexis: Lexis) -> str:
    last, tens = number % 10, number % 100 // 10
    if last == 0 or tens == 1 or len(after) < 3:
        return ""
    form = _ending(after, lexis, "counting")
    if last == 1:
        return "one_f" if form == "one_f" and after[0].islower() else ""
    return form if form != "one_f" else ""


def _slovenian_cardinal(number: int, after: str, lexis: Lexis) -> str:
    word, small = after.lower(), number % 100
    if number in _LIKE_A_YEAR:
        return "dva"
    if len(word) < 3:
        return ""
    form = _ending(word, lexis, "counting")
    if form in {"loc", "ins"}:
        return form
    if small == 1 and word.endswith("ega"):
        return "loc"
    if small == 1:
        return "one_n" if word.endswith("o") else "one_m" if word[-1] not in "aei" else ""
    if small == 2:
        return form if form in {"dva", "ins2"} else ""
    is_masculine = word.endswith(("i", "je")) and word not in lexis.feminine and not word.endswith("ice")
    return "masc" if small in (3, 4) and is_masculine and word not in {"stopinje"} else ""


def _slovenian_ordinal(after: str, lexis: Lexis) -> str:
    word = after.lower()
    if word.endswith("a") and word.startswith(tuple(lexis.endings["genitive"].split())):
        return "ega"
    if word in lexis.feminine and word[-1] not in "aei":
        return "a"
    return _ending(after, lexis, "endings")


def _polish_ordinal(before: str, after: str) -> str:
    word = after.lower()
    if not word:
        return ""
    if word == "lata":
        return "e"
    if word in {"lat", "latach"}:
        return "ych"
    if word == "r." or word.endswith("u") or _POLISH_MASCULINE.search(word):
        return _polish_masculine(before) if not word.endswith("a") else "ego"
    if word.endswith(("ie", "cie", "dze", "rze", "ce")) and len(word) > 3:
        return "ej" if _POLISH_LOCATIVE.search(before) else "e"
    if word.endswith("a"):
        return "a"
    if word.endswith(("y", "i")):
        return "ej"
    return next((form for ending, form in _POLISH_ORDINALS if re.search(f"(?:{ending})$", word)), "")


def _polish_masculine(before: str) -> str:
    return "ym" if _POLISH_LOCATIVE.search(before) else "ego"
