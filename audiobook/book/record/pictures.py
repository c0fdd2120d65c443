"""The pictures of a text in its record, and the names of their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audiobook.book.record.stamps import FileStamp

PICTURES: Final = ".pictures"
"""The end of the name of a work's folder of pictures."""
_MOST_SHOWN: Final = 10
PICTURE_ENDINGS: Final = (".jpg", ".png")


class PictureRecord(FileStamp, frozen=True):
    """A picture in the text, as a file for pages in a folder next to the record; without a name if it is not shown.

    Attributes:
        picture: What the text or its reader calls it; see `layout.Picture`.
        where: Where the text first refers to it: `path:line`.
        source_sha256: Digest of the picture before it was made fit for a page; empty if it could not be read.
        is_beside: Whether it is a separate file in the folder of the text, rather than inside the text file.
        width_px: Width in pixels.
        height_px: Height in pixels.
        problem: Why it is not shown; empty if it is.
    """

    picture: str
    where: str
    source_sha256: str
    is_beside: bool
    width_px: int = 0
    height_px: int = 0
    problem: str = ""


def picture_folder(slug: str) -> str:
    """Return the name of the folder with the pictures of a work, next to its record."""
    return f"{slug}{PICTURES}"


def picture_name(slug: str, sha256: str, ending: str) -> str:
    """Return the name of the file of a picture, relative to the folder of the record."""
    return f"{picture_folder(slug)}/{sha256[:8]}-{sha256[8:16]}{ending}"


def is_picture_name(name: str, slug: str, sha256: str) -> bool:
    """Return whether a name is that of a picture of a work with this digest."""
    return name in (picture_name(slug, sha256, ending) for ending in PICTURE_ENDINGS)


def picture_problems(pictures: Sequence[PictureRecord]) -> list[str]:
    """Return a message for each of the first pictures that are not shown, and their number if there are more."""
    found = [f"{picture.where}: {picture.problem}" for picture in pictures if picture.problem]
    more = len(found) - _MOST_SHOWN
    if more <= 1:
        return found
    where = next(picture.where for picture in pictures if picture.problem)
    return [*found[:_MOST_SHOWN], f"{where}: {more} more pictures are not shown on the page"]
