"""Parameters: every run tries a few of them, and a run with `-m exhaustive` the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from _pytest.mark import ParameterSet


def sampled(values: Iterable[Any], shown: int = 1) -> list[Any]:
    """Return parameters: the first `shown` as they are, the others marked `exhaustive`.

    Args:
        values: The parameters. One that is a tuple stands for several arguments.
        shown: How many are part of every run.
    """
    return [value if number < shown else _exhaustive(value) for number, value in enumerate(values)]


def _exhaustive(value: Any) -> Any:
    if not isinstance(value, ParameterSet):
        value = pytest.param(*value) if isinstance(value, tuple) else pytest.param(value)
    return pytest.param(*value.values, marks=(*value.marks, pytest.mark.exhaustive), id=value.id)
