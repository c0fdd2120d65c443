"""Tests of what terminals show."""

import pytest


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what the terminal is: without it, none can redraw a line, and some services and containers say nothing."""
    monkeypatch.setenv("TERM", "xterm")
