"""The data of a language: the validated contents of its `words.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Generic, TypeVar

import msgspec

from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Measure

K = TypeVar("K")


_LONGEST_ACRONYM: Final = 3
"""Capitals up to this length are an acronym, which has no ending: "25 DUS"."""


class Endings(Generic[K]):
    """A table of word endings and their meanings, tried in order."""

    def __init__(self, patterns: Iterable[tuple[K, re.Pattern[str]]] = (), skip: Iterable[str] = ()) -> None:
        """Create a table of endings.

        Args:
            patterns: Pairs of a meaning and a pattern for the end of a word in lower case. The first match counts.
            skip: Words in lower case whose endings mean nothing.
        """
        self._patterns = tuple(patterns)
        self._skip = frozenset(skip)

    def meaning_of(self, word: str) -> K | None:
        """Return the meaning of a word's ending; None if it has none."""
        lowered = word.lower()
        if not word or self.skips(lowered) or (word.isupper() and len(word) <= _LONGEST_ACRONYM):
            return None
        return next((meaning for meaning, pattern in self._patterns if pattern.search(lowered)), None)

    @property
    def meanings(self) -> frozenset[K]:
        """Return all possible meanings."""
        return frozenset(meaning for meaning, _ in self._patterns)

    def skips(self, word: str) -> bool:
        """Return whether the ending of a word in lower case means nothing."""
        return word in self._skip


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, eq=False):
    """A table of `words.toml`. Tables are compared and hashed by identity, so that they can be cache keys."""


class Dates(_Table, frozen=True):
    """How dates are read.

    Attributes:
        months: Names of the months in the form used in dates, January first; empty if there are none.
        short_months: Names of months in dates, by their short forms without a full stop.
        numeric: Template for writing out "5.5.1990", with `{day}`, `{month}` and `{year}`.
        short: Whether a date may lack the year: "5.5.".
        month_first: Whether the month comes first in "3/4/2024".
        day: The form of the ordinal before the name of a month, unless the grammar chooses another; None if days are
            read like other numbers.
        year_word: A pattern for a word after the year of a date, with the space before it.
        year_noun: How that word is read.
    """

    months: tuple[str, ...] = ()
    short_months: Mapping[str, str] = {}
    numeric: str = "{day} {month} {year}"
    short: bool = False
    month_first: bool = False
    day: Form | None = None
    year_word: str = ""
    year_noun: str = ""


class Times(_Table, frozen=True):
    """How times of day are read.

    Attributes:
        before: Words that mark "14.30" after them as a time: patterns of fixed length joined by `|`.
        after: Words that mark "14.30" before them as a time, in the same form.
        alternative: The word before the last of several times: "or".
        zero: The word for the zero in "14:05"; "" to use the numeral.
        full: The words after a full hour.
        half_days: Patterns for words after a time that replace `full`.
    """

    before: str = ""
    after: str = ""
    alternative: str = ""
    zero: str = ""
    full: str = ""
    half_days: str = ""


class Roman(_Table, frozen=True):
    """How capitals are recognised as a Roman numeral.

    Attributes:
        rulers: Names whose number is an ordinal, in all their cases.
        titles: Words, in lower case, before names whose number is an ordinal: "king".
        cases: A pattern for the case endings of such names, removed to look them up.
        feminine: Beginnings of women's names.
        chapters: Words, in lower case, before a numeral, and the form of the ordinal; None for a cardinal.
        after: Patterns, joined by `|`, for words that make the numeral before them an ordinal.
        dot: Whether a full stop makes a Roman numeral an ordinal.
        any_name: Whether several letters with a full stop after any name are the number of a ruler.
        counts_names: Whether several letters after any other name ("Apollo XI") are a cardinal.
        orders_names: Whether they are an ordinal there, like those of rulers.
        foreign: A pattern for such names after which they are a cardinal all the same: Latvian "Tier III".
        first: A pattern for the text after an "I" that follows any name, if the "I" is the number of a ruler; "" if it
            is one only after listed names. With `any_name`, "I." before a word in lower case is one, too.
        pronouns: Words with a capital before an "I" that is the English word ("Can I get").
    """

    rulers: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    cases: str = ""
    feminine: tuple[str, ...] = ()
    chapters: Mapping[str, Form | None] = {}
    after: str = ""
    dot: bool = False
    any_name: bool = False
    counts_names: bool = False
    orders_names: bool = False
    foreign: str = ""
    first: str = ""
    pronouns: tuple[str, ...] = ()


class ShortForm(_Table, frozen=True):
    """How a short form is read.

    Attributes:
        say: The words for it where nothing else applies.
        cases: In a case.
        after: After a word in lower case.
        range: Before a range of numbers.
        ranges: Before one, in a case.
        date: Before a year or date.
    """

    say: str
    cases: Mapping[Case, str] = {}
    after: Mapping[str, str] = {}
    range: str = ""
    ranges: Mapping[Case, str] = {}
    date: str = ""


