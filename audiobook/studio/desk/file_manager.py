"""Showing a folder in the file manager, where the system has a desktop."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from audiobook.errors import UsageError

_DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY")


def opener(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the program that opens folders; None without one, or without a desktop, as on a server."""
    if sys.platform == "win32":
        return shutil.which("explorer")
    if sys.platform == "darwin":
        return shutil.which("open")
    return shutil.which("xdg-open") if any(map(environment.get, _DESKTOPS)) else None


def open_folder(folder: str) -> None:
    """Show a folder.

    Raises:
        UsageError: There is no desktop, or the program cannot be started.
    """
    program = opener()
    if program is None or not Path(folder).is_dir():
        raise UsageError("the folder cannot be opened here", hint="open it in your file manager")
    try:
        process = subprocess.Popen(
            [program, folder], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise UsageError(f"the folder cannot be opened: {error.strerror}") from error
    Thread(target=process.wait, daemon=True).start()  # it may stay open as long as the file manager
