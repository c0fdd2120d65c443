"""An unusual environment: few files, no folders, no locale, closed streams, a wrong clock.

And signals at random times.
"""

from __future__ import annotations

import os
import shutil
import signal
import time

from bench.drill.scenarios import BASE, OF_PROJECTS
from bench.drill.shelf import ended, files_of, kill_group
from bench.drill.trial import Plan, Trial


def odd(plan: Plan, trial: Trial) -> None:
    """Build where something usual is missing: the books are the same."""
    what = OF_PROJECTS["formats"](plan.folder / "formats")
    nowhere = "/nonexistent"
    hidden = [
        "unshare",
        "-m",
        "bash",
        "-c",
        'mount -t tmpfs -o size=4k,mode=000,ro none /tmp; exec "$@"',
        "-",
    ]
    ways: dict[str, tuple[list[str], dict[str, str]]] = {
        "64 open files": (["bash", "-c", 'ulimit -n 64; exec "$@"', "-"], {}),
        "no HOME": (["env", "-u", "HOME", "-u", "XDG_CACHE_HOME"], {}),
        "HOME is missing": ([], {"HOME": nowhere, "XDG_CACHE_HOME": nowhere, "XDG_STATE_HOME": nowhere}),
        "LANG=C": ([], {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        "no folder for temporary files": ([], {"TMPDIR": nowhere}),
        "standard output is closed": (["bash", "-c", '"$@" >&-', "-"], {}),
        "standard input is closed": (["bash", "-c", '"$@" <&-', "-"], {}),
        "standard output is full": (["bash", "-c", '"$@" > /dev/full', "-"], {}),
    }
    if not os.fspath(plan.folder).startswith("/tmp/"):
        ways["no /tmp"] = (hidden, {})
    for name, (before, variables) in ways.items():
        shelf = what.start.copy(plan.folder / "tried")
        done = shelf.run(*what.commands[0], before=before, **variables)
        trial.tries += 1
        expected = 4 if name.startswith("standard output") else 0
        if done.code != expected or "Traceback" in done.err:
            trial.lost(f"{name}: ends with {done.code}", done.out, done.err)
        what.verify(shelf, trial, name)


def wrong_clock(plan: Plan, trial: Trial) -> None:
    """Set the clock back thirty days: nothing is built or published again, and edits are still found."""
    if not shutil.which("faketime"):
        trial.lost("faketime is not installed")
        return
    what = OF_PROJECTS["publish"](plan.folder / "publish")
    back = ["faketime", "-f", "-30d"]
    shelf = what.start.copy(plan.folder / "tried")
    for command in (("build",), ("publish", *BASE)):
        assert shelf.run(*command).code == 0
        before = files_of(shelf.output)
        done = shelf.run(*command, before=back)
        trial.tries += 1
        if done.code or files_of(shelf.output) != before:
            trial.lost(
                f"{command[0]} with the clock back: ends with {done.code}, or wrote something", done.err
            )
    for name in ("build", "formats"):
        other = OF_PROJECTS[name](plan.folder / name)
        tried = other.start.copy(plan.folder / "tried")
        done = tried.run(*other.commands[0], before=back)
        trial.tries += 1
        if done.code or other.found(tried) != other.new:
            trial.lost(f"{name} with the clock back: ends with {done.code}, or other bytes", done.err)


def signals(plan: Plan, trial: Trial) -> None:
    """Send Ctrl-C and SIGTERM at random times: the command ends soon, with its code and a hint."""
    for name in ("build", "publish"):
        what = OF_PROJECTS[name](plan.folder / name)
        for number in range(max(1, plan.tries // 2)):
            kind, code = ((signal.SIGINT, 130), (signal.SIGTERM, 143))[number % 2]
            shelf = what.start.copy(plan.folder / "tried")
            process = shelf.start(what.commands[0])
            moment_s = plan.chance.uniform(0.3, what.length_s)
            time.sleep(moment_s)
            if process.poll() is None:
                process.send_signal(kind)
            done = ended(process)
            kill_group(process)
            trial.tries += 1
            where = f"{name}, {kind.name} after {moment_s:.3f} s"
            # Before Python handles signals, the system ends the process.
            if done.code not in (0, code, -int(kind)) or "Traceback" in done.err:
                trial.lost(f"{where}: ends with {done.code}", done.err)
            if done.code == code and "hint: " not in done.err:
                trial.lost(f"{where}: no hint", done.err)
            what.verify(shelf, trial, where)
