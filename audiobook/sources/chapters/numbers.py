"""Numbers in headings: figures, Roman numerals, Chinese numerals, and words of many languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, pairwise, product
from typing import Final

import msgspec

from audiobook.number_words import converter_of

_LARGEST: Final = 999
"""The largest number that is looked up in words; a play or a hymn book may have as many parts."""
_FIRST_LOOK: Final = 120
_MOST_READINGS: Final = 16
_ROMAN = re.compile(r"(?=[ivxlcdm])(m{0,3})(cm|cd|d?c{0,4})(xc|xl|l?x{0,4})(ix|iv|v?i{0,4})", re.I | re.ASCII)
_ROMAN_VALUES: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_FIGURES = re.compile(r"(\d{1,4})(?:st|nd|rd|th|er|re|ère|ème|e|[.]?[ºªoa]|-?[йяе]|:?s)?\Z", re.I)
_HAN_DIGITS: Final = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0, "○": 0, "◯": 0, "Ｏ": 0, "两": 2, "兩": 2, "壹": 1, "貳": 2, "參": 3,
}  # fmt: skip
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_HAN_SIGNS: Final = frozenset((*_HAN_DIGITS, *_HAN_UNITS, *"第제卷巻"))
_DASHES = re.compile("—|--")
_WORD = re.compile(r"[^\W\d_]+")
_VALUES: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 400)
_HEBREW: Final = dict(zip("אבגדהוזחטיכלמנסעפצקרשת", _VALUES, strict=True))
_GREEK: Final = dict(zip("αβγδεϛζηθικλμνξοπϟρστυ", _VALUES, strict=True)) | {"ς": 6}
_MOST_LETTERS: Final = 3
_SHORTEST_STEM: Final = 3
_LONGEST_ENDING: Final = 3
_LEAST_SHARED: Final = 0.6


def roman_value(text: str) -> int | None:
    """Return the value of a Roman numeral in upper or lower case, IIII included; None for any other text."""
    if not _ROMAN.fullmatch(text) or not (text.isupper() or text.islower()):
        return None
    values = [_ROMAN_VALUES[letter] for letter in text.lower()]
    return sum(
        -value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def figure_value(text: str) -> int | None:
    """Return the value of a number in figures of any script, with or without an ordinal ending; else None."""
    found = _FIGURES.match(text)
    return int(found[1]) if found else None


def han_value(text: str) -> int | None:
    """Return the value of a number in figures or Chinese numerals such as 二十三; else None."""
    if text.isdecimal():
        return int(text) if len(text) <= 4 else None
    if not text or any(character not in _HAN_DIGITS and character not in _HAN_UNITS for character in text):
        return None
    if not any(character in _HAN_UNITS for character in text):
        return int("".join(str(_HAN_DIGITS[character]) for character in text[:4]))
    total = digit = 0
    for character in text:
        if character in _HAN_UNITS:
            total += (digit or 1) * _HAN_UNITS[character]
            digit = 0
        else:
            digit = _HAN_DIGITS[character]
    return total + digit


def letter_value(text: str) -> int | None:
    """Return the value of a number in Hebrew or Greek letters, such as יב or ΙΒ΄; else None."""
    letters = [letter for letter in plain_letters(text) if letter not in "'’\"׳״΄ʹ´ "]
    if not 0 < len(letters) <= _MOST_LETTERS:
        return None
    for alphabet in (_HEBREW, _GREEK):
        values = [alphabet.get(letter, 0) for letter in letters]
        if all(values):
            # Larger values come first: יב is 10 + 2, and 15 and 16 are 9 + 6 and 9 + 7.
            is_number = all(value > after for value, after in pairwise(values))
            if "".join(letters) == "στ":
                return 6
            return sum(values) if is_number else None
    return None


class _WithoutAccents(dict[int, int | None]):
    """A table for `str.translate` that removes combining characters; it grows with the characters it meets."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_WITHOUT_ACCENTS: Final = _WithoutAccents()


