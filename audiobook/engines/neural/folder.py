"""The folder of downloaded voices, one for all engines that have such voices."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.places import folder_named

FOLDER_VARIABLE: Final = "AUDIOBOOK_VOICES"
"""Environment variable with the path of the voices folder."""


def voices_folder(told: str = "") -> Path:
    """Return the voices folder: from the environment, else `told`, else the user's default.

    Args:
        told: Folder from the settings; empty if there is none.

    Raises:
        UsageError: It is not a valid folder name.
    """
    if chosen := os.environ.get(FOLDER_VARIABLE) or told:
        return Path(folder_named(chosen))
    from platformdirs import user_data_path  # rarely needed, and only once

    return user_data_path("audiobook", appauthor=False) / "voices"
