"""`audiobook check --acx`: compare audio files with the requirements of ACX."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audiobook.audio.acx import Requirement, requirements
from audiobook.audio.levels import container_of, measure_levels, require_levels
from audiobook.commands.output import print_json, print_line, print_table
from audiobook.errors import SourceError, UsageError
from audiobook.files import storage_error
from audiobook.report.base import QuietReporter, counted
from audiobook.surrogates import escaped


def check_acx(files: Sequence[Path], *, as_json: bool) -> int:
    """Measure files, and print for each requirement whether it is met.

    Args:
        files: The audio files of one book, made by any program.
        as_json: Print one JSON object.

    Returns:
        0 if every file meets every requirement, else 1.

    Raises:
        EngineMissing: The extra `formats` is not installed.
        UsageError: A file does not exist, or does not have the extension of an audio file.
        StorageError: A file cannot be read.
    """
    require_levels()
    for path in files:
        _require_readable(path)
    answers: list[dict[str, Any]] = []
    channels, passed = 0, 0
    for path in files:
        try:
            levels = measure_levels(path)
        except SourceError as error:
            QuietReporter().fail(error)
            answers.append(_as_json(path, [], str(error)))
            continue
        rows = requirements(levels, channels)
        channels = channels or levels.channels
        answers.append(_as_json(path, rows, None))
        passed += all(row.is_met for row in rows)
        if not as_json:
            _print(path, rows)
    if as_json:
        print_json({"files": answers})
    else:
        print_line(f"{passed} of {counted(len(files), 'file')} OK")
    return 0 if passed == len(files) else 1


def _require_readable(path: Path) -> None:
    """Check that a file can be opened, before the first one is measured."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint=f"name the files in it: {path}/*.mp3")
    try:
        with open(path, "rb"):
            container_of(path)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file") from error
    except OSError as error:
        raise storage_error(error, path, "reading") from error


def _print(path: Path, rows: Sequence[Requirement]) -> None:
    print_line(str(path))
    shown = [("", "REQUIREMENT", "MEASURED", "REQUIRED")]
    print_table([*shown, *(("OK" if row.is_met else "NO", row.label, row.shown, row.wanted) for row in rows)])
    print_line()


def _as_json(path: Path, rows: Sequence[Requirement], error: str | None) -> dict[str, Any]:
    return {
        "file": escaped(str(path)),
        "passes": not error and all(row.is_met for row in rows),
        "error": error,
        "requirements": [
            {"name": row.name, "measured": row.measured, "required": row.wanted, "passes": row.is_met}
            for row in rows
        ],
    }
