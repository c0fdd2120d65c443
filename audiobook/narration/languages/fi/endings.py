"""Endings of Finnish cases, which several steps add to words: "artiklan", "miljardissa", "oikealla", "systolisen"."""

from __future__ import annotations

from typing import Final

from audiobook.narration.grammar.forms import Case

CASE_ENDINGS: Final = {
    Case.GENITIVE: "n",
    Case.INESSIVE: "ssa",
    Case.ELATIVE: "sta",
    Case.ADESSIVE: "lla",
    Case.ABLATIVE: "lta",
    Case.ALLATIVE: "lle",
    Case.TRANSLATIVE: "ksi",
    Case.ESSIVE: "na",
}
"""Endings after a stem with back vowels. The partitive and the illative depend on the stem."""
_NEN_ENDINGS: Final = {
    Case.GENITIVE: "sen",
    Case.PARTITIVE: "sta",
    Case.INESSIVE: "sessa",
    Case.ELATIVE: "sesta",
    Case.ILLATIVE: "seen",
    Case.ADESSIVE: "sella",
    Case.ABLATIVE: "selta",
    Case.ALLATIVE: "selle",
}
_BACK_VOWELS: Final = frozenset("aou")


def has_back_vowels(stem: str) -> bool:
    """Return whether endings after a stem have "a" and not "ä"."""
    return not _BACK_VOWELS.isdisjoint(stem)


def declined(word: str, case: Case) -> str:
    """Return a word that ends in a vowel and whose stem never changes: "osa", "oikea", "pykälä".

    Returns:
        The word in the case; "" if Finnish has no such case.
    """
    front = {} if has_back_vowels(word) else str.maketrans("a", "ä")
    unchanged = {Case.NOMINATIVE: "", Case.PARTITIVE: "a", Case.ILLATIVE: f"{word[-1]}n"}
    ending = unchanged.get(case, CASE_ENDINGS.get(case))
    return "" if ending is None else word + ending.translate(front)


def declined_adjective(stem: str, case: Case | None) -> str:
    """Return an adjective in "-nen", from what precedes that: "systoli", "kysei". Cases that are not listed stay nominative."""
    ending = _NEN_ENDINGS.get(case or Case.NOMINATIVE, "nen")
    return stem + (ending if has_back_vowels(stem) else ending.replace("a", "ä"))
