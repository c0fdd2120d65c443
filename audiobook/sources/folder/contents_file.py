"""The chapters listed in the `SUMMARY.md` of mdBook and GitBook.

Source: mdBook, "SUMMARY.md": prefix chapters, part titles, numbered chapters, suffix chapters, drafts, separators.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

import msgspec

from audiobook.document import Problem
from audiobook.errors import SourceError

_LINK: Final = re.compile(
    r"""
    (?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])?[ \t]*    # a bullet or a number
    \[(?P<title>(?>(?:[^\[\]\\]|\\.){0,1000}))\]         # [The storm]
    \((?:<(?P<angled>[^<>]{0,1000})>|(?P<target>[^()\s]{0,1000}))\)  # (03-storm.md)
    [ \t]*\Z
    """,
    re.VERBOSE,
)
_PART: Final = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(?P<title>[^#\n].*?)[ \t]*#*[ \t]*\Z")
_SEPARATOR: Final = re.compile(r"[ \t]*(?:-[ \t]*){3,}\Z|[ \t]*(?:\*[ \t]*){3,}\Z|[ \t]*<!--.*-->[ \t]*\Z")
_MARKUP: Final = re.compile(r"[`*]|\\(?=\W)")
_TAB_COLUMNS: Final = 4


class Listed(msgspec.Struct, frozen=True):
    """A line of the list.

    Attributes:
        title: Title of the chapter or part.
        line: Line number, from 1.
        level: Depth, from 1.
        file: Name of its file relative to the folder of the book; None for a part.
    """

    title: str
    line: int
    level: int
    file: str | None


def listed_chapters(text: str, name: str, folder: str, problems: list[Problem]) -> Iterator[Listed]:
    """Yield the parts and chapters in order.

    Args:
        text: The text of the file.
        name: Its name in messages.
        folder: Folder that it is in, relative to that of the book; "" for the same.
        problems: Receives drafts and lines that are not understood.

    Raises:
        SourceError: A chapter is outside the folder of the book.
    """
    indents: list[int] = []
    in_part = False
    has_begun = False
    for number, line in enumerate(text.split("\n"), 1):
        where = f"{name}:{number}"
        if not line.strip() or _SEPARATOR.match(line):
            continue
        if part := _PART.match(line):
            if has_begun:
                in_part = True
                yield Listed(_plain(part["title"]), number, 1, None)
            has_begun = True
            continue
        link = _LINK.match(line)
        if link is None:
            problems.append(Problem(where, f"“{line.strip()[:60]}” is not a chapter, so it is left out"))
            continue
        has_begun = True
        columns = len(link["indent"].expandtabs(_TAB_COLUMNS))
        while indents and columns <= indents[-1]:
            indents.pop()
        indents.append(columns)
        title, target = _plain(link["title"]), unquote(link["angled"] or link["target"] or "")
        target = target.partition("#")[0]
        if not target:
            problems.append(Problem(where, f"“{title[:60]}” is a draft without a text, so it is left out"))
            continue
        yield Listed(title, number, len(indents) + in_part, _inside(target, folder, where))


def _inside(target: str, folder: str, where: str) -> str:
    """Return the name of a file relative to the folder of the book."""
    name = posixpath.normpath(posixpath.join(folder, target))
    if name.startswith(("../", "/")) or "\\" in name or "://" in target or name == "..":
        raise SourceError(
            f"“{target[:100]}” is outside the folder of the book",
            where=where,
            hint="copy the file into the folder",
        )
    return name


def _plain(title: str) -> str:
    return " ".join(_MARKUP.sub("", title).split())
