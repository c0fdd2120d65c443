"""The folder of the project that a command works on, found from the current folder as git does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from audiobook.errors import SettingsError
from audiobook.settings.mistakes import FILE_NAME
from audiobook.settings.project_settings import Settings

_SIGNS: Final = (Settings().texts, Settings().store)
"""Folders that mark the current folder as a project, even without a settings file."""
_BUILT: Final = "output/*/*.cover-????????.jpg"
_VARIABLES: Final = ("AUDIOBOOK_TEXTS", "AUDIOBOOK_OUTPUT")


def project_root(environment: Mapping[str, str], named: Iterable[str] = ()) -> Path | None:
    """Return the folder of the project, relative to the current folder; None if there is no project.

    The nearest `audiobook.toml` in the current folder or above it marks a project. In the current folder
    itself, a folder with texts, a store or built works is enough.

    Args:
        environment: `os.environ` or similar.
        named: The texts that the user names; an address needs a project, because its text is kept in it.

    Raises:
        SettingsError: The settings above the current folder belong to another user, who could choose where texts are
            sent.
    """
    here = Path()
    is_project = any((here / name).is_dir() for name in _SIGNS) or any(here.glob(_BUILT))
    if is_project or os.path.lexists(FILE_NAME):
        return here
    above = Path()
    for _ in Path.cwd().parents:
        above /= ".."
        if (above / FILE_NAME).is_file():
            _require_own(above / FILE_NAME)
            return above
    is_wanted = any(environment.get(name) for name in _VARIABLES) or any("://" in name for name in named)
    return here if is_wanted else None


def _require_own(path: Path) -> None:
    """Refuse settings that another user may have put in a folder above, for example in `/tmp`."""
    owner = path.stat().st_uid
    if hasattr(os, "getuid") and owner not in (os.getuid(), 0):
        raise SettingsError(
            "belongs to another user, so it is not used below its folder",
            where=os.fspath(path),
            hint="to use it, change to its folder; or create your own project here: `audiobook init`",
        )
