"""Refusals of the operating system: memory, threads, libraries, paths."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from typing import Final

from audiobook.errors import StorageError
from audiobook.extras import DISTRIBUTION, reinstall_command

_HINT: Final = "allow more memory (ulimit -v), or use fewer processes: --jobs 1"
_WITHOUT_MEMORY: Final = re.compile("memory|failed to map segment(?!.*not permitted)", re.IGNORECASE)
"""Matches what the loader of the C library says about too little memory."""


def system_refusal(error: BaseException) -> StorageError | None:
    """Return our error for a refusal of the operating system; None if the exception is something else.

    Args:
        error: An exception of Python or a library that nothing else has handled.
    """
    match error:
        case (
            OSError(errno=errno.ENOMEM) | MemoryError() | SystemError()
        ):  # Python raises all three without memory
            return StorageError("there is not enough memory", hint=_HINT)
        case OSError():
            where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else None
            return StorageError(error.strerror or type(error).__name__, where=where)
        case ImportError():
            return _unloaded(error)
        case RuntimeError() if str(error).startswith("can't start new thread"):
            return StorageError("the system allows no more threads", hint=_HINT)
    return None


def _unloaded(error: ImportError) -> StorageError:
    """Return our error for a module that cannot be imported, with the package to install again."""
    if _WITHOUT_MEMORY.search(str(error)):
        return StorageError(f"a library cannot be loaded: {error}", hint=_HINT)
    package = _package_of(error)
    if package is None:
        return StorageError(
            f"a library cannot be loaded: {error}", hint="find out what is damaged: audiobook doctor"
        )
    return StorageError(
        f"{package} cannot be loaded: {error}", hint=f"reinstall it: {reinstall_command(package)}"
    )


def _package_of(error: ImportError) -> str | None:
    """Return the installed package that cannot be imported, or that imports a module which does not exist; None if unknown."""
    from importlib.metadata import packages_distributions  # only needed for an error

    found = packages_distributions()
    for module in (error.name or "", *_modules_of(error)):
        for package in found.get(module.partition(".")[0], ()):
            if package != DISTRIBUTION:
                return package
    return None


def _modules_of(error: ImportError) -> Iterator[str]:
    """Yield the names of the modules that were running when an error was raised, the innermost first."""
    trace, names = error.__traceback__, []
    while trace:
        names.append(str(trace.tb_frame.f_globals.get("__name__")))
        trace = trace.tb_next
    return reversed(names)
