"""The interface through which rules query the grammar of a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Protocol, TypeAlias

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Measure
from audiobook.narration.grammar.words import Words


class Place(Enum):
    """The places in the order of the rules at which a language can have its own steps.

    Attributes:
        FIRST: Before any rule, even in sentences without figures.
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
    """The questions that rules can ask about a language.

    The words before and after a number are passed as they are written. An argument is empty if a sign, another
    number or the end of the text is in that place.

    Attributes:
        tag: Primary language subtag.
        words: Its `words.toml`.
    """

    tag: str
    words: Words

    @property
    def steps(self) -> Mapping[Place, Sequence[Step]]:
        """Return its own steps by place; those of one place are in order."""

    def __hash__(self) -> int:
        """Return a hash by identity, so that a grammar can be a cache key."""

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal from 0 to `numerals.MOST` in words; in the plain form if it does not have the given one."""

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal in words; see `cardinal`."""

    def year(self, number: int) -> str:
        """Return a year in words, for years without a word for "year" that would make them ordinals."""

    def whole(self, value: int, written: str, before: str, after: str) -> str:
        """Return a whole number in words, in the form that agrees with its neighbours.

        Args:
            value: Its value.
            written: Its figures, including signs such as a thousands separator.
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
        """Return a range of cardinals in words, in the form that agrees with the words before and after it."""

    def ordinal_range(self, first: int, last: int, form: Form) -> str:
        """Return a range of ordinals in words; `form` is the form that a single ordinal would have."""

    def code(self, figures: str) -> str:
        """Return one group of the figures of a code or telephone number in words."""

    def joined(self, number: int, rest: str) -> str:
        """Return a number joined to the rest of its word ("5-osainen"); "" in a language without such words.

        Args:
            number: The number.
            rest: The text after the hyphen, in lower case; a hyphen for the first of two numbers.
        """

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether a number of four digits is a year instead of a count."""

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form of a cardinal between two words."""

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form of an ordinal between two words."""

    def adjective_ending(self, before: str, after: str, second: str) -> str:
        """Return the ending of a shortened adjective.

        Args:
            before: The word before it, in lower case.
            after: The word after it.
            second: The word after that.
        """

    def word_before(self, text: str, at: int) -> str:
        """Return the word that a number or an hour at `at` depends on, with its full stop."""

    def unit_preposition(self, text: str, start: int, end: int) -> str:
        """Return the word, in lower case, that decides the case of the number and unit from `start` to `end`."""

    def unit_case(self, before: str) -> Case | Measure | None:
        """Return the case, or other form, that a word in lower case requires of the number and unit after it."""

    def reference_case(self, text: str, at: int) -> tuple[str, Case | None]:
        """Return the word before a reference ("art. 5") at `at`, in lower case, and the case that it requires."""

    def count(self, value: int | None) -> Count:
        """Return which form a noun takes after a number; None stands for a number with decimals."""

    def count_of_part(self, whole: int | None) -> Count:
        """Return which form a noun takes after a number with decimals, by the whole number before them."""

    def linked(self, noun: str, value: int | None, magnitude: str = "") -> str:
        """Return a noun with the word that links it to its number ("un million d'euros").

        Args:
            noun: In the form that goes with the number.
            value: The number, if it is written in figures and has no decimals; else None.
            magnitude: The word before the noun for a thousand, million and so on; "" if there is none.
        """

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return a unit in a case; "" if it keeps the form used for counting.

        Args:
            value: How many; None for a number with decimals.
            forms: The unit as in `words.counted`.
            case: The case that the word before requires, or the measure that the word after indicates.
        """

    def suffixed_unit(self, number: str, forms: Sequence[str], suffix: str) -> str:
        """Return a number and its unit in the case of a suffix ("5 %:n"); "" for an unknown suffix.

        Args:
            number: The number as it is written.
            forms: The unit as in `words.counted`.
            suffix: The letters after the colon.
        """

    def day_form(self, before: str) -> Form:
        """Return the form of a day next to the name of a month, by the word before it."""

    def year_of_date(self, number: int) -> str:
        """Return the year of a date in words."""

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the hour of a time of day in words, for 0 to 24.

        Args:
            hour: The hour.
            before: The word that it depends on, in lower case.
            after: The word after a full hour.
            is_full: Whether it is a single time without minutes.
        """

    def time(self, hour: str, minutes: str) -> str:
        """Return a time of day in words, given the hour in words and two figures of minutes."""

    def minutes(self, figures: str) -> str:
        """Return two figures of minutes in words."""

    def seconds(self, figures: str) -> str:
        """Return two figures of seconds, which follow hours and minutes, in words."""

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return whether capitals next to a word such as "Chapter" are a Roman numeral, not a word.

        Args:
            numeral: The capitals.
            before: The word before them.
            following: The text after them, without leading spaces.
            is_first: Whether they begin the text.
            is_heading: Whether they are in a heading.
        """

    def numbered(self, number: int, form: Form | None) -> str:
        """Return a Roman numeral after a word such as "Chapter" in words.

        Args:
            number: The number.
            form: The form of the ordinal that `words.roman.chapters` gives; None for a cardinal.
        """

    def nominative(self, name: str) -> str:
        """Return the nominative of a declined name, if its ending shows it."""

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the number of a ruler in words.

        Args:
            number: The number.
            name: The name before it, in any case.
            before: The word before all names, which may require a case.
            suffix: The ending after a colon; "" if there is none.
        """


Step: TypeAlias = Callable[[AlignedText, Grammar], AlignedText]
"""A rule, or a step of a language: returns the sentence with some of its figures, signs or short forms in words."""
