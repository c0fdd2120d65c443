"""Which lexicons concern a text: those of the folder of texts, and those of its language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from audiobook.document import LexiconFile
from audiobook.errors import SourceError
from audiobook.files import digest, read_source
from audiobook.pipeline.catalog import Edition, is_inside, shown_name

LEXICON_NAME: Final = "lexicon.toml"
PLS_SUFFIX: Final = ".pls"


def read_lexicons(edition: Edition) -> tuple[LexiconFile, ...]:
    """Read the lexicons that concern an edition; those of its language come last, and so count first.

    A text outside the folder of texts has those that stand in its own folder.

    Raises:
        SourceError: One of them, or the folder, cannot be read, or one is a link out of the folder.
    """
    found: list[LexiconFile] = []
    for folder in (edition.root, edition.root / edition.language):
        paths = _in_folder(folder, edition)
        found += [_read(path, edition, local=folder != edition.root) for path in paths]
    return tuple(found)


def _in_folder(folder: Path, edition: Edition) -> list[Path]:
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(
            f"lexicons cannot be looked for in “{shown_name(folder.name)}”: {reason}", where=edition.name
        ) from error
    return [path for path in paths if path.name == LEXICON_NAME or path.suffix.lower() == PLS_SUFFIX]


def _read(path: Path, edition: Edition, *, local: bool) -> LexiconFile:
    name = edition.beside(path)
    if not is_inside(path, edition.root):
        raise SourceError("is not read: it is a link out of the texts, or to itself", where=name)
    return _shared(LexiconFile(name, read_source(path, name), local))


@lru_cache(maxsize=64)
def _shared(file: LexiconFile) -> LexiconFile:
    """Give the first of equal files, so that the plans of a thousand texts hold a lexicon once."""
    return file


def lexicon_digest(files: tuple[LexiconFile, ...]) -> str | None:
    """Give a digest of names and bytes of lexicons, None where there is none."""
    if not files:
        return None
    return digest("".join(f"{file.name}\0{digest(file.data)}\n" for file in files).encode())
