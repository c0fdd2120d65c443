"""What each language calls its signs, units, months and numbers: the data of verbalization."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "fi", "id", "lv", "pl", "sl")
"""The languages with rules, one file each in `words`."""


@dataclass(frozen=True, slots=True)
class Lexis:
    """What is known of one language; the tables are those of its file.

    Attributes:
        tag: Primary language subtag.
        decimal: The sign before decimals.
        thousands: The signs that group thousands.
        ordinal_dot: A full stop after a number makes it an ordinal ("5. maijs").
        digit_decimals: Decimals are said digit by digit.
        range: The word between the ends of a range; empty where the cases tell.
        range_form: The form of the number after that word.
        multipliers: Short forms of thousand, million and so on, after which a unit may come.
        magnitudes: The same, written out.
        signs: Words for signs, by what they mean.
        dates: `months`, as they stand in a date, and how a date in numbers is written out.
        times: `before`: words before a time of day, a pattern; `or`: the word before the last of several.
        roman: Words that Roman numerals stand by.
        short: Short forms and what they say.
        numbered: Short forms that say this only before a number.
        ordinal_nouns: Short forms after an ordinal: before a word in small letters, and elsewhere.
        counted: Units and currencies after a number: forms by number, a low line for a space.
        cents: The hundredths of currencies, likewise.
        agreeing: Short forms of adjectives, and what they say but for the ending.
        following: Cases of a unit by how the word after it ends: what it is of, and how long a thing is.
        attributed: The form of such an adjective, as in `endings`, where it is not that of an ordinal.
        attributes: How it ends in a form, if not by its name.
        before: Cases, and the words that govern them.
        feminine: Words of that gender which their ending does not tell.
        endings: The form of an ordinal (Finnish: the case) by how the next word ends, patterns in order.
        counting: The form of a cardinal, likewise.
        suffixes: Cases by what follows a colon.
        ordinals: Ordinals that `num2words` has not.
        cardinals: For each form, words of cardinals and how they change.
    """

    tag: str
    decimal: str
    thousands: str
    ordinal_dot: bool = False
    digit_decimals: bool = False
    range: str = ""
    range_form: str = ""
    multipliers: frozenset[str] = frozenset()
    magnitudes: str = ""
    signs: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, str] = field(default_factory=dict)
    roman: Mapping[str, str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    numbered: Mapping[str, str] = field(default_factory=dict)
    ordinal_nouns: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    agreeing: Mapping[str, str] = field(default_factory=dict)
    following: Mapping[str, str] = field(default_factory=dict)
    attributed: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    feminine: frozenset[str] = frozenset()
    endings: Mapping[str, str] = field(default_factory=dict)
    counting: Mapping[str, str] = field(default_factory=dict)
    suffixes: Mapping[str, str] = field(default_factory=dict)
    ordinals: Mapping[str, str] = field(default_factory=dict)
    cardinals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def months(self) -> list[str]:
        """The names of the months, January first, as they stand in a date."""
        return str(self.dates["months"]).split()


@cache
def lexis(language: str) -> Lexis | None:
    """Give what is known of a language.

    Args:
        language: BCP 47 tag, of which the primary subtag counts.

    Returns:
        Nothing for a language without rules.
    """
    tag = re.split("[-_]", language)[0].lower()
    if tag not in LANGUAGES:
        return None
    table = tomllib.loads((Path(__file__).parent / "words" / f"{tag}.toml").read_text("utf-8"))
    for role in ("counted", "cents"):
        table[role] = {
            sign: tuple(form.replace("_", " ") for form in forms.split())
            for sign, forms in table.get(role, {}).items()
        }
    table["feminine"] = frozenset(table.get("feminine", {}).get("words", "").split())
    table["multipliers"] = frozenset(table.get("multipliers", "").split())
    return Lexis(tag=tag, **table)


def known_lexis(tag: str) -> Lexis:
    """Give what is known of a language that has rules."""
    found = lexis(tag)
    if found is None:
        raise KeyError(tag)
    return found


def alternatives(words: Mapping[str, object] | list[str] | frozenset[str]) -> str:
    """Give a pattern of any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
