"""What every reader is, and how a text file is found to be of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import Final, Protocol, runtime_checkable

from audiobook.document import Work
from audiobook.errors import SourceError
from audiobook.plugins import installed
from audiobook.sources.encoding.surrogates import find_half, half_error

GROUP: Final = "audiobook.sources"
_CONVERSIONS: Final = {
    **{
        suffix: f"convert it: `ebook-convert book{suffix} book.epub`"
        for suffix in (".mobi", ".azw", ".azw3", ".fb2")
    },
    **dict.fromkeys((".odt", ".rtf"), "save it as .docx"),
}
"""How to convert formats that have no reader."""

PARTS: Final = (
    "bibliography",
    "colophon",
    "endnotes",
    "footnotes",
    "imprint",
    "index",
    "landmarks",
    "noterefs",
    "page-list",
    "pagebreaks",
    "titlepage",
    "toc",
)
"""Parts of a book that are not read out unless the settings say so (`narrate`)."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    Attributes:
        data: Its bytes.
        name: How messages and the record call it; holds no machine's path.
        slug: ASCII name of the work.
        language: BCP 47 tag.
        fallback_title: Title where the text has none: the file's name made readable.
        encoding: How to decode a text that is not UTF-8; None refuses it.
        narrate: What to read out of the parts that are otherwise left out; see `PARTS`.
    """

    data: bytes
    name: str
    slug: str
    language: str
    fallback_title: str
    encoding: str | None = None
    narrate: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Announcement:
    """What has to be known of a text before it is read.

    Attributes:
        language: BCP 47 tag that the text gives itself, or None.
        cover: File name of its cover, seen from the text's folder, or None.
        cover_where: `path:line` where it names the cover.
    """

    language: str | None = None
    cover: str | None = None
    cover_where: str = ""


@runtime_checkable
class Reader(Protocol):
    """Something that reads one input format: named in the group `GROUP` by each ending that it reads, without dot."""

    def read(self, source: Source) -> Work:
        """Read a file.

        Raises:
            SourceError: It is not of the format, or damaged; names `path:line` where it can.
        """


@runtime_checkable
class Announcer(Protocol):
    """A reader that can tell, from a file's bytes, what has to be known before the file is read."""

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Look at a file.

        Raises:
            SourceError: It is damaged where this is said.
        """


def announced(reader: Reader, data: bytes, name: str, encoding: str | None) -> Announcement:
    """Give what a reader can tell of a file before it reads it; nothing, if it is no `Announcer`."""
    return reader.announce(data, name, encoding) if isinstance(reader, Announcer) else Announcement()


def endings() -> list[str]:
    """Give the file name endings that can be read, with the dot, in alphabetical order; no reader is loaded."""
    return [f".{name}" for name in installed(GROUP)]


@cache
def _load(ending: str) -> Reader:
    try:
        reader = installed(GROUP)[ending].load()()
    except MemoryError:
        raise
    except Exception as error:
        raise SourceError(f"the reader of “.{ending}” cannot be loaded: {error}") from error
    if not isinstance(reader, Reader):
        raise SourceError(f"the reader of “.{ending}” is none: it lacks a part of the protocol")
    return reader


def reader_for(name: str) -> Reader:
    """Give the reader of a file, by the ending of its name.

    Raises:
        SourceError: No reader knows the ending, or it cannot be loaded.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in endings():
        raise SourceError(
            f"{suffix or 'a file without an ending'} is not supported",
            where=name,
            hint=_CONVERSIONS.get(suffix) or f"supported: {', '.join(endings())}",
        )
    return _load(suffix[1:])


def read_work(source: Source, file_name: str) -> Work:
    """Read a file by the reader of its name's ending.

    Args:
        source: The file.
        file_name: Its name on the disk.

    Returns:
        What the reader made of it; every text in it can be written.

    Raises:
        SourceError: It cannot be read, or holds half of a character.
    """
    work = reader_for(file_name).read(source)
    for chapter in work.chapters:
        for paragraph in chapter.paragraphs:
            if (at := find_half(paragraph.text)) is not None:
                raise half_error(paragraph.text, at, paragraph.where(work.name, at))
    described = work.metadata
    shown = (
        work.title,
        *(chapter.title for chapter in work.chapters),
        *described.authors,
        described.narrator,
        described.description,
        described.series,
        described.series_position,
        described.date,
        described.language,
    )
    for text in filter(None, shown):
        if (at := find_half(text)) is not None:
            raise half_error(text, at, work.name)
    return work