def plain_letters(text: str) -> str:
    """Return a text in lower case without accents."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.casefold()).translate(_WITHOUT_ACCENTS)


class _Words(msgspec.Struct):
    """Number words of one language.

    Attributes:
        values: Each number in words without spaces, and its value.
        cardinals: Those that are only cardinals.
        hundred: Beginning of the word for 100, which larger numbers contain.
        single: All words that occur in numbers, by their first letters.
    """

    values: dict[str, int] = msgspec.field(default_factory=dict)
    cardinals: set[str] = msgspec.field(default_factory=set)
    hundred: str = "100"
    single: dict[str, set[str]] = msgspec.field(default_factory=dict)

    def add(self, words: str, value: int, *, is_cardinal: bool = False) -> None:
        parts = _WORD.findall(plain_letters(words.replace("_", " ")))
        if not parts:
            return
        if is_cardinal and "".join(parts) not in self.values:
            self.cardinals.add("".join(parts))
        self.values.setdefault("".join(parts), value)
        for part in (*parts, "".join(parts)):
            self.single.setdefault(part[:_SHORTEST_STEM], set()).add(part)

    def value_of(self, parts: tuple[str, ...]) -> tuple[int, bool] | None:
        """Return the value of a number, and whether it is an ordinal."""
        joined = "".join(parts)
        if joined in self.values:
            return self.values[joined], joined not in self.cardinals
        near = [self._near(part) for part in parts]
        readings = {
            self.values[each]: each not in self.cardinals
            for each in map("".join, islice(product(*near), _MOST_READINGS))
            if each in self.values
        }
        return next(iter(readings.items())) if len(readings) == 1 else None

    def _near(self, word: str) -> list[str]:
        """Return the known words that differ least from a word, and only in the ending."""
        best: list[str] = []
        longest = 0
        for known in sorted(self.single.get(word[:_SHORTEST_STEM], ())):
            shared = _shared(known, word)
            longer = max(len(known), len(word))
            if longer - shared > _LONGEST_ENDING or shared < max(longest, _LEAST_SHARED * longer):
                continue
            best = [known] if shared > longest else [*best, known]
            longest = shared
        return best


def _shared(one: str, other: str) -> int:
    """Return the length of the common beginning of two words."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


def word_value(text: str, language: str) -> tuple[int, bool] | None:
    """Return the value of a number in words, cardinal or ordinal, in any gender or case.

    Args:
        text: The words only.
        language: BCP 47 tag of the text. English words are understood in every language.

    Returns:
        The value, from 1 to `_LARGEST`, and whether it is an ordinal; None if the words are not a number.
    """
    parts = tuple(_WORD.findall(plain_letters(text)))
    if not parts or len(parts) > 5:
        return None
    primary = language.partition("-")[0].lower()
    for known in dict.fromkeys((primary, "en")):
        if parts[0][:_SHORTEST_STEM] not in _openings(known):
            continue
        words = _words(known, _FIRST_LOOK)
        if (value := words.value_of(parts)) is not None:
            return value
        if words.hundred in "".join(parts) and (value := _words(known, _LARGEST).value_of(parts)) is not None:
            return value
    return None


@lru_cache(maxsize=8192)
def may_be_number(word: str, language: str) -> bool:
    """Return whether a word may be a number or a part of one. This is quicker than `word_value`."""
    plain = _DASHES.split(word.strip("._*[]()—–-:,;#§"), maxsplit=1)[0].rstrip(".:")
    if not plain:
        return False
    if (
        any(map(str.isdigit, plain))
        or letter_value(plain)
        or _ROMAN.fullmatch(plain)
        or plain[0] in _HAN_SIGNS
    ):
        return True
    primary = language.partition("-")[0].lower()
    start = plain_letters(plain[:_SHORTEST_STEM])[:_SHORTEST_STEM]
    return start in _openings(primary) or start in _openings("en")


@cache
def _openings(language: str) -> frozenset[str]:
    """Return the first letters of all number words, which rule out most words quickly."""
    words = _words(language, _FIRST_LOOK)
    return frozenset(key[:_SHORTEST_STEM] for key in words.values)


@cache
def _words(language: str, largest: int) -> _Words:
    words = _Words()
    own = tomllib.loads(files(__package__).joinpath("numbers.toml").read_text("utf-8")).get(language, {})
    for value, forms in enumerate(own.get("ordinals", "").split(), 1):
        for form in forms.split("|"):
            words.add(form, value)
    for value, forms in own.get("also", {}).items():
        for form in forms.split("|"):
            words.add(form, int(value))
    _add_compounds(words, own)
    _add_library_words(words, language, largest)
    return words


def _add_library_words(words: _Words, language: str, largest: int) -> None:
    converter = converter_of(language)
    if converter is None:
        return
    words.hundred = plain_letters(converter.to_cardinal(100)).split()[-1][:4]
    for is_cardinal, in_words in ((False, converter.to_ordinal), (True, converter.to_cardinal)):
        for value in range(1, largest + 1):
            try:
                said = str(in_words(value))
            except Exception:  # noqa: BLE001 - the library raises anything for what a language lacks
                break
            words.add(said, value, is_cardinal=is_cardinal)


def _add_compounds(words: _Words, own: dict[str, str]) -> None:
    """Add the ordinals from 20 on for a language whose ordinals the library does not know."""
    tens = own.get("tens", "").split()
    stems = own.get("tens_before", own.get("tens", "")).split()
    units = own.get("ordinals", "").split()[:9]
    for ten, (last, before) in enumerate(zip(tens, stems, strict=True), 2):
        words.add(last, ten * 10)
        for unit, forms in enumerate(units, 1):
            for form in forms.split("|"):
                words.add(f"{before} {form}", ten * 10 + unit)
    for ten, after in enumerate(own.get("tens_after", "").split(), 2):
        for unit, forms in enumerate(own["units"].split(), 1):
            for form in forms.split("|"):
                words.add(f"{form} {after}", ten * 10 + unit)
