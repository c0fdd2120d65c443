"""The user's agreements to send text elsewhere, saved in the user's configuration folder.

They are never saved in a project, because a project may come from a stranger.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.errors import StorageError, UsageError
from audiobook.files import write_swept
from audiobook.places import configuration_folder
from audiobook.system.opening import read_file

FILE_NAME: Final = "agreed.txt"
_MOST_BYTES: Final = 1 << 20


def is_agreed(what: str) -> bool:
    """Return whether the user has agreed; `what` is the text that was given to `agree`."""
    return _line(what) in _agreed()


def agreed_after(beginning: str) -> list[str]:
    """Return the agreements that begin with a prefix, without the prefix, oldest first."""
    found = (line.decode("unicode_escape", "replace") for line in _agreed())
    return [what.removeprefix(beginning) for what in found if what.startswith(beginning)]


def agree(what: str) -> None:
    """Save that the user has agreed. If the configuration folder cannot be written, nothing is saved.

    Args:
        what: What the user agreed to, such as "gtts: Google Translate".
    """
    agreed, line = _agreed(), _line(what)
    if line not in agreed:
        with suppress(StorageError):
            write_swept(_path(), b"".join(b"%s\n" % each for each in [*agreed, line]))


def _line(what: str) -> bytes:
    """Return an agreement as one line, with line breaks escaped.

    Otherwise the name of a stranger's folder could contain a line break followed by a forged agreement.
    """
    return what.encode("unicode_escape")


def _path() -> Path:
    return configuration_folder() / FILE_NAME


def _agreed() -> list[bytes]:
    with suppress(OSError, UsageError):
        return read_file(Path(os.path.realpath(_path())), _MOST_BYTES).splitlines()
    return []
