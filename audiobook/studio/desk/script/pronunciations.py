"""The pronunciation of a word, saved in the lexicon of one text or of all texts in its language."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import tomlkit

from audiobook.document import LexiconFile
from audiobook.errors import UsageError
from audiobook.narration.lexicon.entries import Lexicon, WordEntry
from audiobook.narration.lexicon.files import load_lexicon
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.lexicons import LEXICON_NAME, own_lexicon
from audiobook.studio.desk.edits import edit
from audiobook.toml import parse_toml

_EXCERPT_CHARS: Final = 40
"""How much is shown on each side of a word."""
BOOK: Final = "book"
LANGUAGE: Final = "language"


def lexicon_path(edition: Edition, scope: str) -> Path:
    """Return the lexicon of a text, or that of its language.

    Raises:
        UsageError: There is no such scope.
    """
    if scope == BOOK:
        return own_lexicon(edition)
    if scope == LANGUAGE:
        return edition.root / edition.language / LEXICON_NAME
    raise UsageError("choose whether this is for one book or for all")


def candidate(edition: Edition, word: str, say: str, phonemes: str) -> LexiconFile:
    """Return a lexicon that consists of one word, without writing a file.

    Raises:
        SourceError: It is not valid.
    """
    document = tomlkit.document()
    _put(document, word, say, phonemes)
    file = LexiconFile(f"“{word[:40]}”.toml", tomlkit.dumps(document).encode(), local=True)
    load_lexicon((file,), edition.language)
    return file


def keep(edition: Edition, scope: str, word: str, say: str, phonemes: str) -> None:
    """Save the pronunciation of a word in a lexicon; without `say` and `phonemes`, remove it.

    Raises:
        Changed: The lexicon was changed at the same moment.
        AudiobookError: The entry is not valid, or the lexicon cannot be edited.
    """
    path = lexicon_path(edition, scope)
    name = edition.beside(path)

    def check(data: bytes) -> None:
        load_lexicon((LexiconFile(name, data, local=True),), edition.language)

    change = (
        partial(_put, word=word, say=say, phonemes=phonemes) if say or phonemes else partial(_drop, word=word)
    )
    edit(path, name, change, check, keeps_empty=False)


def kept(edition: Edition, word: str) -> dict[str, str]:
    """Return the pronunciation of a word in the lexicons that can be edited here: `say`, `phonemes`, `scope`.

    Empty if in none.
    """
    for scope in (BOOK, LANGUAGE):
        path = lexicon_path(edition, scope)
        if path.is_file():
            tables = parse_toml(path.read_text("utf-8-sig"), path.name, UsageError)
            found = _found(tables, word)
            if found:
                return {**found, "scope": scope}
    return {}


def places(chapters: list[list[str]], word: str) -> list[int]:
    """Return how often a word occurs in each chapter, given as the texts of its paragraphs."""
    lexicon = Lexicon([WordEntry(word, word)])
    folded = word.casefold()
    return [sum(len(lexicon.find(text)) for text in texts if folded in text.casefold()) for texts in chapters]


def excerpt(text: str, word: str) -> tuple[str, str, str]:
    """Return the first occurrence of a word in a text: an excerpt before it, the word itself, an excerpt after it."""
    start, end = Lexicon([WordEntry(word, word)]).find(text)[0][:2]
    before, after = text[:start], text[end:]
    if len(before) > _EXCERPT_CHARS:
        before = f"…{before[-_EXCERPT_CHARS:].partition(' ')[2]}"
    if len(after) > _EXCERPT_CHARS:
        after = f"{after[:_EXCERPT_CHARS].rpartition(' ')[0]}…"
    return before, text[start:end], after


def _found(tables: dict[str, Any], word: str) -> dict[str, str]:
    for entry in reversed(tables.get("entry", [])):
        if _is(entry, word):
            return {"say": entry.get("say", ""), "phonemes": entry.get("phonemes", "")}
    for key, say in tables.get("words", {}).items():
        if _same(key, word):
            return {"say": say, "phonemes": ""}
    return {}


def _put(document: MutableMapping[str, Any], word: str, say: str, phonemes: str) -> None:
    """Set the pronunciation of a word: change its entry, or add one."""
    entry = next((each for each in document.get("entry", ()) if _is(each, word)), None)
    if entry is not None:
        entry.pop("alphabet", None)
        for key, value in (("say", say), ("phonemes", phonemes)):
            if value:
                entry[key] = value
            else:
                entry.pop(key, None)
        return
    if not phonemes:
        if "words" not in document:
            document["words"] = _of_kind(document, tomlkit.table)
        words = document["words"]
        words[next((key for key in words if _same(key, word)), word)] = say
        return
    _drop(document, word)
    if "entry" not in document:
        document["entry"] = tomlkit.aot() if isinstance(document, tomlkit.TOMLDocument) else []
    made = _of_kind(document, tomlkit.table)
    made["word"] = word
    if say:
        made["say"] = say
    made["phonemes"] = phonemes
    document["entry"].append(made)


def _drop(document: MutableMapping[str, Any], word: str) -> None:
    """Remove the entries of a word."""
    for key in [key for key in document.get("words", {}) if _same(key, word)]:
        del document["words"][key]
    entries = document.get("entry", [])
    for index in reversed(range(len(entries))):
        if _is(entries[index], word):
            del entries[index]
    for table in ("words", "entry"):
        if table in document and not document[table]:
            del document[table]


def _of_kind(document: MutableMapping[str, Any], table: Any) -> Any:  # noqa: ANN401
    """Return an empty table for a document, or a dictionary for plain ones."""
    return table() if isinstance(document, tomlkit.TOMLDocument) else {}


def _is(entry: MutableMapping[str, Any], word: str) -> bool:
    """Return whether an entry is about a word in every language of its file."""
    return "languages" not in entry and _same(str(entry.get("word", "")), word)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
