"""The cover of a work: a picture that was received, the drawn one in its colours, or that of the text."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from audiobook.book.cover_file import small_copy
from audiobook.book.ownership import require_place
from audiobook.cover.cover_text import CoverText
from audiobook.cover.drawing import drawn, palettes
from audiobook.errors import UsageError, near
from audiobook.files import digest, write_swept
from audiobook.pipeline.texts.covers import cover_picture
from audiobook.settings import FILE_NAME
from audiobook.studio.desk.edits import edit, set_values
from audiobook.studio.desk.script.reading import reading_of
from audiobook.studio.desk.shelf import Shelf

_COVERS: Final = "covers"
"""Folder of the project for uploaded covers."""
_ENDINGS: Final = {"image/png": ".png", "image/webp": ".webp", "image/jpeg": ".jpg"}


def put_cover(shelf: Shelf, label: str, kind: str, path: str, seen: str) -> dict[str, str]:
    """Choose the cover of a work, and return the new state of the settings as `seen`.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        kind: `own` for a picture that was just received, `drawn`, or empty for that of the text.
        path: The received picture.
        seen: The state of the settings that the page showed.

    Raises:
        SourceError: It is not a usable picture.
        Changed: The settings were changed meanwhile.
        AudiobookError: They cannot be edited.
    """
    edition = shelf.edition(shelf.project(shelf.settings()), label)
    value: str | bool | None = {"drawn": False}.get(kind)
    if kind == "own":
        data = Path(path).read_bytes()
        picture = cover_picture(data, "the picture")
        # The digest in its name keeps it apart from any other file.
        name = f"{_COVERS}/{edition.slug}-{digest(data)[:8]}{_ENDINGS[picture.media_type]}"
        require_place(shelf.root / name)
        write_swept(shelf.root / name, data)
        value = name

    def change(tables: MutableMapping[str, Any]) -> None:
        set_values(tables, ("works", edition.slug), {"cover": value})

    return {"seen": edit(shelf.root / FILE_NAME, FILE_NAME, change, shelf.settings, seen)}


def drawn_cover(shelf: Shelf, label: str, palette: str) -> bytes:
    """Return the drawn cover of a work in some colours, as a small JPEG.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        palette: Name of the colours; empty for those of the project, or those that the words decide.

    Raises:
        UsageError: There are no such colours.
        AudiobookError: The work cannot be read.
    """
    if palette and palette not in palettes():
        raise UsageError(f"there are no colours “{palette}”", hint=near(palette, palettes()))
    reading = reading_of(shelf, label)
    colours = palette or reading.settings.cover.palette or ""
    narration = reading.narration
    edition = reading.edition
    return _drawn(CoverText(edition.slug, narration.work.title, narration.authors, edition.language, colours))


@lru_cache(maxsize=32)
def _drawn(text: CoverText) -> bytes:
    return small_copy(drawn(text))
