"""Finding the cover of an edition, and checking that it is a usable picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.audio.mp3.id3 import Picture
from audiobook.book.record.works import RecordHead
from audiobook.cover.cover_text import CoverText
from audiobook.errors import SourceError
from audiobook.files import as_spelled, read_source
from audiobook.picture_formats import is_vector
from audiobook.pipeline.texts.edition import Edition, is_inside, may_be_file, shown_name
from audiobook.sources.base import Announcement

_LARGEST_COVER_BYTES: Final = 16 << 20
_TRIAL_PX: Final = 16
_SVG_COVER: Final = "the cover is an SVG"
_MEDIA_TYPES: Final = {"PNG": "image/png", "WEBP": "image/webp"}
"""Media types of Pillow's formats. Any other format is a kind of JPEG, for which Pillow has several names."""


def named_cover(given: str) -> Picture:
    """Return the cover at a path that the command line or the settings name.

    Raises:
        SourceError: The file does not exist, or is not a usable picture.
    """
    path, name = as_spelled(Path(given)), shown_name(os.path.relpath(given))
    if not may_be_file(path):
        if path.is_dir():
            raise SourceError(f"cover “{name}” is a folder, not a picture")
        raise SourceError(f"cover “{name}”: no such file")
    return cover_picture(read_source(path, name), name)


def edition_cover(edition: Edition, announcement: Announcement) -> Picture | None:
    """Return the cover in a separate file: the one that the text names, or else the one next to it; None for neither.

    Args:
        edition: The edition.
        announcement: What the text says about itself.

    Raises:
        SourceError: The named file does not exist or is outside the texts folder, or the cover is not a usable picture.
    """
    if announcement.cover is None:
        return _picture_beside(edition.cover, edition) if edition.cover else None
    path = as_spelled(edition.path.parent / announcement.cover)
    where = announcement.cover_where
    if not may_be_file(path):
        raise SourceError(
            f"cover “{announcement.cover}”: no such file",
            where=where,
            hint="give its path relative to the folder of the text",
        )
    if not is_inside(path, edition.root):
        raise SourceError(
            f"cover “{announcement.cover}” is outside the texts folder",
            where=where,
            hint="put it next to the text",
        )
    return cover_picture(read_source(path, where), where)


def _picture_beside(path: Path, edition: Edition) -> Picture:
    name = edition.beside(path)
    # The cover of a text named by its path may be in the folder above the language folder.
    if not (is_inside(path, edition.root) or is_inside(path, path.parent)):
        raise SourceError(
            "the cover is a link that leads out of the texts folder, or to itself",
            where=name,
            hint="put the picture itself next to the text",
        )
    return cover_picture(read_source(path, name), name)


def is_better_now(record: RecordHead) -> bool:
    """Return whether a drawn cover would be better now, because a missing extra has been installed."""
    if not lacks_extra(record):
        return False
    from audiobook.cover.vector import can_draw

    if any(_SVG_COVER in problem for problem in record.problems):
        return can_draw()
    return CoverText(record.slug, record.title, record.authors, record.language).is_lettered


def lacks_extra(record: RecordHead) -> bool:
    """Return whether a cover has no title, or replaces an SVG, because an extra was missing when it was drawn."""
    if not record.cover.drawn or not record.problems:
        return False
    from audiobook.book.cover_file import NO_LETTERS  # 15 ms, needed only for works with problems

    return any(problem.endswith(NO_LETTERS) or _SVG_COVER in problem for problem in record.problems)


def vector_cover(data: bytes, name: str) -> Picture:
    """Return a cover embedded as an SVG, after a small drawing of it as a trial. The cover itself is drawn when the book is written.

    Args:
        data: The SVG.
        name: Name of the text, shown in messages.

    Raises:
        SourceError: The extra is not installed, or the SVG cannot be drawn.
    """
    from audiobook.cover.vector import pixels

    own = cover_picture(data, name)
    try:
        pixels(own.data, name, _TRIAL_PX, fills=True)
    except SourceError as error:
        raise SourceError(f"the cover {error.message}", where=name, hint=error.hint) from error
    return own


def cover_picture(data: bytes, name: str, hint: str = "save it as JPEG") -> Picture:
    """Check the contents of a cover, and return them with their media type.

    Args:
        data: The picture.
        name: Name of the file or text, shown in messages.
        hint: Hint for data that is not a picture.

    Raises:
        SourceError: The data is not a complete JPEG, PNG or WebP, or is far too large; or it is an SVG, and the extra for
            SVG is not installed.
    """
    import warnings
    from io import BytesIO

    from PIL import Image  # 30 ms, needed only for works with a cover

    from audiobook.cover.own_picture import repeats_scans
    from audiobook.cover.vector import HINT, can_draw

    if len(data) > _LARGEST_COVER_BYTES:
        raise SourceError(
            f"the cover is too large: {len(data)} bytes", where=name, hint="make it smaller than 16 MB"
        )
    if is_vector(data):
        if can_draw():
            return Picture("image/svg+xml", data)  # drawn when the book is made
        raise SourceError(_SVG_COVER, where=name, hint=HINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
                if repeats_scans(data):
                    raise ValueError("too many scans")
                image.load()
                # A JPEG that contains a second picture has another format name in Pillow, but is a JPEG for players.
                return Picture(_MEDIA_TYPES.get(image.format or "", "image/jpeg"), data)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise SourceError(
            f"the cover is too large: more than {most} million pixels",
            where=name,
            hint="make it smaller; 3000 pixels per side are enough",
        ) from error
    except MemoryError:
        raise
    except Exception as error:
        # Pillow raises many kinds of exceptions for bytes that are not a picture.
        raise SourceError("the cover is not a readable JPEG, PNG or WebP", where=name, hint=hint) from error
