"""Running one command: its errors are printed once, and become an exit code."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from audiobook.cli.group import audiobook
from audiobook.cli.mistakes import explained
from audiobook.errors import AudiobookError, StorageError, UsageError
from audiobook.surrogates import is_text
from audiobook.system.interrupts import check_interrupted
from audiobook.system.refusals import system_refusal
from audiobook.system.streams import finished


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Errors are printed here and nowhere else.

    Args:
        arguments: Command-line arguments without the program name; None means `sys.argv[1:]`.
    """
    try:
        return finished(_result(arguments))
    except AudiobookError as error:
        return _print_error(error)
    except click.ClickException as error:
        return _print_error(explained(error))
    except (OSError, ImportError, MemoryError, RuntimeError, SystemError) as error:
        refused = system_refusal(error)
        if refused is None:
            raise
        return _print_error(refused)


def _result(arguments: list[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    _require_text(given)
    try:
        return int(audiobook.main(given, prog_name="audiobook", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except SystemExit as done:  # raised by Click after shell completion
        return done.code if isinstance(done.code, int) else int(done.code is not None)


def _require_text(given: list[str]) -> None:
    """Reject arguments that are not valid text, except names of existing files.

    Raises:
        UsageError: An argument is not valid text, so it cannot be part of an address, a tag or JSON output.
    """
    for word in given:
        if not is_text(word) and not Path(word).is_file():
            raise UsageError(
                f"“{word}” is not valid {sys.getfilesystemencoding().upper()}",
                hint="if it is the name of a file or folder, rename it",
            )


def _print_error(error: AudiobookError) -> int:
    from audiobook.report.base import QuietReporter

    check_interrupted()  # an interrupted library may raise a misleading error
    with suppress(StorageError):  # the error printed here came first
        sys.stdout.flush()
    QuietReporter().fail(error)
    return error.exit_code
