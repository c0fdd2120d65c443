"""Containing unexpected errors, so that a bug only fails the work in which it occurs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from audiobook.errors import AudiobookError, WorkError
from audiobook.report.crash import bug_hint
from audiobook.sources.title_text import title_text
from audiobook.system.interrupts import check_interrupted


@contextmanager
def contained(name: str) -> Iterator[None]:
    """Turn any unexpected exception in the block into an error of one work.

    Third-party readers, libraries that get damaged files, and our own bugs may raise anything. Our own errors pass
    unchanged, and so do interrupts, which are not `Exception`s.

    Args:
        name: Name of the text, shown in messages.

    Raises:
        WorkError: The block raised an unexpected exception. The message names the text and the exception.
        Interrupted: The user or the system stopped the process.
    """
    try:
        yield
    except AudiobookError:
        raise
    except MemoryError as error:
        raise WorkError("not enough memory", where=name, hint="split it into several files") from error
    except Exception as error:
        check_interrupted()  # a library may have turned an interrupt into an error of its own
        cause = title_text(str(error).encode("utf-8", "replace").decode())
        message = f"unexpected {type(error).__name__}" + (f": {cause}" if cause else "")
        raise WorkError(message, where=name, hint=bug_hint(error)) from error
