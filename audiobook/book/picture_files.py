"""The pictures of a text as files for its page, in a folder next to the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import msgspec

from audiobook.book.ownership import not_replaced, require_place
from audiobook.book.record.pictures import PictureRecord, picture_folder, picture_name
from audiobook.document import Paragraph
from audiobook.errors import OutputMismatch, SourceError, StorageError
from audiobook.files import digest, digest_file, sweep_temporaries, write_bytes
from audiobook.system.opening import is_regular, is_there, require_own_folder

_MOST: Final = 2000
"""Maximum number of pictures of a text that are shown."""
_SHOWN_CHARS: Final = 80
_FILE: Final = re.compile(r"([0-9a-f]{8})-([0-9a-f]{8})\.(?:jpg|png)")
_REMOTE: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{1,20}:)?//|data:", re.IGNORECASE)


class Pictures(Protocol):
    """Access to the pictures of a text."""

    @property
    def are_beside(self) -> bool:
        """Whether they are separate files in the folder of the text, rather than inside the text file."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a picture by its name; see `layout.Picture`.

        Raises:
            SourceError: It is missing, too large, or cannot be read.
        """


def pictures_of(paragraphs: Iterable[Paragraph], source: str) -> dict[str, PictureRecord]:
    """Return the pictures at paragraphs by their keys, without files, in the order of their first appearance.

    Args:
        paragraphs: All paragraphs of a text, in order.
        source: The text's file, as in messages.
    """
    found: dict[str, PictureRecord] = {}
    for paragraph in paragraphs:
        for picture in paragraph.pictures:
            if picture.key in found or len(found) == _MOST:
                continue
            line = f":{picture.line}" if picture.line else ""
            problem = "" if picture.name else _refusal(picture.address)
            found[picture.key] = PictureRecord(
                "",
                0,
                "",
                picture.name,
                f"{source}{picture.place}{line}",
                "",
                is_beside=False,
                problem=problem,
            )
    return found


def _refusal(address: str) -> str:
    if _REMOTE.match(address):
        return f"the picture “{_short(address)}” is not a file of the text, so the page does not show it"
    return f"the picture “{_short(address)}” is not a file in the folder of the text, so the page does not show it"


def _short(address: str) -> str:
    return address if len(address) <= _SHOWN_CHARS else f"{address[: _SHOWN_CHARS - 1]}…"


def written_pictures(
    wanted: Iterable[PictureRecord],
    pictures: Pictures | None,
    folder: Path,
    slug: str,
    before: Iterable[PictureRecord],
    *,
    replace: bool = False,
) -> tuple[PictureRecord, ...]:
    """Write the files of pictures, one at a time, and return their records.

    Args:
        wanted: The pictures of the text.
        pictures: Access to them; None if the text has no files for them.
        folder: Folder of the record, `output/<lang>`.
        slug: Slug of the work.
        before: The pictures of the last build; the files of unchanged ones stay.
        replace: Whether to overwrite files that this program did not make.

    Raises:
        OutputMismatch: A file that this program did not make is in the way.
        StorageError: A file cannot be written.
    """
    wanted = tuple(wanted)
    if not wanted or pictures is None:
        return ()
    own = require_own_folder(folder / picture_folder(slug))
    sweep_temporaries(own, names=_FILE)
    known = {picture.picture: picture for picture in before if picture.name}

    def put(data: bytes, ending: str) -> tuple[str, str]:
        sha256 = digest(data)
        path = folder / picture_name(slug, sha256, ending)
        require_place(path)
        if digest_file(path) != sha256:
            if (
                is_there(path)
                and not replace
                and not any(one.name.endswith(path.name) for one in known.values())
            ):
                raise not_replaced(path)
            write_bytes(path, data)
        return f"{own.name}/{path.name}", sha256

    return tuple(_written(each, pictures, known.get(each.picture), folder, put) for each in wanted)


def _written(
    wanted: PictureRecord,
    pictures: Pictures,
    before: PictureRecord | None,
    folder: Path,
    put: Callable[[bytes, str], tuple[str, str]],
) -> PictureRecord:
    """Return the record of a picture whose file was put in place or stays; without a file if it cannot be shown."""
    # Takes 4 ms, needed only for works with pictures.
    from audiobook.cover.shown_picture import Unusable, shown_picture

    if not wanted.picture:
        return wanted
    source = msgspec.structs.replace(
        wanted,
        name="",
        length_bytes=0,
        sha256="",
        source_sha256="",
        is_beside=pictures.are_beside,
        width_px=0,
        height_px=0,
        problem="",
    )
    try:
        data = pictures.read(wanted.picture)
        source = msgspec.structs.replace(source, source_sha256=digest(data))
        if before and before.source_sha256 == source.source_sha256 and _is_intact(before, folder):
            return msgspec.structs.replace(before, where=source.where, is_beside=source.is_beside)
        shown = shown_picture(data)
    except (SourceError, Unusable) as error:
        why = error.message if isinstance(error, SourceError) else str(error)
        message = f"the picture “{_short(wanted.picture)}” {why}, so the page does not show it"
        return msgspec.structs.replace(source, problem=message)
    name, sha256 = put(shown.data, shown.ending)
    return msgspec.structs.replace(
        source,
        name=name,
        length_bytes=len(shown.data),
        sha256=sha256,
        width_px=shown.width_px,
        height_px=shown.height_px,
    )


def _is_intact(
    picture: PictureRecord, folder: Path, digest_of: Callable[[Path], str | None] = digest_file
) -> bool:
    return is_regular(folder / picture.name) and digest_of(folder / picture.name) == picture.sha256


def lost_pictures(
    pictures: Iterable[PictureRecord], folder: Path, digest_of: Callable[[Path], str | None]
) -> list[str]:
    """Return the names of the files of pictures that are missing or changed.

    Args:
        pictures: The pictures.
        folder: Folder of the record.
        digest_of: Returns the digest of a file, as `digest_file` does.
    """
    return [
        picture.name for picture in pictures if picture.name and not _is_intact(picture, folder, digest_of)
    ]


def are_pictures_current(made: Iterable[PictureRecord], pictures: Pictures) -> bool:
    """Return whether the pictures in the folder of a text are those of its last build."""
    for picture in made:
        if not picture.is_beside:
            continue
        try:
            found = digest(pictures.read(picture.picture))
        except SourceError:
            found = ""
        if found != picture.source_sha256:
            return False
    return True


def remove_pictures(folder: Path, slug: str, kept: Iterable[PictureRecord]) -> None:
    """Remove the files of pictures that no record names, and their folder if it is empty; a changed file is kept.

    Args:
        folder: Folder of the record, `output/<lang>`.
        slug: Slug of the work.
        kept: The pictures that stay.
    """
    own = folder / picture_folder(slug)
    names = {picture.name for picture in kept}
    with suppress(OSError, StorageError, OutputMismatch):  # a file that stays does no harm
        if own.is_symlink() or not own.is_dir():
            return
        for path in own.iterdir():
            found = _FILE.fullmatch(path.name)
            is_needed = f"{own.name}/{path.name}" in names
            if found and not is_needed and (digest_file(path) or "").startswith(found[1] + found[2]):
                path.unlink()
        own.rmdir()  # fails unless it is empty
