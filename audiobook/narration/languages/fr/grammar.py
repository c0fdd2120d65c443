"""How French numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Count, Form, Gender, Number, Use
from audiobook.narration.grammar.neighbours import YEARS
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import library_words
from audiobook.narration.languages.fr.steps import STEPS

_FEMININE: Final = Form(gender=Gender.FEMININE)
_NAME: Final = Form(use=Use.ALONE)
"""The form of a number after its noun: "page quatre-vingt"."""
_LAST_ONE: Final = re.compile(r"(?<![^\W\d_])un$")
_MULTIPLIED: Final = re.compile(r"(?<=vingt)s$|(?<=cent)s$")
_FIRST: Final = {Gender.FEMININE: "première"}
_VOWEL: Final = re.compile(r"[aeéèêiîoôuyœh]", re.IGNORECASE)
_MILLION: Final = 1_000_000
_TELEPHONE: Final = 10
"""Number of figures of a telephone number in France."""


class French(Neutral):
    """French. "Un" agrees in gender; "vingt" and "cent" have a plural, except in a number after its noun."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal: "vingt et une" in the feminine, "quatre-vingt" after a noun."""
        words = library_words(number, self.tag)
        if form.gender is Gender.FEMININE:
            return _LAST_ONE.sub("une", words)
        return _MULTIPLIED.sub("", words) if form.use is Use.ALONE else words

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal in the gender and number of its form: "premières", "deuxième"."""
        if number == 1:
            said = _FIRST.get(form.gender or Gender.MASCULINE, "premier")
        else:
            words = library_words(number, self.tag, "ordinal")
            said = re.sub(r"(?<=vingt)s(?=ième)|(?<=cent)s(?=ième)|^un (?=m)", "", words)
        return f"{said}s" if form.number is Number.PLURAL else said

    def year(self, number: int) -> str:
        """Return the cardinal in the form used after a noun: "mille neuf cent quatre-vingt"."""
        return self.cardinal(number, _NAME)

    def decimal(self, whole: int, decimals: str, after: str) -> str:
        """Return up to three decimals as one number: "trois virgule cent quarante et un"."""
        if len(decimals) == 3 and decimals[0] != "0":
            return f"{self.cardinal(whole)} {self.decimal_point(whole)} {self.cardinal(int(decimals))}"
        return super().decimal(whole, decimals, after)

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether no countable plural follows."""
        is_counted = after.endswith(("s", "x")) and after.lower() not in self.words.lists["uncounted"]
        return number in YEARS and not (is_counted and before.lower() != "en")

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the feminine before a feminine noun, and the form of a name after a noun."""
        if self.follows_year(before) or (before.lower() in self.words.lists["named"] and not after):
            return _NAME
        is_one = number % 10 == 1 and number % 100 not in (11, 71, 91)
        agrees = is_one and self.is_feminine(after) and (number == 1 or after.endswith(("s", "x")))
        return _FEMININE if agrees else PLAIN

    def is_feminine(self, noun: str) -> bool:
        """Return whether a noun is feminine, by lists and its ending."""
        word, lists, patterns = noun.lower(), self.words.lists, self.words.patterns
        if any(form in lists["feminine"] for form in (word, word.removesuffix("s"))):
            return True
        if any(form in lists["masculine"] for form in (word, word.removesuffix("s"))):
            return False
        return not patterns["masculine"].search(word) and bool(patterns["feminine"].search(word))

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form by the noun."""
        return _FEMININE if self.is_feminine(after) else PLAIN

    def code(self, figures: str) -> str:
        """Return two figures as a number ("zéro un"), those of a telephone number in pairs, others digit by digit."""
        if len(figures) == _TELEPHONE:
            return ", ".join(self.code(figures[at : at + 2]) for at in range(0, _TELEPHONE, 2))
        if len(figures) != 2 or figures[0] == "0":
            return super().code(figures)
        return self.cardinal(int(figures))

    def count(self, value: int | None) -> Count:
        """Return the singular below two: "zéro heure"."""
        return Count.ONE if value in (0, 1) else Count.MANY

    def count_of_part(self, whole: int | None) -> Count:
        """Return the singular below two: "un virgule cinq litre"."""
        return self.count(whole)

    def linked(self, noun: str, value: int | None, magnitude: str = "") -> str:
        """Return the noun with "de" after millions."""
        is_linked = magnitude in self.words.lists["linked"] or (value and value % _MILLION == 0)
        if not is_linked:
            return noun
        return f"d'{noun}" if _VOWEL.match(noun) else f"de {noun}"

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the cardinal in the feminine, with "heure"."""
        return f"{self.cardinal(hour, _FEMININE)} {'heure' if hour < 2 else 'heures'}"

    def minutes(self, figures: str) -> str:
        """Return the number without its zero."""
        return self.cardinal(int(figures))

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return True, except for the single letters "C" and "L", which name a class."""
        return is_heading or numeral not in ("C", "L")

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the cardinal; the ordinal for the first."""
        if number > 1:
            return self.cardinal(number)
        is_womans = name.startswith(self.words.roman.feminine) or before.lower() in self.words.lists["women"]
        return self.ordinal(1, _FEMININE if is_womans else PLAIN)
