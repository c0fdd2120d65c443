"""Is a publication what its record says? Every byte of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audiobook.errors import OutputMismatch
from audiobook.files import digest_file
from audiobook.publish.publication import read_publication


def check_publication(folder: Path) -> Iterator[OutputMismatch]:
    """Give everything that is wrong with what was published in a folder; nothing where nothing was.

    Args:
        folder: The publication's.

    Raises:
        StorageError: A file is there but cannot be read.
    """
    try:
        publication = read_publication(folder)
    except OutputMismatch as error:
        yield error
        return
    for path, file in publication.files.items():
        found = digest_file(folder / path)
        if found is None:
            yield OutputMismatch("is public, and is not there", where=path, hint=file.remedy)
        elif found != file.sha256:
            yield OutputMismatch("is not as it was published", where=path, hint=file.remedy)
