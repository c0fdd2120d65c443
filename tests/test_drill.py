"""A short form of `make drill`: the quick rows in their smallest form, where the system allows it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random

import pytest

from bench.drill.__main__ import ROWS
from bench.drill.trial import Plan, Trial

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts small disks"),
]
_SHORT = ("eight builds at once, half of them killed", "read-only disk", "store and output on other disks")
"""Rows that take seconds. `make drill` runs all of them; the faults of the others have tests where they belong."""


@pytest.mark.parametrize("name", _SHORT)
def test_a_few_faults_of_each_kind_lose_nothing(name: str, tmp_path: Path) -> None:
    trial = Trial(name)
    ROWS[name](Plan(tmp_path, 2, Random(1)), trial)
    impossible = [
        loss for loss in trial.losses if "cannot be mounted here" in loss or "is not installed" in loss
    ]
    if impossible:
        pytest.skip(impossible[0])
    assert (trial.tries > 0, trial.losses) == (True, [])
