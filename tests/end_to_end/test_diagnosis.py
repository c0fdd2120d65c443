"""Logs and bug reports: what they say, and what they never contain."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import Shelf, reader_package

pytestmark = pytest.mark.slow

SECRET = "sesame"
_BROKEN = f"""
class Guest:
    def read(self, source):
        raise KeyError(source.data.decode() + "{SECRET}")
"""
_BROKEN_ENGINE = f"""
class Guest:
    name = "broken"
    identity = "broken 1"
    def voices(self):
        raise RuntimeError("{SECRET}")
    def prepare(self, voice):
        pass
    def speak(self, passage, voice, style):
        return []
"""


def reports(shelf: Shelf) -> dict[Path, str]:
    """Return the reports that were kept."""
    return {path: path.read_text("utf-8") for path in (shelf.root / "state").rglob("crash-*.txt")}


def test_a_bug_is_reported_by_place_without_traceback_text_or_path(shelf: Shelf) -> None:
    shelf.environment["XDG_STATE_HOME"] = str(shelf.root / "state")
    environment = reader_package(shelf, "guest", _BROKEN)
    info = "plugins/guest_engine-1.0.dist-info"
    shelf.write("plugins/guest_engine.py", _BROKEN_ENGINE)
    shelf.write(f"{info}/METADATA", "Metadata-Version: 2.1\nName: guest_engine\nVersion: 1.0\n")
    shelf.write(f"{info}/entry_points.txt", "[audiobook.engines]\nbroken = guest_engine:Guest\n")
    shelf.write("texts/en/bad.guest", "Once upon a time")

    done = shelf.run("voices", "--engine", "broken", **environment)
    assert (done.code, "Traceback" in done.err) == (70, False), done.err
    (path,) = reports(shelf)
    assert str(path) in done.err
    shown = shelf.run("--debug", "voices", "--engine", "broken", **environment)
    assert "Traceback" in shown.err
    assert len(reports(shelf)) == 1, "the same bug is one report"

    done = shelf.run("build", "--title", SECRET, "bad", **environment)
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert len(reports(shelf)) == 2
    for path, text in reports(shelf).items():
        assert str(path) in done.err or "guest_engine:6 in Guest.voices\nbuiltins.RuntimeError\n" in text
        assert not [each for each in (SECRET, "upon", str(shelf.root), str(Path.home())) if each in text], (
            text
        )
    assert any("command build --title\n" in text for text in reports(shelf).values())

    nowhere = shelf.run("voices", "--engine", "broken", **environment, XDG_STATE_HOME="/dev/null")
    assert (nowhere.code, "please report it;" in nowhere.err) == (70, True), nowhere.err


def test_a_log_lists_what_was_done_and_a_file_of_the_user_is_left_alone(shelf: Shelf) -> None:
    text = shelf.write("texts/en/walk.txt", "A Walk\n\nHere it is.\n")
    assert shelf.run("build", "--engine", "tone", "--quiet", "--log-file", "a.log").code == 0
    clip = shelf.clips()[0]
    clip.write_bytes(clip.read_bytes()[:-1] + b"\0")
    told = shelf.run("build", "--engine", "tone", "--format", "opus", "--verbose", "--log-file", "a.log")
    assert told.code == 0
    lines = (shelf.root / "a.log").read_text("utf-8").splitlines()
    assert any(line.endswith("en/walk: new; voice tone (tone 1)") for line in lines), lines
    assert any("wrote output/en/walk.mp3" in line for line in lines)
    assert any(f"{clip.name} was damaged" in line for line in lines)
    assert sum(" exit code 0 after " in line for line in lines) == 2
    assert "wrote output/en/walk.opus" in told.err
    assert (shelf.root / "a.log").stat().st_mode & 0o077 == 0
    refused = shelf.run("build", "--log-file", "texts/en/walk.txt")
    assert (refused.code, text.read_text("utf-8")) == (2, "A Walk\n\nHere it is.\n")
