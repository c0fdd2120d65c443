"""Check every byte of a publication against its record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audiobook.errors import OutputMismatch
from audiobook.files import digest_file
from audiobook.publish.publication import read_publication
from audiobook.system.opening import is_regular, is_there


def check_publication(folder: Path) -> Iterator[OutputMismatch]:
    """Yield every public file that is missing, is not a regular file or differs from the publication's record.

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
        target = folder / path
        if not is_regular(target):
            what = "is not a regular file" if is_there(target) else "was published but is missing"
            yield OutputMismatch(what, where=path, hint=file.remedy)
        elif digest_file(target) != file.sha256:
            yield OutputMismatch("changed since it was published", where=path, hint=file.remedy)
