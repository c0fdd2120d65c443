"""A built book from which archives are written."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

from audiobook.book.excerpts.excerpt import OpenBook, find_places, open_book
from audiobook.book.record.works import Record
from audiobook.book.sound.places import Places
from audiobook.errors import OutputMismatch
from audiobook.files import digest, is_unchanged, read_whole
from audiobook.system.opening import is_there

_HINT: Final = "build it again: audiobook build"


class BuiltBook(NamedTuple):
    """A built book. Several archives can be written from it at once: each opens the MP3 for itself.

    Attributes:
        record: Its record.
        folder: Folder of its record, MP3 and cover.
        places: Where its MP3 can be cut.
    """

    record: Record
    folder: Path
    places: Places

    def open(self) -> AbstractContextManager[OpenBook]:
        """Open the MP3 to cut chapters from it; see `open_book`."""
        return open_book(self.folder / self.record.audio.name, self.record, places=self.places)

    def cover(self) -> bytes:
        """Return the cover.

        Raises:
            OutputMismatch: It does not match the record.
        """
        cover = self.record.cover
        data = read_whole(self.folder / cover.name)
        if data is None or digest(data) != cover.sha256:
            what = "is missing" if data is None else "does not match its record"
            raise OutputMismatch(what, where=cover.name, hint=_HINT)
        return data


def built_book(record: Record, folder: Path, places: Places | None = None) -> BuiltBook:
    """Return a built book, after checking that its MP3 is unchanged since the build.

    Args:
        record: Its record.
        folder: Folder of its record, MP3 and cover.
        places: Where its MP3 can be cut; None finds out.

    Raises:
        OutputMismatch: The MP3 does not match the record.
        StorageError: It cannot be read.
    """
    mp3 = folder / record.audio.name
    if not is_unchanged(mp3, record.audio.length_bytes, record.audio.sha256, folder / f"{record.slug}.json"):
        what = "does not match its record" if is_there(mp3) else "is missing"
        raise OutputMismatch(what, where=mp3.name, hint=_HINT)
    return BuiltBook(record, folder, places or find_places(mp3, record))
