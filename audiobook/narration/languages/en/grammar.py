"""How English reads numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Form
from audiobook.narration.grammar.neighbours import YEARS
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import library_words
from audiobook.narration.languages.en.steps import STEPS

_PAIRED: Final = range(1001, 2100)
"""Years that are read in pairs: "nineteen ninety"."""
_ROUND_YEARS: Final = 1900
"""Round hundreds below this are counts after a month as well: "In May 1200 people came"."""
_EARLY_YEARS: Final = range(1010, 1100)
"""Numbers that are years only at the end of a phrase: "in 1066"."""


class English(Neutral):
    """English."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal without commas."""
        return library_words(number, self.tag).replace(",", "")

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal without commas."""
        return library_words(number, self.tag, "ordinal").replace(",", "")

    def year(self, number: int) -> str:
        """Return a year in pairs: "nineteen ninety", but "two thousand and five"."""
        if number in _PAIRED and number % 1000 > 9:
            return library_words(number, self.tag, "year").replace("-", " ")
        return self.cardinal(number)

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether no countable noun follows, or a word for a time comes before."""
        if number not in YEARS:
            return number in _EARLY_YEARS and before.lower() == "in" and not after
        lists, word = self.words.lists, after.lower()
        if before in self.words.dates.months and (number % 100 or number >= _ROUND_YEARS):
            return True
        if before.lower() in lists["before_years"]:
            return after not in lists["people"]
        return word in lists["uncounted"] or not self.words.patterns["counted"].search(word)

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return whether capitals are not the pronoun "I"; a single letter must follow a capitalised word: "Part V"."""
        if not (before[:1].isupper() or len(numeral) > 1):
            return False
        if numeral != "I" or is_heading or not following[:1].islower():
            return True
        word = following.split(None, 1)[0].rstrip(",.;:")
        if word in self.words.lists["after_parts"]:
            return True
        grades = before.lower() in self.words.lists["grades"]
        return grades and word not in self.words.lists["first_person"] and not word.endswith("ed")

    def seconds(self, figures: str) -> str:
        """Return seconds with their noun, which distinguishes them from minutes: "and forty-eight seconds"."""
        return f"and {self.cardinal(int(figures))} second{'' if int(figures) == 1 else 's'}"

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal with its article: "Henry the eighth"."""
        return "the " + self.ordinal(number)
