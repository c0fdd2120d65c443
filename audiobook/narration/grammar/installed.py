"""The installed languages and their grammars."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, cast

from audiobook.errors import SettingsError
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.words import Words
from audiobook.narration.grammar.words_file import read_words
from audiobook.plugins import installed

GROUP: Final = "audiobook.languages"
_DATA: Final = "words.toml"


def language_tags() -> list[str]:
    """Return the primary subtags of all installed languages, in alphabetical order."""
    return list(installed(GROUP))


@lru_cache(maxsize=256)
def grammar_of(language: str) -> Grammar:
    """Return the grammar of a language.

    Args:
        language: BCP 47 tag; only the primary subtag matters.

    Returns:
        The grammar of the installed language; `Neutral` without data for any other.

    Raises:
        SettingsError: The language is installed, but cannot be loaded or has invalid data.
    """
    return _grammar(re.split("[-_]", language)[0].lower())


@cache
def _loaded(tag: str) -> Grammar:
    point = installed(GROUP)[tag]
    try:
        kind = point.load()
        package = kind.__module__.rpartition(".")[0]
        text = files(package).joinpath(_DATA).read_text("utf-8")
    except Exception as error:
        raise SettingsError(
            f"the rules for “{tag}” cannot be loaded: {error}", hint=f"install or remove “{point.value}”"
        ) from error
    return cast(Grammar, kind(tag, read_words(text, f"{package.replace('.', '/')}/{_DATA}")))


def _grammar(tag: str) -> Grammar:
    return _loaded(tag) if tag in installed(GROUP) else Neutral(tag, Words())
