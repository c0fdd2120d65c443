"""What each language abbreviates, and how its sentences begin: the word lists of sentence splitting."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

_VOWELS: Final = frozenset("aeiouyäöåąęóāēīū")
_ABBREVIATIONS: Final = ("leading", "numbering", "closing")


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """What sentence splitting knows of one language. Words are without their last full stop.

    Attributes:
        leading: Abbreviations that another word always follows (titles, "for example", "named after"):
            their full stop ends no sentence.
        numbering: Abbreviations whose full stop ends no sentence before a number ("No. 5", "art. 88").
        closing: Abbreviations that may end a sentence ("etc.") and never begin one: they end it before a
            capital letter, but "Co. Ltd." and "Inc. (ABC)" stay together. One that is `leading` too ends it
            when it counts something: "5 min.", but "min. Nowak".
        starters: Words that begin a sentence when capitalised, for they are no part of a name: before
            one of them the full stop of an initial, a spelled acronym or an ordinal is an end after all.
        reporting: Matches a clause with a verb of speech: `"Come!" Anna said.` is one sentence.
        consonants: Letters of which no word consists: a short one that does is an abbreviation.
        vowelless: The units and interjections that do consist of them.
        truncates: Abbreviations break off after a consonant, so that a longer word that ends in a vowel
            is none and its full stop ends the sentence whatever follows.
        casual: Everyday writing begins so many sentences in lower case that a small letter is no sign
            that the sentence goes on.
        numbers_before_names: An ordinal often stands before a capital letter: all nouns have one
            ("3. Oktober"), or the number of a ruler comes first ("II. Rákóczi").
        whole_quotations: A quotation of several sentences counts as one, with the clause that reports it.
        asks_library: The library has a list of this language and no list is here. (It takes English
            abbreviations for those of every other language: "mar", which is Spanish for sea.)
    """

    leading: frozenset[str] = frozenset()
    numbering: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    reporting: re.Pattern[str] | None = None
    consonants: frozenset[str] = frozenset()
    vowelless: frozenset[str] = frozenset()
    truncates: bool = False
    casual: bool = False
    numbers_before_names: bool = False
    whole_quotations: bool = False
    asks_library: bool = False

    def abbreviates(self, word: str) -> bool:
        """True when the word is an abbreviation, in whatever role."""
        return any(has(word, words) for words in (self.leading, self.numbering, self.closing))

    def may_abbreviate(self, word: str) -> bool:
        """True unless the word is too long and too ordinary for an abbreviation."""
        if not word.isalpha() or not word.islower() or self.abbreviates(word):
            return True
        if self.casual:
            return len(word) < 3
        return not self.truncates or len(word) < 4 or word[-1] not in _VOWELS

    def joined(self, word: str, before: list[str]) -> str:
        """The word with the initials before it when both are one abbreviation: "i" after "t." is "t.i"."""
        whole = word
        for part in reversed(before[-3:]):
            if len(part) != 2 or part[1] != ".":
                break
            whole = part + whole
            if self.abbreviates(whole):
                return whole
        return word

    def lacks_vowel(self, word: str) -> bool:
        """True for a short word that nobody can say, which is an abbreviation then: "nr", "Sz", "пр"."""
        if len(word) > 4 or word[1:].isupper() or word.lower() in self.vowelless:
            return False
        return self.consonants.issuperset(word.lower())


def has(word: str, words: frozenset[str]) -> bool:
    """True when the words have this one as it is written or in small letters."""
    return word in words or word.lower() in words


@lru_cache(maxsize=256)
def language_words(tag: str) -> LanguageWords:
    """The words of a language.

    Args:
        tag: Primary language subtag, in small letters.

    Returns:
        Its own lists, and those of any language for the words that it has not; of an unknown language
        the latter alone.
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
    """One table of the data file, its lists split into words."""
    parsed = {key: frozenset(text.split()) if isinstance(text, str) else text for key, text in table.items()}
    if verbs := parsed.get("reporting"):
        parsed["reporting"] = re.compile(rf"(?:[\w'\u2019-]++ ){{0,2}}(?:{'|'.join(sorted(verbs))})\b")
    return parsed


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """The data file, by language."""
    return tomllib.loads(Path(__file__).with_name("abbreviations.toml").read_text("utf-8"))
