"""Finding the lexicons that apply to a text: in the texts folder, in its language folder, and its own."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Final

from audiobook.document import LexiconFile
from audiobook.errors import SourceError
from audiobook.files import as_spelled, digest, read_source
from audiobook.pipeline.texts.edition import Edition, bare_name, is_folder, is_inside, shown_name
from audiobook.pipeline.texts.folder_names import FolderNames
from audiobook.system.opening import is_there

LEXICON_NAME: Final = "lexicon.toml"
PLS_SUFFIX: Final = ".pls"


class Lexicons:
    """The lexicons of several editions. Those of a folder are only read once, because it may have thousands of texts."""

    def __init__(self) -> None:
        """Start without any lexicons; they are read when they are needed."""
        self._names = FolderNames()
        self._shared: dict[tuple[str, str, str], tuple[LexiconFile, ...]] = {}
        """The lexicons of folders, by the folder of a text, the name of that folder in messages, and the language."""

    def read(self, edition: Edition) -> tuple[LexiconFile, ...]:
        """Return the lexicons that apply to an edition. Later ones take precedence.

        These are the lexicons of the texts folder, those of the language, and the lexicon of the text itself. A text
        outside the texts folder uses the lexicons in its own folder.

        Raises:
            SourceError: A lexicon or its folder cannot be read, or a lexicon is a link that leads out of the folder.
        """
        shared = self._of_folders(edition)
        own = edition.source or edition.path
        if is_folder(own):
            return (*shared, *_in_folder(own, edition))
        if not self._names.may_have(own.parent, _own_name(own)) or not is_there(only := own_lexicon(edition)):
            return shared
        return (*shared, _read(only, edition, local=True))

    def _of_folders(self, edition: Edition) -> tuple[LexiconFile, ...]:
        """Return the lexicons of the texts folder and of the folder of a language."""
        place = os.fspath(edition.path).rpartition(os.sep)[0]
        key = place, edition.name.rpartition("/")[0], edition.language
        if key not in self._shared:
            root = edition.root
            folders = (root, root / edition.language)
            self._shared[key] = tuple(file for folder in folders for file in _in_folder(folder, edition))
        return self._shared[key]


def read_lexicons(edition: Edition) -> tuple[LexiconFile, ...]:
    """Return the lexicons that apply to one edition; see `Lexicons.read`."""
    return Lexicons().read(edition)


def own_lexicon(edition: Edition) -> Path:
    """Return the path of a text's own lexicon: `novel.lexicon.toml` next to `novel.epub`, or a file in its folder."""
    own = edition.source or edition.path
    if is_folder(own):
        return own / LEXICON_NAME
    return as_spelled(own.with_name(_own_name(own)))


def _own_name(text: Path) -> str:
    return f"{bare_name(text.name)}.{LEXICON_NAME}"


def _in_folder(folder: Path, edition: Edition) -> list[LexiconFile]:
    try:
        names = sorted(filter(_is_lexicon, _names(folder))) if folder.is_dir() else []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(
            f"cannot look for lexicons in “{shown_name(folder.name)}”: {reason}", where=edition.name
        ) from error
    return [_read(folder / name, edition, local=folder != edition.root) for name in names]


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
    return LexiconFile(name, read_source(path, name), local)


def lexicon_digest(files: tuple[LexiconFile, ...]) -> str | None:
    """Return a digest of the names and contents of lexicons; None if there are none."""
    if not files:
        return None
    return digest("".join(f"{file.name}\0{digest(file.data)}\n" for file in files).encode())
