"""How Slovenian numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Gender, Measure, Number, Use
from audiobook.narration.grammar.neighbours import YEARS, governed, last_word
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import inflected, library_words
from audiobook.narration.languages.sl.steps import STEPS

_MILLION: Final = 10**6
_MILLIARD: Final = 10**9
_MASCULINE: Final = Form(gender=Gender.MASCULINE)
_TWO: Final = Form(None, Gender.MASCULINE, Number.DUAL)
_TWO_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL, None, Number.DUAL)
_LOCATIVE: Final = Form(Case.LOCATIVE)
_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL)
_DATIVE: Final = Form(Case.DATIVE)
_COMPOUND: Final = Form(use=Use.COMPOUND)
_HOUR: Final = Form(Case.LOCATIVE, None, Number.PLURAL)
_ONE: Final = Form(None, Gender.MASCULINE, Number.SINGULAR)
_ONE_NEUTER: Final = Form(None, Gender.NEUTER, Number.SINGULAR)
_ONE_GENITIVE: Final = Form(Case.GENITIVE, Gender.MASCULINE, Number.SINGULAR)
_ONE_FEMININE_GENITIVE: Final = Form(Case.GENITIVE, Gender.FEMININE, Number.SINGULAR)
_ONE_FEMININE_LOCATIVE: Final = Form(Case.LOCATIVE, Gender.FEMININE, Number.SINGULAR)
_ONE_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL, None, Number.SINGULAR)
_TENS: Final = {_LOCATIVE: "ih", _INSTRUMENTAL: "imi", _DATIVE: "im"}
"""The endings of tens by case."""
_ADJECTIVES: Final = ("nih", "vih", "kih", "gih", "lih", "mih", "tih", "dih", "ših", "jih")
_OBLIQUE: Final = frozenset("v na pri po o ob od do iz".split())
_WITH_LOCATIVE: Final = frozenset("v na po o ob".split())
_OF_MAN: Final = Form(Case.GENITIVE, Gender.MASCULINE)
_TO_MAN: Final = Form(Case.DATIVE, Gender.MASCULINE)
_WITH_MAN: Final = Form(Case.INSTRUMENTAL, Gender.MASCULINE)
_WOMAN: Final = Form(Case.NOMINATIVE, Gender.FEMININE)
_MENS_NAMES: Final = (("a", _OF_MAN), ("u", _TO_MAN), ("om", _WITH_MAN), ("em", _WITH_MAN))
_WOMENS_NAMES: Final = (
    ("a", _WOMAN),
    ("e", Form(Case.GENITIVE, Gender.FEMININE)),
    ("i", Form(Case.NOMINATIVE, Gender.MASCULINE)),
    ("o", Form(Case.ACCUSATIVE, Gender.FEMININE)),
)
_UNITS_IN_LOCATIVE: Final = {"ov": "ih", "jev": "jih", "e": "ah"}
_UNITS_IN_INSTRUMENTAL: Final = {"i": "i", "e": "ami"}
_TWO_UNITS: Final = {"ja": "jema", "a": "oma", "i": "ama"}
_UNITS_IN_ACCUSATIVE: Final = {"i": "e"}
_UNIT_TAIL: Final = r"(?=$| stundā$| sekundē$| na | Celzija$)"
_COMPOUND_UNITS: Final = ("kvadratn", "kubičn", "kilovatna")


class Slovenian(Neutral):
    """Slovenian. Numbers agree in case, one to four also in gender; there is a dual."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal in a form; above a million always in the plain form."""
        if number >= _MILLION:
            return self._millions(number)
        words = library_words(number, self.tag)
        head, _, last = words.rpartition(" ")
        if form == _COMPOUND:
            compound = self.words.cardinals[form]
            return (head + compound.get(last, last)).replace(" ", "")
        if form in _TENS and last.endswith(("deset", "jset")):
            return f"{head} {last}{_TENS[form]}".lstrip()
        return inflected(words, form, self.words.cardinals) if form else words

    def _millions(self, number: int) -> str:
        """Return millions and milliards declined, which the library leaves in the singular."""
        size, name = (_MILLIARD, "mrd.") if number >= _MILLIARD else (_MILLION, "mio")
        count, rest = divmod(number, size)
        forms = self.words.counted[name]
        noun = forms[{1: 0, 2: 1, 3: 2, 4: 2}.get(count % 100, 3)]
        form = _MASCULINE if size == _MILLION and count % 100 < 3 else PLAIN
        said = noun if count == 1 else f"{self.cardinal(count, form)} {noun}"
        return f"{said} {self.cardinal(rest)}" if rest else said

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal with its ending; after the soft stem of "tretji", "o" becomes "e"."""
        words, ending = library_words(number, self.tag, "ordinal"), self.ending_of(form)
        if not words.endswith("i"):
            return words
        return words[:-1] + ("e" if ending == "o" and words.endswith("tretji") else ending)

    def year(self, number: int) -> str:
        """Return the cardinal, with two in the masculine."""
        return self.cardinal(number, _TWO)

    def decimal_point(self, whole: int) -> str:
        """Return the word for "whole", in the form that the number requires."""
        return {1: "cela", 2: "celi", 3: "cele", 4: "cele"}.get(whole % 100, "celih")

    def joined(self, number: int, rest: str) -> str:
        """Return a compound: "20-letni"."""
        return self.cardinal(number, _COMPOUND) + rest

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form by the noun, or by the preposition; a gender for one to four."""
        word, small = after.lower(), number % 100
        if self.names_year(number, before, after):
            return _TWO if small == 2 else PLAIN
        if number in YEARS:
            return _TWO
        known = self.words.counting.meaning_of(word) if len(word) > 2 else None
        if small == 1:
            return self._one(before, word)
        if known in (_LOCATIVE, _INSTRUMENTAL) and not (small > 4 and _counts_genitive(before, word)):
            return known or PLAIN
        return self._form_by_preposition(before, word, known) or self._form_of_few(small, word, known)

    def _form_of_few(self, small: int, word: str, known: Form | None) -> Form:
        """Return the gender of two to four."""
        if len(word) < 3:
            return PLAIN
        if small == 2:
            return known if known and known in (_TWO, _TWO_INSTRUMENTAL) else PLAIN
        is_masculine = word.endswith(("i", "je")) and not word.endswith("ice")
        is_masculine = is_masculine and word not in self.words.lists["feminine"] and word != "stopinje"
        return _MASCULINE if small in (3, 4) and is_masculine else PLAIN

    def _form_by_preposition(self, before: str, word: str, known: Form | None) -> Form:
        """Return the form by the preposition if the noun alone is ambiguous: the genitive looks like the locative."""
        case = governed(before, self.words)
        if word.endswith("tih") and before.lower() in _WITH_LOCATIVE:
            return _LOCATIVE
        if case is Case.INSTRUMENTAL:
            is_clear = known == _TWO_INSTRUMENTAL or (word.endswith("i") and not word.endswith("stopinji"))
            if is_clear:
                return _INSTRUMENTAL
            return _LOCATIVE if word and before.lower() != "pred" else PLAIN
        if before.lower() == "ob" and not word:
            return _LOCATIVE  # an hour
        if case in (Case.GENITIVE, Case.LOCATIVE):
            return _LOCATIVE
        return _DATIVE if case is Case.DATIVE else PLAIN

    def _one(self, before: str, word: str) -> Form:
        """Return the form of "ena"; if the ending of the noun is ambiguous, the preposition decides."""
        if len(word) < 3:
            return PLAIN
        case = governed(before, self.words)
        if word.endswith("ega") or (word.endswith("a") and case is Case.GENITIVE):
            return _ONE_GENITIVE
        if word.endswith(("om", "em")) and case is Case.INSTRUMENTAL:
            return _ONE_INSTRUMENTAL
        if word.endswith("u"):
            return _LOCATIVE
        if word.endswith("i") and before.lower() in {"v", "na", "pri", "po", "o", "ob", "k", "h"}:
            return _ONE_FEMININE_LOCATIVE
        if word.endswith("e") and case is Case.GENITIVE:
            return _ONE_FEMININE_GENITIVE
        return _ONE_NEUTER if word.endswith("o") else _ONE if word[-1] not in "aei" else PLAIN

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form by the noun; if the noun allows two, the preposition decides."""
        word, lists = after.lower(), self.words.lists
        is_genitive = governed(before, self.words) is Case.GENITIVE or before.lower() in {"s", "z"}
        if word.endswith("a") and (is_genitive or word.startswith(lists["genitive_beginnings"])):
            return _OF_MAN
        if word in lists["feminine"] and word[-1] not in "aei":
            return _WOMAN
        return super().ordinal_form(before, after)

    def adjective_ending(self, before: str, after: str, second: str) -> str:
        """Return the ending by a name or by the noun."""
        if not after[:1].isupper():
            return super().adjective_ending(before, after, second)
        form = self._name_form(after)
        if form == _TO_MAN and governed(before, self.words) is not Case.DATIVE:
            form = Form(Case.LOCATIVE, Gender.MASCULINE)
        return self.ending_of(form)

    def _name_form(self, name: str) -> Form:
        """Return the form of an adjective next to a name: the ending gives the case, the beginning the gender."""
        is_womans = name.startswith(self.words.roman.feminine)
        endings = _WOMENS_NAMES if is_womans else _MENS_NAMES
        return next((form for end, form in endings if name.lower().endswith(end)), PLAIN)

    def unit_preposition(self, text: str, start: int, end: int) -> str:
        """Return the word right before; "s" and "z" before "na" mean "from", not "with"."""
        before = last_word(text, start).lower()
        return "od" if before in {"s", "z"} and text.startswith(" na ", end) else before

    def count(self, value: int | None) -> Count:
        """Return the form by the last two digits."""
        if value is None:
            return Count.PART
        return {1: Count.ONE, 2: Count.TWO, 3: Count.FEW, 4: Count.FEW}.get(value % 100, Count.MANY)

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return the genitive, locative or instrumental of several, and the accusative of three and four."""
        one, two, few, many, part = forms[:5]
        small = None if value is None else value % 100
        if case is Case.GENITIVE:
            return part if small is None or small == 1 else many
        if case is Measure.EXTENT:
            return _ended(few, _UNITS_IN_ACCUSATIVE) if small in (3, 4) else ""
        if small is None or small == 1 or one.startswith(_COMPOUND_UNITS):
            return ""
        if case is Case.LOCATIVE:
            return _ended(few if one.split()[0].endswith("a") else many, _UNITS_IN_LOCATIVE)
        if case is not Case.INSTRUMENTAL:
            return ""
        return _ended(two, _TWO_UNITS) if small == 2 else _ended(few, _UNITS_IN_INSTRUMENTAL)

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return an hour in the locative after "ob" and similar prepositions."""
        if before not in {"ob", "od", "do", "po"}:
            return self.cardinal(hour)
        return self.cardinal(hour, _HOUR if hour % 20 == 1 else _LOCATIVE)

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal in the case of the name."""
        return self.ordinal(number, self._name_form(name))


def _counts_genitive(before: str, word: str) -> bool:
    """Return whether a word is an adjective of what is counted ("5 novih knjig"), which looks like a locative."""
    is_adjective = word in ("teh", "vseh") or (word.endswith(_ADJECTIVES) and word != "letih")
    return before.lower() not in _OBLIQUE and is_adjective


def _ended(words: str, endings: Mapping[str, str]) -> str:
    """Return words in which the noun has another ending."""
    pattern = rf"(?:{'|'.join(sorted(endings, key=len, reverse=True))}){_UNIT_TAIL}"
    return re.sub(pattern, lambda found: endings[found.group()], words, count=1)
