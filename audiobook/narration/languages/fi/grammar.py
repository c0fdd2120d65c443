"""How Finnish numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Case, Form, Measure, Number
from audiobook.narration.grammar.neighbours import YEARS
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import library_words, plain_value
from audiobook.narration.languages.fi.endings import CASE_ENDINGS, has_back_vowels
from audiobook.narration.languages.fi.steps import STEPS
from audiobook.narration.rules.figures import read_number

_COUNTS: Final = re.compile(r"(?<=\w)(?=miljoon|miljard)|(?<=miljoonaa)(?=\w)|(?<=miljardia)(?=\w)")
"""Matches millions, which the library joins to the words around them."""
_PARTITIVE: Final = re.compile(r"[a-zäö-]{2,}(?:aa|ää|[aeiouyäö]tt?[aä])(?<!sota)(?<!rata)(?<!sata)$")
_LEGAL: Final = re.compile("artikla(?!a)|momentti(?!a)|momentin|kohdan$|kohdassa|kohta$")
"""Legal nouns, before which ordinals are written as plain numbers: "43 artikla" is the forty-third."""
_PARTS_OF_LAW: Final = frozenset(("artiklaa", "momenttia", "kohtaa"))
_OF_LAW: Final = re.compile(
    r"""
    # perustamissopimuksen 43 artiklaa
    (?:sopimuksen|direktiivin|asetuksen|päätöksen|lain|säännön|artiklan|kirjan|tai|ja)$
    """,
    re.VERBOSE,
)
"""After these words, the number before a legal noun is an ordinal; elsewhere, "43 artiklaa" is forty-three articles."""
_MEASURED: Final = re.compile(
    r"\w{0,9}metri|\w{0,4}euro|dollari|markka|marka|pun[nt]a|penni|kruunu|kilo|\w{0,5}gramma|\w{0,5}litra|tonni|hehtaari|"
    r"prosenti|asukka|henke|henkilö"
)
"""Matches nouns that are counted, so that the number before them is no year: "alle 1 200 metrin"."""
_PASSIVE: Final = re.compile(r"[a-zäöåy]{2}(?:[td]aan|[td]ään|tiin|sti)$")
_CROSSED: Final = "rajan"
_CROSSING: Final = re.compile(
    r"\b(?:lask|tippu|puto|vajo|nous|kohos|kohoa|painu|pudo)[a-zäö]{0,8}(?: [^\W\d_]{1,14}){0,2} (?:alle|yli) $"
)
"""Matches "below" or "above" after a verb of rising or falling: there, a number alone is a genitive."""
_REACH: Final = 60
_PLURAL: Final = re.compile(r"[a-zäö]{2,}(?<!i)isi(?:ss[aä]|st[aä]|ll[aä]|lt[aä]|lle)$")
"""Matches adjectives and nouns in the plural, which a cardinal before them does not count: "4 ja 2 erillisissä"."""
_STRONG: Final = frozenset((Case.ILLATIVE, Case.ESSIVE))
_ELATIVE: Final = Form(Case.ELATIVE)
_ILLATIVE: Final = Form(Case.ILLATIVE)
_GENITIVE: Final = Form(Case.GENITIVE)
_PARTITIVE_FORM: Final = Form(Case.PARTITIVE)
_LIBRARY_CASES: Final = frozenset(
    (
        *(Case.NOMINATIVE, Case.GENITIVE, Case.PARTITIVE, Case.INESSIVE, Case.ELATIVE, Case.ILLATIVE),
        *(Case.ADESSIVE, Case.ABLATIVE, Case.ALLATIVE, Case.TRANSLATIVE, Case.ESSIVE),
    )
)


class Finnish(Neutral):
    """Finnish. Numbers have the cases of their nouns; the library declines them."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal in a case."""
        return _COUNTS.sub(" ", library_words(number, self.tag, "cardinal", _library_case(form)))

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal in a case."""
        case = _library_case(form)
        if case == Case.NOMINATIVE.value:
            return library_words(number, self.tag, "ordinal")
        return _COUNTS.sub(" ", library_words(number, self.tag, "ordinal", case))

    def whole(self, value: int, written: str, before: str, after: str) -> str:
        """Return an ordinal before a legal noun, else the same as other languages."""
        is_legal = _LEGAL.match(after) or (after in _PARTS_OF_LAW and _OF_LAW.search(before))
        if value < 1000 and is_legal:
            return self.ordinal(value, self.ordinal_form("", after))
        return super().whole(value, written, before, after)

    def decimal(self, whole: int, decimals: str, after: str) -> str:
        """Return both parts in the case of the noun if there is a single decimal."""
        form = self.cardinal_form(whole, "", after) if len(decimals) == 1 else PLAIN
        if not form:
            return super().decimal(whole, decimals, after)
        return (
            f"{self.cardinal(whole, form)} {self.decimal_point(whole)} {self.cardinal(int(decimals), form)}"
        )

    def cardinal_range(self, first: int, last: int, before: str, after: str) -> str:
        """Return "from ten to fifteen", expressed by cases; both ends have the case of the noun if it is declined."""
        if form := self.cardinal_form(last, "", after):
            return f"{self.cardinal(first, form)} {self.cardinal(last, form)}"
        return f"{self.cardinal(first, _ELATIVE)} {self.cardinal(last, _ILLATIVE)}"

    def ordinal_range(self, first: int, last: int, form: Form) -> str:
        """Return "from the fifth to the seventh", expressed by cases; both ends have an oblique case of the noun."""
        if form.case in (None, Case.NOMINATIVE):
            return f"{self.ordinal(first, _ELATIVE)} {self.ordinal(last, _ILLATIVE)}"
        return super().ordinal_range(first, last, form)

    def joined(self, number: int, rest: str) -> str:
        """Return a number and the rest as one word, with a hyphen between two equal vowels: "kaksi-ikäinen"."""
        said = self.cardinal(number, _GENITIVE if rest.startswith("kertai") else PLAIN)
        hyphen = "-" if said[-1] == rest[0] and rest[0] in "aeiouyäö" else ""
        return said.replace(" ", "") + hyphen + rest

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the case of the noun; hours have their own case, years none."""
        if self.names_year(number, before, after):
            return PLAIN
        if before.lower() in self.words.lists["naming"]:
            return PLAIN
        if before == _CROSSED and not after:
            return _GENITIVE
        if before.lower() in self.words.lists["near"] and not after:
            return _PARTITIVE_FORM
        if before.lower() in self.words.lists["hours"]:
            return self._hour_form(after)
        return PLAIN if self.is_year(number, before, after) else self._noun_form(after)

    def word_before(self, text: str, at: int) -> str:
        """Return the word right before; for a limit that something crosses ("laski alle 90."), a word for that."""
        return _CROSSED if _CROSSING.search(text[max(0, at - _REACH) : at]) else super().word_before(text, at)

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether the number is in the range of years, and no measure or person is counted."""
        return number in YEARS and not _MEASURED.match(after)

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the case of the noun, including the partitive, which after a cardinal would be due to the cardinal."""
        if after == "kerran":
            return _GENITIVE
        if after == "luokkaan":
            return _ILLATIVE
        form = self._noun_form(after)
        is_partitive = not form and after[:1].islower() and not after.endswith("kuuta")
        return Form(Case.PARTITIVE) if is_partitive and _PARTITIVE.match(after) else form

    def _noun_form(self, after: str) -> Form:
        if after.lower() in self.words.lists["postpositions"]:
            return _GENITIVE
        if len(after) < 4 or not after[0].islower() or _PLURAL.match(after):
            return PLAIN
        return self.words.endings.meaning_of(after) or PLAIN

    def _hour_form(self, after: str) -> Form:
        """Return the case of a full hour by the word after it: "klo 8 asti" is "kello kahdeksaan asti"."""
        word = after.lower()
        if word in self.words.lists["until"]:
            return _ILLATIVE
        if word in self.words.lists["around"]:
            return _GENITIVE
        return _ELATIVE if word in self.words.lists["since"] else PLAIN

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return an hour in the case that the word after it requires."""
        return self.cardinal(hour, self._hour_form(after))

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return the genitive before a noun that the measure belongs to: "10 km päässä"."""
        if case is not Measure.CONTENT or len(forms) < 3:
            return ""
        stem, gap, rest = forms[2].partition(" ")  # "kilometri tunnissa"
        return f"{stem}n{gap}{rest}"

    def adjective_ending(self, before: str, after: str, second: str) -> str:
        """Return the ending of an adverb before a passive verb ("ns. todistetaan"), else that of the noun's case."""
        return "usti" if _PASSIVE.search(after) else super().adjective_ending(before, after, second)

    def suffixed_unit(self, number: str, forms: Sequence[str], suffix: str) -> str:
        """Return number and unit in a case: "5 %:n" is "viiden prosentin"."""
        case = self.words.suffixes.get(suffix)
        if len(forms) < 3 or " " in forms[0] or not case:
            return ""
        noun = _unit_in_case(forms, case)
        value = plain_value(number, self.words)
        if value is None:
            return f"{read_number(number, '', noun, self)} {noun}"
        return f"{self.cardinal(value, Form(case))} {noun}"

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal in the case of the suffix, or of a name in the genitive."""
        if suffix:
            return self.ordinal(number, Form(self.words.suffixes.get(suffix)))
        return self.ordinal(number, _GENITIVE if name.endswith("sen") else PLAIN)


def _library_case(form: Form) -> str:
    case = form.case if form.case in _LIBRARY_CASES and form.number is not Number.PLURAL else None
    return (case or Case.NOMINATIVE).value


def _unit_in_case(forms: Sequence[str], case: Case) -> str:
    """Return a unit in a case, from its nominative, its partitive and its weak stem."""
    strong, partitive, stem = forms[:3]
    is_long = stem == strong + strong[-1]  # "aste", "asteen", "asteeseen"
    if case is Case.PARTITIVE:
        return partitive
    if case is Case.NOMINATIVE:
        return strong
    if case is Case.ILLATIVE:
        return f"{stem}seen" if is_long else f"{strong}{strong[-1]}n"
    ending = CASE_ENDINGS[case]
    is_back = has_back_vowels(stem) and not stem.endswith("metri")
    head = strong if case in _STRONG and not is_long else stem
    return head + (ending if is_back else ending.replace("a", "ä"))
