"""The data of a language: what its `words.toml` holds, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Generic, TypeVar

import msgspec

from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Measure

K = TypeVar("K")


_LONGEST_ACRONYM: Final = 3
"""Capitals up to this length are letters, which have no ending: "25 DUS"."""


class Endings(Generic[K]):
    """What the ending of a word tells, as patterns in order."""

    def __init__(self, patterns: Iterable[tuple[K, re.Pattern[str]]] = (), skip: Iterable[str] = ()) -> None:
        """Keep patterns.

        Args:
            patterns: What is told, and a pattern for the end of a word in lower case. The first match counts.
            skip: Words in lower case that tell nothing, however they end.
        """
        self._patterns = tuple(patterns)
        self._skip = frozenset(skip)

    def told_by(self, word: str) -> K | None:
        """Return what a word tells by its ending; None if nothing."""
        lowered = word.lower()
        if not word or self.skips(lowered) or (word.isupper() and len(word) <= _LONGEST_ACRONYM):
            return None
        return next((told for told, pattern in self._patterns if pattern.search(lowered)), None)

    @property
    def told(self) -> frozenset[K]:
        """Return all that endings may tell."""
        return frozenset(told for told, _ in self._patterns)

    def skips(self, word: str) -> bool:
        """Return whether a word in lower case is one of those that tell nothing."""
        return word in self._skip


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, eq=False):
    """A table of `words.toml`. Tables are compared and hashed by identity, so that caches may hold them."""


class Dates(_Table, frozen=True):
    """How dates are read.

    Attributes:
        months: Names of the months as they stand in a date, January first; empty without such names.
        short_months: Short forms of months without their stop, and what they say in a date.
        numeric: How "5.5.1990" is written out: `{day}`, `{month}` and `{year}` with what stands between.
        short: A date may have no year: "5.5.".
        month_first: In "3/4/2024" the month comes first.
        day: The form of the ordinal before the name of a month, if the grammar does not tell another; None where days
            are read as other numbers.
        year_word: A pattern for a word behind the year of a date, with the space before it.
        year_noun: What that word says.
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
        before: Words before a time, which make "14.30" one: patterns of fixed length joined by `|`.
        after: Words after a time, likewise.
        alternative: The word before the last of several times: "or".
        zero: What is said for the zero of "14:05"; empty for the numeral.
        full: What is said after a full hour.
        half_days: Patterns of what may follow a time and stands for `full`.
    """

    before: str = ""
    after: str = ""
    alternative: str = ""
    zero: str = ""
    full: str = ""
    half_days: str = ""


class Roman(_Table, frozen=True):
    """What makes capitals a Roman numeral.

    Attributes:
        rulers: Names whose number is an ordinal, in all their cases.
        titles: Words before names whose number is an ordinal, in lower case: "king".
        cases: A pattern for the case endings of such names, taken off to look them up.
        feminine: Beginnings of names of women.
        chapters: Words before a numeral in lower case; None for a cardinal, else the form of the ordinal.
        after: Patterns, joined by `|`, for words after a numeral, which is an ordinal then.
        dot: A full stop makes a Roman numeral an ordinal.
        any_name: With a stop behind any name, several letters are the number of a ruler.
        counts_names: Behind any other name ("Apollo XI"), several letters are a cardinal.
        orders_names: They are an ordinal there, as those of rulers are.
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


class ShortForm(_Table, frozen=True):
    """What a short form says.

    Attributes:
        say: Where nothing else applies.
        cases: In a case.
        after: After a word in lower case.
        range: Before a range of numbers.
        date: Before a year or date.
    """

    say: str
    cases: Mapping[Case, str] = {}
    after: Mapping[str, str] = {}
    range: str = ""
    date: str = ""


class Words(_Table, frozen=True):
    """All of a language. A language without data has every default.

    Attributes:
        decimal: The sign before decimals.
        thousands: The signs that group thousands.
        ordinal_dot: A full stop after a number makes it an ordinal ("5. maijs").
        capital_nouns: Nouns begin with a capital, so that an ordinal may stand before one.
        bare_cents: Hundredths of a currency are read without their name, unless nothing else is there.
        digit_decimals: Decimals are read digit by digit.
        range: The word between the ends of a range; empty where their cases tell it.
        range_form: The form of the number after that word, if not that of the first.
        years_paused: Between two years there is a pause instead of that word.
        part_agrees: A number with a fraction behind it ("2½") agrees with its noun.
        multipliers: Short forms of thousand, million and so on, after which a unit may come.
        magnitudes: The same, written out.
        magnitude_signs: Letters after an amount of money, in lower case, and the magnitude they stand for.
        plurals: In which order `counted` and `cents` list their forms; "stem" forms come after these.
        signs: Words for signs, by what they mean or how they look. Those of `words_file._SIGNS` must be there. Others
            are used where there are any: fractions ("½", "1/2" and so on) and dates that are names ("9/11");
            "half" and "and_part" for "2½"; "against" for "3 : 2"; "score" between the numbers of "3-2" and "3:2";
            "power" for an exponent, with {cardinal}, {ordinal} or the form of an ordinal in braces, "squared" and "cubed";
            "and_cents" before the hundredths of a currency; "version" for the points of "2.0.1".
        dates: Dates.
        times: Times of day.
        roman: Roman numerals.
        openings: A word said before the first end of a range, by the word in front of it.
        short: Short forms.
        numbered: Short forms that say this only before a number. Behind what "tel." says, a number is read as a
            telephone number; so it has to be there under this name.
        ordinal_nouns: Short forms after an ordinal: before a word in lower case, and elsewhere.
        agreeing: Short forms of adjectives, and what they say but for the ending.
        attributed: The form of such an adjective by the end of the next word, where an ordinal has another.
        adjectives: How an ordinal and such an adjective end in a form.
        counted: Units and currencies after a number: forms in the order of `plurals`.
        cents: The hundredths of currencies, likewise.
        per: Units behind a slash, and what slash and unit say: "5 kg/m2".
        singular_after: Words between which and a number a unit has no plural: "a 5 km walk".
        before: Words, and the case they ask for.
        following: What the word after a unit makes of it.
        endings: The form of an ordinal by the end of the next word.
        counting: The form of a cardinal, likewise.
        suffixes: Endings after a colon, and their case: "20:ssä".
        number_suffixes: Endings after a hyphen, and the form of the ordinal: "20-go".
        forms: Tables that the grammar of the language asks for by name: words, and the form of a number next to them.
        cardinals: By form, words of cardinals and how they change.
        lists: Lines of words that the grammar of the language asks for by name. Rules ask for "years" (words behind
            which a number is a year), "joints" ("and", "or": words between ordinals or Roman numerals that share
            a noun), "inserted" (words between an ordinal and its noun) and "counted_first" (those of `numbered`
            that are units behind a number).
        patterns: Regular expressions that it asks for by name. Rules ask for "phone".
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
        """Whether numbers are put into words at all."""
        return bool(self.signs)


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
