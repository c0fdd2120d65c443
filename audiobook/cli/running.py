"""Running one command: its errors are printed once, and become an exit code."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from audiobook.cli.group import audiobook
from audiobook.cli.mistakes import explained
from audiobook.errors import AudiobookError, Bug, StorageError, UsageError
from audiobook.log import log
from audiobook.surrogates import is_text
from audiobook.system.interrupts import check_interrupted
from audiobook.system.refusals import system_refusal
from audiobook.system.streams import finished


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Errors are printed here and nowhere else.

    Args:
        arguments: Command-line arguments without the program name; None means `sys.argv[1:]`.
    """
    given = sys.argv[1:] if arguments is None else arguments
    log.command = tuple(_names_in(given))
    threading.excepthook = _tell_of_thread
    begun_s = time.monotonic()
    try:
        code = _code(given)
    except BaseException:
        log.write("info", "stopped")
        raise
    log.write("info", f"exit code {code} after {time.monotonic() - begun_s:.1f} s")
    return code


def _code(given: list[str]) -> int:
    try:
        return finished(_result(given))
    except AudiobookError as error:
        return _print_error(error)
    except click.ClickException as error:
        called = [word for word in _names_in(given) if not word.startswith("-")]
        return _print_error(explained(error, given, " ".join(["audiobook", *called])))
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user who did not ask for it
        return _print_error(system_refusal(error) or _bug(error))


def _bug(error: BaseException) -> Bug:
    """Save a report of an unhandled error, and return it as one of ours."""
    from audiobook.report.crash import report_crash

    check_interrupted()  # a library may have turned an interrupt into its own error
    if log.is_debug:
        traceback.print_exception(error)
    path = report_crash(error)
    kept = f"please report it with {path}, which contains no text of yours" if path else "please report it"
    return Bug(
        f"unexpected {type(error).__name__}: this is a bug",
        hint=f"{kept}; for the traceback: audiobook --debug …",
    )


def _tell_of_thread(what: threading.ExceptHookArgs) -> None:
    """Report an error that ended a thread, as one of the main thread would be."""
    if what.exc_value is not None and not isinstance(what.exc_value, SystemExit):
        _print_error(_bug(what.exc_value))


def _names_in(given: list[str]) -> Iterator[str]:
    """Yield the words of a command line that are names of commands and options, without any value."""
    group: click.Command | None = audiobook
    known: set[str] = set()
    for word in given:
        if isinstance(group, click.Group) and word in group.commands:
            group = group.commands[word]
            yield word
        known |= {name for each in (group.params if group else ()) for name in each.opts}
        name = word.partition("=")[0]
        if name in known and name.startswith("-"):
            yield name


def _result(given: list[str]) -> int:
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
