"""The words of headings in many languages, from `lines.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from audiobook.sources.chapters.numbers import plain_letters

_LONG_WORD: Final = 6
"""Minimum length of words that count in any language; shorter ones, such as `del`, are ambiguous."""


class Vocabulary(msgspec.Struct, frozen=True):
    """Words and phrases in lower case without accents.

    Attributes:
        levels: Words next to the number of a part (1) or a chapter (2).
        scenes: Words next to the number of a scene, which may or may not be a chapter.
        alone: Headings that need no number.
        last: Words in place of the number of the last chapter.
        contents: Headings of tables of contents.
        lists: Headings of other lists.
        ends: Last lines of books.
        transcriber: Openings of notes by those who made the electronic text.
        illustration: Matches notes for pictures.
    """

    levels: Mapping[str, int]
    scenes: frozenset[str]
    alone: frozenset[str]
    last: frozenset[str]
    contents: frozenset[str]
    lists: frozenset[str]
    ends: frozenset[str]
    transcriber: frozenset[str]
    illustration: re.Pattern[str]


@cache
def vocabulary(language: str = "en") -> Vocabulary:
    """Return the words of all languages. Short words next to numbers are only those of one language and of English.

    Args:
        language: Primary subtag of a BCP 47 tag.
    """
    table = tomllib.loads(files(__package__).joinpath("lines.toml").read_text("utf-8"))

    def written(name: str) -> set[str]:
        return {phrase for one in table.values() for phrase in one.get(name, "").split("|") if phrase}

    def plain(name: str) -> frozenset[str]:
        return frozenset(phrase_key(phrase) for phrase in written(name))

    pictures = "|".join(
        re.escape(word) for word in sorted(written("illustration"), key=lambda word: (-len(word), word))
    )

    def understood(name: str) -> list[str]:
        return [
            phrase_key(word)
            for tag, one in table.items()
            for word in one.get(name, "").split("|")
            if word and (tag in ("en", language) or len(word) >= _LONG_WORD or not word.isascii())
        ]

    return Vocabulary(
        {word: level for level, name in ((1, "part"), (2, "chapter")) for word in understood(name)},
        frozenset(understood("scene")),
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
            (?> (?: [^\[\]] | \[[^\[\]]{{0,500}}\] ){{0,2000}} ) \]  # : A house [at night]]
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
    """Return the languages, English first, in which a word of a line is a label of chapters or parts."""
    words = phrase_key(line).split()
    found = dict.fromkeys(tag for word in words for tag in _languages_of_labels().get(word, ()))
    return ["en", *(tag for tag in found if tag != "en")]


_SIGNS = re.compile(r"[^\w'·]+|_")


def phrase_key(text: str) -> str:
    """Return a phrase in lower case without accents and punctuation, for comparison with others."""
    return _SIGNS.sub(" ", plain_letters(text.replace("’", "'"))).strip(" '")
