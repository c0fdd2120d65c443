"""Lines of plain text that begin a chapter by their words: `CHAPTER I.`, `1. nodaļa`, `Ensimmäinen luku`."""

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
    """A line that begins a chapter or a part.

    Attributes:
        level: `PART` or `CHAPTER`.
        key: Word and number in small letters, the same for a chapter and its line in the contents.
        title: Whether the chapter's own title stands on the line too.
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


def chapter_line(line: str) -> ChapterLine | None:
    """Say whether a line begins a chapter, if it stands alone as a paragraph.

    A sentence that merely begins with such words ("Chapter 3 was hard.") does not: what follows the number is
    a title only after a sign, or with a capital.

    Args:
        line: Without spaces around it.

    Returns:
        What it begins, or None.
    """
    if len(line) > _LONGEST_CHARS:
        return None
    line = line.strip("_*=~ ")
    words = _words()
    opening = _OPENING.match(line)
    if opening is None or not (opening[0].lower() in words.openings or _NUMBER.fullmatch(opening[0])):
        return None  # most lines, told without the long patterns
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
    """Whether a line is what a list of chapters is headed by."""
    return bool(_words().contents.fullmatch(line.strip("_*=~ ")))


def illustrations() -> re.Pattern[str]:
    """Give a pattern of the notes that stand for pictures: `[Illustration: A house]`."""
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
            rf"\[\s*(?:{_phrases(table, 'illustration')})\b(?:[^\[\]]|\[[^\[\]]{{0,500}}\]){{0,2000}}+\]",
            re.I,
        ),
    )


def _either(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _phrases(table: dict[str, dict[str, str]], name: str) -> str:
    return _either({phrase for one in table.values() for phrase in one[name].split("|")})
