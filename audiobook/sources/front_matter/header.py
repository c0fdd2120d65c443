"""Front matter: metadata at the top of a text, in YAML between `---` lines or TOML between `+++` lines.

An ordinary text may also start with such a line, as a decoration. It counts as front matter only if a closing
line follows, the line after the first one is not blank, and the lines between them look like front matter:
either one starts with a known key (or a misspelling of one), or each starts with a short lower-case word and a
colon. Front matter with mistakes is an error; anything else is text. Markdown can also have it without such lines; see
`plain_header`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from audiobook.document import (
    LANGUAGE_TAG,
    Metadata,
    Problem,
    count_chars,
)
from audiobook.errors import SourceError
from audiobook.patterns import checked_pattern
from audiobook.sources.base import Announcement, Source
from audiobook.sources.encoding.decode import decode_text
from audiobook.sources.front_matter.entries import Entry, Other, toml_entries, yaml_entries
from audiobook.sources.front_matter.plain_header import BEGIN, plain_entries
from audiobook.sources.front_matter.values import (
    authors_of,
    casting_of,
    choice_of,
    cover_of,
    dashed,
    date_of,
    description_of,
    language_of,
    line_of,
    minutes_of,
    position_of,
    switch_of,
    text_of,
)
from audiobook.sources.title_text import title_text

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
    "chapters",
    "skip",
    "saved",
    "chapter_pattern",
    "split_min",
    "merge_min",
    "say_titles",
    "cast",
)
_TITLE_BLOCK: Final = ("title", "authors", "date")
_MARKDOWN: Final = frozenset((".md", ".markdown"))
SKIPPED: Final = "front matter"
_LONGEST_CHARS: Final = 1 << 16
_YAML_KEY = re.compile(r"""["']?([A-Za-z][\w-]{0,40}+)["']?\s*+:(?:\s|\Z)""")
_TOML_KEY = re.compile(r"""["']?([A-Za-z][\w-]{0,40}+)["']?\s*+=""")
_PASSED_OVER = re.compile(r"\s|#|-\s|\Z")
"""Matches the start of lines without a key: indented lines, comments, list items and blank lines."""
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class FrontMatter(msgspec.Struct, frozen=True):
    """The front matter of a text.

    Attributes:
        metadata: Metadata of the text.
        cover: File name of its cover, relative to the text's folder, or None.
        lines: Line number of each key, from 1.
        line_count: Number of lines at the top of the file that it occupies; 0 without front matter.
        chars: Characters in these lines, excluding white space.
        problems: Keys and values that mean nothing here.
        rules: Fields of `ChapterRules` that the text sets itself.
    """

    metadata: Metadata = msgspec.field(default_factory=Metadata)
    cover: str | None = None
    lines: tuple[tuple[str, int], ...] = ()
    line_count: int = 0
    chars: int = 0
    problems: tuple[Problem, ...] = ()
    rules: Mapping[str, Any] = msgspec.field(default_factory=dict)

    def over(self, source: Source) -> Source:
        """Return a source with this text's own rules for chapters in place of those of the settings."""
        return replace(source, chapters=replace(source.chapters, **self.rules)) if self.rules else source

    def line_of(self, key: str) -> int:
        """Return the line number of a key, from 1; 1 if the key is missing."""
        return dict(self.lines).get(key, 1)

    def taken_from(self, text: str) -> str:
        """Return a text with its front matter replaced by blank lines, so that line numbers stay the same."""
        return "\n" * self.line_count + text.split("\n", self.line_count)[-1] if self.line_count else text


def read_front_matter(text: str, name: str) -> FrontMatter:
    """Read the front matter of a text.

    Args:
        text: The whole text, its lines separated by newlines.
        name: The file's name in messages.

    Returns:
        The front matter; its `line_count` is 0 if the text has none.

    Raises:
        SourceError: The front matter contains a mistake. The error gives `path:line`.
    """
    fence = text[:3]
    if text.startswith("% ") and PurePosixPath(name).suffix.lower() in _MARKDOWN:
        return _title_block(text[:_LONGEST_CHARS].split("\n"), name)
    lines = text[:_LONGEST_CHARS].split("\n")
    if fence not in ("---", "+++"):
        return _plain_header(lines, name)
    ends = (fence, "...") if fence == "---" else (fence,)
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() in ends), 0)
    if lines[0].rstrip() != fence or not end or not _looks_like_front_matter(lines[1:end], fence):
        return FrontMatter()
    block = "\n".join(lines[1:end])
    entries = toml_entries(block, name, 2) if fence == "+++" else yaml_entries(block, name, 2)
    if entries is None:
        return FrontMatter()
    front = understood(entries, name)
    return replace(front, line_count=end + 1, chars=count_chars("\n".join(lines[: end + 1])))


