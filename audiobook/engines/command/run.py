"""Run a program that speaks a text, and return the WAV file that it writes.

The program runs in a new folder, which is removed afterwards. It gets the text on standard input and in the file
`text.txt`, never as an argument. It writes the sound to `sound.wav` or to standard output.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from audiobook.errors import ServiceError
from audiobook.system.locks import is_running

_PREFIX: Final = "audiobook-command-"
"""Beginning of the names of these folders; our process ID and random letters follow."""
_TEXT: Final = "text.txt"
_WAV: Final = "sound.wav"
_OUTPUT: Final = "output"
_ERRORS: Final = "errors"
_LOOK_S: Final = (0.001, 0.05)
"""Shortest and longest time between two checks of a running program; within these, a twentieth of its time so far."""
_MOST_ERROR_BYTES: Final = 1 << 20
_MOST_SHOWN_CHARS: Final = 200


def wav_from_program(
    arguments: Sequence[str], text: bytes, variables: Mapping[str, str], deadline_s: float, most_bytes: int
) -> bytes:
    """Run a program and return the WAV file that it wrote.

    Args:
        arguments: The program's path and arguments. `{text}` and `{wav}` are replaced by the paths of the two files.
        text: The encoded text.
        variables: Additional environment variables.
        deadline_s: How long the program may run, in seconds.
        most_bytes: Maximum length of the WAV file.

    Raises:
        ServiceError: The program failed, took too long, or wrote too much or nothing.
    """
    with TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / _TEXT).write_bytes(text)
        paths = {"{text}": os.fspath(folder / _TEXT), "{wav}": os.fspath(folder / _WAV)}
        _run(
            [_filled(part, paths) for part in arguments],
            folder,
            {
                **os.environ,
                **variables,
                "AUDIOBOOK_TEXT": paths["{text}"],
                "AUDIOBOOK_WAV": paths["{wav}"],
            },
            deadline_s,
            most_bytes,
        )
        return _sound(folder, most_bytes)


@cache
def sweep_folders() -> None:
    """Remove the folders that killed processes left behind, once in each process."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isascii() and owner.isdigit() and not folder.is_symlink() and not is_running(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _filled(part: str, values: Mapping[str, str]) -> str:
    for placeholder, value in values.items():
        part = part.replace(placeholder, value)
    return part


def _run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], deadline_s: float, most_bytes: int
) -> None:
    name = Path(arguments[0]).name
    with (
        open(folder / _TEXT, "rb") as given,
        open(folder / _OUTPUT, "wb") as output,
        open(folder / _ERRORS, "wb") as errors,
    ):
        try:
            process = subprocess.Popen(
                arguments,
                cwd=folder,
                env=environment,
                stdin=given,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise ServiceError(f"{name} cannot be started: {reason}") from error
    try:
        is_in_time = _has_ended_in_time(process, folder, deadline_s, most_bytes)
    finally:
        code = _end(process)
    if not is_in_time:
        raise ServiceError(
            f"{name} took longer than {deadline_s:g} s", hint="if it needs more time, raise its deadline_s"
        )
    if code:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        raise ServiceError(f"{name} {how}{_said(folder)}")


def _has_ended_in_time(
    process: subprocess.Popen[bytes], folder: Path, deadline_s: float, most_bytes: int
) -> bool:
    """Wait for a program, and return whether it ended before the deadline.

    Raises:
        ServiceError: The program wrote more than `most_bytes`.
    """
    limits = {_WAV: most_bytes, _OUTPUT: most_bytes, _ERRORS: _MOST_ERROR_BYTES}
    begun = time.monotonic()
    while not _has_ended(process):
        for name, limit in limits.items():
            if _size(folder / name) > limit:
                raise ServiceError(f"it wrote more than {limit} bytes")
        so_far_s = time.monotonic() - begun
        if so_far_s > deadline_s:
            return False
        time.sleep(min(max(_LOOK_S[0], so_far_s / 20), _LOOK_S[1]))
    return True


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a program has ended.

    On Linux it stays in the process table, so that no other process group can get its ID before `_end` kills the group.
    """
    if sys.platform == "linux":
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return process.poll() is not None


def _end(process: subprocess.Popen[bytes]) -> int:
    """Kill a program and everything that it started, as far as the system allows, and return its exit code."""
    if process.returncode is None and sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
    return process.wait()


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _said(folder: Path) -> str:
    """Return the last line that a program wrote to standard error, to append to a message; "" if it wrote nothing."""
    with suppress(OSError):
        lines = (folder / _ERRORS).read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
        plain = (
            "".join(character if character.isprintable() else " " for character in lines[-1]) if lines else ""
        )
        return f": “{plain.strip()[:_MOST_SHOWN_CHARS]}”" if plain.strip() else ""
    return ""


def _sound(folder: Path, most_bytes: int) -> bytes:
    path = folder / (_WAV if _size(folder / _WAV) else _OUTPUT)
    try:
        with open(path, "rb") as stream:
            data = stream.read(most_bytes + 1)
    except OSError as error:
        raise ServiceError(f"its sound cannot be read: {error.strerror}") from error
    if not data:
        raise ServiceError(f"it wrote no sound{_said(folder)}")
    if len(data) > most_bytes:
        raise ServiceError(f"it wrote more than {most_bytes} bytes")
    if not data.startswith(b"RIFF"):
        raise ServiceError("what it wrote is not a WAV file")
    return data
