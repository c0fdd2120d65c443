"""How a language writes dialogue: its quotation marks and dashes, and its verbs of saying."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec

from audiobook.narration.splitting.abbreviations import language_words


class Style(msgspec.Struct, frozen=True):
    """How a language writes dialogue.

    Attributes:
        closers: The marks that close a quotation, by the mark that opens it.
        marks: Matches any of these marks.
        said: Matches a verb of saying.
        tag: Matches a clause with such a verb after a comma or stop.
        has_dashes: Whether a paragraph that begins with a dash is a speech.
        tags: Speeches in which such clauses are recognised: `always` for all, `dash` for those after a dash, empty for
            none.
        clause_end: Matches the end of such a clause if the speech continues after it.
        relatives: Words that continue a clause after a comma.
        resumes: Whether the speech continues after the sentence with such a clause.
    """

    closers: dict[str, str]
    marks: re.Pattern[str]
    said: re.Pattern[str] | None
    tag: re.Pattern[str] | None
    has_dashes: bool
    tags: str
    clause_end: re.Pattern[str]
    relatives: frozenset[str]
    resumes: bool


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("dialogue.toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def style_of(tag: str) -> Style:
    """Return how a language writes dialogue; `tag` is its ISO 639-1 code."""
    table = _tables().get(tag, _tables()["any"])
    closers = {pair[0]: pair[1:] for pair in reversed(table["quotes"])}
    verbs = [word.replace("*", r"\w*") for word in table.get("said", "").split()]
    known = language_words(tag).verbs
    relatives = table.get("relatives", "").split()
    words = "|".join(sorted({*verbs, *known}, key=lambda word: (-len(word), word)))
    clitics = "|".join(table.get("clitics", "").split()) or r"[\w’'-]+"
    tag_clause = rf"(?<=[,!?…])\s+(?=(?:(?:{clitics}) )?(?:\w['’])?(?:{words})(?:-\w+)*(?![\w-]))"
    return Style(
        closers,
        re.compile(f"[{re.escape(''.join({*closers, *''.join(closers.values())}))}]"),
        re.compile(rf"(?:\w['’])?(?:{words})(?:-\w+)*", re.IGNORECASE) if words else None,
        re.compile(tag_clause) if words else None,
        bool(table.get("dashes")),
        table.get("tags", ""),
        re.compile(rf"[.!?…,;:]+(?=\s|\Z)(?!\s+(?:{'|'.join(relatives) or '(?!)'})(?!\w))"),
        frozenset(relatives),
        bool(table.get("resumes")),
    )
