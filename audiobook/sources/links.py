"""Links between the files of a text; links that lead out of its archive or folder are rejected."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

_REMOVED: Final = dict.fromkeys(map(ord, "\t\n\r"))
"""Characters that are removed from an address before it is read, as by `urlsplit`."""
_USUAL_CHARS: Final = 500
"""Longer addresses are not remembered."""


def resolve(base: str, link: str) -> tuple[str, str] | None:
    """Resolve a link inside a member.

    Args:
        base: The member that contains the link.
        link: A relative URL, percent-encoded.

    Returns:
        The target member and the `id` in it (empty if the link has no fragment); None if the link leads
        outside the archive.
    """
    address, _, fragment = link.strip().translate(_REMOVED).partition("#")
    find = _target if len(address) <= _USUAL_CHARS else _target.__wrapped__
    member = find(base, address)
    return None if member is None else (member, unquote(fragment))


def spelled(name: str, names: Collection[str]) -> str:
    """Return the name of the file that a name refers to, even if their accents are composed differently.

    Args:
        name: The name as a text writes it.
        names: The names of the files.

    Returns:
        The one of `names` that looks the same; the name itself if it is among them, or if none looks the same.
    """
    if name in names or name.isascii():
        return name
    wanted = unicodedata.normalize("NFC", name)
    return next((each for each in names if unicodedata.normalize("NFC", each) == wanted), name)


@lru_cache(maxsize=1024)
def _target(base: str, address: str) -> str | None:
    """Return the member that an address without a fragment leads to; None if it is outside the archive."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return None
    path = unquote(parts.path)
    member = posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base
    return None if member.startswith("../") or member == ".." else member
