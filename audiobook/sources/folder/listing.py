"""Which files of a folder are chapters, in which order and how deep: from `book.toml`, `SUMMARY.md` or their names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from audiobook.document import Chapter, Problem
from audiobook.errors import SourceError
from audiobook.sources.base import ending_of
from audiobook.sources.encoding.decode import decode_text
from audiobook.sources.folder.book_file import BookFile
from audiobook.sources.folder.bundle import BOOK_FILE, PICTURES, WHOLE_BOOKS, Bundle, chapter_endings
from audiobook.sources.folder.contents_file import listed_chapters
from audiobook.sources.folder.order import in_several_folders, natural_order, readable, stem_of
from audiobook.sources.text.script_name import is_saved_script

CONTENTS_FILE: Final = "summary.md"
"""The name, in lower case, of the file that lists the chapters of an mdBook."""
_ABOUT: Final = frozenset(("readme", "license", "licence", "notice", "changelog", "contributing"))
_INDEX: Final = frozenset(("index", "readme", "_index"))
"""Names of files that are the text of their folder."""
_MOST_NAMES: Final = 5


class Entry(msgspec.Struct, frozen=True):
    """A chapter file, or a part that groups chapters.

    Attributes:
        title: Title from the list or the name; a heading in the file is preferred.
        level: Depth, from 1.
        file: Name of the file, relative to the folder; None for a part.
        place: Where a part is named, for messages: `/SUMMARY.md`, with `line`; "" for the name of a folder.
        line: Line number in `place`; 0 without one.
    """

    title: str
    level: int
    file: str | None
    place: str = ""
    line: int = 0


def contents_name(bundle: Bundle, book: BookFile) -> str | None:
    """Return the name of the file that lists the chapters; None if there is none."""
    for folder in dict.fromkeys((book.texts, "", "src")):
        for name, _ in bundle.files:
            if posixpath.dirname(name) == folder and posixpath.basename(name).lower() == CONTENTS_FILE:
                return name
    return None


def entries_of(bundle: Bundle, book: BookFile, name: str, problems: list[Problem]) -> list[Entry]:
    """Return the chapters and parts in reading order.

    Args:
        bundle: The files.
        book: What `book.toml` says.
        name: Name of the folder in messages.
        problems: Receives what is left out, and what is a guess.

    Raises:
        SourceError: A listed file does not exist, or there are no chapters.
    """
    chapters = [each for each, _ in bundle.files if ending_of(each) in chapter_endings()]
    contents = contents_name(bundle, book)
    if book.order:
        found = list(_ordered(bundle, book))
        where = BOOK_FILE
    elif contents:
        found = list(_summary(bundle, contents, name, problems))
        where = contents
    else:
        found = _by_name(chapters, name, problems)
        where = ""
    used = {entry.file for entry in found} | {contents}
    left = [each for each in chapters if each not in used and not is_saved_script(each)]
    if where and left:
        problems.append(Problem(name, f"not listed in {where}, so left out: {_names(left)}"))
    problems += _others(bundle, name)
    if not any(entry.file for entry in found):
        raise SourceError("contains no chapters", where=name, hint=_hint(bundle))
    return found


def _hint(bundle: Bundle) -> str:
    if any(ending_of(each) in WHOLE_BOOKS for each in bundle.others):
        return "its books are separate works; name them, or move them to the folder above"
    return f"put texts into it, one for each chapter: {', '.join(sorted(chapter_endings()))}"


def _ordered(bundle: Bundle, book: BookFile) -> Iterator[Entry]:
    for listed, where in book.order:
        file = bundle.spelled(listed)
        _require(bundle, file, where)
        yield Entry(readable(posixpath.basename(file)), 1, file)


def _summary(bundle: Bundle, contents: str, name: str, problems: list[Problem]) -> Iterator[Entry]:
    data = bundle.file(contents)
    assert data is not None
    shown = f"{name}/{contents}"
    text = decode_text(data, shown, None)
    seen: set[str] = set()
    for listed in listed_chapters(text, shown, posixpath.dirname(contents), problems):
        if listed.file is None:
            yield Entry(listed.title, listed.level, None, f"/{contents}", listed.line)
            continue
        file = bundle.spelled(listed.file)
        if file in seen:
            continue  # a link to another place in the same chapter
        seen.add(file)
        _require(bundle, file, f"{shown}:{listed.line}")
        title = listed.title or readable(posixpath.basename(file))
        yield Entry(title, listed.level, file, f"/{contents}", listed.line)


def _require(bundle: Bundle, file: str, where: str) -> None:
    """Check that a listed file can be a chapter.

    Raises:
        SourceError: It does not exist, or has another format.
    """
    if file in bundle.others or ending_of(file) not in chapter_endings():
        known = ", ".join(sorted(chapter_endings()))
        raise SourceError(f"“{file}” cannot be a chapter", where=where, hint=f"chapters can be: {known}")
    if bundle.file(file) is None:
        raise SourceError(f"“{file}”: no such file", where=where, hint="names are relative to this file")


def _by_name(chapters: Sequence[str], name: str, problems: list[Problem]) -> list[Entry]:
    """Return the chapters in the order of their names; folders are parts, if there are several."""
    sources = {stem_of(each).removesuffix(".script") for each in chapters if not is_saved_script(each)}
    scripts = [
        each for each in chapters if is_saved_script(each) and each.removesuffix(".script.md") in sources
    ]
    texts = [each for each in chapters if each not in scripts]
    about = [each for each in texts if "/" not in each and stem_of(each).lower() in _ABOUT]
    if len(about) < len(texts):
        texts = [each for each in texts if each not in about]
        left = [*about, *scripts]
        if left:
            problems.append(Problem(name, f"no chapters, so left out: {_names(left)}"))
    named, guessed = natural_order(texts)
    if guessed:
        message = f"no number in the name, so read after the others: {_names(guessed)}"
        problems.append(Problem(name, f"{message}; {BOOK_FILE} can set the order"))
    return list(_with_parts(named)) if in_several_folders(named) else [_entry(each, 1) for each in named]


def _entry(name: str, level: int) -> Entry:
    return Entry(readable(posixpath.basename(name)), level, name)


def _with_parts(names: Sequence[str]) -> Iterator[Entry]:
    """Yield chapters with the folders that they are in as parts; a file such as `index.md` is the text of its folder."""
    common = posixpath.commonpath([posixpath.dirname(each) for each in names])
    open_parts: list[str] = []
    for name in _index_first(names):
        folder = posixpath.relpath(posixpath.dirname(name) or ".", common or ".")
        parts = [] if folder == "." else folder.split("/")
        same = 0
        while same < min(len(parts), len(open_parts)) and parts[same] == open_parts[same]:
            same += 1
        for at in range(same, len(parts)):
            if at < len(parts) - 1 or not _is_index(name):
                yield Entry(readable(parts[at]), at + 1, None)
        is_text_of_part = parts and same < len(parts) and _is_index(name)
        title = readable(parts[-1]) if is_text_of_part else readable(posixpath.basename(name))
        yield Entry(title, len(parts) + (0 if is_text_of_part else 1), name)
        open_parts = parts


def _is_index(name: str) -> bool:
    """Return whether a file is the text of its folder: `part/index.md`, or `part/part.md`."""
    stem, folder = stem_of(posixpath.basename(name)), posixpath.basename(posixpath.dirname(name))
    return stem.lower() in _INDEX or bool(folder and stem.casefold() == folder.casefold())


def _index_first(names: Sequence[str]) -> list[str]:
    """Return names with the text of each folder before its other files."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(posixpath.dirname(name), []).append(name)
    first = {folder: next(filter(_is_index, group), None) for folder, group in groups.items() if folder}
    ordered: list[str] = []
    for name in names:
        index = first.get(posixpath.dirname(name))
        if index and index not in ordered:
            ordered.append(index)
        if name not in ordered:
            ordered.append(name)
    return ordered


def _others(bundle: Bundle, name: str) -> Iterator[Problem]:
    """Yield a message for each file that is not read."""
    kinds: dict[str, list[str]] = {}
    for each in bundle.others:
        if (ending := ending_of(each)) not in PICTURES:
            kinds.setdefault("books" if ending in WHOLE_BOOKS else "other files", []).append(each)
    for kind, names in sorted(kinds.items()):
        yield Problem(name, f"{kind} are left out: {_names(names)}")


def unused_pictures(bundle: Bundle, chapters: Iterable[Chapter], name: str) -> Iterator[Problem]:
    """Yield a message for each picture in the folder that the text does not show."""
    found = [each for each in bundle.others if ending_of(each) in PICTURES]
    paragraphs = (paragraph for chapter in chapters for paragraph in chapter.paragraphs)
    shown = {picture.name for paragraph in paragraphs for picture in paragraph.pictures} if found else set()
    if left := [each for each in found if each not in shown]:
        yield Problem(name, f"pictures are left out: {_names(left)}")


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _MOST_NAMES
    shown = ", ".join(each.encode("utf-8", "replace").decode() for each in listed[:_MOST_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown
