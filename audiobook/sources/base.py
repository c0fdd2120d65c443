"""What every reader is, and how a text file is found to be of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Final, Protocol, runtime_checkable

from audiobook.document import Work
from audiobook.errors import SourceError, near
from audiobook.plugins import installed

GROUP: Final = "audiobook.sources"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    Attributes:
        data: Its bytes.
        name: How messages and the record call it; holds no machine's path.
        slug: ASCII name of the work.
        language: BCP 47 tag.
        fallback_title: Title where the text has none: the file's name made readable.
    """

    data: bytes
    name: str
    slug: str
    language: str
    fallback_title: str


@runtime_checkable
class Reader(Protocol):
    """Something that reads one input format."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File name endings that it reads, lower case, with the dot."""

    def read(self, source: Source) -> Work:
        """Read a file.

        Raises:
            SourceError: It is not of the format, or damaged; names `path:line` where it can.
        """


@lru_cache(maxsize=1)
def readers() -> dict[str, Reader]:
    """Give the installed readers by file name ending."""
    found: dict[str, Reader] = {}
    for name, point in installed(GROUP).items():
        try:
            reader = point.load()()
        except Exception as error:
            raise SourceError(f"the reader “{name}” cannot be loaded: {error}") from error
        for suffix in reader.suffixes:
            found.setdefault(suffix, reader)
    return found


def reader_for(name: str) -> Reader:
    """Give the reader of a file, by the ending of its name.

    Raises:
        SourceError: No reader knows the ending.
    """
    known = readers()
    suffix = PurePath(name).suffix.lower()
    if suffix not in known:
        raise SourceError(
            f"no reader for “{suffix or 'files without an ending'}”", where=name, hint=near(suffix, known)
        )
    return known[suffix]
