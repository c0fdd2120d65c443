"""The cases of units after a preposition: "par 5 %" par pieciem procentiem, "s 5 km" s petimi kilometri."""

from __future__ import annotations

import re
from typing import Final

_TAIL: Final = r"(?=$| stundā$| sekundē$| na | Celzija$)"
_LATVIAN_MANY: Final = {"i": "iem", "as": "ām", "es": "ēm"}
_LATVIAN_ONE: Final = {
    "acc": {"s": "u", "a": "u", "e": "i"},
    "dat": {"s": "am", "a": "ai", "e": "ei"},
}
_SLOVENIAN: Final = {
    "loc": {"ov": "ih", "jev": "jih", "e": "ah"},
    "ins": {"i": "i", "e": "ami"},
    "dual": {"ja": "jema", "a": "oma", "i": "ama"},
}


def unit_in_case(value: int | None, forms: tuple[str, ...], case: str, tag: str) -> str:
    """Give a unit in the case that a preposition before its number asks for.

    Args:
        value: How many; nothing for a part of one.
        forms: The unit, as in the `counted` of the language.
        case: Case of the preposition, as in its `before`, or of the word after, as in its `following`.
        tag: The language's tag.

    Returns:
        Nothing where the unit keeps the form in which it is counted.
    """
    if tag == "pl" and case == "gen" and value is not None:
        return forms[3 if value == 1 else 2]
    if tag == "lv" and case:
        return _latvian(value, forms, case)
    return _slovenian(value, forms, case) if tag == "sl" else ""


def _latvian(value: int | None, forms: tuple[str, ...], case: str) -> str:
    """Give the singular in the case asked for, but the plural in the dative, whatever the preposition."""
    if case == "long":
        case = "acc"
        if value is None or value % 10 != 1 or value % 100 == 11:
            return _ended(forms[1], {"i": "us"})
    if case == "of":
        return forms[2 if value is not None and value % 10 == 1 and value % 100 != 11 else 3]
    if value is None or value % 10 != 1 or value % 100 == 11:
        return _ended(forms[1], _LATVIAN_MANY)
    return forms[2] if case == "gen" else _ended(forms[0], _LATVIAN_ONE[case])


def _slovenian(value: int | None, forms: tuple[str, ...], case: str) -> str:
    if case == "gen":
        return forms[3 if value is not None and value % 100 != 1 else 4]
    if case == "long":
        return _ended(forms[2], {"i": "e"}) if value is not None and value % 100 in (3, 4) else ""
    if value is None or value % 100 == 1 or forms[0].startswith(("kvadratn", "kubičn", "kilovatna")):
        return ""
    if case == "ins" and value % 100 == 2:
        return _ended(forms[1], _SLOVENIAN["dual"])
    is_feminine = forms[0].split()[0].endswith("a")
    if case == "loc":
        return _ended(forms[2 if is_feminine else 3], _SLOVENIAN["loc"])
    return _ended(forms[2], _SLOVENIAN["ins"]) if case == "ins" else ""


def _ended(words: str, endings: dict[str, str]) -> str:
    """Give words with another ending of the noun among them."""
    pattern = rf"(?:{'|'.join(sorted(endings, key=len, reverse=True))}){_TAIL}"
    return re.sub(pattern, lambda found: endings[found.group()], words, count=1)
