"""`make drill`: every fault of docs/reliability.md for real, with tries and losses."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Final

from bench.drill import damage, disks, engines, kills, power, services, surroundings, together
from bench.drill.trial import Plan, Row, Trial

ROWS: Final[dict[str, Row]] = {
    "kill at random times": kills.at_random_times,
    "kill at every rename, sync and removal": kills.at_every_call,
    "power loss": power.power_loss,
    "eight builds at once, half of them killed": together.eight_at_once,
    "disk full": disks.full,
    "limit on the length of files": disks.limited_files,
    "read-only disk": disks.read_only,
    "store and output on other disks": disks.other_disk,
    "damaged store": damage.of_the_store,
    "damaged output": damage.of_the_output,
    "forged records": damage.forged_records,
    "clock back 30 days": surroundings.wrong_clock,
    "odd surroundings": surroundings.odd,
    "Ctrl-C and SIGTERM": surroundings.signals,
    "engine crashes, hangs, floods": engines.engines,
    "service fails": services.services,
}
_INTERRUPTED: Final = 130


def main() -> int:
    """Run the rows, print the table and each loss, and return 0 if nothing was lost. Ctrl-C ends the table with a part of a row."""
    parser = argparse.ArgumentParser(prog="python -m bench.drill", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only rows whose name contains this")
    parser.add_argument(
        "--tries", type=int, default=500, help="kills at random times; other rows in proportion"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chosen = [name for name in ROWS if not given.rows or any(row in name for row in given.rows)]
    losses = 0
    print("| fault | tries | losses | seconds |\n|---|---|---|---|", flush=True)
    for number, name in enumerate(chosen):
        trial = Trial(name)
        begun = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="drill-", ignore_cleanup_errors=True) as folder:
                plan = Plan(Path(os.path.realpath(folder)), given.tries, Random(given.seed + number))
                ROWS[name](plan, trial)
        except KeyboardInterrupt:
            return _INTERRUPTED
        finally:
            taken_s = time.monotonic() - begun
            print(f"| {name} | {trial.tries} | {len(trial.losses)} | {taken_s:.0f} |", flush=True)
        losses += len(trial.losses)
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
