"""The answers of a language without rules of its own, which others extend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Measure
from audiobook.narration.grammar.neighbours import YEARS, governed, last_word
from audiobook.narration.grammar.numerals import digits, inflected, library_words
from audiobook.narration.grammar.words import Words


class Neutral:
    """The answers for a language without rules of its own, by its data alone.

    A language extends this class and overrides what is different in it.
    """

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = {}

    def __init__(self, tag: str, words: Words) -> None:
        """Keep a language.

        Args:
            tag: Primary language subtag, in lower case.
            words: Its data; the empty `Words` for a language without any.
        """
        self.tag = tag
        self.words = words

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return the library's cardinal, its last word changed as `cardinals` has it."""
        words = library_words(number, self.tag)
        return inflected(words, form, self.words.cardinals) if form else words

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return the library's ordinal, in one form for all."""
        return library_words(number, self.tag, "ordinal")

    def year(self, number: int) -> str:
        """Return the cardinal."""
        return self.cardinal(number)

    def whole(self, value: int, written: str, before: str, after: str) -> str:
        """Return a year where four digits are one, else the cardinal in its form."""
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
        """Return both ends with the word for a range between them."""
        form = self.cardinal_form(last, before, after)
        return f"{self.cardinal(first, form)} {self.words.range} {self.cardinal(last, self.words.range_form or form)}"

    def ordinal_range(self, first: int, last: int, form: Form) -> str:
        """Return both ends in one form with the word for a range between them."""
        return f"{self.ordinal(first, form)} {self.words.range} {self.ordinal(last, form)}".replace("  ", " ")

    def joined(self, number: int, rest: str) -> str:
        """Return nothing: numbers before a hyphen stay apart."""
        return ""

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether the number is in the range of years."""
        return number in YEARS

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form by the end of the next word, as `counting` has it; the plain form after a word for "year"."""
        if self.follows_year(before):
            return PLAIN
        return self.words.counting.told_by(after) or PLAIN

    def follows_year(self, before: str) -> bool:
        """Return whether a word means "year", so that the number behind it is the name of one."""
        return before.lower() in self.words.lists.get("years", ())

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form by the end of the next word, as `endings` has it."""
        return self.words.endings.told_by(after) or PLAIN

    def adjective_ending(self, before: str, after: str, second: str) -> str:
        """Return the ending of the form that the next word asks for."""
        form = self.words.attributed.told_by(after) or self.ordinal_form(before, after)
        return self.ending_of(form)

    def ending_of(self, form: Form) -> str:
        """Return the ending of an adjective in a form, as `adjectives` has it; that of the nominative else."""
        endings = self.words.adjectives
        return endings.get(form) or next(iter(endings.values()), "")

    def word_before(self, text: str, at: int) -> str:
        """Return the word right before."""
        return last_word(text, at)

    def unit_preposition(self, text: str, start: int, end: int) -> str:
        """Return the word right before."""
        return last_word(text, start).lower()

    def reference_case(self, text: str, at: int) -> tuple[str, Case | None]:
        """Return the word right before, and the case it asks for."""
        before = last_word(text, at).lower()
        return before, governed(before, self.words)

    def count(self, value: int | None) -> Count:
        """Return one form for one, another for all else."""
        return Count.ONE if value == 1 else Count.MANY

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return nothing: units have no cases."""
        return ""

    def suffixed_unit(self, number: str, forms: Sequence[str], suffix: str) -> str:
        """Return nothing: no endings follow a colon."""
        return ""

    def day_form(self, before: str) -> Form:
        """Return the form that the data names."""
        return self.words.dates.day or PLAIN

    def year_of_date(self, number: int) -> str:
        """Return the year as anywhere."""
        return self.year(number)

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the cardinal."""
        return self.cardinal(hour)

    def time(self, hour: str, minutes: str) -> str:
        """Return the hour, and the minutes if there are any."""
        return hour if minutes == "00" else f"{hour} {self.minutes(minutes)}"

    def minutes(self, figures: str) -> str:
        """Return the number, with its zero in front of one to nine."""
        said = self.cardinal(int(figures))
        return said if figures[0] != "0" else f"{self.words.times.zero or self.cardinal(0)} {said}"

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return that they are."""
        return True

    def nominative(self, name: str) -> str:
        """Return the name without the ending that `roman.cases` tells; empty without such data."""
        return re.sub(self.words.roman.cases, "", name) if self.words.roman.cases else ""

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal, in one form for all."""
        return self.ordinal(number)
