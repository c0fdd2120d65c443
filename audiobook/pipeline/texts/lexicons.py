"""Finding the lexicons of a text: in the texts folder, in its language folder, and its own."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Final

from audiobook.document import LexiconFile
from audiobook.errors import SourceError
from audiobook.files import as_spelled, digest, read_source
from audiobook.pipeline.texts.edition import Edition, bare_name, is_folder, is_inside, shown_name
from audiobook.system.opening import is_there

LEXICON_NAME: Final = "lexicon.toml"
PLS_SUFFIX: Final = ".pls"


class Lexicons:
    """The lexicons of several editions; each folder is searched once, as it may have thousands of texts."""

    def __init__(self) -> None:
        """Search no folder yet."""
        self._paths: dict[Path, list[Path]] = {}

    def read(self, edition: Edition) -> tuple[LexiconFile, ...]:
        """Read the lexicons that apply to an edition. Later ones take precedence: those of its language, then its own.

        A text outside the texts folder uses the lexicons in its own folder.

        Raises:
            SourceError: A lexicon or its folder cannot be read, or a lexicon is a link out of the folder.
        """
        found: list[LexiconFile] = []
        own = edition.source or edition.path
        chapters = [own] if is_folder(own) else []
        for folder in (edition.root, edition.root / edition.language, *chapters):
            paths = self._in_folder(folder, edition)
            found += [_read(path, edition, local=folder != edition.root) for path in paths]
        if not chapters and is_there(only := own_lexicon(edition)):
            found.append(_read(only, edition, local=True))
        return tuple(found)

    def _in_folder(self, folder: Path, edition: Edition) -> list[Path]:
        if folder not in self._paths:
            self._paths[folder] = _in_folder(folder, edition)
        return self._paths[folder]


def read_lexicons(edition: Edition) -> tuple[LexiconFile, ...]:
    """Read the lexicons that apply to one edition; see `Lexicons.read`."""
    return Lexicons().read(edition)


def own_lexicon(edition: Edition) -> Path:
    """Return where the lexicon of one text is: next to it, `novel.lexicon.toml` for `novel.epub`, or in its folder."""
    own = edition.source or edition.path
    if is_folder(own):
        return own / LEXICON_NAME
    return as_spelled(own.with_name(f"{bare_name(own.name)}.{LEXICON_NAME}"))


def _in_folder(folder: Path, edition: Edition) -> list[Path]:
    try:
        names = sorted(filter(_is_lexicon, _names(folder))) if folder.is_dir() else []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(
            f"cannot look for lexicons in “{shown_name(folder.name)}”: {reason}", where=edition.name
        ) from error
    return [folder / name for name in names]


def _names(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _is_lexicon(name: str) -> bool:
    return name == LEXICON_NAME or PurePath(name).suffix.lower() == PLS_SUFFIX


def _read(path: Path, edition: Edition, *, local: bool) -> LexiconFile:
    name = edition.beside(path)
    if not is_inside(path, edition.root):
        raise SourceError(
            "the lexicon is a link that leads out of the texts folder, or to itself", where=name
        )
    return _shared(LexiconFile(name, read_source(path, name), local))


@lru_cache(maxsize=64)
def _shared(file: LexiconFile) -> LexiconFile:
    """Return the first of equal files, so that a thousand plans share one copy of a lexicon."""
    return file


def lexicon_digest(files: tuple[LexiconFile, ...]) -> str | None:
    """Return a digest of the names and contents of lexicons, or None if there are no lexicons."""
    if not files:
        return None
    return digest("".join(f"{file.name}\0{digest(file.data)}\n" for file in files).encode())
