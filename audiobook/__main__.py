"""Entry point of `audiobook` and `python -m audiobook`. Little is imported before Ctrl-C is handled."""

import os
import sys

# `python -m` looks for modules in the current folder first. That is usually the project, which may come from a stranger;
# but it may be a clone of this one. (pathlib would be looked for there too.)
if __name__ == "__main__" and sys.path[0] != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH120
    sys.path[:] = sys.path if sys.flags.safe_path else sys.path[1:]

import gc
from typing import Final, NoReturn

from audiobook.system.interrupts import stoppable
from audiobook.system.streams import guard_standard_streams

_OBJECTS_BETWEEN_COLLECTIONS: Final = 20_000
"""Instead of 700: a book is hundreds of thousands of objects that stay, and looking through them takes a tenth of the time."""


def main() -> NoReturn:
    """Run the `audiobook` command and exit with its code."""
    guard_standard_streams()
    sys.exit(stoppable(_run))


def _run() -> int:
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        from audiobook.cli import run

        code = run()
        gc.freeze()  # otherwise all objects are searched for cycles when the process ends, which takes 10 ms and more
        return code
    except (MemoryError, SystemError):  # there may be too little memory for `run` to report it
        sys.stderr.write("error: there is not enough memory\n")
        return 4
    except ImportError as error:
        sys.stderr.write(f"error: a library cannot be loaded: {error}\n")
        return 4


# A spawned worker imports this module too, and must not run the command.
if __name__ == "__main__":
    main()
