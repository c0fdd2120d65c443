"""Check every byte of a publication against its record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audiobook.errors import OutputMismatch
from audiobook.files import digest_file
from audiobook.publish.publication import read_publication


def check_publication(folder: Path) -> Iterator[OutputMismatch]:
    """Yield every public file that is missing or differs from the publication's record.

    Args:
        folder: The publication's folder. If nothing was published in it, there are no mismatches.

    Raises:
        StorageError: A file exists but cannot be read.
    """
    try:
        publication = read_publication(folder)
    except OutputMismatch as error:
        yield error
        return
    for path, file in publication.files.items():
        found = digest_file(folder / path)
        if found is None:
            yield OutputMismatch("was published but is missing", where=path, hint=file.remedy)
        elif found != file.sha256:
            yield OutputMismatch("changed since it was published", where=path, hint=file.remedy)
