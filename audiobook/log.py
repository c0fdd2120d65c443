"""The log of a command, step by step: in the file that the user names, and on standard error with `--verbose`.

There is one log for each process. Processes that are forked from it write to the same file, one line at a time.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Final

from audiobook.errors import StorageError, UsageError
from audiobook.surrogates import escaped

_HEAD: Final = b"# log of audiobook\n"
_NOT_SHOWN: Final = dict.fromkeys([*range(32), *range(127, 160)], " ")


class _Log:
    """The log of this process.

    Attributes:
        is_verbose: Whether details are shown on standard error.
        is_debug: Whether unexpected errors are shown with their traceback.
        command: The words of the command line that are names of commands and options.
    """

    def __init__(self) -> None:
        self.is_verbose = False
        self.is_debug = False
        self.command: tuple[str, ...] = ()
        self._path: Path | None = None
        self._descriptor = -1

    @property
    def is_on(self) -> bool:
        """Whether a detail is written anywhere."""
        return self.is_verbose or self._descriptor >= 0

    def open(self, path: Path) -> None:
        """Append to a file; nothing but a log is appended to.

        Raises:
            UsageError: The file is something else.
            StorageError: It cannot be opened or written.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK * (os.name == "posix")
        try:
            self._descriptor = os.open(path, flags, 0o600)
            begin = os.read(self._descriptor, len(_HEAD))
            if begin not in (b"", _HEAD):
                raise UsageError(
                    f"{path} is not a log of audiobook",
                    hint="choose another file; nothing was written to this one",
                )
            if not begin:
                os.write(self._descriptor, _HEAD)
        except OSError as error:
            self.close()
            raise StorageError(f"writing failed: {error.strerror}", where=os.fspath(path)) from error
        except UsageError:
            self.close()
            raise
        self._path = path

    def close(self) -> None:
        """Write nothing more to the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def write(self, level: str, text: str) -> None:
        """Write a line with the time. If that fails, the file is left alone from then on: a log must not stop a book."""
        if self._descriptor < 0:
            return
        when = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        line = f"{when} {level:7} {escaped(text).translate(_NOT_SHOWN)}\n"
        try:
            os.write(self._descriptor, line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            self.close()
            sys.stderr.write(f"warning: {self._path}: writing failed: {error.strerror}; logging ends\n")

    def arguments(self) -> list[str]:
        """Return the options that make another command log to the same places."""
        named = ["--log-file", os.fspath(self._path.absolute())] if self._path else []
        return [*named, *(["--verbose"] if self.is_verbose else [])]


log: Final = _Log()


def noted(level: str, text: str) -> None:
    """Write a message that was also shown to the user, with its level: `info`, `warning` or `error`."""
    log.write(level, text)


def detail(text: str) -> None:
    """Write a message that only matters if something goes wrong, and show it with `--verbose`."""
    if log.is_on:
        log.write("detail", text)
        if log.is_verbose:
            sys.stderr.write(f"{escaped(text).translate(_NOT_SHOWN)}\n")
