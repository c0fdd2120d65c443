"""File names from titles that are valid on every system: Windows, macOS, Linux, Android and their shares."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import Final

_MOST_CHARS: Final = 60
"""Windows allows 260 characters in a whole path."""
_MOST_BYTES: Final = 160
"""Most systems allow 255 bytes in a name; numbers, endings and temporary names need some of them."""
_REPLACED: Final = str.maketrans(
    {'"': "'", "/": "-", "\\": "-", "|": "-", "<": "(", ">": ")", "?": "", "*": ""}
)
_COLON: Final = re.compile(r"\s*:(?:\s+|$)")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE)
"""Names of devices on Windows, with any ending.

Source: Microsoft, "Naming Files, Paths, and Namespaces".
"""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"
"""Zero-width characters that some scripts need between letters."""
_EDGES: Final = f" .-{_JOINERS}"
"""Windows drops stops and spaces at the end, and a stop at the start hides a file elsewhere."""


def file_name(title: str) -> str:
    """Return a title as a file name without an extension; empty if no character of it can be in a file name.

    Names that differ only in case, or in how accents are stored, remain different here, but some systems treat them as
    the same name: see `same_name`.
    """
    text = unicodedata.normalize("NFC", " ".join(title.split()))
    shown = "".join(
        character
        for character in text
        if character in _JOINERS or unicodedata.category(character) not in _UNSEEN
    )
    shown = _COLON.sub(" - ", shown).replace(":", "-").translate(_REPLACED)
    shown = _cut(" ".join(shown.split())).strip(_EDGES)
    return _RESERVED.sub(r"\1_", shown) if _RESERVED.match(shown) else shown


def same_name(name: str) -> str:
    """Return a form of a name that is equal for all names that some system treats as the same file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def as_spelled(path: Path) -> Path:
    """Return the path of the existing file that a path refers to, even if their accents are composed differently.

    An accented letter can be one character or two. Systems and archivers change that, and people cannot see it.

    Args:
        path: A path as a user or a text wrote it.

    Returns:
        The path that exists; the path itself if none does.
    """
    if os.fspath(path).isascii() or _is_there(path) or path == path.parent:
        return path
    folder = as_spelled(path.parent)
    spellings = (path.name, *(unicodedata.normalize(form, path.name) for form in ("NFC", "NFD")))
    return next((folder / name for name in spellings if _is_there(folder / name)), path)


def _is_there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # a NUL in the name
        return False


def _cut(text: str) -> str:
    """Return the beginning of a text that fits, up to the end of a word if one ends near the limit."""
    kept = text[:_MOST_CHARS].encode()[:_MOST_BYTES].decode("utf-8", "ignore")
    if len(kept) == len(text):
        return text
    whole, _, _ = kept.rpartition(" ")
    return whole if len(whole) > len(kept) // 2 else kept
