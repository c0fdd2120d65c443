"""A short form of `make fuzz`: some damaged inputs for each target, the same in every run."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("resource", reason="memory is measured on Unix only")

from audiobook.errors import Bug, SourceError
from bench.fuzz.judging import judged
from bench.fuzz.searching import searched
from bench.fuzz.targets import TARGETS

_COUNT = 120
_IN_CHILDREN = 8
"""How many PDF files are tried, each in a child process, because the library may end it."""


@pytest.mark.exhaustive
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, a child process has no limit of memory")
@pytest.mark.parametrize("name", TARGETS)
def test_damaged_inputs_are_read_or_refused_with_an_error_of_our_own(name: str) -> None:
    target = TARGETS[name]
    if name == "pdf" and target.real:
        found = searched(target, target.real, _IN_CHILDREN, seed=1)
    else:
        found = searched(target, target.run, _COUNT, seed=1)
    assert [(finding.name, data[:500]) for data, finding in found] == []


def test_anything_but_our_own_errors_is_a_finding() -> None:
    def raises(error: BaseException) -> str:
        def run(data: bytes) -> None:
            raise error

        finding = judged(run, b"")
        return finding.name if finding else ""

    assert [raises(error) for error in (SourceError("a"), Bug("a"), ValueError(), MemoryError())] == [
        "",
        "bug",
        "ValueError",
        "MemoryError",
    ]


@pytest.mark.exhaustive
def test_an_input_that_needs_much_memory_is_a_finding() -> None:
    bytearray(900 << 20).count(1)  # what the process used before does not count
    finding = judged(lambda data: bytearray(800 << 20).count(1), b"a")
    assert finding
    assert finding.name == "memory"
