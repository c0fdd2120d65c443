"""What all pages share: style, modules of JavaScript, the icon."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from audiobook.files import digest

ASSETS: Final = "assets"
LIVE: Final = "live.js"
"""Only pages that ask the server for changes load it."""


@cache
def assets() -> dict[str, bytes]:
    """Give all files by name."""
    found = sorted(files(__package__).joinpath(ASSETS).iterdir(), key=lambda entry: entry.name)
    return {entry.name: entry.read_bytes() for entry in found if entry.is_file()}


@cache
def assets_folder() -> str:
    """Give the folder that they are published in, below the publication's.

    It is named by what is in it, so that a page never meets the files of another version in a browser's cache.
    """
    named = b"".join(name.encode() + b"\0" + data + b"\0" for name, data in assets().items())
    return f"{ASSETS}/{digest(named)[:8]}"
