"""Eight builds of one project at once, some of them killed."""

from __future__ import annotations

import time

from bench.drill.scenarios import OF_PROJECTS
from bench.drill.shelf import ended, kill_group
from bench.drill.trial import Plan, Trial

_AT_ONCE = 8


def eight_at_once(plan: Plan, trial: Trial) -> None:
    """Start eight builds, kill half of them at random times, and let the others end."""
    what = OF_PROJECTS["formats"](plan.folder / "formats")
    for _ in range(max(1, plan.tries // (4 * _AT_ONCE))):
        shelf = what.start.copy(plan.folder / "tried")
        processes = [shelf.start(what.commands[0]) for _ in range(_AT_ONCE)]
        for process in processes[::2]:
            time.sleep(plan.chance.uniform(0, what.length_s))
            kill_group(process)
        for number, process in enumerate(processes):
            done = ended(process)
            trial.tries += 1
            if number % 2 and done.code:
                trial.lost(f"a build that was not killed ends with {done.code}", done.out, done.err)
        what.verify(shelf, trial, "eight at once")
