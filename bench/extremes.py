"""`python -m bench --long`, `--many`: books of twenty and of a hundred hours, and a library of thousands of short works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from audiobook.book.record.reading import read_record
from audiobook.book.record.writing import sealed
from bench.book import edit_one_paragraph, write_book
from bench.measure import cost_of, work_of
from bench.neural import Rows

BUILD: Final = [sys.executable, "-m", "audiobook", "build", "--quiet"]
_LANGUAGE: Final = "fi"
_FEW_HOURS, _HOURS, _SPOKEN_HOURS, _MOST_HOURS = 1, 10, 20, 100
_SPEEDS: Final = {"espeak": 1.0, "tone": 1.56}
"""How fast engines read these texts, compared with espeak-ng."""
_TWO_GB: Final = 2 << 30
_NEAR_END_S: Final = 3
_SHORT: Final = "A short work\n\nThis text is one of very many.\n"


def bench_long_books(table: Rows) -> None:
    """Build books of up to 20 hours with `espeak`, and of up to 100 with `tone`."""
    bench_twenty_hours(table)
    bench_hundred_hours(table)


def bench_twenty_hours(table: Rows) -> None:
    """Build books of 1 and 20 hours with `espeak`."""
    works, peaks = {}, {}
    for hours in (_FEW_HOURS, _SPOKEN_HOURS):
        with _book(hours, "espeak") as folder:
            works[hours], peaks[hours] = work_of(BUILD, folder)
    _growth(table, "a cold build with espeak", works, _FEW_HOURS, 22)
    _flatness(table, "a cold build with espeak", peaks)


def bench_hundred_hours(table: Rows) -> None:
    """Build books of 1, 10 and 100 hours with `tone`, and edit a paragraph of each."""
    colds, peaks, edits, edit_peaks = {}, {}, {}, {}
    for hours in (_FEW_HOURS, _HOURS, _MOST_HOURS):
        with _book(hours, "tone") as folder:
            colds[hours], peaks[hours] = work_of(BUILD, folder)
            edit_one_paragraph(folder / "texts" / _LANGUAGE / "book.md")
            edits[hours], edit_peaks[hours] = work_of(BUILD, folder)
            if hours == _MOST_HOURS:
                _check_length(table, folder / "output" / _LANGUAGE / "book.mp3")
    for what, costs in (("a cold build", colds), ("an edit", edits)):
        _growth(table, what, costs, _HOURS, 11)
    for what, memory in (("a cold build", peaks), ("an edit", edit_peaks)):
        _flatness(table, what, memory)


def bench_library(table: Rows, works: int) -> None:
    """Compare a library in which nothing has changed, and list it."""
    with _library(works) as folder:
        for what, command, bar_s in (
            ("nothing to do", BUILD, 3.0),
            ("listed", [sys.executable, "-m", "audiobook", "list"], 1.5),
        ):
            cost_of(command, folder)  # notes the digests of the files
            walls, costs = zip(*(cost_of(command, folder) for _ in range(3)), strict=True)
            figures = f"{min(walls):.2f} s ({min(costs):.2f} s of processor time)"
            table.row(f"{works} short works, {what}", f"≤ {bar_s:g} s", figures, min(walls) <= bar_s)


def _growth(table: Rows, what: str, costs: dict[int, float], few: int, most: float) -> None:
    """Compare the processor time of the longest book with that of a book of `few` hours."""
    hours = max(costs)
    ratio = costs[hours] / costs[few]
    figures = f"{ratio:.1f} ({costs[hours]:.1f} s against {costs[few]:.1f} s)"
    table.row(f"processor time of {what}, {hours} hours ÷ {few}", f"≤ {most:g}", figures, ratio <= most)


def _flatness(table: Rows, what: str, peaks: dict[int, int]) -> None:
    """Compare the peak memory of the longest book with that of the shortest."""
    hours, few = max(peaks), min(peaks)
    ratio = peaks[hours] / peaks[few]
    sizes = ", ".join(f"{each} h: {peak / 1e6:.0f} MB" for each, peak in peaks.items())
    table.row(f"memory of {what}, {hours} hours ÷ {few}", "≤ 1.3", f"{ratio:.2f} ({sizes})", ratio <= 1.3)


def _check_length(table: Rows, path: Path) -> None:
    """Compare the length of an MP3 of more than 2 GB in players with the one in its record."""
    size = path.stat().st_size
    table.row("the MP3 of 100 hours", "> 2 GB", f"{size / 1e9:.2f} GB", size > _TWO_GB)
    length_s = json.loads(path.with_suffix(".json").read_bytes())["duration_s"]
    for name, found_s in (("ffprobe", _ffprobe_s(path)), ("mpv", _mpv_end_s(path))):
        if found_s is None:
            print(f"\nSkipped {name}, which is not installed.")
            continue
        figures = f"{found_s:.3f} s, the record: {length_s:.3f} s"
        table.row(f"… its length in {name}", "± 0.1 s", figures, abs(found_s - length_s) <= 0.1)


def _ffprobe_s(path: Path) -> float | None:
    if not shutil.which("ffprobe"):
        return None
    asked = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    return float(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def _mpv_end_s(path: Path) -> float | None:
    """Return the length that mpv shows while it plays the last seconds to their end."""
    if not shutil.which("mpv"):
        return None
    silent = ["mpv", "--no-config", "--no-video", "--ao=null", "--untimed", f"--start=-{_NEAR_END_S}"]
    played = [*silent, "--term-status-msg=at=${=duration}", "--msg-level=all=status", str(path)]
    done = subprocess.run(played, check=True, capture_output=True, text=True)
    found = re.findall(r"at=([0-9.]+)", done.stdout + done.stderr)
    return float(found[-1])


@contextmanager
def _book(hours: int, engine: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="audiobook-bench-") as name:
        folder = Path(name)
        write_book(folder / "texts" / _LANGUAGE / "book.md", _LANGUAGE, hours * 3600 * _SPEEDS[engine])
        (folder / "audiobook.toml").write_text(f'[voice.{_LANGUAGE}]\nengine = "{engine}"\n', "utf-8")
        yield folder


@contextmanager
def _library(works: int) -> Iterator[Path]:
    """Yield a project with many built works: one is built, and the others are copies with names of their own."""
    with tempfile.TemporaryDirectory(prefix="audiobook-bench-") as name:
        folder = Path(name)
        texts, output = folder / "texts" / "en", folder / "output" / "en"
        texts.mkdir(parents=True)
        (texts / "work.txt").write_text(_SHORT, "utf-8")
        (folder / "audiobook.toml").write_text('[voice.en]\nengine = "tone"\n', "utf-8")
        subprocess.run(BUILD, cwd=folder, check=True)
        record = read_record(output / "work.json")
        assert record
        for number in range(works - 1):
            slug = f"work-{number:05}"
            audio = msgspec.structs.replace(record.audio, name=f"{slug}.mp3")
            cover = msgspec.structs.replace(record.cover, name=f"{slug}{record.cover.name[4:]}")
            (texts / f"{slug}.txt").write_text(_SHORT, "utf-8")
            for mine, theirs in ((record.audio, audio), (record.cover, cover)):
                os.link(output / mine.name, output / theirs.name)
            source = f"texts/en/{slug}.txt"
            copy = msgspec.structs.replace(record, slug=slug, source=source, audio=audio, cover=cover)
            (output / f"{slug}.json").write_bytes(msgspec.json.encode(sealed(copy)))
        yield folder
