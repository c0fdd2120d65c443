"""Tests that are skipped in CI: each is a failure there, unless the machine cannot run it.

CI installs every program, package and model that tests use. So a test that is skipped because one is missing would be lost
without a word. Elsewhere, skipped tests are only listed.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Final, TypeVar

import pytest

_OF_THE_MACHINE: Final = (
    "the measuring data is missing",  # which is not part of the project
    "not a git checkout",
    "this machine has no IPv6",
    "there is one core",
    "there is no other file system",
    "this kernel does not tell shared memory",
    "onnxruntime has another device",
    "only root mounts small disks",
    "cannot be mounted here",  # in a container without the right to
    "AUDIOBOOK_AUDIOBOOKSHELF names no server",  # which no package registry carries
)
"""Reasons that are accepted in CI too."""
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report a test that is lost in CI as failed."""
    return _not_lost((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Report a file of tests that are lost in CI as failed."""
    return _not_lost((yield))


def _not_lost(report: Report) -> Report:
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        told = report.longrepr
        reason = str(told[2] if isinstance(told, tuple) else told)
        if not any(accepted in reason for accepted in _OF_THE_MACHINE):
            report.outcome = "failed"
            report.longrepr = f"in CI, no test may be lost: {reason}"
    return report
