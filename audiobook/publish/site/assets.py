"""The files that all pages share: style sheet, JavaScript modules, icon."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from audiobook.files import digest

ASSETS: Final = "assets"
LIVE: Final = "live.js"
"""The script that reloads a page when its work changes; only pages made by `serve` load it."""


@cache
def assets() -> dict[str, bytes]:
    """Return the contents of all assets by file name, sorted by name."""
    found = sorted(files(__package__).joinpath(ASSETS).iterdir(), key=lambda entry: entry.name)
    return {entry.name: entry.read_bytes() for entry in found if entry.is_file()}


@cache
def assets_folder() -> str:
    """Return the path of the published assets, relative to the publication's folder.

    It contains a digest of the assets, so that a page never loads those of another version from a browser's cache.
    """
    named = b"".join(name.encode() + b"\0" + data + b"\0" for name, data in assets().items())
    return f"{ASSETS}/{digest(named)[:8]}"
