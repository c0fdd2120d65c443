"""How Latvian numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Gender, Measure, Number
from audiobook.narration.grammar.neighbours import governed, last_word
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import digits, inflected, library_words
from audiobook.narration.languages.lv.steps import STEPS

_FEMININE: Final = Form(gender=Gender.FEMININE)
_DATIVE: Final = Form(Case.DATIVE)
_ACCUSATIVE: Final = Form(Case.ACCUSATIVE)
_LOCATIVE: Final = Form(Case.LOCATIVE)
_GENITIVE: Final = Form(Case.GENITIVE)
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
"""The forms of "viens" by the ending of the noun; "viena" is both a masculine genitive and a feminine nominative."""
_ONE_ALONE: Final = {Case.GENITIVE: _ONE_FEMININE, Case.DATIVE: _ONE_DATIVE, Case.ACCUSATIVE: _ONE_ACCUSATIVE}
_HOUR: Final = re.compile(r"plkst\.?|pulksten", re.IGNORECASE)
_DONE: Final = re.compile(r"\w{2}[āēīo](?:ti|(?P<feminine>tas))$")
"""Matches a participle that agrees with the counted noun after it: "reģistrēti 86 satiksmes negadījumi"."""
_COMPARED: Final = re.compile(r"\b(?P<word>\w{2,16}) (?:ne )?(?:vairāk|mazāk) (?:nekā|kā) $")
"""Matches "more than" after a word that decides the case."""
_TELEPHONE: Final = re.compile(r"[26]\d{7}")
_REACH: Final = 32
_DATIVES: Final = ("ajiem", "ajām")
"""The ending of a definite adjective that shows that the counted noun is in the dative."""
_INFINITIVE: Final = re.compile(r"\w{2}(?:[āēīū]t|ot|gt|kt|st|zt)$")
_UNIT_TAIL: Final = r"(?=$| stundā$| sekundē$| na | Celzija$)"
_UNITS_IN_DATIVE: Final = {"i": "iem", "as": "ām", "es": "ēm"}
_UNITS_IN_ACCUSATIVE: Final = {"i": "us"}
_UNIT_ENDINGS: Final = {
    Case.ACCUSATIVE: {"s": "u", "a": "u", "e": "i"},
    Case.DATIVE: {"s": "am", "a": "ai", "e": "ei"},
}
"""The case endings of a unit in the singular, by the ending of its nominative."""


class Latvian(Neutral):
    """Latvian. Numbers agree in gender and case; plurals after a preposition are in the dative."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal in a form, its hundreds, thousands and millions in the same case."""
        words = library_words(number, self.tag)
        words = re.sub(r"\bsimt(?:u|s)(?= )", "simt", re.sub(r"^tūkstotis (?=.)", "tūkstoš ", words))
        if not form:
            return words
        head, _, last = words.rpartition(" ")
        groups = self.words.cardinals.get(Form(form.case), {}) if form.case else {}
        head = " ".join(groups.get(word, word) for word in head.split())
        own = form if form in self.words.cardinals else Form(None, form.gender)
        return inflected(f"{head} {last}".lstrip(), own, self.words.cardinals)

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal: the last word is declined, the words before it have the form used for counting."""
        head, word = self._ordinal_parts(number)
        if not word:
            return self.cardinal(number)
        before = self.cardinal(head) + " " if head else ""
        before = re.sub("^tūkstotis ", "tūkstoš ", before).replace("simts ", "simt ")
        return before + word.removesuffix("ais") + self.ending_of(form)

    def _ordinal_parts(self, number: int) -> tuple[int, str]:
        """Return the cardinal part of an ordinal, and its last word without ending; "" for zero and millions."""
        lists, last = self.words.lists, number % 100
        hundreds, thousands = number % 1000 // 100, number // 1000
        if last == 0 and hundreds:
            return number - hundreds * 100, lists["ordinal_hundreds"][hundreds - 1]
        if last == 0:
            return self._ordinal_thousands(thousands)
        if last < 20:
            return number - last, lists["ordinal_units"][last - 1]
        if last % 10:
            return number - last % 10, lists["ordinal_units"][last % 10 - 1]
        return number - last, lists["ordinal_tens"][last // 10 - 2]

    def _ordinal_thousands(self, thousands: int) -> tuple[int, str]:
        """Return an ordinal of round thousands in the same two parts: "divdesmit" and "piectūkstošais"."""
        names = self.words.lists["ordinal_thousands"]
        last, hundreds = thousands % 100, thousands % 1000 // 100
        if not 1 <= thousands < 1000:
            return 0, "miljonais" if thousands == 1000 else ""
        if last == 0:
            stem = self.words.lists["ordinal_hundreds"][hundreds - 1].removesuffix("ais")
            return 0, f"{stem}{names[0]}"
        if last > 20 and last % 10:
            return thousands - last % 10, names[last % 10 - 1]
        small = names[last - 1] if last < 10 else f"{self.cardinal(last)}{names[0]}"
        return thousands - last, small

    def whole(self, value: int, written: str, before: str, after: str) -> str:
        """Return a telephone number (a group of eight figures) digit by digit; others as in other languages."""
        if _TELEPHONE.fullmatch(written):
            return digits(written, self.cardinal)
        return super().whole(value, written, before, after)

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether no countable noun follows; before "gads", a year would be an ordinal ("1990. gads")."""
        counts = governed(before, self.words) or self.words.counting.meaning_of(after) is not None
        return super().is_year(number, before, after) and not counts

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form by the noun, or by the preposition; hours have their own."""
        if self.names_year(number, before, after):
            return PLAIN
        last, tens = number % 10, number % 100 // 10
        case = governed(before, self.words)
        is_subject = after.endswith("i") and not self.words.counting.skips(after.lower())
        takes_object = self._takes_object(before.lower()) and not is_subject
        if before.lower().endswith(_DATIVES):
            case = Case.DATIVE
        if number >= 100 and (last == 0 or tens == 1) and case:
            return _DATIVE
        if last == 0 or tens == 1:
            return self._form_of_groups(number, after, takes_object=takes_object)
        if _HOUR.fullmatch(before):
            return _ONE_O_CLOCK if last == 1 else _LOCATIVE
        if last == 1:
            return self._one(case, after)
        form = (self.words.counting.meaning_of(after) if len(after) > 2 else None) or PLAIN
        if form == _GENITIVE and not case and (done := _DONE.search(before)):
            form = _FEMININE if done["feminine"] else PLAIN
        if case and form in (PLAIN, _FEMININE, _ONE_FEMININE):
            return _DATIVE
        if form == _LOCATIVE and before.lower() in self.words.lists["takes_object"]:
            return _ACCUSATIVE  # of an adjective: "254 nekustamos īpašumus"
        if takes_object and form in (PLAIN, _FEMININE, _ONE_FEMININE):
            return Form(Case.ACCUSATIVE, form.gender)
        return form if form != _ONE_FEMININE else PLAIN

    def _form_of_groups(self, number: int, after: str, *, takes_object: bool) -> Form:
        """Return the case of hundreds and thousands if the word after them is not declined."""
        if number < 100:
            return PLAIN
        if takes_object:
            return _ACCUSATIVE
        form = self.words.counting.meaning_of(after) if len(after) > 2 else None
        has_case = form and form.case not in (
            None,
            Case.GENITIVE,
        )  # after these the noun itself is a genitive
        return Form(form.case) if form and has_case else PLAIN

    def _one(self, case: Case | None, after: str) -> Form:
        """Return the form of "viens"."""
        is_noun = len(after) > 2 and after[0].islower() and not self.words.counting.skips(after)
        if not is_noun or after.endswith("o"):
            return _ONE_ALONE.get(case, PLAIN) if case else PLAIN
        return next((form for form, pattern in _ONES if pattern.search(after)), PLAIN)

    def word_before(self, text: str, at: int) -> str:
        """Return the word right before; for "plkst.", the preposition before it if there is one."""
        if compared := _COMPARED.search(text[max(0, at - _REACH) : at]):
            return compared["word"]
        before = last_word(text, at)
        if not _HOUR.fullmatch(before):
            return before
        outer = last_word(text, at - len(before) - 1)
        return outer if governed(outer, self.words) else before

    def unit_preposition(self, text: str, start: int, end: int) -> str:
        """Return the word right before, or the word before "vairāk nekā"."""
        compared = _COMPARED.search(text[max(0, start - _REACH) : start])
        return (compared["word"] if compared else last_word(text, start)).lower()

    def unit_case(self, before: str) -> Case | Measure | None:
        """Return the case that a preposition, an adjective or a verb requires."""
        if before.endswith(_DATIVES):
            return Case.DATIVE
        return Measure.EXTENT if self._takes_object(before) else super().unit_case(before)

    def _takes_object(self, word: str) -> bool:
        """Return whether a word is a verb that requires the accusative: a known one, or an infinitive."""
        lists = self.words.lists
        is_infinitive = _INFINITIVE.search(word) is not None and word not in lists["takes_none"]
        return word in lists["takes_object"] or is_infinitive

    def decimal(self, whole: int, decimals: str, after: str) -> str:
        """Return both parts in the case of the noun, if it is known."""
        form = (self.words.counting.meaning_of(after) if len(after) > 2 else None) or PLAIN
        if form == _GENITIVE and _is_one(int(decimals)):
            form = _ACCUSATIVE  # "51,71 miljardu": one thing, not several
        is_declined = form == _FEMININE or form.case in (Case.DATIVE, Case.LOCATIVE, Case.ACCUSATIVE)
        if not is_declined or len(decimals) > 2:
            return super().decimal(whole, decimals, after)
        zero = f"{self.cardinal(0)} " if decimals[0] == "0" and int(decimals) else ""
        first, last = (self._declined(number, form) for number in (whole, int(decimals)))
        return f"{first} {self.decimal_point(whole)} {zero}{last}"

    def _declined(self, number: int, form: Form) -> str:
        if _is_one(number):
            return self.cardinal(number, Form(form.case, form.gender, Number.SINGULAR))
        return self.cardinal(number, form)

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return an hour in the dative after a preposition, and a full hour after "plkst." in the locative."""
        is_one = hour % 10 == 1
        if governed(before, self.words):
            said = self.cardinal(hour, _ONES_DATIVE if is_one else _DATIVE)
            return re.sub("trim$", "trijiem", said)
        if is_full and _HOUR.fullmatch(before):
            return self.cardinal(hour, _ONE_O_CLOCK if is_one else _LOCATIVE)
        return self.cardinal(hour)

    def count(self, value: int | None) -> Count:
        """Return the singular after numbers that end in one, and a separate form after round hundreds."""
        if _is_one(value):
            return Count.ONE
        return Count.GREAT if value and value % 100 == 0 else Count.MANY

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return the singular in the required case; the plural is in the dative after any preposition."""
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
        if name.endswith("o"):  # "Oto": not declined
            return self.ordinal(number, Form(Case.NOMINATIVE, Gender.MASCULINE))
        if name.endswith("i") and not name.endswith("ei"):
            return self.ordinal(number, Form(Case.ACCUSATIVE))
        return self.ordinal(number, self.ordinal_form("", name.lower()))


def _is_one(value: int | None) -> bool:
    return value is not None and value % 10 == 1 and value % 100 != 11


def _ended(words: str, endings: Mapping[str, str]) -> str:
    """Return words in which the noun has another ending."""
    pattern = rf"(?:{'|'.join(sorted(endings, key=len, reverse=True))}){_UNIT_TAIL}"
    return re.sub(pattern, lambda found: endings[found.group()], words, count=1)
