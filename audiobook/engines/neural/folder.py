"""The voices folder, which all engines with downloaded voices share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.places import folder_named

FOLDER_VARIABLE: Final = "AUDIOBOOK_VOICES"
"""Environment variable with the path of the voices folder."""


def voices_folder(configured: str = "") -> Path:
    """Return the voices folder: from the environment, else `configured`, else the user's default.

    Args:
        configured: Folder from the settings; empty if they name none.

    Raises:
        UsageError: The name of the folder is not valid.
    """
    if chosen := os.environ.get(FOLDER_VARIABLE) or configured:
        return Path(folder_named(chosen))
    from platformdirs import user_data_path  # rarely needed, and only once

    return user_data_path("audiobook", appauthor=False) / "voices"
