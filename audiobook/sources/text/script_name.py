"""Saved scripts are known by their names, and name the text that they were saved from."""

from __future__ import annotations

import json
import re
from typing import Final

ENDING: Final = ".script.md"
"""How the name of a saved script ends; such a file is read as it stands."""
NOTE = re.compile(
    rb'^saved: "(?P<name>(?:[^"\\\n]|\\.)*) (?P<source>[0-9a-f]{16}) (?P<text>[0-9a-f]{16})"\r?$',
    re.MULTILINE,
)
"""The line of the front matter with the name of the source, its digest, and that of the script without this last one."""
HEAD_BYTES: Final = 1 << 16
"""The note is in the first bytes of a script."""


def is_saved_script(name: str) -> bool:
    """Return whether a file is a saved script, by its name."""
    return name.lower().endswith(ENDING)


def source_name(head: bytes) -> str | None:
    """Return the name of the file that a script was saved from, by its first bytes; None if they do not say it."""
    note = NOTE.search(head)
    try:
        return str(json.loads(b'"%b"' % note["name"])) if note else None
    except ValueError:
        return None
