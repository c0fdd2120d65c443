"""Reports of unexpected errors, kept in the user's state folder for a bug report.

A report contains versions and the places in the code, by module and line. It contains no messages of
exceptions, which may quote a text or a secret, no values of options and variables, and no path.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from traceback import print_exception, walk_tb
from typing import Final

from audiobook import __version__
from audiobook.log import log

_HEAD: Final = (
    "A report of an unexpected error in audiobook. It contains no text of a book, no secret and none of "
    "your file names."
)
_HARMLESS: Final = re.compile(
    r"'[\w.]+' object (has no attribute '\w+'|is not \w+|does not support [\w ]+)"
    r"|(name|module) '[\w.]+' (is not defined|has no attribute '\w+')"
    r"|[\w.]+\(\) (missing|takes|got) [\w' ,()]+"
)
"""Messages of Python that consist only of names in the code."""
_MOST_FRAMES: Final = 60
_PLEASE: Final = "this is a bug; please report it, with the text if you can"
_NAME: Final = re.compile(r"[\w.-]+")


def report_crash(error: BaseException) -> Path | None:
    """Keep a report of an unexpected error; the same error in the same place gives the same file.

    Returns:
        Its path; None if it cannot be written.
    """
    with suppress(Exception):  # whatever goes wrong here, the error itself matters more
        places = "\n".join(_chain(error))
        text = f"{_HEAD}\n\n{_setting()}\n\n{places}\n"
        path = _folder() / f"crash-{hashlib.sha256(places.encode()).hexdigest()[:12]}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
        return path
    return None


def bug_hint(error: BaseException) -> str:
    """Keep a report of an unexpected error in a single text, and return a hint that names it; see `report_crash`."""
    if log.is_debug:
        print_exception(error)
    path = report_crash(error)
    return _PLEASE + (f", and {path}" if path else "")


def _folder() -> Path:
    from platformdirs import user_state_path  # needed only after a bug

    return user_state_path("audiobook", appauthor=False)


def _setting() -> str:
    lines = [
        f"audiobook {__version__}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}",
        f"encodings {sys.getfilesystemencoding()}, {sys.stdout.encoding}",
        f"command {' '.join(log.command)}",
        "packages " + ", ".join(_packages()),
    ]
    return "\n".join(lines)


def _packages() -> Iterator[str]:
    from importlib.metadata import PackageNotFoundError, requires, version  # takes 15 ms

    needs = (need.partition(";") for need in requires("audiobook-press") or [])
    names = {
        found.group() for need, _, marker in needs if "test" not in marker and (found := _NAME.match(need))
    }
    for name in sorted(names, key=str.lower):
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


def _chain(error: BaseException | None) -> Iterator[str]:
    """Yield the lines of an error after those of the errors that led to it."""
    errors: list[BaseException] = []
    while error is not None and error not in errors:
        errors.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for one in reversed(errors):
        kind = type(one)
        frames = list(walk_tb(one.__traceback__))[-_MOST_FRAMES:]
        for frame, line in frames:
            yield f"  {frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_qualname}"
        said = str(one) if isinstance(one, AttributeError | NameError | TypeError) else ""
        yield f"{kind.__module__}.{kind.__qualname__}" + (f": {said}" if _HARMLESS.fullmatch(said) else "")
