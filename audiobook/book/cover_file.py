"""The cover of a book, drawn or the work's own picture: the file next to the MP3, and a small copy in the MP3."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec

from audiobook.audio.mp3.id3 import Picture, read_cover, tag_length_bytes
from audiobook.book.ownership import is_own_cover, not_replaced, require_place
from audiobook.book.record.stamps import CoverRecord
from audiobook.cover.cover_text import CoverText
from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import digest, storage_error, write_bytes
from audiobook.picture_formats import is_vector
from audiobook.system.freed_memory import return_freed_memory
from audiobook.system.opening import NotRegular, is_there, open_to_read, read_file

NO_LETTERS: Final = (
    "the cover is drawn without the title, because no installed font has its letters; put a picture next to the text, "
    "or for Chinese, Japanese or Korean install audiobook-press[cjk]"
)
SMALL_PX: Final = 600
_SMALL_BYTES: Final = 60_000
_QUALITIES: Final = (85, 75, 65, 55, 45, 30, 15)


class Cover(msgspec.Struct, frozen=True):
    """A written cover: its entry in the record, the small copy for the MP3, and the problems with it."""

    record: CoverRecord
    small: Picture
    problems: tuple[str, ...]


def make_cover(
    text: CoverText,
    own: Picture | None,
    before: CoverRecord | None,
    folder: Path,
    maker: str,
    *,
    replace: bool = False,
) -> Cover:
    """Write a work's cover, unless the existing one is the same.

    The name contains the first digits of the digest: a new picture has a new name, as podcast players require.

    Args:
        text: The text on a drawn cover.
        own: The work's own picture, or None.
        before: The cover of the previous build, or None.
        folder: Folder for the file, `output/<lang>`.
        maker: Name and version of the program, on which a drawn cover depends.
        replace: Whether to overwrite a file that this program did not make.

    Raises:
        OutputMismatch: A file that this program did not make is in the way.
        SourceError: An SVG cannot be drawn.
        StorageError: It cannot be written.
    """
    problems = () if own or text.is_lettered else (NO_LETTERS,)
    shown = digest(own.data) if own else f"{text.identity} {problems}"
    design = digest(f"{shown} {maker}".encode())
    if before and before.design == design and (data := _kept(folder / before.name, before)):
        small = _kept_small_copy(folder / f"{text.slug}.mp3", before) or small_copy(data)
        return Cover(before, Picture("image/jpeg", small), problems)
    data = _made(text, own)
    small, sha256 = small_copy(data), digest(data)
    name = f"{text.slug}.cover-{sha256[:8]}.jpg"
    require_place(folder / name)
    is_known = replace or (before is not None and before.name == name)
    if not is_known and is_there(folder / name) and not is_own_cover(folder / name):
        raise not_replaced(folder / name)
    write_bytes(folder / name, data)
    return_freed_memory()  # that of the pixels; what follows needs memory for as long as the book is
    record = CoverRecord(name, len(data), sha256, _side_px(data), own is None, design, digest(small))
    return Cover(record, Picture("image/jpeg", small), problems)


def _made(text: CoverText, own: Picture | None) -> bytes:
    """Return a new cover as a JPEG."""
    if own is None:
        from audiobook.cover.drawing import drawn  # with fonts, not needed by a build whose cover stays

        return drawn(text)
    from audiobook.cover.own_picture import LARGEST_PX, squared
    from audiobook.cover.vector import pixels

    return squared(pixels(own.data, "the cover", LARGEST_PX, fills=True) if is_vector(own.data) else own.data)


def small_cover(mp3: Path) -> bytes:
    """Return the small cover in a book: a JPEG of `SMALL_PX` by `SMALL_PX` pixels.

    Raises:
        OutputMismatch: The book has no cover, or is a link.
        StorageError: The book cannot be read.
    """
    try:
        with open_to_read(mp3) as stream:
            head = stream.read(10)
            rest = stream.read(max(tag_length_bytes(head) - len(head), 0))
        return read_cover(head + rest)
    except NotRegular as error:
        raise OutputMismatch("is not a regular file", where=mp3.name) from error
    except OSError as error:
        raise storage_error(error, mp3, "reading") from error
    except ValueError as error:
        raise OutputMismatch(f"has {error}", where=mp3.name) from error


def _kept(path: Path, before: CoverRecord) -> bytes | None:
    """Return the bytes of a cover if it is unchanged, else None."""
    try:
        data = read_file(path)
    except OSError:
        return None
    return data if digest(data) == before.sha256 else None


def _kept_small_copy(mp3: Path, before: CoverRecord) -> bytes | None:
    """Return the small cover of the previous build if it is unchanged, else None."""
    try:
        small = small_cover(mp3)
    except (OutputMismatch, StorageError):
        return None
    return small if digest(small) == before.small_sha256 else None


def _side_px(data: bytes) -> int:
    from PIL import Image  # only needed for building

    with Image.open(BytesIO(data)) as image:
        return image.width


def small_copy(data: bytes) -> bytes:
    """Return a small copy of a cover for players: 600 by 600 pixels, at most 60 kB."""
    from PIL import Image

    from audiobook.cover.jpeg import encode

    with Image.open(BytesIO(data)) as image:
        image.draft("RGB", (SMALL_PX, SMALL_PX))
        small = image.resize((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
    small.info.clear()
    made = b""
    for quality in _QUALITIES:
        made = encode(small, quality)
        if len(made) <= _SMALL_BYTES:
            break
    return made
