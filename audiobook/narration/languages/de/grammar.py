"""How German numbers agree with the words next to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Case, Count, Form, Gender, Measure, Use
from audiobook.narration.grammar.neighbours import governed
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import library_words
from audiobook.narration.languages.de.steps import STEPS

_CENTURIES: Final = range(1100, 2000)
"""Years that are read in hundreds: "neunzehnhundertneunzig"."""
_COMPOUND: Final = Form(use=Use.COMPOUND)
_WEAK: Final = Form(Case.NOMINATIVE, use=Use.DEFINITE)
_WEAK_OBLIQUE: Final = Form(Case.DATIVE, use=Use.DEFINITE)
_OBLIQUE_ARTICLES: Final = frozenset(
    "dem den des im am zum zur vom beim einen einem einer eines unterm überm hinterm vorm".split()
)
_NOMINATIVE_ARTICLES: Final = frozenset("die das ins ans aufs fürs durchs ums".split())
_POSSESSIVES: Final = frozenset("ein kein mein dein sein ihr unser euer".split())
_STEMS: Final = ("dies", "jed", "jen", "welch", "manch", "solch")
"""Words with the same endings as the article."""
_ARTICLES: Final = {Gender.MASCULINE: "der", Gender.FEMININE: "die"}
_ARTICLE_CASES: Final = {"des": Case.GENITIVE, "dem": Case.DATIVE}
"""The case of a ruler by the article before the title: "des Königs Edward VII."."""
_GENITIVE: Final = re.compile(r"[^aeiouyäöüsxz]s\Z")
"""Matches the genitive of a name that is not listed: "Welfs", but not "Amyntas"."""
_CASE_ARTICLES: Final = {
    (Case.DATIVE, Gender.MASCULINE): "dem",
    (Case.DATIVE, Gender.FEMININE): "der",
    (Case.ACCUSATIVE, Gender.MASCULINE): "den",
    (Case.ACCUSATIVE, Gender.FEMININE): "die",
    (Case.GENITIVE, Gender.MASCULINE): "des",
    (Case.GENITIVE, Gender.FEMININE): "der",
}


class German(Neutral):
    """German. "Eins" agrees in gender and case; ordinals are declined like adjectives, depending on the article."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal; only one is declined, and a final "eins" loses its "s" inside a word."""
        words = library_words(number, self.tag)
        if number == 1:
            return super().cardinal(number, form)
        return words.removesuffix("s") if form == _COMPOUND and words.endswith("eins") else words

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal with the ending of its form: "zweite", "zweiter", "zweiten"."""
        words = library_words(number, self.tag, "ordinal").replace(" million ", " Million ")
        return words.removesuffix("e") + (self.ending_of(form) if form else "e")

    def year(self, number: int) -> str:
        """Return a year; those up to 1999 are read in hundreds."""
        return library_words(number, self.tag, "year") if number in _CENTURIES else self.cardinal(number)

    def cardinal_form(self, number: int, before: str, after: str) -> Form:
        """Return the form of "ein" by the noun and the preposition."""
        names = {form.say for form in self.words.numbered.values()}
        if number != 1 or before in names or self.follows_year(before) or not after[:1].isupper():
            return PLAIN  # "Absatz 1 GG" is not one of anything
        case = governed(before, self.words) or Case.NOMINATIVE
        return Form(case, self._gender(after))

    def _gender(self, noun: str) -> Gender:
        """Return the gender of a noun by lists and its ending; else the most frequent gender."""
        word, lists, patterns = noun.lower(), self.words.lists, self.words.patterns
        if word in lists["neuter"]:
            return Gender.NEUTER
        if word in lists["feminine"]:
            return Gender.FEMININE
        if word in lists["masculine"]:
            return Gender.MASCULINE
        if patterns["neuter"].search(word):
            return Gender.NEUTER
        return Gender.FEMININE if patterns["feminine"].search(word) else Gender.MASCULINE

    def ordinal_form(self, before: str, after: str) -> Form:
        """Return the form by the article; without one, by the preposition and the gender of the noun."""
        article, gender = before.lower(), self._gender(after)
        stem = next((stem for stem in _STEMS if article.startswith(stem)), "")
        ending = article.removeprefix(stem) if stem else ""
        if article == "der" or ending == "er":
            return _WEAK if gender is Gender.MASCULINE else _WEAK_OBLIQUE
        if article in _NOMINATIVE_ARTICLES or ending in ("e", "es"):
            return _WEAK
        if article in _OBLIQUE_ARTICLES or ending in ("en", "em"):
            return _WEAK_OBLIQUE
        stem = next((stem for stem in _POSSESSIVES if article in _declined(stem)), "")
        if stem:
            return Form(Case.NOMINATIVE, gender) if article in (stem, stem + "e") else _WEAK_OBLIQUE
        return self._strong(article, gender)

    def _strong(self, before: str, gender: Gender) -> Form:
        """Return the form without an article."""
        case = governed(before, self.words)
        if case is Case.ACCUSATIVE and gender is Gender.MASCULINE:
            return Form(case, gender)
        return Form(Case.DATIVE if case is Case.DATIVE else Case.NOMINATIVE, gender)

    def day_form(self, before: str) -> Form:
        """Return the form by the article: "am dritten Mai", "der dritte Mai", "dritter Mai", "bis dritten Mai"."""
        if before.lower() == "bis":
            return _WEAK_OBLIQUE
        return self.ordinal_form(before, self.words.dates.months[0])

    def joined(self, number: int, rest: str) -> str:
        """Return one word: "fünfmal", "achtzehnjährig"."""
        return self.cardinal(number, _COMPOUND) + rest

    def unit_in_case(self, value: int | None, forms: Sequence[str], case: Case | Measure) -> str:
        """Return the dative plural: "nach fünf Kilometern"."""
        several = forms[-1]
        if case is not Case.DATIVE or self.count(value) is Count.ONE:
            return ""
        head, space, tail = several.partition(" ")
        return f"{head}n{space}{tail}" if head.endswith(("ter", "el")) else ""

    def time(self, hour: str, minutes: str) -> str:
        """Return the hour with "Uhr", followed by the minutes."""
        return f"{hour} Uhr" if minutes == "00" else f"{hour} Uhr {self.cardinal(int(minutes))}"

    def hour(self, hour: int, before: str, after: str = "", *, is_full: bool = False) -> str:
        """Return the cardinal, with "ein" for one."""
        return self.cardinal(hour, _COMPOUND)

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal with its article and a capital, in the case of the preposition or the name."""
        rulers = self.words.roman.rulers
        is_declined = self.nominative(name) in rulers or _GENITIVE.search(name) is not None
        is_genitive = is_declined and name not in rulers and name not in self.words.lists["names_in_s"]
        gender = Gender.FEMININE if name.startswith(self.words.roman.feminine) else Gender.MASCULINE
        required = _ARTICLE_CASES.get(before.lower()) or governed(before, self.words)
        case = Case.GENITIVE if is_genitive else required or Case.NOMINATIVE
        article = _CASE_ARTICLES.get((case, gender), _ARTICLES[gender])
        said = self.ordinal(number, _WEAK if article in ("die", _ARTICLES[gender]) else _WEAK_OBLIQUE)
        return f"{article} {said[0].upper()}{said[1:]}"


def _declined(stem: str) -> tuple[str, ...]:
    """Return the forms of "ein", and of words declined like it."""
    return (stem, *(stem + ending for ending in ("e", "en", "em", "er", "es")))