class Words(_Table, frozen=True):
    """All data of a language. A language without data has the defaults.

    Attributes:
        decimal: The sign before decimals.
        thousands: The signs that group thousands.
        ordinal_dot: Whether a full stop after a number makes it an ordinal ("5. maijs").
        capital_nouns: Whether nouns begin with a capital, so that an ordinal may precede a capital.
        bare_cents: Whether hundredths of a currency are read without their name, unless the amount is below one.
        digit_decimals: Whether decimals are read digit by digit.
        range: The word between the ends of a range; "" if their cases express the range.
        range_form: The form of the number after that word, if it differs from that of the first.
        years_paused: Whether there is a pause between two years instead of that word.
        part_agrees: Whether a number with a fraction after it ("2½") agrees with its noun.
        multipliers: Short forms of thousand, million and so on, which a unit may follow.
        magnitudes: The same, written out.
        magnitude_signs: Letters after an amount of money, in lower case, and the magnitude they stand for.
        plurals: The order of the forms in `counted` and `cents`; "stem" forms come after these.
        signs: Words for signs, by their meaning or appearance. Those in `words_file._SIGNS` are required. The others
            are optional: fractions ("½", "1/2" and so on) and dates that are names ("9/11"); "half" and "and_part" for
            "2½"; "below", "above", "at_most" and "at_least" for "<", ">", "≤" and "≥" before a number (all four or
            none); "against" for "3 : 2"; "score" between the numbers of "3-2" and "3:2"; "code_slash" for the slash of
            "1600/2002", if "slash" is that of fractions; "power" for an exponent, with {cardinal}, {ordinal} or the
            form of an ordinal in braces, "squared" and "cubed"; "scale" after the one of "1:50 000", with {cardinal} or
            the form of one in braces; "and_cents" before the hundredths of a currency; "version" for the points of
            "2.0.1".
        dates: Dates.
        times: Times of day.
        roman: Roman numerals.
        openings: The word added before the first end of a range, by the word before the range.
        short: Short forms.
        numbered: Short forms that are read so only before a number. After the words for "tel.", a number is read as a
            telephone number, so there must be an entry of this name.
        ordinal_nouns: Short forms after an ordinal: before a word in lower case, and elsewhere.
        agreeing: Short forms of adjectives, and the adjectives without their endings.
        attributed: The form of such an adjective by the ending of the next word, where it differs from that of an
            ordinal.
        adjectives: The endings of ordinals and such adjectives by form.
        counted: Units and currencies after a number: forms in the order of `plurals`.
        cents: The hundredths of currencies: forms in the order of `plurals`.
        currencies: Names of currencies in full, and their signs in `counted`: "1,24 Euro" has hundredths like "1,24 €".
        per: Units after a slash, and the words for slash and unit: "5 kg/m2".
        singular_after: Words before a number after which its unit stays in the singular: "a 5 km walk".
        before: Prepositions and similar words, and the case that they require.
        following: The measure that the word after a unit indicates.
        endings: The form of an ordinal by the ending of the next word.
        counting: The form of a cardinal by the ending of the next word.
        suffixes: Endings after a colon, and their case: "20:ssä".
        number_suffixes: Endings after a hyphen, and the form of the ordinal: "20-go".
        forms: Tables that the grammar of the language uses by name: words, and the form of a number next to them.
        cardinals: The inflected words of cardinals, by form.
        lists: Lists of words that the grammar of the language uses by name. Rules use "years" (words after which a
            number is a year), "joints" ("and", "or": words between ordinals or Roman numerals that share
            a noun), "inserted" (words between an ordinal and its noun), "prepositions" (those that are not in
            `before`), "telephones" and "telephone_numbers" (words before a telephone number, and those in between),
            "counted_first" (those of `numbered` that are units after a number), "scores" (words before two numbers
            that are a score), "per" (words before a unit alone: "per kg") and "references" (words before the number
            of a part: "Figure 4.2.").
        patterns: Regular expressions that it uses by name. Rules use "phone", and "counted" for
            nouns after an amount.
    """

    decimal: str = ""
    thousands: str = ""
    ordinal_dot: bool = False
    capital_nouns: bool = False
    bare_cents: bool = False
    digit_decimals: bool = False
    range: str = ""
    range_form: Form = PLAIN
    years_paused: bool = False
    part_agrees: bool = True
    multipliers: tuple[str, ...] = ()
    magnitudes: tuple[str, ...] = ()
    magnitude_signs: Mapping[str, str] = {}
    plurals: tuple[Count, ...] = (Count.ONE, Count.MANY)
    signs: Mapping[str, str] = {}
    dates: Dates = Dates()
    times: Times = Times()
    roman: Roman = Roman()
    openings: Mapping[str, str] = {}
    short: Mapping[str, ShortForm] = {}
    numbered: Mapping[str, ShortForm] = {}
    ordinal_nouns: Mapping[str, tuple[str, ...]] = {}
    agreeing: Mapping[str, str] = {}
    attributed: Endings[Form] = Endings()
    adjectives: Mapping[Form, str] = {}
    counted: Mapping[str, tuple[str, ...]] = {}
    cents: Mapping[str, tuple[str, ...]] = {}
    currencies: Mapping[str, str] = {}
    per: Mapping[str, str] = {}
    singular_after: tuple[str, ...] = ()
    before: Mapping[str, Case] = {}
    following: Endings[Measure] = Endings()
    endings: Endings[Form] = Endings()
    counting: Endings[Form] = Endings()
    suffixes: Mapping[str, Case] = {}
    number_suffixes: Mapping[str, Form] = {}
    forms: Mapping[str, Mapping[str, Form]] = {}
    cardinals: Mapping[Form, Mapping[str, str]] = {}
    lists: Mapping[str, tuple[str, ...]] = {}
    patterns: Mapping[str, re.Pattern[str]] = {}

    @property
    def has_rules(self) -> bool:
        """Whether the language puts numbers into words."""
        return bool(self.signs)


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
