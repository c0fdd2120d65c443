"""Progress of short steps: silent for a second, then one line."""

from io import StringIO

import pytest

from audiobook.report.steps import Steps


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: StringIO, count: int, each_s: float, *, quiet: bool = False) -> str:
    """Return what is printed about steps of equal length, on a clock that only they advance."""
    now_s = 0.0
    with Steps("publishing", count, quiet=quiet, stream=stream, clock_s=lambda: now_s) as steps:
        for _ in range(count):
            now_s += each_s
            steps.step()
    return stream.getvalue()


@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
def test_what_takes_less_than_a_second_shows_nothing(stream: StringIO) -> None:
    assert shown(stream, 4, 0.24) == ""


def test_a_log_has_a_line_every_ten_seconds() -> None:
    assert shown(StringIO(), 25, 1.0) == "".join(f"publishing: {number} of 25\n" for number in (1, 11, 21))


def test_a_terminal_has_one_line_that_changes_ten_times_a_second_and_goes_away() -> None:
    texts = [f"publishing: {number} of 24" for number in (16, 18, 20, 22, 24)]
    assert shown(Terminal(), 24, 1 / 16).split("\r\x1b[K") == ["", *texts, ""]


def test_quiet_steps_print_nothing() -> None:
    assert shown(Terminal(), 25, 1.0, quiet=True) == ""


def test_the_line_is_narrower_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "17")
    lines = shown(Terminal(), 3, 1.0).split("\r\x1b[K")[1:-1]
    assert [len(line) for line in lines] == [16, 16, 16]
    assert lines[-1].endswith(": 3 of 3")
