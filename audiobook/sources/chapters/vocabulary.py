"""The words of headings in many languages, from `lines.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from audiobook.sources.chapters.numbers import plain_letters

_LONG_WORD: Final = 6
"""Shorter words, such as `del`, often mean something else in another language."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and phrases in small letters without accents.

    Attributes:
        levels: Words that go with the number of a part (1) or a chapter (2).
        alone: Headings that need no number.
        last: Words in place of the number of the last chapter.
        contents: Headings of tables of contents.
        lists: Headings of other lists.
        ends: Last lines of books.
        transcriber: Openings of notes by those who made the electronic text.
        illustration: Matches notes for pictures.
    """

    levels: Mapping[str, int]
    alone: frozenset[str]
    last: frozenset[str]
    contents: frozenset[str]
    lists: frozenset[str]
    ends: frozenset[str]
    transcriber: frozenset[str]
    illustration: re.Pattern[str]


@cache
def vocabulary(language: str = "en") -> Vocabulary:
    """Return the words of all languages; short ones that go with numbers only in a language and in English.

    Args:
        language: First part of a BCP 47 tag.
    """
    table = tomllib.loads(files(__package__).joinpath("lines.toml").read_text("utf-8"))

    def written(name: str) -> set[str]:
        return {phrase for one in table.values() for phrase in one.get(name, "").split("|") if phrase}

    def plain(name: str) -> frozenset[str]:
        return frozenset(phrase_key(phrase) for phrase in written(name))

    pictures = "|".join(
        re.escape(word) for word in sorted(written("illustration"), key=lambda word: (-len(word), word))
    )
    levels = {
        phrase_key(word): level
        for level, name in ((1, "part"), (2, "chapter"))
        for tag, one in table.items()
        for word in one.get(name, "").split("|")
        if word and (tag in ("en", language) or len(word) >= _LONG_WORD or not word.isascii())
    }
    return Vocabulary(
        levels,
        plain("alone"),
        frozenset(
            phrase_key(word)
            for tag in ("en", language)
            for word in table.get(tag, {}).get("last", "").split("|")
            if word
        ),
        plain("contents"),
        plain("lists"),
        plain("end"),
        plain("transcriber"),
        re.compile(
            rf"""
            \[\s*(?:{pictures})\b  # [Illustration
            (?: [^\[\]] | \[[^\[\]]{{0,500}}\] ){{0,2000}}+ \]  # : A house [at night]]
            """,
            re.I | re.X,
        ),
    )


@cache
def _languages_of_labels() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(files(__package__).joinpath("lines.toml").read_text("utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for tag, one in table.items():
        for word in f"{one['chapter']}|{one['part']}".split("|"):
            key = phrase_key(word)
            found[key] = (*found.get(key, ()), tag)
    return found


def languages_of(line: str) -> list[str]:
    """Return the languages, English first, in which a word of a line goes with the number of a chapter or part."""
    words = phrase_key(line).split()
    found = dict.fromkeys(tag for word in words for tag in _languages_of_labels().get(word, ()))
    return ["en", *(tag for tag in found if tag != "en")]


_SIGNS = re.compile(r"[^\w'·]+|_")


def phrase_key(text: str) -> str:
    """Return a phrase in small letters, without accents and signs, to compare it with others."""
    return _SIGNS.sub(" ", plain_letters(text.replace("’", "'"))).strip(" '")
