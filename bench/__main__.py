"""`python -m bench`: build books of one and of ten hours, and hold them against the floor and the obvious script."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audiobook.narration.passages import narrate
from audiobook.sources.base import Source, reader_for
from bench.book import write_book
from bench.measure import Cost, run

AUDIOBOOK = [sys.executable, "-m", "audiobook"]
LANGUAGE = "fi"


def write_passages(text: Path, target: Path) -> None:
    """Write what is said in a text, passage by passage, for the scripts that are compared."""
    work = reader_for(text.name).read(Source(text.read_bytes(), text.name, "book", LANGUAGE, "Book"))
    passages = [
        [sentence.text for sentence in passage.sentences]
        for chapter in work.chapters
        for paragraph in chapter.paragraphs
        for passage in narrate(paragraph.text, LANGUAGE)
    ]
    target.write_text(json.dumps(passages))


@contextmanager
def project(hours: float) -> Iterator[Path]:
    """Give a project that holds one book, and remove it after."""
    folder = Path(tempfile.mkdtemp(prefix="audiobook-bench-"))
    try:
        write_book(folder / "texts" / LANGUAGE / "book.md", LANGUAGE, hours * 3600)
        write_passages(folder / "texts" / LANGUAGE / "book.md", folder / "passages.json")
        yield folder
    finally:
        shutil.rmtree(folder)


def build(folder: Path) -> Cost:
    return run([*AUDIOBOOK, "build", "--quiet"], folder)


def length_s(folder: Path) -> float:
    record = json.loads((folder / "output" / LANGUAGE / "book.json").read_text())
    return float(record["duration_s"])


def floor(folder: Path) -> Cost:
    script = str(Path(__file__).with_name("floor.py"))
    return run([sys.executable, script, "passages.json", LANGUAGE, str(os.cpu_count())], folder)


def edit_one_paragraph(folder: Path) -> None:
    text = folder / "texts" / LANGUAGE / "book.md"
    lines = text.read_text("utf-8").split("\n")
    middle = next(at for at in range(len(lines) // 2, len(lines)) if lines[at].startswith("Kappale"))
    lines[middle] += " Tämä lause on uusi."
    text.write_text("\n".join(lines), "utf-8")


class Table:
    """Rows of what was asked and what was measured; remembers whether a bar was missed."""

    def __init__(self) -> None:
        self.missed = 0
        print("| what | bar | measured | |\n|---|---|---|---|")

    def row(self, what: str, bar: str, measured: str, holds: bool) -> None:
        self.missed += not holds
        print(f"| {what} | {bar} | {measured} | {'holds' if holds else '**missed**'} |", flush=True)


def bench_long(table: Table, hours: float, peak_short: int) -> None:
    with project(hours) as folder:
        floors = [floor(folder)]
        cold = build(folder)
        floors.append(floor(folder))
        least = min(cost.wall_s for cost in floors)
        seconds = length_s(folder)
        told = f"{seconds / 3600:.1f} h in {cold.wall_s:.1f} s, floor {least:.1f} s"
        ratio = cold.wall_s / least
        table.row("cold build ÷ floor", "≤ 1.25", f"{ratio:.2f} ({told})", ratio <= 1.25)
        edit_one_paragraph(folder)
        edited = build(folder)
        share = edited.wall_s / cold.wall_s
        table.row("one paragraph edited", "≤ 2 s", f"{edited.wall_s:.2f} s", edited.wall_s <= 2)
        table.row("one paragraph edited ÷ cold", "≤ 4 %", f"{share:.1%}", share <= 0.04)
        fresh = min((build(folder) for _ in range(3)), key=lambda cost: cost.wall_s)
        table.row("nothing changed", "≤ 0.5 s", f"{fresh.wall_s:.2f} s", fresh.wall_s <= 0.5)
        peak = max(cold.peak_bytes, edited.peak_bytes)
        table.row("peak memory, all processes", "≤ 300 MB", f"{peak / 1e6:.0f} MB", peak <= 300e6)
        growth = cold.peak_bytes / peak_short - 1
        table.row("… against one hour", "≤ +20 %", f"{growth:+.0%} ({peak_short / 1e6:.0f} MB)", growth <= 0.2)


def bench_short(table: Table, *, obvious: bool) -> int:
    with project(1) as folder:
        ours = build(folder)
        if obvious:
            script = str(Path(__file__).with_name("obvious.py"))
            theirs = run([sys.executable, script, "passages.json", LANGUAGE, "obvious.mp3"], folder)
            speed = theirs.wall_s / ours.wall_s
            told = f"{speed:.1f} × ({theirs.wall_s:.1f} s against {ours.wall_s:.1f} s for an hour)"
            table.row("obvious script ÷ ours, time", "≥ 4 ×", told, speed >= 4)
            memory = ours.peak_bytes / theirs.peak_bytes
            told = f"{memory:.2f} ({ours.peak_bytes / 1e6:.0f} MB against {theirs.peak_bytes / 1e6:.0f} MB)"
            table.row("ours ÷ obvious script, memory", "≤ 0.25", told, memory <= 0.25)
        return ours.peak_bytes


def bench_help(table: Table) -> None:
    command = shutil.which("audiobook") or ""
    costs = [run([command, "--help"] if command else [*AUDIOBOOK, "--help"]).wall_s for _ in range(5)]
    table.row("audiobook --help", "≤ 150 ms", f"{min(costs) * 1000:.0f} ms", min(costs) <= 0.15)


def machine() -> str:
    """Give what the figures were measured on."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, {python}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=10, help="length of the long book")
    options = parser.parse_args()
    print(f"Measured on {machine()}, by `make bench`.\n")
    table = Table()
    bench_help(table)
    obvious = shutil.which("espeak-ng") is not None and shutil.which("ffmpeg") is not None
    peak_short = bench_short(table, obvious=obvious)
    bench_long(table, options.hours, peak_short)
    if not obvious:
        print("\nThe obvious script was left out: it needs the programs espeak-ng and ffmpeg.")
    subprocess.run(["sync"], check=False)
    sys.exit(1 if table.missed else 0)


if __name__ == "__main__":
    main()
