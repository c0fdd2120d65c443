"""`audiobook play`: hear a built work with the player that is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from audiobook.book.record import Record, records_in
from audiobook.book.record_reading import read_record
from audiobook.errors import NothingToDo, StorageError, UsageError, near
from audiobook.pipeline.project import Project
from audiobook.settings import Settings

_PLAYERS: Final = (
    ("mpv", ("--no-video",)),
    ("ffplay", ("-nodisp", "-autoexit", "-hide_banner")),
    ("afplay", ()),
)
"""Players for a terminal, best first, with the arguments before the file."""
_FAREWELL_S: Final = 1.0
_OPENERS: Final = ("xdg-open", "open")


def play_work(root: Path, settings: Settings, work: str, language: str | None) -> int:
    """Play a built work.

    Args:
        root: Folder of the project.
        settings: Of the project.
        work: Its slug.
        language: Which edition; None takes the only one.

    Returns:
        0, or the player's own exit code.

    Raises:
        NothingToDo: The work is not built.
        UsageError: It is built in several languages and none was named, or there is no such work.
        StorageError: No player is there.
    """
    project = Project.at(root, settings)
    path = _find(project.output, work, language)
    command = _player(path)
    if command is None:
        os.startfile(path)  # type: ignore[attr-defined]
        return 0
    return run_player(command)


def run_player(command: Sequence[str]) -> int:
    """Run a player to its end, and return its exit code; when we are stopped, it may tidy up the terminal."""
    with subprocess.Popen(command) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            try:
                process.wait(_FAREWELL_S)
            except subprocess.TimeoutExpired:
                process.kill()
            raise


def _find(output: Path, work: str, language: str | None) -> Path:
    built = records_in(output)
    records = {path.parent.name: path for path in built if path.stem == work}
    if not records:
        hint = near(work, {path.stem for path in built}) or "build it first: audiobook build"
        raise NothingToDo(f"there is no built work “{work}”", hint=hint)
    if language is None and len(records) > 1:
        raise UsageError(
            f"“{work}” is there in {', '.join(records)}", hint="say which: --lang " + next(iter(records))
        )
    chosen = records.get(language or next(iter(records)))
    if chosen is None:
        raise NothingToDo(f"“{work}” is not built in “{language}”", hint=near(language or "", records))
    record: Record | None = read_record(chosen)
    audio = chosen.parent / record.audio.name if record else chosen
    if not audio.is_file():
        raise NothingToDo(f"{audio.name} is missing", hint="build it again: audiobook build")
    return audio


def player(path: Path) -> Sequence[str]:
    """Give the command that plays a file to its end.

    Raises:
        StorageError: There is none.
    """
    command = _terminal_player(path)
    if command is None:
        raise StorageError("there is no player for a terminal on this machine", hint="install mpv or ffplay")
    return command


def _terminal_player(path: Path) -> Sequence[str] | None:
    for name, arguments in _PLAYERS:
        if found := shutil.which(name):
            return [found, *arguments, os.fspath(path)]
    return None


def _player(path: Path) -> Sequence[str] | None:
    """Give the command that plays a file; None stands for what Windows opens it with."""
    if command := _terminal_player(path):
        return command
    for name in _OPENERS:
        if found := shutil.which(name):
            return [found, os.fspath(path)]
    if sys.platform == "win32":
        return None
    raise StorageError(
        "there is no player on this machine", hint=f"install mpv, or open {path} with a player"
    )
