"""The reader interface, and choosing a reader by file name extension."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from functools import cache
from pathlib import PurePath
from typing import Final, Protocol, runtime_checkable

import msgspec

from audiobook.document import Work
from audiobook.errors import SourceError
from audiobook.plugins import installed
from audiobook.sources.encoding.surrogates import find_surrogate, surrogate_error

GROUP: Final = "audiobook.sources"
_EXAMPLE: Final = re.compile(r"\bbook(\.\w+)")
"""Matches a file in a command of `_ADVICE`."""
_ADVICE: Final = {
    ".acsm": "it is the permission to download a protected book; get an edition without protection",
    ".adoc": "convert it: `asciidoctor -b html5 book.adoc`",
    ".djvu": "convert it: `ddjvu -format=pdf book.djvu book.pdf`",
    ".kfx": "KFX books are usually protected by DRM; get an edition without protection, preferably EPUB",
    ".odm": "open it in LibreOffice and export it as .odt",
    ".pages": "export it as .docx",
    ".svg": "if it is a cover, name it like its text",
    ".xps": "print it to a PDF",
    **dict.fromkeys((".docm", ".dot", ".dotm", ".dotx"), "open it in Word and save it as .docx"),
    **dict.fromkeys((".sdw", ".wpd", ".wps"), "open it in LibreOffice and save it as .odt"),
    **dict.fromkeys((".key", ".odp", ".ppt", ".pptx"), "export it as PDF"),
    **dict.fromkeys((".mht", ".mhtml", ".webarchive"), "save the page as HTML"),
    **dict.fromkeys((".7z", ".gz", ".rar", ".tar", ".zip"), "unpack it, and build the file in it"),
    **dict.fromkeys(
        (".aac", ".flac", ".m4a", ".m4b", ".mp3", ".ogg", ".opus", ".wav"),
        "it is already audio; name its text instead",
    ),
    **{
        ending: f"convert it: `ebook-convert book{ending} book.epub`"
        for ending in (".chm", ".lit", ".lrf", ".pdb", ".rb", ".snb", ".tcr")
    },
    **{
        ending: f"convert it: `pandoc book{ending} -o book.epub`"
        for ending in (".ipynb", ".latex", ".org", ".rst", ".tex", ".textile", ".typ")
    },
}
"""Hints for files in formats that have no reader, by extension."""
_ONLY_EXPLAINED: Final = (".doc",)
"""Extensions whose reader can do little more than say what to do with the file."""

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
    "ruby",
    "titlepage",
    "toc",
    "verse-numbers",
    "-pictures",
)
"""Parts of a book that are skipped unless the `narrate` setting lists them; `-pictures` skips what is read by default.
With `ruby`, the readings of Japanese words decide how the words are pronounced.
"""


class ChapterRules(msgspec.Struct, frozen=True):
    """The user's rules for finding and shaping the chapters of a text.

    Attributes:
        pattern: Matches the first line of a heading in a text without marked headings; None lets the text decide.
        split_min: Chapters longer than this many minutes are cut into parts; None leaves them whole.
        merge_min: Chapters shorter than this many minutes are joined to the next one; None keeps them.
        say_titles: Whether headings are spoken.
    """

    pattern: re.Pattern[str] | None = None
    split_min: float | None = None
    merge_min: float | None = None
    say_titles: bool = True


class Source(msgspec.Struct, frozen=True):
    """A file to read.

    Attributes:
        data: The file's bytes.
        name: The file's name in messages and in the record; never an absolute path.
        slug: ASCII name of the work.
        language: BCP 47 tag.
        fallback_title: Title for a text that has none, derived from the file name.
        encoding: Encoding of a text that is not UTF-8; None rejects such a text.
        narrate: Names from `PARTS` to read aloud instead of skipping.
        chapters: How its chapters are found and shaped.
    """

    data: bytes
    name: str
    slug: str
    language: str
    fallback_title: str
    encoding: str | None = None
    narrate: frozenset[str] = frozenset()
    chapters: ChapterRules = ChapterRules()


class Announcement(msgspec.Struct, frozen=True):
    """What a build needs to know about a text before reading it.

    Attributes:
        language: BCP 47 tag that the text declares, or None.
        cover: File name of its cover, relative to the text's folder, or None.
        cover_where: `path:line` of the cover entry.
    """

    language: str | None = None
    cover: str | None = None
    cover_where: str = ""


@runtime_checkable
class Reader(Protocol):
    """Reads one input format. Registered in `GROUP` under each extension it reads, without the dot."""

    def read(self, source: Source) -> Work:
        """Read a file.

        Raises:
            SourceError: The file is damaged or of another format; the error gives `path:line` where possible.
        """


@runtime_checkable
class Announcer(Protocol):
    """A reader that can report a file's language and cover without reading all of it."""

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Inspect a file without reading all of it.

        Args:
            data: The file's bytes.
            name: The file's name in messages.
            encoding: Encoding of a text that is not UTF-8; None rejects such a text.

        Raises:
            SourceError: The part of the file that declares these values is damaged.
        """


@runtime_checkable
class Illustrated(Protocol):
    """A reader of files that contain their pictures. For other readers, `Picture.name` is a file in the folder of the text."""

    def pictures(self, data: bytes, name: str) -> Callable[[str], bytes]:
        """Return a function that returns the bytes of a picture by its name, and raises `SourceError` if it cannot.

        Args:
            data: The file's bytes.
            name: The file's name in messages.

        Raises:
            SourceError: The file is damaged.
        """


def announced(reader: Reader, data: bytes, name: str, encoding: str | None) -> Announcement:
    """Return what a reader announces about a file; an empty `Announcement` if it is not an `Announcer`."""
    return reader.announce(data, name, encoding) if isinstance(reader, Announcer) else Announcement()


def endings() -> list[str]:
    """Return the supported file name extensions in alphabetical order, with the dot. Loads no reader."""
    return [f".{name}" for name in installed(GROUP)]


def ending_of(name: str) -> str:
    """Return the extension of a file name in lower case, with the dot: the longest supported one, such as `.fb2.zip`.

    An unsupported extension is returned from its last dot; "" if there is none.
    """
    lower, known = name.lower(), installed(GROUP)
    at = lower.find(".", 1)
    while at >= 0:
        if lower[at + 1 :] in known:
            return lower[at:]
        at = lower.find(".", at + 1)
    return PurePath(name).suffix.lower()


def advice(suffix: str, name: str = "") -> str:
    """Return a hint on what to do with a file whose extension is not supported.

    Args:
        suffix: The extension, in lower case and with its dot.
        name: Path of the file, for the command that converts it; "" for an example.
    """
    if known := _ADVICE.get(suffix):
        return _EXAMPLE.sub(lambda match: _renamed(name, suffix, match[1]), known) if name else known
    supported = ", ".join(ending for ending in endings() if ending not in _ONLY_EXPLAINED)
    return f"supported: {supported}"


def _renamed(name: str, suffix: str, wanted: str) -> str:
    """Return the path of a file with another extension, quoted for a shell."""
    return shlex.quote(name if wanted == suffix else name[: -len(suffix)] + wanted)


@cache
def _load(ending: str) -> Reader:
    try:
        reader = installed(GROUP)[ending].load()()
    except MemoryError:
        raise
    except Exception as error:
        raise SourceError(f"the reader plugin for “.{ending}” cannot be loaded: {error}") from error
    if not isinstance(reader, Reader):
        raise SourceError(
            f"the plugin for “.{ending}” is not a valid reader: it lacks a method of the protocol"
        )
    return reader


def reader_for(name: str) -> Reader:
    """Return the reader for a file, chosen by its extension.

    Raises:
        SourceError: The extension is not supported, or its reader cannot be loaded.
    """
    suffix = ending_of(name)
    if suffix not in endings():
        raise SourceError(
            f"{suffix or 'a file without an extension'} is not supported",
            where=name,
            hint=advice(suffix, name),
        )
    return _load(suffix[1:])


def read_work(source: Source, file_name: str) -> Work:
    """Read a file with the reader for its extension; see `read_with`."""
    return read_with(reader_for(file_name), source)


def read_with(reader: Reader, source: Source) -> Work:
    """Read a text.

    Args:
        reader: The reader for its format.
        source: The text.

    Returns:
        The work. None of its strings contains a lone surrogate, so all of them can be written as UTF-8.

    Raises:
        SourceError: The file cannot be read, or a string contains a lone surrogate.
    """
    work = reader.read(source)
    for chapter in work.chapters:
        for paragraph in chapter.paragraphs:
            if (at := find_surrogate(paragraph.text)) is not None:
                raise surrogate_error(paragraph.text, at, paragraph.where(work.name, at))
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
        if (at := find_surrogate(text)) is not None:
            raise surrogate_error(text, at, work.name)
    return work
