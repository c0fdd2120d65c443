"""How Spanish numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Form, Gender
from audiobook.narration.grammar.neighbours import YEARS
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import library_words
from audiobook.narration.languages.es.steps import STEPS

_FEMININE: Final = Form(gender=Gender.FEMININE)
_MASCULINE: Final = Form(gender=Gender.MASCULINE)
"""The form before a masculine noun: "veintiún", "tercer". After a noun, or alone, the plain form is used."""
_MILLION: Final = 1_000_000
_UNITS: Final = " primero segundo tercero cuarto quinto sexto séptimo octavo noveno".split(" ")
_TEENS: Final = {11: "undécimo", 12: "duodécimo"}
_TENS: Final = (
    " décimo vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo nonagésimo"
).split(" ")
_HUNDREDS: Final = (
    " centésimo ducentésimo tricentésimo cuadringentésimo quingentésimo sexcentésimo septingentésimo octingentésimo "
    "noningentésimo"
).split(" ")
_MOST_ORDINAL: Final = 999
_MOST_RULER: Final = 10
"""Highest ordinal of rulers and centuries: "Alfonso décimo", "Alfonso trece"."""
_SHORTENED: Final = re.compile(r"(?<=primer)o$|(?<=tercer)o$")


class Spanish(Neutral):
    """Spanish. "Uno" and hundreds agree in gender; "uno" is shorter before a noun."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal; millions are always masculine."""
        millions, rest = divmod(number, _MILLION)
        if not millions:
            return _agreed(_thousands(rest, self.tag), form)
        head = _agreed(_thousands(millions, self.tag), _MASCULINE)
        said = f"{head} {'millón' if millions == 1 else 'millones'}"
        return f"{said} {_agreed(_thousands(rest, self.tag), form)}" if rest else said

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal in its gender; the cardinal for 0 and above 999, where ordinals are rarely used."""
        if not 0 < number <= _MOST_ORDINAL:
            return self.cardinal(number, form)
        words = _ordinal(number)
        if form.gender is Gender.FEMININE:
            return re.sub(r"o\b", "a", words)
        return _SHORTENED.sub("", words) if form.gender is Gender.MASCULINE else words

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether no countable plural follows."""
        is_counted = after.endswith("s") and after.lower() not in self.words.lists["uncounted"]
        return number in YEARS and not (is_counted and before.lower() != "en")

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the gender of the counted noun; the plain form if there is none."""
        word = after.lower()
        if not word or word in self.words.lists["uncounted"] or self.follows_year(before):
            return PLAIN
        if before.lower() in self.words.lists["feminine_articles"] and not self.is_masculine(word):
            return _FEMININE
        if word in self.words.magnitudes or (number == 1 and word in self.words.lists["stressed"]):
            return _MASCULINE
        if before.lower() in self.words.lists["named"] or (number != 1 and not word.endswith("s")):
            return PLAIN
        return _FEMININE if self.is_feminine(word) else _MASCULINE

    def is_feminine(self, noun: str) -> bool:
        """Return whether a noun is feminine, by lists and its ending."""
        word, lists = noun.lower(), self.words.lists
        if self.is_masculine(word):
            return False
        by_end = self.words.patterns["feminine"].search(word)
        return by_end is not None or any(form in lists["feminine"] for form in _singulars(word))

    def is_masculine(self, word: str) -> bool:
        """Return whether a noun in lower case is in the list of masculine ones, whose ending is that of feminine ones."""
        return any(form in self.words.lists["masculine"] for form in _singulars(word))

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the gender of the noun."""
        return _FEMININE if self.is_feminine(after) else _MASCULINE if after else PLAIN

    def linked(self, noun: str, value: int | None, magnitude: str = "") -> str:
        """Return the noun with "de" after millions."""
        is_linked = magnitude in self.words.lists["linked"] or (value and value % _MILLION == 0)
        return f"de {noun}" if is_linked else noun

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the cardinal in the feminine."""
        return self.cardinal(hour, _FEMININE)

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return True, except for the single letters "C" and "L", which name a class."""
        return is_heading or numeral not in ("C", "L")

    def numbered(self, number: int, form: Form | None) -> str:
        """Return the ordinal of a century up to ten, else the cardinal."""
        return super().numbered(number, form if number <= _MOST_RULER else None)

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal up to ten in the gender of the name, else the cardinal."""
        is_womans = name.startswith(self.words.roman.feminine) or before.lower() in self.words.lists["women"]
        form = _FEMININE if is_womans else PLAIN
        return self.ordinal(number, form) if number <= _MOST_RULER else self.cardinal(number)


def _singulars(word: str) -> tuple[str, ...]:
    """Return a noun, and what it may be in the singular."""
    return word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ces$", "z", word)


def _thousands(number: int, tag: str) -> str:
    """Return a number below a million, with the short "uno" before "mil"."""
    words = library_words(number, tag)
    return words.replace("veintiuno mil", "veintiún mil").replace("uno mil", "un mil")


def _agreed(words: str, form: Form) -> str:
    """Return a number below a million in a gender; the thousands agree too."""
    if form.gender is Gender.FEMININE:
        words = re.sub(r"(?<=cient)os\b|(?<=quinient)os\b", "as", words)
        return re.sub(r"(?:ún|un|uno)(?= mil\b)|uno$", "una", words)
    if form.gender is Gender.MASCULINE:
        return re.sub(r"\buno$", "un", words.replace("veintiuno", "veintiún"))
    return words


def _ordinal(number: int) -> str:
    hundreds, below = divmod(number, 100)
    tens, units = divmod(below, 10)
    if below in _TEENS:
        low = _TEENS[below]
    elif tens == 1 and units:  # one word: "decimotercero"
        low = f"decimo{_UNITS[units]}"
    else:
        low = f"{_TENS[tens]} {_UNITS[units]}".strip()
    return f"{_HUNDREDS[hundreds]} {low}".strip()
