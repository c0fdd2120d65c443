"""`make fuzz`: search each target for some time, guided by the lines that inputs reach, and print a table and the findings."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bench.fuzz.judging import LONGEST_BYTES, OUT_OF_BOUNDS, ROOT
from bench.fuzz.targets import TARGETS

_FOLDER: Final = ROOT / "build" / "fuzz"
_OPTIONS: Final = ("-timeout=300", "-rss_limit_mb=3000", f"-max_len={LONGEST_BYTES}", "-print_final_stats=1")
_LEAST_S: Final = 2


def main() -> int:
    """Search, print the table, and return 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(TARGETS)}; all by default"
    )
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    given = parser.parse_args()
    if unknown := sorted(set(given.targets) - set(TARGETS)):
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(TARGETS)}")
    if find_spec("atheris") is None:
        parser.error("atheris is missing: pip install --require-hashes -r .ci/fuzz.txt")
    count = 0
    print("| target | inputs | places reached | findings | seconds |\n|---|---|---|---|---|", flush=True)
    for name in given.targets or TARGETS:
        folder = _FOLDER / name
        for old in folder.glob("[ef]*-*"):
            old.unlink()
        begun = time.monotonic()
        inputs, places = _search(name, folder, begun + given.seconds)
        findings = _findings(name, folder)
        print(
            f"| {name} | {inputs} | {places} | {len(findings)} | {time.monotonic() - begun:.0f} |", flush=True
        )
        for finding in findings:
            print(f"  {finding}", file=sys.stderr, flush=True)
        count += len(findings)
    return 1 if count else 0


def _search(name: str, folder: Path, end_s: float) -> tuple[int, int]:
    """Search until a time, and return the number of inputs and of places in the code that they reached.

    If an input ends the process, it is started again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inputs = places = 0
    while (left_s := round(end_s - time.monotonic())) >= _LEAST_S:
        command = [
            sys.executable,
            "-m",
            "bench.fuzz.guided",
            name,
            str(folder),
            *_OPTIONS,
            f"-max_total_time={left_s}",
        ]
        with (
            tempfile.TemporaryDirectory(prefix="fuzz-") as temporary,  # libFuzzer ends without cleaning up
            open(folder / "log.txt", "w+", encoding="utf-8", errors="replace") as log,
        ):
            surroundings = os.environ | {"TMPDIR": temporary}
            done = subprocess.run(command, cwd=ROOT, env=surroundings, stdout=log, stderr=log, check=False)
            log.seek(0)
            output = log.read()
        counted = re.findall(r"^#(\d+)\s.*\bcov: (\d+)", output, re.MULTILINE)
        if not counted:
            raise SystemExit(f"{name}: the search does not start:\n{output[-3000:]}")
        inputs += int(counted[-1][0])
        places = max(places, int(counted[-1][1]))
        if done.returncode == 0:
            break
        if not list(folder.glob("ended-*")):
            shutil.copy(folder / "log.txt", folder / f"ended-{time.time_ns()}")
    return inputs, places


def _findings(name: str, folder: Path) -> list[str]:
    """Return the findings, one line each.

    Inputs that take too much time or memory, or ended the search, are left out if the program survives them because it reads
    them in a child process with limits.
    """
    found = []
    for path in sorted(folder.glob("finding-*.txt")):
        said = path.read_text("utf-8").splitlines()[0]
        data = path.with_suffix(".input")
        if not said.startswith(OUT_OF_BOUNDS) or TARGETS[name].real is None or _as_in_the_program(name, data):
            found.append(f"{data.relative_to(ROOT)}: {said}")
    ended = ((path, _as_in_the_program(name, path)) for path in sorted(folder.glob("ended-*")))
    return [*found, *(f"{path.relative_to(ROOT)}: {said}" for path, said in ended if said)]


def _as_in_the_program(name: str, path: Path) -> str:
    """Return the finding when an input is read as the program reads it; "" if there is none."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.fuzz.once", name, str(path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if not done.returncode:
        return ""
    return next(iter(done.stdout.splitlines()), f"ends with {done.returncode}")


if __name__ == "__main__":
    sys.exit(main())
