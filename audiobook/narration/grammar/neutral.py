"""The default grammar, which languages extend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Measure
from audiobook.narration.grammar.neighbours import YEARS, governed, last_word
from audiobook.narration.grammar.numerals import digits, inflected, library_words
from audiobook.narration.grammar.words import Words

_LEAST_YEAR: Final = 100
"""Smallest year; a smaller number before a noun counts it, even after a word for "year"."""


class Neutral:
    """A grammar that uses only the data of a language, without special rules.

    A language extends this class and overrides what is different in it.
    """

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = {}

    def __init__(self, tag: str, words: Words) -> None:
        """Create the grammar of a language.

        Args:
            tag: Primary language subtag, in lower case.
            words: Its data; an empty `Words` for a language without data.
        """
        self.tag = tag
        self.words = words

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return the library's cardinal, with the last word inflected by the table `cardinals`."""
        words = library_words(number, self.tag)
        return inflected(words, form, self.words.cardinals) if form else words

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return the library's ordinal, whatever the form."""
        return library_words(number, self.tag, "ordinal")

    def year(self, number: int) -> str:
        """Return the cardinal."""
        return self.cardinal(number)

    def whole(self, value: int, written: str, before: str, after: str) -> str:
        """Return four digits as a year if they are one, else the cardinal in its form."""
        if written.isdigit() and len(written) == 4 and self.is_year(value, before, after):
            return self.year(value)
        return self.cardinal(value, self.cardinal_form(value, before, after))

    def decimal(self, whole: int, decimals: str, after: str) -> str:
        """Return both parts as cardinals; many decimals, and those after a zero, digit by digit."""
        if self.words.digit_decimals or len(decimals) > 2 or decimals[0] == "0":
            part = digits(decimals, self.cardinal)
        else:
            part = self.cardinal(int(decimals))
        return f"{self.cardinal(whole)} {self.decimal_point(whole)} {part}"

    def decimal_point(self, _whole: int) -> str:
        """Return the word for the decimal sign after a number."""
        return self.words.signs["point"]

    def cardinal_range(self, first: int, last: int, before: str, after: str) -> str:
        """Return both ends, joined by the word for a range."""
        form = self.cardinal_form(last, before, after)
        return f"{self.cardinal(first, form)} {self.words.range} {self.cardinal(last, self.words.range_form or form)}"

    def ordinal_range(self, first: int, last: int, form: Form) -> str:
        """Return both ends in the same form, joined by the word for a range."""
        return f"{self.ordinal(first, form)} {self.words.range} {self.ordinal(last, form)}".replace("  ", " ")

    def code(self, figures: str) -> str:
        """Return the figures one by one."""
        return digits(figures, self.cardinal)

    def joined(self, number: int, rest: str) -> str:
        """Return "": numbers before a hyphen are separate words."""
        return ""

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether the number is in the range of years."""
        return number in YEARS

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form by the ending of the next word (table `counting`); plain after a word for "year"."""
        if self.names_year(number, before, after):
            return PLAIN
        return self.words.counting.meaning_of(after) or PLAIN

    def follows_year(self, before: str) -> bool:
        """Return whether a word means "year", so that the number after it is the name of one."""
        return before.lower() in self.words.lists.get("years", ())

    def names_year(self, number: int, before: str, after: str) -> bool:
        """Return whether the word before a number marks it as a year, and it does not count a noun."""
        counts = number < _LEAST_YEAR and after[:1].islower() and not self.words.counting.skips(after)
        return self.follows_year(before) and not counts

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form by the ending of the next word, from the table `endings`."""
        return self.words.endings.meaning_of(after) or PLAIN

    def adjective_ending(self, before: str, after: str, second: str) -> str:
        """Return the ending for the form that the next word requires."""
        form = self.words.attributed.meaning_of(after) or self.ordinal_form(before, after)
        return self.ending_of(form)

    def ending_of(self, form: Form) -> str:
        """Return the ending of an adjective in a form, from the table `adjectives`; else that of the nominative."""
        endings = self.words.adjectives
        return endings.get(form) or next(iter(endings.values()), "")

    def word_before(self, text: str, at: int) -> str:
        """Return the word right before."""
        return last_word(text, at)

    def unit_preposition(self, text: str, start: int, end: int) -> str:
        """Return the word right before."""
        return last_word(text, start).lower()

    def unit_case(self, before: str) -> Case | Measure | None:
        """Return the case that a preposition requires."""
        return governed(before, self.words)

    def reference_case(self, text: str, at: int) -> tuple[str, Case | None]:
        """Return the word right before, and the case that it requires."""
        before = last_word(text, at).lower()
        return before, governed(before, self.words)

    def count(self, value: int | None) -> Count:
        """Return one form for one, and another for all other numbers."""
        return Count.ONE if value == 1 else Count.MANY

    def count_of_part(self, whole: int | None) -> Count:
        """Return the form for numbers with decimals."""
        return self.count(None)

    def linked(self, noun: str, value: int | None, magnitude: str = "") -> str:
        """Return the noun alone."""
        return noun

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return "": units have no cases."""
        return ""

    def suffixed_unit(self, number: str, forms: Sequence[str], suffix: str) -> str:
        """Return "": no endings follow a colon."""
        return ""

    def day_form(self, before: str) -> Form:
        """Return the form that the data names."""
        return self.words.dates.day or PLAIN

    def year_of_date(self, number: int) -> str:
        """Return the year as usual."""
        return self.year(number)

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the cardinal."""
        return self.cardinal(hour)

    def time(self, hour: str, minutes: str) -> str:
        """Return the hour, and the minutes if there are any."""
        return hour if minutes == "00" else f"{hour} {self.minutes(minutes)}"

    def minutes(self, figures: str) -> str:
        """Return the number; one to nine keep their leading zero."""
        said = self.cardinal(int(figures))
        return said if figures[0] != "0" else f"{self.words.times.zero or self.cardinal(0)} {said}"

    def seconds(self, figures: str) -> str:
        """Return the number like minutes."""
        return self.minutes(figures)

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return True, except for a single letter that more often names a group: "ryhmä C"."""
        return numeral not in {"C", "L"}

    def numbered(self, number: int, form: Form | None) -> str:
        """Return the ordinal if there is a form for it, else the cardinal."""
        return self.cardinal(number) if form is None else self.ordinal(number, form)

    def nominative(self, name: str) -> str:
        """Return the name without the ending that `roman.cases` matches; "" without such data."""
        return re.sub(self.words.roman.cases, "", name) if self.words.roman.cases else ""

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal, in one form for all."""
        return self.ordinal(number)
