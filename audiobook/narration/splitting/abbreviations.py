"""The word lists for splitting sentences: abbreviations, and words that begin sentences."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

_VOWELS: Final = frozenset("aeiouyäöåąęóāēīū")
_ABBREVIATIONS: Final = ("leading", "numbering", "closing")


class LanguageWords(msgspec.Struct, frozen=True):
    """The word lists of one language. Words are listed without their final full stop.

    Attributes:
        leading: Abbreviations that are always followed by another word (titles, "for example", "named after"),
            so that their full stop never ends a sentence.
        numbering: Abbreviations whose full stop does not end a sentence before a number ("No. 5", "art. 88").
        closing: Abbreviations that may end a sentence ("etc.") and never begin one: they end it before a capital
            letter, but "Co. Ltd." and "Inc. (ABC)" stay together. One that is also `leading` ends it after a
            number: "5 min.", but "min. Nowak".
        starters: Words that begin a sentence when capitalised, because they are never part of a name: before
            one of them the full stop of an initial, an acronym or an ordinal does end the sentence.
        naming: Abbreviations before a name that are also words: their full stop ends a sentence only before a starter.
        months: Names of months with a capital: before one and a year, a number is a day ("5. Nov 2020").
        times: Words in lower case of times that begin a sentence ("już w połowie"), after which it has to go on.
        verbs: Verbs of speech.
        reporting: Matches a clause with one of them: `"Come!" Anna said.` is one sentence.
        consonants: Letters that cannot form a word on their own; a short word of only these is an abbreviation.
        vowelless: Units and interjections that consist of such letters.
        truncates: Abbreviations break off after a consonant, so a longer word that ends in a vowel is not
            one, and its full stop ends the sentence whatever follows.
        casual: Everyday writing often begins sentences in lower case, so a lower-case letter does not show that the
            sentence continues.
        numbers_before_names: An ordinal often stands before a capital letter: all nouns have one
            ("3. Oktober"), or the number of a ruler comes first ("II. Rákóczi").
        whole_quotations: A quotation of several sentences counts as one, with the clause that reports it.
        asks_library: The library has a list for this language, and there is no list here. (For other languages it
            uses its English list: "mar", which is Spanish for sea.)
    """

    leading: frozenset[str] = frozenset()
    numbering: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    reporting: re.Pattern[str] | None = None
    consonants: frozenset[str] = frozenset()
    vowelless: frozenset[str] = frozenset()
    truncates: bool = False
    casual: bool = False
    numbers_before_names: bool = False
    whole_quotations: bool = False
    asks_library: bool = False

    def abbreviates(self, word: str) -> bool:
        """Return whether the word is an abbreviation, in any role."""
        return any(has(word, words) for words in (self.leading, self.numbering, self.closing))

    def may_abbreviate(self, word: str) -> bool:
        """Return whether the word is not too long and ordinary to be an abbreviation."""
        if not word.isalpha() or not word.islower() or self.abbreviates(word):
            return True
        if self.casual:
            return len(word) < 3
        return not self.truncates or len(word) < 4 or word[-1] not in _VOWELS

    def joined(self, word: str, before: list[str]) -> str:
        """Return the word with the initials before it if they are one abbreviation: "i" after "t." is "t.i"."""
        whole = word
        for part in reversed(before[-3:]):
            if len(part) != 2 or part[1] != ".":
                break
            whole = part + whole
            if self.abbreviates(whole):
                return whole
        return word

    def lacks_vowel(self, word: str) -> bool:
        """Return whether a short word cannot be pronounced and so is an abbreviation: "nr", "Sz", "пр"."""
        if len(word) > 4 or word[1:].isupper() or word.lower() in self.vowelless:
            return False
        return self.consonants.issuperset(word.lower())


def has(word: str, words: frozenset[str]) -> bool:
    """Return whether words contain a word as it is written, or in lower case."""
    return word in words or word.lower() in words


@lru_cache(maxsize=256)
def language_words(tag: str) -> LanguageWords:
    """Return the words of a language.

    Args:
        tag: Primary language subtag, in lower case.

    Returns:
        Its own lists, and those for any language if they do not conflict; only the latter for an unknown
        language.
    """
    tables = _tables()
    own = tables.get(tag, {})
    own = _parsed(tables[own["like"]] if "like" in own else own)
    shared = _parsed(tables["any"])
    known = frozenset().union(*(own.get(role, ()) for role in _ABBREVIATIONS))
    for role in _ABBREVIATIONS:
        own[role] = own.get(role, frozenset()) | (shared[role] - known)
    own["consonants"] = shared["consonants"] - own.pop("syllabic", frozenset())
    own["vowelless"] = shared["vowelless"]
    return LanguageWords(asks_library=tag in shared["asked"], **own)


def _parsed(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table of the data file with its lists split into words."""
    parsed = {key: frozenset(text.split()) if isinstance(text, str) else text for key, text in table.items()}
    if verbs := parsed.get("reporting"):
        parsed["verbs"] = verbs
        parsed["reporting"] = re.compile(rf"(?:[\w'\u2019-]++ ){{0,2}}(?:{'|'.join(sorted(verbs))})\b")
    return parsed


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """Return the data file, by language."""
    return tomllib.loads(Path(__file__).with_name("abbreviations.toml").read_text("utf-8"))
