"""Recognising saved scripts by their names, and the text that a script was saved from."""

from __future__ import annotations

import json
import re
from typing import Final

ENDING: Final = ".script.md"
"""The end of a saved script's file name; such a file is read without looking for titles and chapters."""
NOTE = re.compile(
    rb"""
    ^saved:[ ]"(?P<name>(?:[^"\\\n]|\\.)*)      # saved: "novel.epub
    [ ](?P<source>[0-9a-f]{16})                 # 0123456789abcdef
    [ ](?P<text>[0-9a-f]{16})"\r?$              # fedcba9876543210"
    """,
    re.MULTILINE | re.VERBOSE,
)
"""Matches the front matter line with the source's name and digest, and the digest of the script without it."""
HEAD_BYTES: Final = 1 << 16
"""The note is in the first bytes of a script."""


def is_saved_script(name: str) -> bool:
    """Return whether the name of a file is that of a saved script."""
    return name.lower().endswith(ENDING)


def source_name(head: bytes) -> str | None:
    """Return the name of the file that a script was saved from, by its first bytes; None if they do not contain it."""
    note = NOTE.search(head)
    try:
        return str(json.loads(b'"%b"' % note["name"])) if note else None
    except ValueError:
        return None
