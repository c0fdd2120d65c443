"""The folder of a book in a library: `Author/Series/01 - Title`.

Source: Audiobookshelf 2.36, `server/utils/scandir.js`: the folder with the sound is the book, those around it are series and
author. Folders inside the folder of a book belong to it, and so do folders called `CD 1` to the folder around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count, product
from typing import Final

from audiobook.book.record.works import RecordHead
from audiobook.files import file_name, same_name

_NOBODY: Final = "Unknown Author"
_UNTITLED: Final = "Untitled"
_DISC: Final = re.compile(r"(?:cd|dis[ck])\s*\d{1,3}", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(\d{1,3})(\.\d{1,2})?")
_YEAR: Final = re.compile(r"^(\(?\d{4}\)?) - ")
_PRODUCT_NUMBER: Final = re.compile(r"\[([A-Z0-9]{10})\]")
_ENOUGH: Final = 20


def place_of(record: RecordHead, taken: Iterable[str]) -> str:
    """Return the folder of a book, relative to the library, with `/` between its parts.

    Args:
        record: RecordHead of the book.
        taken: The folders of other books. None of them becomes the same as, inside, or around the new one.
    """
    others = [_key(folder) for folder in taken]
    return next(
        folder for folder in _choices(record) if not any(_meet(_key(folder), other) for other in others)
    )


def _choices(record: RecordHead) -> Iterator[str]:
    """Yield the folders to choose from, the best first."""
    author = file_name(" & ".join(record.authors))
    series = file_name(record.series or "")
    title = _unmistakable(file_name(record.title)) or _UNTITLED
    if _DISC.fullmatch(title):
        title = f"{title} (book)"
    if series:
        author = author or _NOBODY
        title = _numbered(title, record.series_position)
    marks = ("", f" ({record.language})", *(f" ({record.language} {number})" for number in range(2, _ENOUGH)))
    for by, mark, of in product(_variants(author, "author"), marks, _variants(series, "series")):
        yield "/".join(filter(None, (by, of, f"{title}{mark}")))
    for number in count(1):
        yield f"{_NOBODY}/{title} ({record.language} {record.slug} {number})"


def _unmistakable(title: str) -> str:
    """Return a title in which Audiobookshelf finds neither a year (`1984 - `) nor a product number (`[B002V5D7KS]`)."""
    return _PRODUCT_NUMBER.sub(r"(\1)", _YEAR.sub("\\1 \N{EN DASH} ", title))


def _variants(name: str, what: str) -> tuple[str, ...]:
    return (name, f"{name} ({what})") if name else ("",)


def _numbered(title: str, position: str | None) -> str:
    """Return a title with its position in the series, as far as programs read it there."""
    found = _NUMBER.fullmatch(position or "")
    return f"{int(found[1]):02}{found[2] or ''} - {title}" if found else title


def _key(folder: str) -> tuple[str, ...]:
    return tuple(same_name(part) for part in folder.split("/"))


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether a folder is the same as another one, or inside it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
