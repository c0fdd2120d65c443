"""The `audiobook` command, which `python -m audiobook` is too. Little is imported before it listens to Ctrl-C."""

import sys
from typing import NoReturn

from audiobook.system.interrupts import stoppable
from audiobook.system.streams import guard_standard_streams


def main() -> NoReturn:
    """Be the `audiobook` command."""
    guard_standard_streams()
    sys.exit(stoppable(_run))


def _run() -> int:
    try:
        from audiobook.cli import run

        return run()
    except (MemoryError, SystemError):  # there may be too little even to tell an error as `run` does
        sys.stderr.write("error: there is not enough memory\n")
        return 4
    except ImportError as error:
        sys.stderr.write(f"error: a library cannot be loaded: {error}\n")
        return 4


# A spawned worker imports this module again, and must not be a command again.
if __name__ == "__main__":
    main()
