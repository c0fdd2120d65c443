"""Refusing settings whose folders overlap: output must not be read as texts, nor be deleted as a part of the store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.errors import SettingsError
from audiobook.settings.project_settings import BESIDE, Settings
from audiobook.settings.setting_lines import line_of

_APART: Final = (("output", "texts"), ("store", "texts"), ("output", "store"))
"""Pairs of folders that must differ; the first must also not be in the second if that is the texts folder."""
_WHY: Final = {
    "texts": "its files would be read as texts",
    "store": "everything in the store can be deleted",
}


def refuse_overlap(project: Path, settings: Settings) -> None:
    """Check that texts, output and store of a project are separate folders.

    Args:
        project: Folder of the project.
        settings: Its settings.

    Raises:
        SettingsError: The output or the store is in the folder of texts, or two of them are the same folder.
    """
    if settings.output == BESIDE:
        return
    real = {
        key: Path(os.path.realpath(project / getattr(settings, key))) for key in ("texts", "output", "store")
    }
    for inner, outer in _APART:
        same = real[inner] == real[outer]
        if same or (outer == "texts" and real[inner].is_relative_to(real[outer])):
            is_chosen = getattr(settings, inner) != getattr(Settings(), inner)
            key = inner if is_chosen else outer
            raise SettingsError(
                f"{inner} and {outer} are the same folder ({getattr(settings, outer)})"
                if same
                else f"{inner} ({getattr(settings, inner)}) is in the folder of texts ({settings.texts})",
                where=line_of(settings, key),
                hint=f'choose another folder, since {_WHY[outer]}, for example: {key} = "{getattr(Settings(), key)}"',
            )
