"""`python -m bench --piper VOICES`, `--kokoro VOICES`: a neural voice in a build, against the voice alone."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Protocol

from bench.measure import cost_of, peak_of, time_of

NAMES = {"piper": "en_US-joe-medium", "kokoro": "af_heart"}
_PARAGRAPHS = {"piper": (16, 64), "kokoro": (6,)}
"""Lengths of the books: what a build does once, such as starting, counts for less in a longer one."""
_ROUNDS = 5
_TEXT = (
    "The reader opens the book at page {}, and a long breath goes through the room.",
    "Nobody had come; it had rained all day, and the light of the lamp was a small, yellow thing.",
)


class Rows(Protocol):
    """A table of results."""

    def row(self, what: str, bar: str, measured: str, holds: bool) -> None:
        """Add a row."""


def bench_neural(table: Rows, engine: str, voices: Path) -> None:
    """Build books with a voice, and speak the same passages without anything else, on the same cores."""
    os.environ["AUDIOBOOK_VOICES"] = str(voices)
    for count in _PARAGRAPHS[engine]:
        _bench_book(table, engine, count)


def _bench_book(table: Rows, engine: str, count: int) -> None:
    passages = [[each.format(number) for each in _TEXT] for number in range(count)]
    with tempfile.TemporaryDirectory(prefix="audiobook-bench-") as name:
        folder = Path(name)
        (folder / "texts" / "en").mkdir(parents=True)
        paragraphs = [" ".join(passage) for passage in passages]
        (folder / "texts" / "en" / "book.md").write_text("# Book\n\n" + "\n\n".join(paragraphs), "utf-8")
        (folder / "passages.json").write_text(json.dumps(passages), "utf-8")
        (folder / "audiobook.toml").write_text(
            f'[voice.en]\nengine = "{engine}"\nname = "{NAMES[engine]}"\n', "utf-8"
        )
        build = [sys.executable, "-m", "audiobook", "build", "--quiet"]
        alone = [sys.executable, str(Path(__file__).with_name("neural_floor.py")), engine, NAMES[engine]]
        time_of(build, folder)  # measures the level of the voice, once for all builds
        builds, floors = [], []
        for _ in range(_ROUNDS):
            floors.append(cost_of([*alone, "passages.json"], folder))
            _clear(folder)
            builds.append(cost_of(build, folder))
        length_s = float(json.loads((folder / "output" / "en" / "book.json").read_text())["duration_s"])
        for what, which, taken in (("time, fastest run", 0, min), ("processor time, all runs", 1, sum)):
            ours, theirs = taken(cost[which] for cost in builds), taken(cost[which] for cost in floors)
            figures = (
                f"{ours / theirs:.2f} ({ours:.1f} s against {theirs:.1f} s for {length_s:.0f} s of sound)"
            )
            compared = f"{engine}, {count} passages: a build ÷ the voice alone, {what}"
            table.row(compared, "≤ 1.08", figures, ours <= 1.08 * theirs)
        _clear(folder)
        peak, alone_peak = peak_of(build, folder), peak_of([*alone, "passages.json"], folder)
        figures = f"{peak / alone_peak:.2f} ({peak / 1e6:.0f} MB against {alone_peak / 1e6:.0f} MB)"
        table.row("… its memory ÷ that of a process for each core", "≤ 1", figures, peak <= alone_peak)


def _clear(folder: Path) -> None:
    for name in ("output", ".audiobook/clips"):
        shutil.rmtree(folder / name, ignore_errors=True)
