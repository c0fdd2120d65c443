"""What rules ask about a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Protocol, TypeAlias

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Measure
from audiobook.narration.grammar.words import Words


class Place(Enum):
    """Where in the order of the rules a language has steps of its own.

    Attributes:
        FIRST: Before any rule, in sentences without figures too.
        FIGURES: Before all rules for numbers.
        LISTS: Before ordinals that share a noun.
        DAYS: After dates in figures, before days beside the name of a month.
        YEARS: After dates.
        TIMES: Before times of day.
        HOURS: After ranges of times, before single ones.
        ORDINALS: Before other ordinals.
    """

    FIRST = auto()
    FIGURES = auto()
    LISTS = auto()
    DAYS = auto()
    YEARS = auto()
    TIMES = auto()
    HOURS = auto()
    ORDINALS = auto()


class Grammar(Protocol):
    """A language, as far as rules ask about it.

    Words beside a number are given as they are written, empty where a sign, another number or the end of the
    text is there.

    Attributes:
        tag: Primary language subtag.
        words: Its data.
    """

    tag: str
    words: Words

    @property
    def steps(self) -> Mapping[Place, Sequence[Step]]:
        """Return its own steps, by their place, each in order."""

    def __hash__(self) -> int:
        """Return a hash by identity, so that caches may hold what is made for a language."""

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal in words, for 0 to `numerals.MOST`; the plain form where it has not that form."""

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal in words, as `cardinal` does."""

    def year(self, number: int) -> str:
        """Return a year in words where no word for "year" makes it an ordinal."""

    def whole(self, value: int, written: str, before: str, after: str) -> str:
        """Return a whole number in words, as its neighbours ask for.

        Args:
            value: Its value.
            written: Its figures, with the signs between them.
            before: The word before it.
            after: The word after it.
        """

    def decimal(self, whole: int, decimals: str, after: str) -> str:
        """Return a decimal number in words.

        Args:
            whole: The number before the decimal sign.
            decimals: The figures after it.
            after: The word after it.
        """

    def cardinal_range(self, first: int, last: int, before: str, after: str) -> str:
        """Return a range of cardinals in words, with the word before and after it."""

    def ordinal_range(self, first: int, last: int, form: Form) -> str:
        """Return a range of ordinals in words; the form is that of a single one there."""

    def joined(self, number: int, rest: str) -> str:
        """Return a number joined to the rest of its word ("5-osainen"); empty in a language that does not do so.

        Args:
            number: The number.
            rest: What follows the hyphen, in lower case, or a hyphen for the first of two numbers.
        """

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether a number of four digits is a year instead of a count."""

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form of a cardinal between two words."""

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form of an ordinal between two words."""

    def adjective_ending(self, before: str, after: str, second: str) -> str:
        """Return how the short form of an adjective ends.

        Args:
            before: The word before it, in lower case.
            after: The word after it.
            second: The word after that.
        """

    def word_before(self, text: str, at: int) -> str:
        """Return the word that a number or an hour at `at` depends on, with its full stop."""

    def unit_preposition(self, text: str, start: int, end: int) -> str:
        """Return the word, in lower case, that decides the case of a number and unit from `start` to `end`."""

    def reference_case(self, text: str, at: int) -> tuple[str, Case | None]:
        """Return what a reference ("art. 5") at `at` depends on: a word in lower case, and the case it asks for."""

    def count(self, value: int | None) -> Count:
        """Return which form a noun takes after a number; None is a number with decimals."""

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return a unit in a case; empty where it keeps the form used for counting.

        Args:
            value: How many; None for a number with decimals.
            forms: The unit as in `words.counted`.
            case: The case of the word before, or what the word after makes of the unit.
        """

    def suffixed_unit(self, number: str, forms: Sequence[str], suffix: str) -> str:
        """Return a number and its unit in the case of a suffix ("5 %:n"); empty if it is not known.

        Args:
            number: As it is written.
            forms: The unit as in `words.counted`.
            suffix: What follows the colon.
        """

    def day_form(self, before: str) -> Form:
        """Return the form of a day beside the name of a month, by the word before it."""

    def year_of_date(self, number: int) -> str:
        """Return the year of a date in words."""

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the hour of a time of day in words, for 0 to 24.

        Args:
            hour: The hour.
            before: The word that it depends on, in lower case.
            after: The word after a full hour.
            is_full: The time is a single one without minutes.
        """

    def time(self, hour: str, minutes: str) -> str:
        """Return a time of day in words: the hour, which is in words already, and two figures of minutes."""

    def minutes(self, figures: str) -> str:
        """Return two figures of minutes or seconds in words."""

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return whether capitals beside a word that numbers go with are a Roman numeral, not a word.

        Args:
            numeral: The capitals.
            before: The word before them.
            following: The text after them, without leading spaces.
            is_first: They begin the text.
            is_heading: They are in a heading.
        """

    def nominative(self, name: str) -> str:
        """Return the nominative of a name in a case, where it can be told by the ending."""

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the number of a ruler in words.

        Args:
            number: The number.
            name: The name before it, in whichever case.
            before: The word before all names, which may ask for a case.
            suffix: An ending after a colon; empty without one.
        """


Step: TypeAlias = Callable[[AlignedText, Grammar], AlignedText]
"""A step of a language, or a rule: a sentence with something put into words."""
