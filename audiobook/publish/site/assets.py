"""The files that all pages share: style sheet, JavaScript modules, icon."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from audiobook.files import digest

ASSETS: Final = "assets"
LIVE: Final = "live.js"
"""The script that reloads a page when its work changes; only pages made by `serve` load it."""

OFFLINE: Final = "offline.js"
"""The service worker. It is next to the index, because a service worker answers only for pages in or below its folder."""

_IMPORT: Final = re.compile(rb"^import .* from '\./([a-z]+\.js)';$", re.MULTILINE)
_COMMENT: Final = re.compile(rb"^ *//.*\n", re.MULTILINE)


@cache
def assets() -> dict[str, bytes]:
    """Return the contents of all assets by file name, sorted by name; scripts without their comments."""
    found = sorted(files(__package__).joinpath(ASSETS).iterdir(), key=lambda entry: entry.name)
    contents = {entry.name: entry.read_bytes() for entry in found if entry.is_file()}
    return {
        name: _COMMENT.sub(b"", data) if name.endswith(".js") else data for name, data in contents.items()
    }


@cache
def modules(script: str) -> tuple[str, ...]:
    """Return the file names of all modules that a script loads, also through others, sorted by name."""
    found: set[str] = set()
    waiting = [script]
    while waiting:
        imported = [name.decode() for name in _IMPORT.findall(assets()[waiting.pop()])]
        waiting += [name for name in imported if name not in found]
        found.update(imported)
    return tuple(sorted(found))


@cache
def assets_folder() -> str:
    """Return the path of the published assets, relative to the publication's folder.

    It contains a digest of the assets, so that a page never loads those of another version from a browser's cache.
    """
    named = b"".join(name.encode() + b"\0" + data + b"\0" for name, data in assets().items())
    return f"{ASSETS}/{digest(named)[:8]}"
