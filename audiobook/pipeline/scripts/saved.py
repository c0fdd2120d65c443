"""Saved scripts: a work as an editable Markdown file next to its source, and whether either has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.audio.mp3.id3 import Picture
from audiobook.document import Work
from audiobook.errors import SourceError, UsageError
from audiobook.files import digest, read_source, read_whole, write_swept
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.texts.covers import cover_picture
from audiobook.pipeline.texts.edition import (
    Edition,
    cover_path,
    script_owner,
    script_path,
    shown_name,
    text_reader,
)
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.sources.base import announced
from audiobook.sources.text.saved_script import script_markdown
from audiobook.sources.text.script_name import HEAD_BYTES, NOTE

_EMPTY: Final = "0" * 16
_ENDINGS: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/svg+xml": ".svg"}


class SavedState(msgspec.Struct, frozen=True):
    """The state of a saved script.

    Attributes:
        source: Name of the file that the script was saved from, relative to the project; None if it no longer exists.
        is_edited: Whether the script has changed since it was saved.
        is_outdated: Whether the source has changed since the script was saved.
    """

    source: str | None
    is_edited: bool
    is_outdated: bool


def saved_state(edition: Edition) -> SavedState | None:
    """Return the state of the saved script that an edition is read from; None if it is read from its source.

    Raises:
        SourceError: The script or its source cannot be read.
    """
    if not edition.is_saved_script:
        return None
    source, text = _noted(read_source(edition.path, edition.name))
    if edition.source is None:
        return SavedState(None, text is not True, False)
    now = _short(text_bytes(edition.source, edition.source_name))
    return SavedState(edition.source_name, text is not True, source is not None and source != now)


def _noted(data: bytes) -> tuple[str | None, bool]:
    """Return the source's digest that is noted in a script, None if there is none, and whether the script is unchanged."""
    note = NOTE.search(data, 0, HEAD_BYTES)
    if note is None:
        return None, False
    start, end = note.span("text")
    unchanged = _short(data[:start] + _EMPTY.encode() + data[end:]) == note["text"].decode()
    return note["source"].decode(), unchanged


def _short(data: bytes) -> str:
    return digest(data)[:16]


class Saved(msgspec.Struct, frozen=True):
    """The result of saving a script.

    Attributes:
        path: Path of the script.
        is_new: Whether the script was written; False if the same script already existed.
        cover: Path of the cover that was extracted from the source; None if there was no need.
    """

    path: Path
    is_new: bool
    cover: Path | None


def save_script(plan: Plan, work: Work, *, force: bool) -> Saved:
    """Write a work as a saved script next to its source.

    Args:
        plan: Plan of the edition, read from its source.
        work: The source as read, with all its chapters.
        force: Whether to replace a script that was edited.

    Raises:
        UsageError: The existing script was edited, or was saved from another text.
        StorageError: The script cannot be written.
    """
    edition = plan.edition
    target = script_path(edition.path)
    cover, written = _cover(plan, work)
    data = _script(plan, work, cover)
    there = read_whole(target)
    if there is not None and (other := script_owner(target, edition.path)):
        raise UsageError(
            f"{edition.beside(target)} was saved from {edition.beside(other)}",
            hint="rename one of the two texts",
        )
    if there is not None and there != data and not _noted(there)[1] and not force:
        raise UsageError(
            f"{edition.beside(target)} was edited",
            hint="keep it, or replace it and lose the edits: `--force`",
        )
    if there != data:
        write_swept(target, data)
    return Saved(target, there != data, written)


def _script(plan: Plan, work: Work, cover: str | None) -> bytes:
    """Return the contents of a script, which include a digest of themselves."""
    note = f"{shown_name(plan.edition.path.name)} {_short(plan.data)} {_EMPTY}"
    text = script_markdown(work, saved=note, cover=cover).encode()
    return text.replace(f' {_EMPTY}"'.encode(), f' {_short(text)}"'.encode(), 1)


def _cover(plan: Plan, work: Work) -> tuple[str | None, Path | None]:
    """Return the cover to name in the script, and the path of the cover extracted from the source; None for neither."""
    edition = plan.edition
    named = announced(text_reader(edition.path), plan.data, edition.name, plan.encoding).cover
    if named or edition.cover or not work.metadata.cover:
        return named, None
    try:
        picture: Picture = cover_picture(work.metadata.cover, edition.name)
    except SourceError:
        return None, None  # building the source reports this error
    path = cover_path(edition, _ENDINGS[picture.media_type])
    write_swept(path, picture.data)
    return None, path


def source_edition(edition: Edition) -> Edition:
    """Return the edition in its source, even if it has a saved script.

    Raises:
        UsageError: There is no source file, because the text came from standard input or the file no longer exists.
    """
    if edition.data is not None:
        raise UsageError("a script of standard input cannot be saved", hint="save the text as a file first")
    if not edition.is_saved_script:
        return edition
    if edition.source is None:
        raise UsageError(f"{edition.name} has no source to save it from", hint="edit it as it is")
    return replace(edition, path=edition.source, name=edition.source_name, source=None)
