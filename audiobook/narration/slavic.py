"""How Polish and Slovenian numbers agree with the words beside them."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.lexis import Lexis
from audiobook.narration.neighbours import YEARS, form_by_ending, governed

_POLISH_ORDINALS: Final = (
    ("ach|ich|ych|ów", "ych"),
    ("ami|imi|ymi", "ymi"),
    ("om", "ym"),
    ("owi", "emu"),
    ("ej", "ej"),
    ("em", "ym"),
    ("ą", "ą"),
    ("ę", "ą"),
    ("o", "e"),
)
_POLISH_MASCULINE: Final = re.compile(
    "(?:dnia|wieku|roku|miesiąca|tygodnia|rozdziału|tomu|artykułu|punktu|stopnia|kwartału|etapu|kilometra|zjazdu)$"
)
_POLISH_PLACES: Final = re.compile("(?:rozdziale|tomie|artykule|punkcie|etapie|zjeździe|piętrze|akcie)$")
_POLISH_LOCATIVE: Final = re.compile(r"(?:w|we|na|po|przy|o)\Z", re.IGNORECASE)

_POLISH_CHILDREN: Final = frozenset("dzieci wnucząt niemowląt".split())
"""Nouns that are counted with collective numerals: "troje dzieci"."""
_SLOVENIAN_ADJECTIVES: Final = ("nih", "vih", "kih", "gih", "lih", "mih", "tih", "dih", "ših", "jih")
_SLOVENIAN_LOCATIVE: Final = frozenset("v na pri po o ob od do iz".split())


def polish_cardinal(number: int, before: str, after: str, lexis: Lexis) -> str:
    """Give the form of a Polish cardinal: a case, or a gender for one and two."""
    last = number % 10 if number % 100 not in (12, 13, 14) else 9
    few = number < 5 or (number > 20 and last in (2, 3, 4))
    word = after.lower()
    if word == "laty":
        return "ins" if few else "gen"
    if number in YEARS and not word.endswith(("ach", "ami", "om")):
        return ""
    if word.endswith("ach") and number > 1:
        return "gen"
    if word.endswith("mi") and len(word) > 3:
        return "ins" if few else "gen"
    if word.endswith("om") and len(word) > 3:
        return "dat" if few else "gen"
    if number == 1 and len(word) > 2:
        return _polish_one(governed(before, lexis), word)
    if word in _POLISH_CHILDREN and 1 < number <= 10:
        return "children_gen" if governed(before, lexis) == "gen" else "children"
    if governed(before, lexis) == "gen":
        return "gen"
    if last == 2 and few:
        is_feminine = word in lexis.feminine or word.endswith(("cje", "ości"))
        return "gen" if word.endswith(("ów", "mężczyzn")) else "f" if is_feminine else ""
    return "gen" if few and number < 5 and word.endswith(("ów", "mężczyzn", "ludzi")) else ""


def _polish_one(case: str, word: str) -> str:
    """Give the form of "jeden", by the preposition and how the noun ends."""
    if word.endswith(("ą", "ę")):
        return "one_acc_f"
    if word.endswith(("em", "im", "ym")):
        return "one_ins"
    if case == "gen":
        return "one_gen_f" if word.endswith(("y", "i", "ej")) else "gen"
    if case == "loc" and word.endswith(("u", "ie")):
        return "one_ins"
    return {"a": "f", "o": "n"}.get(word[-1], "")


def polish_ordinal(before: str, after: str) -> str:
    """Give how a Polish ordinal ends."""
    word = after.lower()
    if not word:
        return ""
    if word == "lata":
        return "e"
    if word in {"lat", "latach"}:
        return "ych"
    if word == "r." or word.endswith("u") or _POLISH_MASCULINE.search(word):
        return _polish_masculine(before) if not word.endswith("a") else "ego"
    if _POLISH_PLACES.search(word):
        return "ym"
    if word.endswith(("ie", "cie", "dze", "rze", "ce")) and len(word) > 3:
        return "ej" if _POLISH_LOCATIVE.match(before) else "e"
    if word.endswith("a"):
        return "a"
    if word.endswith(("y", "i")):
        return "ej"
    return next((form for ending, form in _POLISH_ORDINALS if re.search(f"(?:{ending})$", word)), "")


def _polish_masculine(before: str) -> str:
    return "ym" if _POLISH_LOCATIVE.match(before) else "ego"


def polish_year_ending(number: int, before: str, after: str) -> str:
    """Give how a year that stands alone ends after a preposition ("w 1995"); empty without one."""
    if number not in YEARS or len(after) > 2:
        return ""
    return {"w": "ym", "po": "ym", "od": "ego", "do": "ego", "z": "ego", "przed": "ym"}.get(
        before.lower(), ""
    )


def slovenian_cardinal(number: int, before: str, after: str, lexis: Lexis) -> str:
    """Give the form of a Slovenian cardinal: a case, or a gender for one to four."""
    word, small = after.lower(), number % 100
    if number in YEARS:
        return "dva"
    known = form_by_ending(word, lexis, "counting") if len(word) > 2 else ""
    if small == 1:
        return _slovenian_one(before, word, lexis)
    if known in {"loc", "ins"} and not (small > 4 and _counts_genitive(before, word)):
        return known
    if case := _slovenian_case(before, word, known, lexis):
        return case
    if len(word) < 3:
        return ""
    if small == 2:
        return known if known in {"dva", "ins2"} else ""
    is_masculine = word.endswith(("i", "je")) and word not in lexis.feminine and not word.endswith("ice")
    return "masc" if small in (3, 4) and is_masculine and word not in {"stopinje"} else ""


def _counts_genitive(before: str, word: str) -> bool:
    """True for the adjective of what is counted ("5 novih knjig"), which ends as a locative does."""
    return (
        before.lower() not in _SLOVENIAN_LOCATIVE and word.endswith(_SLOVENIAN_ADJECTIVES) and word != "letih"
    )


def _slovenian_case(before: str, word: str, known: str, lexis: Lexis) -> str:
    """Give the case by the preposition, where the noun alone does not tell it; the genitive is the locative."""
    case = governed(before, lexis)
    if case == "ins":
        is_clear = known == "ins2" or (word.endswith("i") and not word.endswith("stopinji"))
        return "ins" if is_clear else "loc" if word and before.lower() != "pred" else ""
    if before.lower() == "ob" and not word:
        return "loc"  # an hour
    return "loc" if case in {"gen", "loc"} else "dat" if case == "dat" else ""


def _slovenian_one(before: str, word: str, lexis: Lexis) -> str:
    """Give the form of "ena"; of two endings that look the same, the preposition tells."""
    if len(word) < 3:
        return ""
    if word.endswith("ega") or (word.endswith("a") and governed(before, lexis) == "gen"):
        return "one_gen"
    if word.endswith(("om", "em")) and governed(before, lexis) == "ins":
        return "one_ins"
    if word.endswith("u"):
        return "loc"
    if word.endswith("i") and before.lower() in {"v", "na", "pri", "po", "o", "ob", "k", "h"}:
        return "one_loc_f"
    if word.endswith("e") and governed(before, lexis) == "gen":
        return "one_gen_f"
    return "one_n" if word.endswith("o") else "one_m" if word[-1] not in "aei" else ""


def slovenian_ordinal(before: str, after: str, lexis: Lexis) -> str:
    """Give how a Slovenian ordinal ends."""
    word = after.lower()
    if word.endswith("a") and (governed(before, lexis) == "gen" or before.lower() in {"s", "z"}):
        return "ega"
    if word.endswith("a") and word.startswith(tuple(lexis.endings["genitive"].split())):
        return "ega"
    if word in lexis.feminine and word[-1] not in "aei":
        return "a"
    return form_by_ending(after, lexis, "endings")
