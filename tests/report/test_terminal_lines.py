"""Lines on a terminal break between words, and names are shortened in the middle."""

import io
import os
import pty
import re

import pytest
from rich.console import Console

from audiobook.report.choose import choose_reporter
from audiobook.report.columns import cell_len, columns_of, folded, is_drawable, shortened
from audiobook.report.console import ConsoleReporter
from audiobook.report.pace import Pace


def test_a_line_breaks_between_words_and_never_in_a_command() -> None:
    text = "hint: check the connection, or add a voice file: audiobook voices add FILE; or `audiobook build a b c`"
    lines = folded(text, 40).split("\n")
    assert max(map(len, lines)) <= 40
    assert " ".join(line.strip() for line in lines) == text
    assert any("audiobook voices add FILE" in line for line in lines)
    assert any("`audiobook build a b c`" in line for line in lines)
    assert folded(text, None) == folded(text, 200) == text


def test_paths_of_results_lose_their_middle_and_numbers_stay() -> None:
    line = f"output/en/{'a-long-name-' * 8}d92daaf5.mp3: new; 5 of 5 clips made; 0:54, 3 chapters"
    for lead in ("", "✔ "):
        lines = f"{lead}{folded(line, 80, shortens=True, lead=lead)}".split("\n")
        assert max(map(cell_len, lines)) <= 80
        assert "…" in lines[0]
        assert lines[0].endswith("d92daaf5.mp3:")
        assert lines[1].strip() == "new; 5 of 5 clips made; 0:54, 3 chapters"
    address = f"https://example.org/{'x' * 90}/feed.xml"
    assert folded(address, 80, shortens=True).strip() == address
    assert cell_len(shortened("灯台" * 40, 30)) <= 30


def test_a_language_without_spaces_breaks_anywhere() -> None:
    text = "海は静かでした。" * 20
    lines = folded(text, 40).split("\n")
    assert max(map(cell_len, lines)) <= 40
    assert "".join(line.strip() for line in lines) == text


def test_nothing_is_redrawn_on_a_terminal_that_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours), os.fdopen(theirs, "w") as stream:
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.delenv("COLUMNS", raising=False)
        for term, kind in (("xterm", "ConsoleReporter"), ("dumb", "LinesReporter"), ("", "LinesReporter")):
            monkeypatch.setenv("TERM", term)
            assert is_drawable(stream) == (kind == "ConsoleReporter")
            assert type(choose_reporter(quiet=False)).__name__ == kind
        assert columns_of(stream) == 80


def test_one_clip_is_not_plural() -> None:
    pace = Pace({"a": 1})
    pace.count("a", 1.0)
    assert pace.summary().startswith("1 of 1 clip, ")


def test_a_clip_that_is_made_again_adds_to_the_total() -> None:
    stream = io.StringIO()
    reporter = ConsoleReporter(Console(file=stream, force_terminal=True, width=100))
    pace = Pace({"a": 1})
    reporter.begin({"a": 1})
    for _ in range(2):
        pace.count("a", 1.0)
        reporter.clip_made("a", 1.0)
    reporter.tick()
    reporter.end()
    assert pace.summary().startswith("2 of 2 clips, ")
    assert "2/2 clips" in plain(stream.getvalue())


def test_bars_say_how_long_clips_take_until_that_is_measured() -> None:
    stream = io.StringIO()
    reporter = ConsoleReporter(Console(file=stream, force_terminal=True, width=100))
    reporter.begin({"en/novel": 37}, "about 12 s")
    reporter.tick()
    assert "0/37 clips about 12 s" in plain(stream.getvalue())
    reporter.clip_made("en/novel", 3.0)
    reporter.tick()
    reporter.end()
    assert "1/37 clips about" not in plain(stream.getvalue())
    assert " left" in stream.getvalue()


def test_the_speed_of_a_slow_voice_has_a_decimal() -> None:
    fast, slow = Pace({"a": 2}), Pace({"a": 2})
    fast.count("a", 1e6)
    slow.count("a", 0.0)
    assert re.fullmatch(r"\d+ × real time", fast.shown_speed)
    assert slow.shown_speed == "0.0 × real time"


def plain(text: str) -> str:
    """Return a text without the codes for colours."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
