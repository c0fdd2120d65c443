"""Lines of plain text whose words start a chapter, such as `CHAPTER I.`, `1. nodaļa` or `Ensimmäinen luku`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

PART: Final = 1
CHAPTER: Final = 2
_LONGEST_CHARS: Final = 120
_LONGEST_TITLE_WORDS: Final = 10
_ROMAN: Final = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_OPENING = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+[ªºa]?|[ivxlc]+", re.I)
_SENTENCE_END = re.compile(r"[.!?…;,:]['\"”’»)]*$")


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A line that starts a chapter or a part.

    Attributes:
        level: `PART` or `CHAPTER`.
        key: Word and number in lower case; the same for a chapter and its entry in the table of contents.
        title: Whether the line also contains the chapter's title.
    """

    level: int
    key: str
    title: bool


@dataclass(frozen=True, slots=True)
class _Words:
    openings: frozenset[str]
    parts: frozenset[str]
    line: re.Pattern[str]
    alone: re.Pattern[str]
    contents: re.Pattern[str]
    illustration: re.Pattern[str]
    number: re.Pattern[str]


def chapter_line(line: str) -> ChapterLine | None:
    """Recognise a line that starts a chapter, if it is a paragraph of its own.

    A sentence that merely starts with such words ("Chapter 3 was hard.") does not count: what follows the number
    is a title only after punctuation, or with a capital letter.

    Args:
        line: The line, stripped.

    Returns:
        The chapter or part that the line starts, or None.
    """
    if len(line) > _LONGEST_CHARS:
        return None
    line = line.strip("_*=~ ")
    words = _words()
    opening = _OPENING.match(line)
    if opening is None or not (opening[0].lower() in words.openings or _NUMBER.fullmatch(opening[0])):
        return None  # skips the slow patterns for most lines
    if words.alone.fullmatch(line):
        return ChapterLine(CHAPTER, line.lower().rstrip(".: "), title=False)
    found = words.line.match(line)
    if found is None:
        return None
    word = (found["word"] or found["word_after"]).lower()
    number = (found["number"] or found["number_before"]).lower()
    sign, title = found["sign"], line[found.end() :].strip()
    if title and not _is_title(title, signed=bool(sign)):
        return None
    return ChapterLine(PART if word in words.parts else CHAPTER, f"{word} {number}", title=bool(title))


def is_contents_line(line: str) -> bool:
    """Return whether a line is the heading of a table of contents."""
    return bool(_words().contents.fullmatch(line.strip("_*=~ ")))


def is_spelled_number(line: str) -> bool:
    """Return whether a line is a number in words and nothing else, such as `Two` or `Twenty-First`."""
    return bool(_words().number.fullmatch(line.strip("_*=~ .:")))


def illustrations() -> re.Pattern[str]:
    """Return a pattern that matches notes for pictures, such as `[Illustration: A house]`."""
    return _words().illustration


def _is_title(title: str, *, signed: bool) -> bool:
    if title == title.upper():
        return any(character.isalnum() for character in title)
    has_capital = not title.lstrip("“„«»\"'‘_(¡¿")[:1].islower()
    if not _SENTENCE_END.search(title):
        return has_capital or signed
    return has_capital and signed and title.count(" ") < _LONGEST_TITLE_WORDS


@cache
def _words() -> _Words:
    table = tomllib.loads(files(__package__).joinpath("lines.toml").read_text("utf-8"))
    parts = {word for one in table.values() for word in one["part"].split()}
    chapters = {word for one in table.values() for word in one["chapter"].split()}
    words = _either(parts | chapters)
    every_number = {number for one in table.values() for number in one["numbers"].split()}
    numbers = _either(every_number)
    number = rf"(?:\d{{1,4}}|{_ROMAN}|(?:{numbers})(?:[ -](?:{numbers}))?)"
    before = rf"(?:the\s+)?(?P<number_before>{number})\.?[ªºa]?\s+(?P<word_after>{words})"
    after = rf"(?P<word>{words})\s+(?:the\s+)?(?P<number>{number})"
    phrases = {phrase for one in table.values() for phrase in one["alone"].split("|")}
    openings = {"the"} | parts | chapters | every_number
    openings |= {found[0] for phrase in phrases if (found := _OPENING.match(phrase))}
    return _Words(
        frozenset(openings),
        frozenset(parts),
        re.compile(rf"(?:{after}|{before})(?!\w)(?P<sign>\s*[.:—–\-]+|\)|(?=\s|$))\s*", re.I),
        re.compile(rf"(?:{_phrases(table, 'alone')})[.:]?", re.I),
        re.compile(rf"(?:{_phrases(table, 'contents')})[.:]?", re.I),
        re.compile(
            rf"""
            \[\s*(?:{_phrases(table, "illustration")})\b  # [Illustration
            (?: [^\[\]] | \[[^\[\]]{{0,500}}\] ){{0,2000}}+ \]  # : A house [at night]]
            """,
            re.I | re.X,
        ),
        re.compile(rf"(?:{numbers})(?:[ -](?:{numbers}))?", re.I),
    )


def _either(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _phrases(table: dict[str, dict[str, str]], name: str) -> str:
    return _either({phrase for one in table.values() for phrase in one[name].split("|")})
