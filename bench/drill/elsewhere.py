"""The rows that have whole test modules of their own: engines that crash or hang, and services that fail."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench.drill.trial import Plan, Trial

ROOT = Path(__file__).parents[2]
_ENGINES = (
    "tests/engines/test_isolation.py",
    "tests/pipeline/test_workers.py",
    "tests/end_to_end/test_faults.py",
)
_SERVICES = (
    "tests/end_to_end/test_network.py",
    "tests/engines/network",
    "tests/http",
    "tests/voicebank/test_install.py",
)


def engines(plan: Plan, trial: Trial) -> None:
    """Run the tests in which engines crash, hang and flood."""
    _tests(_ENGINES, plan, trial)


def services(plan: Plan, trial: Trial) -> None:
    """Run the tests in which a service on this computer fails in every way."""
    _tests(_SERVICES, plan, trial)


def _tests(paths: tuple[str, ...], plan: Plan, trial: Trial) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "--basetemp",
        str(plan.folder / "tests"),
        "-m",
        "",
    ]
    done = subprocess.run([*command, *paths], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    counted = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    trial.tries += sum(counted.values())
    for line in re.findall(r"^(?:FAILED|ERROR) .*", done.stdout, re.MULTILINE):
        trial.lost(line)
    if done.returncode and not trial.losses:
        trial.lost(f"pytest ends with {done.returncode}", done.stdout, done.stderr)
