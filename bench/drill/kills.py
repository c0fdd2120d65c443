"""SIGKILL of the whole process group at random times, and at every call that changes names or reaches the disk."""

from __future__ import annotations

import shutil
import time
from typing import Final

from bench.drill.scenarios import OF_PROJECTS, VOICE, Scenario, for_installing, repository, scenario
from bench.drill.shelf import Shelf, ended, kill_group
from bench.drill.trial import Plan, Trial

_CALLS: Final = ("rename,renameat,renameat2", "fsync,fdatasync", "unlink,unlinkat,rmdir")
_MOST_MOMENTS: Final = 400


def at_random_times(plan: Plan, trial: Trial) -> None:
    """Kill each command at random times of its run."""
    each = max(1, plan.tries // (len(OF_PROJECTS) + 1))
    for name, maker in OF_PROJECTS.items():
        _kill_often(maker(plan.folder / name), plan, trial, each)
    with repository(plan.folder / "repository") as address:
        _kill_often(_installing(plan, address), plan, trial, each)


def _installing(plan: Plan, address: str) -> Scenario:
    start = for_installing(plan.folder / "installing", address)
    return scenario("voices install", start, [("voices", "install", VOICE, "--refresh")], ["voices"])


def _kill_often(what: Scenario, plan: Plan, trial: Trial, tries: int) -> None:
    for _ in range(tries):
        shelf = _fresh(what, plan)
        process = shelf.start(what.commands[0], what.before)
        moment_s = plan.chance.uniform(0, what.length_s * 1.05)
        time.sleep(moment_s)
        kill_group(process)
        ended(process)
        trial.tries += 1
        what.verify(shelf, trial, f"killed after {moment_s:.3f} s")


def _fresh(what: Scenario, plan: Plan) -> Shelf:
    shutil.rmtree(plan.folder / "sent", ignore_errors=True)
    return what.start.copy(plan.folder / what.name.replace(" ", "-") / "tried")


def at_every_call(plan: Plan, trial: Trial) -> None:
    """Kill each command at its first, second, … call that renames, syncs or removes, until it meets no more of them.

    The count is that of each process, so a kill meets the driver and its workers at their own moments.
    """
    if not shutil.which("strace"):
        trial.lost("strace is not installed")
        return
    for name in ("build", "formats", "long", "publish", "send", "clean", "studio"):
        what = OF_PROJECTS[name](plan.folder / name)
        for calls in _CALLS:
            _kill_at_each(what, calls, plan, trial)


def _kill_at_each(what: Scenario, calls: str, plan: Plan, trial: Trial) -> None:
    step = max(1, 60 // max(plan.tries, 1))  # a short drill tries some of the moments
    for count in range(1, _MOST_MOMENTS, step):
        shelf = _fresh(what, plan)
        inject = f"inject={calls}:signal=KILL:when={count}"
        tracing = [
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            f"trace={calls}",
            "-e",
            inject,
        ]
        process = shelf.start(what.commands[0], [*tracing, *what.before])
        done = ended(process)
        kill_group(process)
        if done.code == 0:
            return
        trial.tries += 1
        what.verify(shelf, trial, f"killed at {calls.partition(',')[0]} {count}")
