"""The files that all pages share: style sheet, scripts, icons."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from audiobook.files import digest
from audiobook.publish.site.scripts import bare_script, joined_script

ASSETS: Final = "assets"
LIVE: Final = "live.js"
"""The script that reloads a page when its work changes; only pages made by `serve` load it."""

OFFLINE: Final = "offline.js"
"""The service worker. It is next to the index, because a service worker answers only for pages in or below its folder."""

_PAGES: Final = ("player.js", "shelf.js")
"""The modules that pages load, each in one file with those that it imports."""
_ALONE: Final = (LIVE, OFFLINE, "moved.js", "theme.js")


@cache
def sources() -> dict[str, bytes]:
    """Return the contents of all files by name, sorted by name; scripts without comments and indentation."""
    found = sorted(files(__package__).joinpath(ASSETS).iterdir(), key=lambda entry: entry.name)
    contents = {entry.name: entry.read_bytes() for entry in found if entry.is_file()}
    return {name: bare_script(data) if name.endswith(".js") else data for name, data in contents.items()}


@cache
def assets() -> dict[str, bytes]:
    """Return the contents of all assets by file name, sorted by name."""
    joined = {name: joined_script(name, sources()) for name in _PAGES}
    others = {name: data for name, data in sources().items() if not name.endswith(".js") or name in _ALONE}
    return dict(sorted((others | joined).items()))


@cache
def assets_folder() -> str:
    """Return the path of the published assets, relative to the publication's folder.

    It contains a digest of the assets, so that a page never loads those of another version from a browser's cache.
    """
    named = b"".join(name.encode() + b"\0" + data + b"\0" for name, data in assets().items())
    return f"{ASSETS}/{digest(named)[:8]}"
