"""The line that says how long a build without bars has taken."""

from io import StringIO

import pytest
from rich.console import Console

from audiobook.errors import UsageError
from audiobook.report.console import ConsoleReporter
from audiobook.report.waiting import WaitingReporter
from audiobook.report.waiting_line import WaitingLine


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: StringIO, length_s: float) -> str:
    """Return what is printed about a build that fails after a time, on a clock that only the ticks advance."""
    now_s = 0.0
    reporter = WaitingReporter("speaking", stream, clock_s=lambda: now_s)
    while now_s < length_s:
        now_s += 0.25
        reporter.tick()
    reporter.fail(UsageError("no"))
    reporter.end()
    return stream.getvalue()


def test_a_terminal_has_one_line_that_changes_each_second_and_goes_away() -> None:
    assert shown(Terminal(), 3.5).split("\r\x1b[K") == [
        "",
        "speaking: 1 s",
        "speaking: 2 s",
        "speaking: 3 s",
        "error: no\n",
    ]


def test_what_is_short_or_in_a_log_shows_problems_only() -> None:
    assert shown(Terminal(), 0.5) == shown(StringIO(), 30) == "error: no\n"


def test_what_happens_before_there_are_bars_is_shown_after_a_second() -> None:
    now_s = 0.0
    stream = Terminal()
    reporter = ConsoleReporter(Console(file=stream, force_terminal=True, width=100), lambda: now_s)
    for doing in ("measuring the voice a", "measuring the voice b"):
        for _ in range(6):
            reporter.waiting(doing)
            now_s += 0.25
    reporter.warn("odd")
    reporter.waiting("measuring the voice b")  # begins again
    reporter.begin({})
    assert stream.getvalue().split("\r\x1b[K")[:4] == [
        "",
        "measuring the voice a: 1 s",
        "",
        "measuring the voice b: 1 s",
    ]
    assert "odd" in stream.getvalue().split("\r\x1b[K")[4]
    assert stream.getvalue().count("measuring") == 2


def test_an_activity_that_has_ended_is_shown_no_longer() -> None:
    now_s = 0.0
    stream = Terminal()
    reporter = ConsoleReporter(Console(file=stream, force_terminal=True, width=100), lambda: now_s)
    reporter.waiting("measuring the voice a")
    now_s = 1.0
    reporter.waiting("measuring the voice a")
    reporter.waiting("")
    assert stream.getvalue().split("\r\x1b[K") == ["", "measuring the voice a: 1 s", ""]


@pytest.mark.parametrize("columns", [16, 24, 40])
def test_the_line_is_narrower_than_the_terminal_and_has_no_codes_of_a_name(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    now_s = 0.0
    stream = Terminal()
    line = WaitingLine("measuring the voice of the dark\x1b[2J lighthouse", stream, lambda: now_s)
    now_s = 100.0
    line.tick()
    shown = stream.getvalue().removeprefix("\r\x1b[K")
    assert shown.startswith("me")
    assert shown.endswith("se: 100 s")
    assert len(shown) == columns - 1
    assert shown.isprintable()
