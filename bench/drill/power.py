"""Power loss: what was recorded is replayed up to a moment, and what was not synced is dropped.

After a power loss, a file has the bytes that were last synced. Of a file that was renamed without a sync, the new name may
have reached the disk without any bytes. A rename or removal whose folder was not synced may or may not have happened. So each
moment gives two disks: on one, all names have changed and all unsynced bytes are lost; on the other, no unsynced name has.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.drill.scenarios import OF_PROJECTS, Scenario
from bench.drill.shelf import ended
from bench.drill.trial import Plan, Trial

ROOT = Path(__file__).parents[2]
Event = tuple[str, ...]


def power_loss(plan: Plan, trial: Trial) -> None:
    """Lose the power at many moments of each command, and run it again."""
    for name in ("build", "formats", "publish"):
        what = OF_PROJECTS[name](plan.folder / name)
        log = plan.folder / name / "log" / "events"
        events, root = _recorded(what, plan, trial, log)
        moments = range(len(events) + 1)
        chosen = sorted(plan.chance.sample(moments, min(len(moments), max(2, plan.tries // 6))))
        for moment in chosen:
            for names_last in (False, True):
                shelf = what.start.copy(plan.folder / "tried")
                _replay(events[:moment], root, shelf.root, log.parent, names_last=names_last)
                trial.tries += 1
                kind = "names lost" if names_last else "bytes lost"
                what.verify(shelf, trial, f"power lost after {moment} of {len(events)} events, {kind}")


def _recorded(what: Scenario, plan: Plan, trial: Trial, log: Path) -> tuple[list[Event], Path]:
    log.parent.mkdir(parents=True)
    shelf = what.start.copy(plan.folder / "recorded")
    environment = {"PYTHONPATH": os.pathsep.join([os.fspath(ROOT), os.environ.get("PYTHONPATH", "")])}
    recorder = [sys.executable, "-m", "bench.drill.recorder", os.fspath(log)]
    done = ended(
        shelf.start(what.commands[0], ["env", *(f"{k}={v}" for k, v in environment.items()), *recorder])
    )
    if done.code:
        trial.lost(f"{what.name}: cannot be recorded", done.err)
    elif what.found(shelf) != what.new:
        trial.lost(f"{what.name}: other files while recording")
    return [tuple(json.loads(line)) for line in log.read_text("utf-8").splitlines()], shelf.root


def _replay(events: Sequence[Event], root: Path, to: Path, blobs: Path, *, names_last: bool) -> None:
    """Bring a copy of the project into the state of the disk after some events."""
    synced: dict[str, str] = {}
    waiting: list[Event] = []
    for event in _within(events, root):
        match event:
            case ("sync", path, digest):
                synced[path] = digest
            case ("sync folder", folder):
                for one in [each for each in waiting if _folder_of(each) == folder]:
                    waiting.remove(one)
                    _apply(one, synced, root, to, blobs)
            case ("sync all", _):
                for one in waiting:
                    _apply(one, synced, root, to, blobs)
                waiting.clear()
            case _ if names_last:
                waiting.append(event)
            case _:
                _apply(event, synced, root, to, blobs)


def _folder_of(event: Event) -> str:
    """Return the folder that must be synced for a rename or a removal to last."""
    return str(Path(event[2] if event[0] == "rename" else event[1]).parent)


def _within(events: Sequence[Event], root: Path) -> Iterator[Event]:
    for event in events:
        if Path(event[1]).is_relative_to(root):
            yield event


def _apply(event: Event, synced: dict[str, str], root: Path, to: Path, blobs: Path) -> None:
    if event[0] == "remove":
        path = _moved(event[1], root, to)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        return
    _, source, target, digest = event
    path = _moved(target, root, to)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not digest:
        return
    if path.is_dir():
        shutil.rmtree(path)
    path.write_bytes((blobs / digest).read_bytes() if synced.get(source) == digest else b"")
    _moved(source, root, to).unlink(missing_ok=True)
    synced[target] = synced.get(source, "")


def _moved(path: str, root: Path, to: Path) -> Path:
    return to / Path(path).relative_to(root)
