"""Disks that fill up at every stage, files that may not grow, folders that may not be written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.drill.scenarios import BASE, FORMATS, OF_PROJECTS, Scenario
from bench.drill.shelf import Done, Shelf, files_of
from bench.drill.trial import Plan, Trial

_STORAGE = 4
_STEP_BYTES = 24 << 10
_LIMITS_KIB: Final = {
    "formats": (0, 1, 4, 16, 40, 64, 100, 160, 250),
    "long": (0, 100, 600, 8 << 10, 20 << 10, 24 << 10, 28 << 10, 32 << 10),
}


@contextmanager
def small_disk(folder: Path, size_bytes: int, *more: str) -> Iterator[bool]:
    """Mount a disk of a size; yield whether the system allows it."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ",".join([f"size={size_bytes}", *more])
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", os.fspath(folder)]
    is_mounted = (
        shutil.which("mount") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", os.fspath(folder)], check=False)


def full(plan: Plan, trial: Trial) -> None:
    """Build and publish on disks of rising size, until everything has room."""
    for name in ("formats", "publish"):
        what = OF_PROJECTS[name](plan.folder / name)
        needed = sum(map(len, files_of(what.start.root).values()))
        step = _STEP_BYTES * max(1, 40 // max(plan.tries, 1))
        for room in range(0, 1 << 24, step):
            disk = plan.folder / "disk"
            with small_disk(disk, (needed * 5) // 4 + (256 << 10) + room) as is_mounted:
                if not is_mounted:
                    trial.lost("a disk cannot be mounted here: run as root on Linux")
                    return
                shelf = what.start.copy(disk / "project")
                done = shelf.run(*what.commands[0])
                if done.code == 0:
                    break
                trial.tries += 1
                _judge(what, shelf, done, trial, f"{room} bytes of room")
                roomy = shelf.copy(plan.folder / "roomy")
                what.verify(roomy, trial, f"{room} bytes of room, then enough")


def _judge(what: Scenario, shelf: Shelf, done: Done, trial: Trial, where: str) -> None:
    if done.code not in (_STORAGE, 1) or "Traceback" in done.err or not done.err.strip():
        trial.lost(f"{what.name}, {where}: ends with {done.code}", done.err)
    if halves := what.halves(shelf):
        trial.lost(f"{what.name}, {where}: half files", *halves)


def limited_files(plan: Plan, trial: Trial) -> None:
    """Build with a limit on the length of files (`ulimit -f`), which rises; a long MP3 is then being copied from the old one."""
    for name, limits_kib in _LIMITS_KIB.items():
        what = OF_PROJECTS[name](plan.folder / name)
        for blocks in limits_kib:
            shelf = what.start.copy(plan.folder / name / "tried")
            script = f'ulimit -f {blocks}; exec "$@"'
            done = shelf.run(*what.commands[0], before=["bash", "-c", script, "-"])
            if done.code == 0:
                break
            trial.tries += 1
            _judge(what, shelf, done, trial, f"files of {blocks} KiB")
            what.verify(shelf, trial, f"files of {blocks} KiB, then any")


def read_only(plan: Plan, trial: Trial) -> None:
    """Build and publish into folders on a disk that is read-only; nothing changes, and the error says where."""
    what = OF_PROJECTS["formats"](plan.folder / "formats")
    for command in (("build", *FORMATS), ("publish", *BASE)):
        disk = plan.folder / "disk"
        with small_disk(disk, 64 << 20) as is_mounted:
            if not is_mounted:
                trial.lost("a disk cannot be mounted here: run as root on Linux")
                return
            shelf = what.start.copy(disk / "project")
            before = files_of(shelf.root)
            subprocess.run(["mount", "-o", "remount,ro", os.fspath(disk)], check=True)
            done = shelf.run(*command)
            trial.tries += 1
            if (
                done.code != _STORAGE
                or "Read-only file system" not in done.err
                or files_of(shelf.root) != before
            ):
                trial.lost(f"{command[0]}: ends with {done.code}", done.err)


def other_disk(plan: Plan, trial: Trial) -> None:
    """Build with store and output on two other disks."""
    what = OF_PROJECTS["formats"](plan.folder / "formats")
    one, two = plan.folder / "one", plan.folder / "two"
    with small_disk(one, 64 << 20) as has_one, small_disk(two, 64 << 20) as has_two:
        if not (has_one and has_two):
            trial.lost("a disk cannot be mounted here: run as root on Linux")
            return
        shelf = what.start.copy(plan.folder / "tried")
        shelf.environment = {
            "AUDIOBOOK_OUTPUT": os.fspath(one / "books"),
            "AUDIOBOOK_STORE": os.fspath(two / "store"),
        }
        for command in (
            ("build", *FORMATS),
            ("publish", *BASE, "--to", os.fspath(plan.folder / "sent")),
            ("check",),
        ):
            done = shelf.run(*command)
            trial.tries += 1
            if done.code:
                trial.lost(f"{command[0]}: ends with {done.code}", done.err)
        books = {name: data for name, data in files_of(one / "books").items() if name.endswith((".mp3", ".flac", ".m4b")) and "." not in name.split("/")[0] and "sound" not in name}  # fmt: skip
        if {name for name in books if what.new.get(f"output/{name}") not in (None, books[name])}:
            trial.lost("other bytes than on one disk")
