"""Name, length and digest of each file of a built work, as its record keeps them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class FileStamp(msgspec.Struct, frozen=True):
    """A file next to the record: name, length and SHA-256."""

    name: str
    length_bytes: int
    sha256: str


class FormatRecord(FileStamp, frozen=True):
    """A file of another format next to the record.

    Attributes:
        encoding: How its clips are encoded, which is part of their keys; empty for a format without sound.
    """

    encoding: str = ""


class ChapterFile(FileStamp, frozen=True, omit_defaults=True):
    """The file of a chapter next to the record.

    Attributes:
        problem: `path:line: message` if it does not meet the requirements of ACX, with the preset `acx`.
    """

    problem: str = ""


class CoverRecord(FileStamp, frozen=True):
    """The cover's file next to the record.

    Attributes:
        size_px: Width and height in pixels.
        drawn: Whether it was drawn rather than the work's own picture.
        design: Digest of everything that it was made from; equal digests mean the same picture.
        small_sha256: Digest of the small copy in the MP3.
    """

    size_px: int
    drawn: bool
    design: str
    small_sha256: str


def file_problems(files: Iterable[ChapterFile]) -> list[str]:
    """Return the problems of the files of chapters."""
    return [file.problem for file in files if file.problem]
