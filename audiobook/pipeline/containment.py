"""A fault met while one work is read or put together ends that work, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from audiobook.errors import AudiobookError, WorkError
from audiobook.sources.outline import title_text
from audiobook.system.interrupts import check_interrupted

REPORT: Final = "this is a bug; please report it, with the text if you can"


@contextmanager
def contained(name: str) -> Iterator[None]:
    """Turn whatever a reader or narration raises unexpectedly into an error of the work at hand.

    Readers of other people, libraries that meet damaged files, and bugs of our own may raise anything. Our own errors
    pass, and so does what is no `Exception`: an interrupt is not for the work alone.

    Args:
        name: How messages call the work's file.

    Raises:
        WorkError: The block raised something unexpected; names the file and the kind of exception.
        Interrupted: The process was asked to stop.
    """
    try:
        yield
    except AudiobookError:
        raise
    except MemoryError as error:
        raise WorkError(
            "needs more memory than there is", where=name, hint="split it into several files"
        ) from error
    except Exception as error:
        check_interrupted()  # a library may have turned an interrupt into an error of its own
        told = title_text(str(error).encode("utf-8", "replace").decode())
        message = f"unexpected {type(error).__name__}" + (f": {told}" if told else "")
        raise WorkError(message, where=name, hint=REPORT) from error
