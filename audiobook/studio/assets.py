"""The style sheet and scripts of the studio's pages.

Those of the published pages are reused where they fit.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from audiobook.publish.site.assets import sources as site_sources

_MEDIA: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_OF_THE_SITE: Final = ("clock.js", "icon.svg", "site.css", "theme.js")


@cache
def _assets() -> dict[str, bytes]:
    folder = files(__package__).joinpath("assets")
    own = {entry.name: entry.read_bytes() for entry in folder.iterdir() if media_type(entry.name)}
    return {name: site_sources()[name] for name in _OF_THE_SITE} | own


def asset(name: str) -> bytes | None:
    """Return a file by its name; None if there is none."""
    return _assets().get(name)


def media_type(name: str) -> str:
    """Return the media type of a file by its name; empty if pages use no such type."""
    return _MEDIA.get(name[name.rfind(".") :], "")
