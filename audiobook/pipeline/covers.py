"""Covers: which picture is an edition's, and whether it is one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from audiobook.audio.id3 import Picture
from audiobook.book.record import Record
from audiobook.errors import SourceError
from audiobook.files import read_source
from audiobook.pipeline.catalog import Edition, is_inside, may_be_file
from audiobook.sources.base import Announcement

_LARGEST_COVER_BYTES: Final = 16 << 20


def edition_cover(edition: Edition, announcement: Announcement) -> Picture | None:
    """Give the cover that stands in a file: the one that the text names, else the one beside it.

    Raises:
        SourceError: The file that the text names is not there or not among the texts, or a cover is no
            picture that can be used.
    """
    if announcement.cover is None:
        return _picture_beside(edition.cover, edition) if edition.cover else None
    path = edition.path.parent / announcement.cover
    where = announcement.cover_where
    if not may_be_file(path):
        raise SourceError(
            f"the cover “{announcement.cover}” is not there",
            where=where,
            hint="name it as seen from the text's folder",
        )
    if not is_inside(path, edition.root):
        raise SourceError(
            f"the cover “{announcement.cover}” is not in the folder of the texts",
            where=where,
            hint="put it beside the text",
        )
    return cover_picture(read_source(path, where), where)


def _picture_beside(path: Path, edition: Edition) -> Picture:
    name = edition.beside(path)
    # A text that was named alone may have its cover in the folder above its language's.
    if not (is_inside(path, edition.root) or is_inside(path, path.parent)):
        raise SourceError(
            "the cover is not read: it is a link out of the texts, or to itself",
            where=name,
            hint="put the picture itself beside the text",
        )
    return cover_picture(read_source(path, name), name)


def is_lettered_now(record: Record) -> bool:
    """Tell whether a title that a drawn cover could not show could be shown by now: fonts may have come."""
    if not record.cover.drawn or not record.problems:
        return False
    from audiobook.book.cover_file import NO_LETTERS
    from audiobook.cover.drawing import CoverText

    if not any(problem.endswith(NO_LETTERS) for problem in record.problems):
        return False
    return CoverText(record.slug, record.title, record.authors, record.language).is_lettered


def cover_picture(data: bytes, name: str, hint: str = "save it as JPEG") -> Picture:
    """Give a cover's bytes with their type.

    Args:
        data: The picture.
        name: How messages call it.
        hint: What to do where it is none.

    Raises:
        SourceError: It is no whole JPEG or PNG, or far too large to stand in every file.
    """
    import warnings
    from io import BytesIO

    from PIL import Image

    if len(data) > _LARGEST_COVER_BYTES:
        raise SourceError(f"the cover has {len(data)} bytes", where=name, hint="make it smaller than 16 MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as image:
                image.load()
                # A JPEG with a second picture in it has another format for Pillow, and is a JPEG for players.
                return Picture("image/png" if image.format == "PNG" else "image/jpeg", data)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise SourceError(
            f"the cover is too large: it has more than {most} million pixels",
            where=name,
            hint="make it smaller: 3000 pixels a side are enough",
        ) from error
    except MemoryError:
        raise
    except Exception as error:
        # Pillow raises many kinds for bytes that are no picture, and all of them mean just that.
        raise SourceError("the cover is no JPEG or PNG that can be read", where=name, hint=hint) from error
