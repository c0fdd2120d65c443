"""Starting further Python interpreters, which must not look for modules in the current folder.

`python -m` and `python -c` look there first, and the current folder is usually the project. Code in a project from a stranger
would otherwise run as soon as it has the name of one of our modules or of a library.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_VARIABLE: Final = "PYTHONSAFEPATH"
_OURS: Final = "audiobook"
"""Any value works; this one shows a worker that the user did not set it."""


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python with arguments."""
    return [sys.executable, "-P", *arguments]


def audiobook(*arguments: str) -> list[str]:
    """Return the command that runs `audiobook` with arguments."""
    return python("-m", "audiobook", *arguments)


@contextmanager
def current_folder_ignored() -> Iterator[None]:
    """Make the interpreters that `multiprocessing` starts in this block ignore the current folder too."""
    if sys.flags.safe_path:  # which it passes on
        yield
        return
    os.environ[_VARIABLE] = _OURS
    try:
        yield
    finally:
        del os.environ[_VARIABLE]


def leave_path_to_programs() -> None:
    """In a newly started worker, stop passing this setting on to the programs that it runs."""
    if os.environ.get(_VARIABLE) == _OURS:
        del os.environ[_VARIABLE]