def _plain_header(lines: Sequence[str], name: str) -> FrontMatter:
    """Read the metadata of Markdown that has no lines around it."""
    if PurePosixPath(name).suffix.lower() not in _MARKDOWN:
        return FrontMatter()
    entries, end = plain_entries(lines)
    if not end:
        return FrontMatter()
    return replace(understood(entries, name), line_count=end, chars=count_chars("\n".join(lines[:end])))


def _title_block(lines: Sequence[str], name: str) -> FrontMatter:
    """Read Pandoc's title block: up to three lines with `%`, for title, authors and date, and a blank one."""
    entries: list[Entry] = []
    end = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
    for at, line in enumerate(lines[:end]):
        if line[:1] == "%" and len(entries) < len(_TITLE_BLOCK):
            entries.append(Entry(_TITLE_BLOCK[len(entries)], line[1:].strip(), at + 1))
        elif line[:1] in (" ", "\t") and isinstance(value := entries[-1].value, str):
            joint = "; " if entries[-1].key == "authors" else " "
            entries[-1] = replace(entries[-1], value=f"{value}{joint}{line.strip()}".strip("; "))
        else:
            return FrontMatter()
    entries = [
        replace(each, value=tuple(filter(None, map(str.strip, each.value.split(";")))))
        if each.key == "authors" and isinstance(each.value, str)
        else each
        for each in entries
        if each.value
    ]
    return replace(understood(entries, name), line_count=end, chars=count_chars("\n".join(lines[:end])))


def _looks_like_front_matter(lines: Sequence[str], fence: str) -> bool:
    if not lines or not lines[0].strip():
        return False
    pattern = _TOML_KEY if fence == "+++" else _YAML_KEY
    keys = [pattern.match(line) for line in lines if not _PASSED_OVER.match(line)]
    words = [found.group(1) for found in keys if found]
    if any(get_close_matches(word.lower(), KEYS, n=1, cutoff=0.8) for word in words[:100]):
        return True
    return bool(words) and len(words) == len(keys) and all(word.islower() for word in words)


def understood(entries: Sequence[Entry], name: str) -> FrontMatter:
    """Return what keys and values say about a text.

    Args:
        entries: The keys and values, in order.
        name: The file's name in messages.

    Raises:
        SourceError: A value is not valid. The error gives `path:line`.
    """
    metadata, cover = Metadata(), None
    rules: dict[str, Any] = {}
    lines = {entry.key: entry.line for entry in entries}
    problems: list[Problem] = []
    for entry in entries:
        where = f"{name}:{entry.line}"
        if entry.value == "" or (isinstance(entry.value, Other) and entry.value.what == "nothing"):
            problems.append(Problem(where, f"“{entry.key[:40]}” is empty, so it is ignored"))
        elif known := _metadata_with(metadata, entry, where):
            metadata = known
        elif entry.key == "cast" and isinstance(entry.value, Other) and entry.value.fields:
            metadata = replace(metadata, casting=casting_of(entry, where, name))
        elif entry.key == "cast":
            problems.append(Problem(where, "“cast” does not name roles, such as dialogue, so it is ignored"))
        elif rule := _rule(entry, where):
            rules |= rule
        elif entry.key == "cover":
            cover = cover_of(entry, where)
        elif entry.key == "saved":
            text_of(entry, where)  # what `audiobook script --save` notes for itself
        elif entry.key == "date":
            message = f"“{title_text(text_of(entry, where))[:40]}” is not a date such as 2024-05-31, so it is ignored"
            problems.append(Problem(where, message))
        else:
            problems.append(Problem(where, _unknown(entry.key)))
    _check_together(metadata, lines, name)
    return FrontMatter(metadata, cover, tuple(lines.items()), problems=tuple(problems), rules=rules)


