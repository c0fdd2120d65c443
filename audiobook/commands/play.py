"""`audiobook play`: play a built work with an installed player."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from audiobook.book.record.works import Record
from audiobook.commands.built_works import built_work, editions_by_label, has_changed
from audiobook.commands.output import print_note
from audiobook.errors import NothingToDo, StorageError
from audiobook.pipeline.project import Project
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings
from audiobook.system.interrupts import interrupts_answered_by, interrupts_expected

_PLAYERS: Final = (
    ("mpv", ("--no-video",)),
    ("ffplay", ("-nodisp", "-autoexit", "-hide_banner")),
    ("afplay", ()),
)
"""Terminal players, best first, with the arguments that precede the file."""
_FAREWELL_S: Final = 5.0
"""Seconds that an interrupted player has to restore the terminal; a second interrupt ends the wait."""
_OPENERS: Final = ("xdg-open", "open")


def play_work(root: Path, settings: Settings, work: str, language: str | None) -> int:
    """Play a built work; if its text has changed since, say so.

    Args:
        root: Project folder.
        settings: Project settings.
        work: The work, by any of its names.
        language: Language tag; None if the work has only one edition.

    Returns:
        0, or the exit code of the player.

    Raises:
        NothingToDo: The work is not built.
        UsageError: The work exists in several languages and none was given.
        StorageError: No player was found.
    """
    project = Project.at(root, settings, (work,))
    path, record = built_work(project, work, language)
    path = _audio(path, record)
    if has_changed(record, editions_by_label(project)):
        label = f"{record.language}/{record.slug}"
        shown = (path.parent / record.source).as_posix() if project.is_beside else label
        QuietReporter().warn(
            f"{label}: the text has changed since it was built; for the new version, run `audiobook build {shown}`"
        )
    command = _player(path)
    if command is None:
        os.startfile(path)  # type: ignore[attr-defined]
        return 0
    return run_player(command)


def run_player(command: Sequence[str]) -> int:
    """Run a player and return its exit code. When interrupted, give it a moment to restore the terminal."""
    return _run(command, None)


def run_quiet_player(command: Sequence[str]) -> int:
    """Run a player whose output is hidden, as sound libraries print a lot there; show the end of it if the player fails."""
    with TemporaryFile() as output:
        code = _run(command, output)
        if code:
            output.seek(0)
            lines = output.read().decode("utf-8", "replace").strip().splitlines()
            said = f": {lines[-1].strip()}" if lines else ""
            print_note(f"error: {Path(command[0]).name} ended with code {code}{said}")
        return code


def _run(command: Sequence[str], output: IO[bytes] | None) -> int:
    interrupts_expected(_FAREWELL_S + 1)
    process: subprocess.Popen[bytes] | None = None
    try:
        with interrupts_answered_by(lambda: None):  # an interrupt while it starts would lose track of it
            process = subprocess.Popen(command, stdout=output, stderr=output)
        return process.wait()
    except BaseException:
        if process:
            process.terminate()
            try:
                process.wait(_FAREWELL_S)
            finally:
                process.kill()  # does nothing to a process that has ended
        raise


def _audio(path: Path, record: Record) -> Path:
    audio = path.parent / record.audio.name
    if not audio.is_file():
        raise NothingToDo(f"{audio.name} is missing", hint="run `audiobook build` to rebuild it")
    return audio


def player(path: Path) -> Sequence[str]:
    """Return the command that plays a file in the terminal.

    Raises:
        StorageError: No terminal player was found.
    """
    command = _terminal_player(path)
    if command is None:
        raise StorageError("no terminal audio player found", hint="install mpv or ffplay")
    return command


def _terminal_player(path: Path) -> Sequence[str] | None:
    for name, arguments in _PLAYERS:
        if found := shutil.which(name):
            return [found, *arguments, os.fspath(path)]
    return None


def found_player() -> Path | None:
    """Return the program that plays books: one for the terminal, or else the system's opener.

    None if there is neither.
    """
    for name in (*(name for name, _ in _PLAYERS), *_OPENERS):
        if found := shutil.which(name):
            return Path(found)
    return None


def _player(path: Path) -> Sequence[str] | None:
    """Return the command that plays a file; None means the default program on Windows."""
    if command := _terminal_player(path):
        return command
    for name in _OPENERS:
        if found := shutil.which(name):
            return [found, os.fspath(path)]
    if sys.platform == "win32":
        return None
    raise StorageError("no audio player found", hint=f"install mpv, or open {path} in a player")
