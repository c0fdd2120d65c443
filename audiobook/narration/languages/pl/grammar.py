"""How Polish numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Gender, Measure, Number, Use
from audiobook.narration.grammar.neighbours import YEARS, governed, last_word
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import library_words
from audiobook.narration.languages.pl.adjectives import name_form, ordinal_form
from audiobook.narration.languages.pl.steps import STEPS

_GENITIVE: Final = Form(Case.GENITIVE)
_DATIVE: Final = Form(Case.DATIVE)
_LOCATIVE: Final = Form(Case.LOCATIVE)
_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL)
_ALONE: Final = Form(Case.INSTRUMENTAL, use=Use.ALONE)
_COMPOUND: Final = Form(use=Use.COMPOUND)
_FEMININE: Final = Form(gender=Gender.FEMININE)
_COLLECTIVE: Final = Form(use=Use.COLLECTIVE)
_COLLECTIVE_GENITIVE: Final = Form(Case.GENITIVE, use=Use.COLLECTIVE)
_ONE_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL, None, Number.SINGULAR)
_ONE_DATIVE: Final = Form(Case.DATIVE, None, Number.SINGULAR)
_ONE_DATIVE_FEMININE: Final = Form(Case.DATIVE, Gender.FEMININE, Number.SINGULAR)
_ONE_ACCUSATIVE: Final = Form(Case.ACCUSATIVE, Gender.FEMININE, Number.SINGULAR)
_ONE_GENITIVE: Final = Form(Case.GENITIVE, Gender.FEMININE, Number.SINGULAR)
_OF_MEN: Final = Form(Case.GENITIVE, Gender.MASCULINE)
_MEN: Final = Form(Case.NOMINATIVE, Gender.MASCULINE)
_DECLINED_THROUGHOUT: Final = (_GENITIVE, _LOCATIVE, _DATIVE, _INSTRUMENTAL, _COMPOUND, _ALONE)
"""Forms in which all words of a number are declined, not only the last."""
_NOMINATIVE_ORDINAL: Final = Form(Case.NOMINATIVE, Gender.MASCULINE)
_SOFT: Final = {"y": "i", "ego": "iego", "emu": "iemu", "ym": "im", "ej": "iej", "e": "ie", "ych": "ich"}
"""The endings after a soft stem: "trzeciego"."""
_AND: Final = ("i", "oraz", "lub", "albo")
_SHARED: Final = re.compile(
    r"""
    (?P<word>[^\W\d_]{1,20})[ ](?:\d{1,5}|[^\W\d_]{3,20})[ ]   # od 3
    (?P<noun>[^\W\d_]{2,20})[ ](?:i|oraz|lub|albo)[ ]$           # kobiet i
    """,
    re.VERBOSE,
)
"""Matches a counted noun and "and", and the word before the number, on which the next number depends too."""
_BOUNDED: Final = re.compile(
    r"(?<![^\W_])(?P<word>[^\W\d_]{1,20}) (?:co najmniej|co najwyżej|nie mniej niż|nie więcej niż|mniej więcej|przynajmniej) $"
)
"""Matches a bound before a number ("śmierć co najmniej 10 osób"), and the word that the number depends on."""
_REACH: Final = 80
_LAW: Final = re.compile(r"(?<!\w)(?:art\.|§|ust\.|pkt)? ?\d{1,4}[a-z]{0,2}(?:,| i| oraz| lub)? $")
_LAW_PARTS: Final = 4
_LAW_CASES: Final = (Case.GENITIVE, Case.LOCATIVE, Case.INSTRUMENTAL)
_YEAR_ENDINGS: Final = {
    **dict.fromkeys(("w", "po", "przed"), Form(Case.LOCATIVE, Gender.MASCULINE)),
    **dict.fromkeys(("od", "do", "z"), Form(Case.GENITIVE, Gender.MASCULINE)),
}
_MOST_FEW: Final = 5
_LEAST_YEAR: Final = 100
"""Smallest number that is a year after a word for "year"; smaller ones count what follows."""
_OF_WHAT: Final = ("anie", "enie", "ania", "enia", "acja", "acją", "cję")
"""Matches the endings of action nouns, whose object is in the genitive."""
_HOURS: Final = 24
_OBLIQUE: Final = frozenset("o od do po godziny godzinie godzinach około ok.".split())
_BEFORE: Final = frozenset("przed między a godziną godzinę".split())
_OF_A_WOMAN: Final = re.compile("(?<![yia]m)[yi]$")
"""Matches the feminine endings of nouns after a preposition that never takes the nominative."""
_OBLIQUE_CASES: Final = (Case.LOCATIVE, Case.GENITIVE)
_HUNDRED: Final = re.compile("sto$|ście$|sta$|set$")
_CONSONANT: Final = re.compile("[bcćdfgjklłmnńprsśtwzźż]$")


class Polish(Neutral):
    """Polish. Numbers agree in case, one and two also in gender; years and hours are ordinals."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal in a form; in most cases all its words are declined."""
        if form == _OF_MEN:  # "dwa tysiące trzystu żołnierzy"
            head, rest = number - number % 1000, number % 1000
            said = [library_words(head, self.tag)] if head else []
            return " ".join([*said, self.cardinal(rest, _GENITIVE)] if rest else said)
        words = library_words(number, self.tag)
        if form not in _DECLINED_THROUGHOUT:
            return super().cardinal(number, form)
        known = self.words.cardinals
        every = known[form if form in (_COMPOUND, _ALONE) else _GENITIVE]
        if form == _INSTRUMENTAL:  # "stu dwudziestoma"
            every = {**known[_ALONE], **{word: every[word] for word in every if _HUNDRED.search(word)}}
        if form == _LOCATIVE:
            every = {**every, **known[_LOCATIVE]}
        *first, last = words.split()
        if not (first and last == "jeden"):  # "od dwudziestu jeden"
            last = known[form].get(last, every.get(last, last))
        return ("" if form == _COMPOUND else " ").join([*(every.get(word, word) for word in first), last])

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal with its tens and units declined."""
        ending = self.ending_of(form)
        if number == 0:
            return "zerow" + ending
        words = library_words(number, self.tag, "ordinal").replace("milairdowy", "miliardowy").split()
        declined = 2 if number % 100 > 20 and number % 10 else 1
        return " ".join([*words[:-declined], *(_declined(word, ending) for word in words[-declined:])])

    def whole(self, value: int, written: str, before: str, after: str) -> str:
        """Return an ordinal after words such as "artykuł", and for a year after "w"; else a cardinal."""
        form = self._numbering_form(before, after) if 0 < value < 1000 else None
        if not form and len(written) == 4 and value in YEARS and self._counts_nothing(before, after):
            form = _YEAR_ENDINGS.get(before.lower())
        return self.ordinal(value, form) if form else super().whole(value, written, before, after)

    def _counts_nothing(self, before: str, after: str) -> bool:
        """Return whether the word after a number cannot be counted: a short word, a verb, a singular form."""
        if after.endswith(("a", "e", "ę", "ą")) and after.islower():
            return True
        if after[:1].isupper() and before.lower() in {"w", "we", "po"}:
            return not after.endswith("ach")
        is_verb = self.words.patterns["past"].search(after) and after not in self.words.lists["genitive_many"]
        return len(after) <= 2 or bool(is_verb) or after in self.words.lists["joining"]

    def _numbering_form(self, before: str, after: str) -> Form | None:
        """Return the form of an ordinal that is written as a plain number: "artykuł 4", "na 6 miejscu"."""
        forms = self.words.forms
        if form := forms["places"].get(after):
            return form
        return None if after.lower() == "lat" else forms["parts"].get(before.lower())

    def is_year(self, number: int, before: str, after: str) -> bool:
        """Return whether no declined noun follows, as it does only after a count: "przed 1500 osobami"."""
        is_cased = after.endswith(("ach", "ami", "om")) and len(after) > 3
        is_counted = (
            after.endswith("ów") or after in self.words.lists["genitive_many"] or self._names_men(after)
        )
        return number in YEARS and not is_cased and not is_counted

    def cardinal_range(self, first: int, last: int, before: str, after: str) -> str:
        """Return "dwa, trzy lata" before a noun of two to four, else both ends with the word for a range."""
        if self.follows_year(before) and first >= _LEAST_YEAR:
            return f"{self.cardinal(first)} \u2013 {self.cardinal(last)}"
        if not (
            0 < first < last < _MOST_FEW
            and after.endswith(("y", "i", "a", "e"))
            and not governed(before, self.words)
        ):
            return super().cardinal_range(first, last, before, after)
        ends = (self.cardinal(end, self.cardinal_form(max(end, 2), before, after)) for end in (first, last))
        return ", ".join(ends)

    def ordinal_range(self, first: int, last: int, form: Form) -> str:
        """Return both ends, the second in the genitive that "do" requires."""
        until = Form(Case.GENITIVE, form.gender)
        return f"{self.ordinal(first, form)} {self.words.range} {self.ordinal(last, until)}"

    def joined(self, number: int, rest: str) -> str:
        """Return an ordinal for an ordinal's ending ("20-go"), else a compound: "5-piętrowy"."""
        if form := self.words.number_suffixes.get(rest):
            return self.ordinal(number, form)
        return self.cardinal(number, _COMPOUND) + rest

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form by the noun, or by the preposition; a gender for one and two."""
        word = after.lower()
        if self.follows_year(before) and (number >= _LEAST_YEAR or not word):
            return PLAIN
        few = _is_few(number)
        if word == "laty":
            return _INSTRUMENTAL if few else _GENITIVE
        if number in YEARS and self.is_year(number, before, word):
            return PLAIN
        if word.endswith("ach") and number > 1:
            return _LOCATIVE
        if word.endswith("mi") and len(word) > 3:
            return _INSTRUMENTAL
        if word.endswith("om") and len(word) > 3:
            return _DATIVE if few else _GENITIVE
        if before.lower() == "przy" and number > 1:
            return _LOCATIVE
        case = governed(before, self.words) or self._case_of_part(before, word)
        if case is Case.LOCATIVE and number > 1 and word in {"z", "ze", "spośród"}:  # "w 33 z 36"
            return _LOCATIVE
        if number == 1 and len(word) > 2:
            return _one(case, word)
        return self._form_of_several(number, case, word)

    def _case_of_part(self, before: str, after: str) -> Case | None:
        """Return the genitive if the counted noun depends on the noun before: "modernizacja 7 szkół", "śmierć 10 osób"."""
        lowered = before.lower()
        governs = lowered.endswith(_OF_WHAT) or lowered in self.words.lists["governing"]
        is_plural = after.endswith("ów") or after in self.words.lists["genitive_many"]
        return Case.GENITIVE if governs and is_plural else None

    def _form_of_several(self, number: int, case: Case | None, word: str) -> Form:
        lists = self.words.lists
        if word in lists["children"] and 1 < number <= 10:
            return _COLLECTIVE_GENITIVE if case is Case.GENITIVE else _COLLECTIVE
        if case is Case.GENITIVE:
            return _GENITIVE
        if case is Case.DATIVE:
            return _DATIVE if _is_few(number) else _GENITIVE
        if number > 1 and self._names_men(word):
            return _OF_MEN
        if (
            number > 1
            and _is_few(number)
            and (word.endswith(("ów", "ych", "ich")) or word in lists["genitive_many"])
        ):
            return _GENITIVE
        if 1 < number < _MOST_FEW and self.words.patterns["men"].search(word):
            return _MEN
        if number % 10 == 2 and number % 100 != 12:  # "dwie kobiety"
            return _FEMININE if word in lists["feminine"] or word.endswith(("cje", "ości")) else PLAIN
        return PLAIN

    def _names_men(self, word: str) -> bool:
        """Return whether a word is a masculine personal noun in the genitive plural: "pięciu uczniów"."""
        men = self.words.lists["of_men"]
        return (
            word in men or word.capitalize() in men or self.words.patterns["of_men"].search(word) is not None
        )

    def word_before(self, text: str, at: int) -> str:
        """Return the word right before, or the preposition before that ("w ciągu kolejnych 45 dni")."""
        if bounded := _BOUNDED.search(text[max(0, at - _REACH) : at]):
            return bounded["word"]
        word = last_word(text, at)
        if word in _AND and (shared := _SHARED.search(text[max(0, at - _REACH) : at])):
            return shared["word"]
        if word.endswith(("ych", "ich")) or word in self.words.lists["adverbs"]:
            outer = last_word(text, at - len(word) - 1)
            is_case = governed(outer, self.words) or outer in self.words.lists["accusative"]
            return outer if is_case else word
        return word

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form by the noun; if the noun allows two, the preposition decides."""
        return ordinal_form(before, after)

    def adjective_ending(self, before: str, after: str, second: str) -> str:
        """Return the ending by a name, a preposition, the noun, or the second word."""
        if after[:1].isupper():
            return self.ending_of(name_form(after, self.words))
        case = governed(before, self.words)
        if case is Case.GENITIVE and after.endswith("a") and before != "z":
            return self.ending_of(Form(Case.GENITIVE, Gender.MASCULINE))  # feminine nouns do not end so
        if case is Case.LOCATIVE and after.endswith("le"):
            return self.ending_of(Form(Case.GENITIVE, Gender.FEMININE))
        form = self.words.attributed.meaning_of(after)
        is_singular = form is None or form.case is Case.NOMINATIVE
        if is_singular and case in _OBLIQUE_CASES and before != "na" and _OF_A_WOMAN.search(after):
            return self.ending_of(Form(Case.GENITIVE, Gender.FEMININE))
        if not form and after.endswith(("y", "i")):
            form = _form_by_second(second)
        return self.ending_of(form or self.ordinal_form(before, after))

    def reference_case(self, text: str, at: int) -> tuple[str, Case | None]:
        """Return the word and case that the first part of a legal reference depends on, as all parts share one case."""
        for _ in range(_LAW_PARTS):
            found = _LAW.search(text[max(0, at - 16) : at])
            at -= len(found.group()) if found else 0
        lists, before = self.words.lists, last_word(text, at).lower()
        case = next((case for case in _LAW_CASES if before in lists[f"articles_{case.value}"]), None)
        case = case or governed(before, self.words)
        if case is Case.GENITIVE and before in {"z", "ze"}:
            outer = last_word(text, at - len(before) - 1).lower()
            case = Case.INSTRUMENTAL if outer in lists["accompanying"] else case
        return before, case

    def count(self, value: int | None) -> Count:
        """Return the form after one, after numbers that end in two to four, and after all others."""
        if value is None:
            return Count.PART
        if value == 1:
            return Count.ONE
        return Count.FEW if value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14) else Count.MANY

    def unit_preposition(self, text: str, start: int, end: int) -> str:
        """Return the word that the number depends on."""
        return self.word_before(text, start).lower()

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return the genitive: the form used after many or after a fraction."""
        if case is not Case.GENITIVE or value is None:
            return ""
        if value == 1 and forms[0] == "procent":
            return "procenta"
        return forms[3 if value == 1 else 2]

    def year_of_date(self, number: int) -> str:
        """Return the ordinal in the genitive."""
        return self.ordinal(number, Form(Case.GENITIVE, Gender.MASCULINE))

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the ordinal in the case that the word before requires."""
        if hour > _HOURS:
            return self.cardinal(hour)
        if before in _BEFORE:
            return self.ordinal(hour, Form(Case.INSTRUMENTAL, Gender.FEMININE))
        case = Case.GENITIVE if before in _OBLIQUE else Case.NOMINATIVE
        return self.ordinal(hour, Form(case, Gender.FEMININE))

    def is_numeral(
        self, numeral: str, before: str, following: str, *, is_first: bool, is_heading: bool
    ) -> bool:
        """Return whether capitals are not the conjunction "I" at the start of a sentence."""
        return numeral != "I" or not is_first or is_heading or "światow" in following[:20]

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal in the case of the name."""
        return self.ordinal(number, name_form(name, self.words))


def _is_few(number: int) -> bool:
    """Return whether a number takes the forms of two to four."""
    return number < 5 or (number > 20 and number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14))


def _one(case: Case | None, word: str) -> Form:
    """Return the form of "jeden" by the preposition and the ending of the noun."""
    if word.endswith(("ą", "ę")):
        return _ONE_ACCUSATIVE
    if word.endswith(("em", "im", "ym")):
        return _ONE_INSTRUMENTAL
    if case is Case.GENITIVE:
        return _ONE_GENITIVE if word.endswith(("y", "i", "ej")) else _GENITIVE
    if case is Case.DATIVE:
        is_feminine = word.endswith(("ie", "ce", "dze", "i")) and not word.endswith("owi")
        return _ONE_DATIVE_FEMININE if is_feminine else _ONE_DATIVE
    if case is Case.LOCATIVE and word.endswith(("u", "ie")):
        return _ONE_INSTRUMENTAL
    return {"a": _FEMININE, "o": Form(gender=Gender.NEUTER)}.get(word[-1], PLAIN)


def _declined(word: str, ending: str) -> str:
    """Return an ordinal with another ending, which is softened after a soft stem."""
    if word.endswith("y"):
        return word[:-1] + ending
    return word[:-1] + _SOFT.get(ending, ending if word.endswith("gi") else "i" + ending)


def _form_by_second(second: str) -> Form | None:
    """Return the form by the second word: "czarny rynek" and "szkoły publiczne" are not feminine genitives."""
    if _CONSONANT.search(second):
        return _NOMINATIVE_ORDINAL
    is_plural = second.endswith(("ne", "we", "kie", "cze", "te", "łe", "gie"))
    return Form(Case.NOMINATIVE, Gender.NEUTER) if is_plural else None