def _metadata_with(metadata: Metadata, entry: Entry, where: str) -> Metadata | None:
    """Return metadata with the value of an entry; None if the entry is not metadata, or its value means nothing."""
    match entry.key:
        case "author" | "authors":
            return replace(metadata, authors=authors_of(entry, where))
        case "title":
            return replace(metadata, title=line_of(entry, where))
        case "narrator":
            return replace(metadata, narrator=line_of(entry, where))
        case "series":
            return replace(metadata, series=line_of(entry, where))
        case "description":
            return replace(metadata, description=description_of(entry, where))
        case "language":
            return replace(metadata, language=language_of(entry, where))
        case "lang" if isinstance(entry.value, str) and LANGUAGE_TAG.match(dashed(entry.value)):
            return replace(metadata, language=metadata.language or dashed(entry.value))
        case "date" if (known := date_of(entry)) is not None:
            return replace(metadata, date=known)
        case "series_position":
            return replace(metadata, series_position=position_of(entry, where))
        case "chapters" | "skip":
            return replace(metadata, choice=choice_of(metadata.choice, entry, where), choice_where=where)
    return None


def _rule(entry: Entry, where: str) -> dict[str, Any]:
    """Return the field of `ChapterRules` that an entry sets, with its value; empty if it sets none."""
    match entry.key:
        case "chapter_pattern":
            return {"pattern": checked_pattern(text_of(entry, where), where, case=True)}
        case "split_min" | "merge_min":
            return {entry.key: minutes_of(entry, where)}
        case "say_titles":
            return {entry.key: switch_of(entry, where)}
    return {}


def _check_together(metadata: Metadata, lines: Mapping[str, int], name: str) -> None:
    """Reject entries that exclude or need each other."""
    for one, other in (("author", "authors"), ("authors", "author")):
        if one in lines and lines.get(other, 0) > lines[one]:
            raise SourceError(
                f"“{other}” and “{one}” mean the same",
                where=f"{name}:{lines[other]}",
                hint="remove one of them",
            )
    if metadata.series_position and not metadata.series:
        raise SourceError(
            "“series_position” needs a “series”",
            where=f"{name}:{lines['series_position']}",
            hint="add the name of the series",
        )


def _unknown(key: str) -> str:
    """Return the message for a key that has no meaning here; other programs have their own keys."""
    close = get_close_matches(key.lower(), KEYS, n=1, cutoff=0.7)
    message = f"“{key[:40]}” is not a known key, so it is ignored"
    return f"{message}; did you mean {close[0]}?" if close else message


def announce_front_matter(data: bytes, name: str, encoding: str | None) -> Announcement:
    """Return what front matter declares that is needed before a text is read; see `Announcer`."""
    marked = next((data[len(mark) :] for mark in _MARKS if data.startswith(mark)), data)
    if marked.lstrip(b"\0")[:1] not in (b"-", b"+") and not BEGIN.match(marked):
        return Announcement()
    front = read_front_matter(decode_text(data, name, encoding), name)
    where = f"{name}:{front.line_of('cover')}"
    return Announcement(front.metadata.language, front.cover, where if front.cover else "")
