"""Front matter: what a text says of itself above its first line, in YAML between `---` or TOML between `+++`.

An ordinary text may begin with such a line too, as a line of signs. It has front matter only if the line is
closed by another one, the line after it is not blank, and the lines between look like it: a known key (or
nearly one) stands at the beginning of one of them, or a small single word with a colon at each of them. What
looks like front matter and is wrong is an error; all else is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from audiobook.document import LANGUAGE_TAG, Kind, Metadata, Paragraph, count_chars, is_speakable
from audiobook.errors import SourceError, near
from audiobook.sources.base import Announcement
from audiobook.sources.encoding.decode import decode_text
from audiobook.sources.front_matter.entries import Entry, toml_entries, yaml_entries
from audiobook.sources.outline import Block, title_text
from audiobook.sources.summary import plain_summary

KEYS: Final = (
    "title",
    "author",
    "authors",
    "narrator",
    "language",
    "date",
    "description",
    "series",
    "series_position",
    "cover",
)
SKIPPED: Final = "front matter"
_LONGEST_CHARS: Final = 1 << 16
_MOST_AUTHORS: Final = 100
_YAML_KEY = re.compile(r"""["']?([A-Za-z][\w-]{0,40}+)["']?\s*+:(?:\s|\Z)""")
_TOML_KEY = re.compile(r"""["']?([A-Za-z][\w-]{0,40}+)["']?\s*+=""")
_PASSED_OVER = re.compile(r"\s|#|-\s|\Z")
"""How lines begin that no key stands on: indented ones, comments, the parts of a list, blank ones."""
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?\Z", re.ASCII)
_POSITION = re.compile(r"[^\s/]{1,20}\Z")
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands above a text.

    Attributes:
        metadata: What the text says of itself.
        cover: File name of its cover, seen from the text's folder, or None.
        lines: The line of each key, from 1.
        line_count: Lines that it takes at the top of the file; 0 when there is none.
        chars: Characters in these lines, white space not counted.
    """

    metadata: Metadata = field(default_factory=Metadata)
    cover: str | None = None
    lines: tuple[tuple[str, int], ...] = ()
    line_count: int = 0
    chars: int = 0

    def line_of(self, key: str) -> int:
        """Give the line on which a key stands, from 1; 1 if it is not there."""
        return dict(self.lines).get(key, 1)

    def taken_from(self, text: str) -> str:
        """Give a text with blank lines in place of its front matter, so that every other line keeps its number."""
        return "\n" * self.line_count + text.split("\n", self.line_count)[-1] if self.line_count else text


def read_front_matter(text: str, name: str) -> FrontMatter:
    """Read what stands above a text.

    Args:
        text: The whole text, its lines ended by newlines.
        name: How messages call its file.

    Returns:
        What was found; without lines when the text has no front matter.

    Raises:
        SourceError: It looks like front matter and is wrong; names `path:line`.
    """
    fence = text[:3]
    if fence not in ("---", "+++"):
        return FrontMatter()
    lines = text[:_LONGEST_CHARS].split("\n")
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == fence), 0)
    if lines[0].rstrip() != fence or not end or not _looks_like_it(lines[1:end], fence):
        return FrontMatter()
    block = "\n".join(lines[1:end])
    entries = toml_entries(block, name, 2) if fence == "+++" else yaml_entries(block, name, 2)
    if entries is None:
        return FrontMatter()
    front = _understood(entries, name)
    return replace(front, line_count=end + 1, chars=count_chars("\n".join(lines[: end + 1])))


def _looks_like_it(lines: Sequence[str], fence: str) -> bool:
    if not lines or not lines[0].strip():
        return False
    pattern = _TOML_KEY if fence == "+++" else _YAML_KEY
    keys = [pattern.match(line) for line in lines if not _PASSED_OVER.match(line)]
    words = [found.group(1) for found in keys if found]
    if any(get_close_matches(word.lower(), KEYS, n=1, cutoff=0.8) for word in words[:100]):
        return True
    return bool(words) and len(words) == len(keys) and all(word.islower() for word in words)


def _understood(entries: Sequence[Entry], name: str) -> FrontMatter:
    metadata, cover = Metadata(), None
    lines = {entry.key: entry.line for entry in entries}
    for entry in entries:
        where = f"{name}:{entry.line}"
        match entry.key:
            case "author" | "authors":
                metadata = replace(metadata, authors=_authors(entry, where))
            case "title":
                metadata = replace(metadata, title=_line(entry, where))
            case "narrator":
                metadata = replace(metadata, narrator=_line(entry, where))
            case "description":
                metadata = replace(metadata, description=_description(entry, where))
            case "series":
                metadata = replace(metadata, series=_line(entry, where))
            case "language":
                metadata = replace(metadata, language=_language(entry, where))
            case "date":
                metadata = replace(metadata, date=_date(entry, where))
            case "series_position":
                metadata = replace(metadata, series_position=_position(entry, where))
            case "cover":
                cover = _cover(entry, where)
            case key:
                raise SourceError(f"there is no key “{key[:40]}”", where=where, hint=near(key, KEYS))
    for one, other in (("author", "authors"), ("authors", "author")):
        if one in lines and lines.get(other, 0) > lines[one]:
            raise SourceError(
                f"“{other}” says again what “{one}” says",
                where=f"{name}:{lines[other]}",
                hint="leave one of them out",
            )
    if metadata.series_position and not metadata.series:
        raise SourceError(
            "“series_position” is a place in no series",
            where=f"{name}:{lines['series_position']}",
            hint="name the series too",
        )
    return FrontMatter(metadata, cover, tuple(lines.items()))


def _text(entry: Entry, where: str) -> str:
    if isinstance(entry.value, tuple):
        raise SourceError(f"“{entry.key}” must be a text, not a list", where=where)
    return entry.value


def _line(entry: Entry, where: str) -> str:
    return _shown(_text(entry, where), entry.key, where)


def _shown(text: str, key: str, where: str) -> str:
    shown = title_text(text)
    if not is_speakable(shown):
        raise SourceError(f"“{key}” holds no word", where=where, hint="fill it in, or leave it out")
    return shown


def _description(entry: Entry, where: str) -> str:
    summary = plain_summary(_text(entry, where))
    if summary is None:
        raise SourceError("“description” holds no word", where=where, hint="fill it in, or leave it out")
    return summary


def _authors(entry: Entry, where: str) -> tuple[str, ...]:
    names = (entry.value,) if isinstance(entry.value, str) else entry.value
    if not 1 <= len(names) <= _MOST_AUTHORS:
        raise SourceError(f"“{entry.key}” must hold 1 to {_MOST_AUTHORS} names", where=where)
    return tuple(_shown(one, entry.key, where) for one in names)


def _language(entry: Entry, where: str) -> str:
    tag = _text(entry, where)
    if not LANGUAGE_TAG.match(tag):
        raise SourceError(
            f"“{title_text(tag)}” is no language tag", where=where, hint="write it as in: language: pt-BR"
        )
    return tag


def _date(entry: Entry, where: str) -> str:
    given = _text(entry, where)
    found = _DATE.match(given)
    try:
        if not found:
            raise ValueError
        date(*(int(part or 1) for part in found.groups()))
    except ValueError as error:
        raise SourceError(
            f"“{title_text(given)}” is no date",
            where=where,
            hint="write a year, a month or a day: 2024, 2024-05 or 2024-05-31",
        ) from error
    return given


def _position(entry: Entry, where: str) -> str:
    given = _text(entry, where)
    if not _POSITION.match(given) or title_text(given) != given:
        raise SourceError(
            f"“{title_text(given)}” is no place in a series", where=where, hint="write it as 2 or 2.5"
        )
    return given


def _cover(entry: Entry, where: str) -> str:
    given = _text(entry, where)
    absolute = PurePosixPath(given).is_absolute() or PureWindowsPath(given).anchor
    if not given.strip() or absolute or not given.isprintable() or len(given) > 1000:
        raise SourceError(
            "the cover must be named as seen from the text's folder",
            where=where,
            hint="write it as in: cover: pictures/front.jpg",
        )
    return given


def open_with_title(blocks: Sequence[Block], front: FrontMatter) -> tuple[list[Block], int]:
    """Let a text begin with the title that its front matter gives it, as a printed book does.

    Where the text begins with the same words, these are the title; else it is put in front of them.

    Args:
        blocks: What is in the text, in order.
        front: Front matter with a title.

    Returns:
        The blocks, and how many characters of the front matter are in them, white space not counted.
    """
    title = front.metadata.title or ""
    if blocks and _same(blocks[0].paragraph.text, title):
        first = blocks[0].paragraph
        return [Block(replace(first, kind=Kind.TITLE)), *blocks[1:]], 0
    if not any(is_speakable(block.paragraph.text) for block in blocks):
        return list(blocks), 0
    opening = Paragraph(title, Kind.TITLE, ((0, front.line_of("title")),))
    return [Block(opening), *blocks], count_chars(title)


def _same(text: str, title: str) -> bool:
    return title_text(text).casefold().rstrip(".") == title.casefold().rstrip(".")


def announce_front_matter(data: bytes, name: str, encoding: str | None) -> Announcement:
    """Give what front matter says that has to be known before a text is read; see `Announcer`."""
    marked = next((data[len(mark) :] for mark in _MARKS if data.startswith(mark)), data)
    if marked.lstrip(b"\0")[:1] not in (b"-", b"+"):
        return Announcement()
    front = read_front_matter(decode_text(data, name, encoding), name)
    where = f"{name}:{front.line_of('cover')}"
    return Announcement(front.metadata.language, front.cover, where if front.cover else "")
