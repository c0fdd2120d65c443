"""Refusals of the operating system: memory, threads, libraries, paths."""

from __future__ import annotations

import errno
import os
from typing import Final

from audiobook.errors import StorageError

_HINT: Final = "allow more memory (ulimit -v), or use fewer processes: --jobs 1"


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
            return StorageError(f"a library cannot be loaded: {error}", hint=_HINT)
        case RuntimeError() if str(error).startswith("can't start new thread"):
            return StorageError("the system allows no more threads", hint=_HINT)
    return None
