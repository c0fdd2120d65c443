"""The pictures of a text, in the file of the text or next to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from audiobook.errors import SourceError
from audiobook.files import as_spelled, digest, read_source
from audiobook.pipeline.containment import contained
from audiobook.pipeline.texts.edition import Edition, is_folder, is_inside, may_be_file, text_reader
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.sources.base import Illustrated

_LARGEST_BYTES: Final = 16 << 20


class EditionPictures:
    """The pictures of an edition.

    The text is read again for the first picture, so that it need not be kept in memory.
    """

    def __init__(self, edition: Edition, source_sha256: str) -> None:
        """Prepare to read pictures; nothing is read yet.

        Args:
            edition: The edition.
            source_sha256: SHA-256 of the text, in hexadecimal.
        """
        self._edition = edition
        self._source_sha256 = source_sha256
        self._find: Callable[[str], bytes] | None = None

    @property
    def are_beside(self) -> bool:
        """Whether the pictures are separate files in the folder of the text."""
        edition = self._edition
        return edition.data is None and not isinstance(text_reader(edition.path), Illustrated)

    def read(self, name: str) -> bytes:
        """Return the contents of a picture, given its name; see `layout.Picture`.

        Raises:
            SourceError: The picture is missing, too large, not part of the text, or cannot be read.
        """
        if self.are_beside:
            return self._beside(name)
        with contained(self._edition.name):
            if self._find is None:
                self._find = self._inside()
            return self._find(name)

    def _inside(self) -> Callable[[str], bytes]:
        edition = self._edition
        reader = text_reader(edition.path)
        if not isinstance(reader, Illustrated):
            return _missing
        data = text_bytes(edition.path, edition.name) if edition.data is None else edition.data
        if digest(data) != self._source_sha256:
            raise SourceError("is in a text that changed during the build", where=edition.name)
        return reader.pictures(data, edition.name)

    def _beside(self, name: str) -> bytes:
        path = self._edition.path
        folder = path if is_folder(path) else path.parent
        file = as_spelled(folder / name)
        if not may_be_file(file):
            return _missing(name)
        if not is_inside(file, folder):
            raise SourceError("is a link that leads out of the folder of the text", where=name)
        try:
            length = file.stat().st_size
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror}", where=name) from error
        if length > _LARGEST_BYTES:
            raise SourceError(f"is larger than {_LARGEST_BYTES >> 20} MB", where=name)
        return read_source(file, name)


def _missing(name: str) -> bytes:
    raise SourceError("is missing", where=name)
