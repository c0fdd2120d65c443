"""How Latvian numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Gender, Measure, Number
from audiobook.narration.grammar.neighbours import governed, last_word
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import inflected, library_words

_FEMININE: Final = Form(gender=Gender.FEMININE)
_DATIVE: Final = Form(Case.DATIVE)
_LOCATIVE: Final = Form(Case.LOCATIVE)
_ONE_FEMININE: Final = Form(None, Gender.FEMININE, Number.SINGULAR)
_ONE_ACCUSATIVE: Final = Form(Case.ACCUSATIVE, None, Number.SINGULAR)
_ONE_DATIVE: Final = Form(Case.DATIVE, None, Number.SINGULAR)
_ONE_O_CLOCK: Final = Form(Case.LOCATIVE, None, Number.PLURAL)
_ONES_DATIVE: Final = Form(Case.DATIVE, None, Number.PLURAL)
_ONES: Final = (
    (Form(Case.DATIVE, Gender.FEMININE, Number.SINGULAR), re.compile("(?:ai|ei)$")),
    (Form(Case.LOCATIVE, None, Number.SINGULAR), re.compile("[āēīū]$")),
    (_ONE_DATIVE, re.compile("(?:am|im|um)$")),
    (Form(Case.GENITIVE, Gender.FEMININE, Number.SINGULAR), re.compile("(?:as|es)$")),
    (_ONE_ACCUSATIVE, re.compile("[ui]$")),
    (_ONE_FEMININE, re.compile("[ae]$")),
)
"""The forms of "viens" by the end of the noun; "viena" is both a masculine genitive and a feminine nominative."""
_ONE_ALONE: Final = {Case.GENITIVE: _ONE_FEMININE, Case.DATIVE: _ONE_DATIVE, Case.ACCUSATIVE: _ONE_ACCUSATIVE}
_HOUR: Final = re.compile(r"plkst\.?|pulksten", re.IGNORECASE)
_UNIT_TAIL: Final = r"(?=$| stundā$| sekundē$| na | Celzija$)"
_UNITS_IN_DATIVE: Final = {"i": "iem", "as": "ām", "es": "ēm"}
_UNITS_IN_ACCUSATIVE: Final = {"i": "us"}
_UNIT_ENDINGS: Final = {
    Case.ACCUSATIVE: {"s": "u", "a": "u", "e": "i"},
    Case.DATIVE: {"s": "am", "a": "ai", "e": "ei"},
}
"""The case endings of a single unit, by that of its nominative."""


class Latvian(Neutral):
    """Latvian. Numbers agree in gender and case; after a preposition several things are in the dative."""

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal in a form, its hundreds and thousands in the dative too."""
        words = library_words(number, self.tag)
        words = re.sub(r"simtu(?= )", "simt", re.sub(r"^tūkstotis (?=.)", "tūkstoš ", words))
        head, _, last = words.rpartition(" ")
        if form == _DATIVE and last in {"simti", "tūkstoši"}:
            dative = self.words.cardinals[_DATIVE]
            head = " ".join(dative.get(word, word) for word in head.split())
        return inflected(f"{head} {last}".lstrip(), form, self.words.cardinals) if form else words

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal: the last word declined, the words before it as one counts."""
        head, word = self._ordinal_parts(number)
        if not word:
            return self.cardinal(number)
        before = self.cardinal(head) + " " if head else ""
        before = before.replace("tūkstotis ", "tūkstoš ").replace("simts ", "simt ")
        return before + word.removesuffix("ais") + self.ending_of(form)

    def _ordinal_parts(self, number: int) -> tuple[int, str]:
        """Return what is counted before the ordinal, and the ordinal; empty for round numbers above 9000."""
        lists, last = self.words.lists, number % 100
        hundreds, thousands = number % 1000 // 100, number // 1000
        if last == 0 and hundreds:
            return number - hundreds * 100, lists["ordinal_hundreds"][hundreds - 1]
        if last == 0:
            names = lists["ordinal_thousands"]
            return 0, names[thousands - 1] if 1 <= thousands <= len(names) else ""
        if last < 20:
            return number - last, lists["ordinal_units"][last - 1]
        if last % 10:
            return number - last % 10, lists["ordinal_units"][last % 10 - 1]
        return number - last, lists["ordinal_tens"][last // 10 - 2]

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form by the noun, or by the preposition; hours have their own."""
        if self.follows_year(before):
            return PLAIN
        last, tens = number % 10, number % 100 // 10
        case = governed(before, self.words)
        if number and number % 100 == 0 and case:
            return _DATIVE
        if last == 0 or tens == 1:
            return PLAIN
        if _HOUR.fullmatch(before):
            return _ONE_O_CLOCK if last == 1 else _LOCATIVE
        if last == 1:
            return self._one(case, after)
        form = (self.words.counting.told_by(after) if len(after) > 2 else None) or PLAIN
        if case and form in (PLAIN, _FEMININE, _ONE_FEMININE):
            return _DATIVE
        return form if form != _ONE_FEMININE else PLAIN

    def _one(self, case: Case | None, after: str) -> Form:
        """Return the form of "viens"."""
        is_noun = len(after) > 2 and after[0].islower() and not self.words.counting.skips(after)
        if not is_noun or after.endswith("o"):
            return _ONE_ALONE.get(case, PLAIN) if case else PLAIN
        return next((form for form, pattern in _ONES if pattern.search(after)), PLAIN)

    def word_before(self, text: str, at: int) -> str:
        """Return the preposition before "plkst.", if there is one, instead of that."""
        before = last_word(text, at)
        if not _HOUR.fullmatch(before):
            return before
        outer = last_word(text, at - len(before) - 1)
        return outer if governed(outer, self.words) else before

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return an hour in the dative after a preposition, and a full hour after "plkst." in the locative."""
        is_one = hour % 10 == 1
        if hour % 10 == 0 or hour // 10 == 1:
            return self.cardinal(hour)
        if governed(before, self.words):
            return self.cardinal(hour, _ONES_DATIVE if is_one else _DATIVE)
        if is_full and _HOUR.fullmatch(before):
            return self.cardinal(hour, _ONE_O_CLOCK if is_one else _LOCATIVE)
        return self.cardinal(hour)

    def count(self, value: int | None) -> Count:
        """Return the singular after what ends in one, and a form of its own after round hundreds."""
        if _is_one(value):
            return Count.ONE
        return Count.GREAT if value and value % 100 == 0 else Count.MANY

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return the singular in the case asked for, but the plural in the dative, whatever the preposition."""
        one, many, genitive, genitives = forms[:4]
        is_one = _is_one(value)
        if case is Measure.CONTENT:
            return genitive if is_one else genitives
        if case is Measure.EXTENT and not is_one:
            return _ended(many, _UNITS_IN_ACCUSATIVE)
        if not is_one:
            return _ended(many, _UNITS_IN_DATIVE)
        if case is Case.GENITIVE:
            return genitive
        endings = _UNIT_ENDINGS.get(Case.ACCUSATIVE if isinstance(case, Measure) else case)
        return _ended(one, endings) if endings else ""

    def nominative(self, name: str) -> str:
        """Return the nominative of a name by its ending: "Kārlim" is "Kārls", "Annai" is "Anna"."""
        name = re.sub(r"(?:ei|ē)$", "e", re.sub(r"(?:ai)$", "a", name))
        return re.sub(r"(?:am|im|u|ā)$", "s", name)

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal in the case of the name."""
        if name.endswith("i") and not name.endswith("ei"):
            return self.ordinal(number, Form(Case.ACCUSATIVE))
        return self.ordinal(number, self.ordinal_form("", name.lower()))


def _is_one(value: int | None) -> bool:
    return value is not None and value % 10 == 1 and value % 100 != 11


def _ended(words: str, endings: Mapping[str, str]) -> str:
    """Return words with another ending of the noun among them."""
    pattern = rf"(?:{'|'.join(sorted(endings, key=len, reverse=True))}){_UNIT_TAIL}"
    return re.sub(pattern, lambda found: endings[found.group()], words, count=1)
