"""Progress of short steps: silent for a moment, then one line."""

import time
from io import StringIO

import pytest

from audiobook.report.steps import Steps


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: StringIO, patience_s: float, *, quiet: bool = False) -> str:
    with Steps("publishing", 3, quiet=quiet, patience_s=patience_s, stream=stream) as steps:
        for _ in range(3):
            steps.step()
            time.sleep(0.12)
    return stream.getvalue()


@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
def test_short_work_shows_nothing(stream: StringIO) -> None:
    assert shown(stream, 10.0) == ""


def test_a_log_has_a_line_now_and_then() -> None:
    assert shown(StringIO(), 0.0) == "publishing: 1 of 3\n"


def test_a_terminal_has_one_line_that_goes_away() -> None:
    texts = [f"publishing: {number} of 3" for number in (1, 2, 3)]
    assert shown(Terminal(), 0.0).split("\r\x1b[K") == ["", *texts, ""]


def test_quiet_steps_print_nothing() -> None:
    assert shown(Terminal(), 0.0, quiet=True) == ""
