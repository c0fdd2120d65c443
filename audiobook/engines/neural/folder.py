"""The voices folder, shared by all engines with downloaded voices."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.places import folder_named

FOLDER_VARIABLE: Final = "AUDIOBOOK_VOICES"
"""Environment variable with the path of the voices folder."""


def voices_folder(configured: str = "") -> Path:
    """Return the voices folder, which may not exist: from the environment, or `configured`, or the default.

    Args:
        configured: Folder named in the settings; empty if they name none.

    Raises:
        UsageError: The name of the folder is not valid.
    """
    if chosen := os.environ.get(FOLDER_VARIABLE) or configured:
        return Path(folder_named(chosen))
    from platformdirs import user_data_path  # rarely needed, and only once

    return user_data_path("audiobook", appauthor=False) / "voices"


def has_downloads(configured: str = "") -> bool:
    """Return whether the voices folder contains anything, or cannot be read; see `voices_folder`."""
    try:
        with os.scandir(voices_folder(configured)) as entries:
            return any(entries)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
