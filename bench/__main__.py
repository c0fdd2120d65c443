"""`python -m bench`: build a one-hour and a ten-hour book, and compare with the floor and the obvious script."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from audiobook.engines.isolation import SPAWN_VARIABLE
from audiobook.narration.passages import narrate
from audiobook.sources.base import Source, reader_for
from bench.book import edit_one_paragraph, write_book
from bench.extremes import bench_library, bench_long_books
from bench.installed import base_bytes
from bench.measure import cost_of, peak_of, time_of
from bench.network import AT_ONCE, WAIT_S, served
from bench.neural import bench_neural
from bench.publishing import PUBLISH, library, unpublish, written

AUDIOBOOK = [sys.executable, "-m", "audiobook"]
LANGUAGE = "fi"
SHARED = Path(os.environ.get("AUDIOBOOK_SHARED", Path(__file__).parents[2] / "shared")).resolve()
NOVEL = SHARED / "epub" / "love-among-the-chickens.epub"


def write_passages(text: Path, target: Path) -> None:
    """Write the passages of a text to a file, for the scripts used in the comparison."""
    work = reader_for(text.name).read(Source(text.read_bytes(), text.name, "book", LANGUAGE, "Book"))
    passages = [
        [sentence.text for sentence in passage.sentences]
        for chapter in work.chapters
        for paragraph in chapter.paragraphs
        for passage in narrate(paragraph, LANGUAGE)
    ]
    target.write_text(json.dumps(passages))


@contextmanager
def project(hours: float) -> Iterator[Path]:
    """Yield a project with one book, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="audiobook-bench-"))
    try:
        write_book(folder / "texts" / LANGUAGE / "book.md", LANGUAGE, hours * 3600)
        write_passages(folder / "texts" / LANGUAGE / "book.md", folder / "passages.json")
        yield folder
    finally:
        shutil.rmtree(folder)


os.environ["AUDIOBOOK_VOICES"] = os.devnull  # measure espeak-ng even if other voices are installed
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages have compiled bytecode too
BUILD = [*AUDIOBOOK, "build", "--quiet"]
M4B = [*BUILD, "--format", "m4b"]
MOST_FORMATS = [
    *BUILD,
    *(part for name in ("epub", "lpf", "lrc", "m4b", "opus", "srt", "vtt") for part in ("--format", name)),
]
ALL_FORMATS = [*MOST_FORMATS, "--format", "flac"]


def clear(folder: Path) -> None:
    """Delete everything that was built."""
    shutil.rmtree(folder / "output", ignore_errors=True)
    shutil.rmtree(folder / ".audiobook", ignore_errors=True)


def length_s(folder: Path) -> float:
    record = json.loads((folder / "output" / LANGUAGE / "book.json").read_text())
    return float(record["duration_s"])


def floor_s(folder: Path) -> float:
    script = str(Path(__file__).with_name("floor.py"))
    return time_of([sys.executable, script, "passages.json", LANGUAGE, str(os.cpu_count())], folder)


class Table:
    """The table of results; remembers whether a bar was missed."""

    def __init__(self) -> None:
        self.missed = 0
        print("| what | bar | measured | |\n|---|---|---|---|")

    def row(self, what: str, bar: str, measured: str, holds: bool) -> None:
        self.missed += not holds
        print(f"| {what} | {bar} | {measured} | {'holds' if holds else '**missed**'} |", flush=True)


def bench_long(table: Table, hours: float, short_peaks: Sequence[int]) -> None:
    with project(hours) as folder:
        floors, colds = [], []
        for _ in range(2):
            floors.append(floor_s(folder))
            clear(folder)
            colds.append(time_of(BUILD, folder))
        cold, floor = min(colds), min(floors)
        told = f"{length_s(folder) / 3600:.1f} h in {cold:.1f} s, floor {floor:.1f} s"
        table.row("cold build ÷ floor", "≤ 1.15", f"{cold / floor:.2f} ({told})", cold <= floor * 1.15)
        edits = []
        for _ in range(3):
            edit_one_paragraph(folder / "texts" / LANGUAGE / "book.md")
            edits.append(time_of(BUILD, folder))
        edited = min(edits)
        told = f"{edited:.2f} s (the slowest of three: {max(edits):.2f} s)"
        table.row("one paragraph edited", "≤ 1 s", told, max(edits) <= 1)
        table.row("one paragraph edited ÷ cold", "≤ 2 %", f"{edited / cold:.1%}", edited <= cold * 0.02)
        fresh = min(time_of(BUILD, folder) for _ in range(3))
        table.row("nothing changed", "≤ 0.25 s", f"{fresh:.2f} s", fresh <= 0.25)
        bench_formats(table, folder)
        for what, peak, short in zip(("", " with an M4B"), peaks_of(folder), short_peaks, strict=True):
            table.row(f"peak memory, all processes{what}", "≤ 300 MB", f"{peak / 1e6:.0f} MB", peak <= 300e6)
            told = f"{peak / short - 1:+.0%} (one hour: {short / 1e6:.0f} MB)"
            table.row("… against one hour", "≤ +20 %", told, peak <= short * 1.2)


def peaks_of(folder: Path) -> list[int]:
    """Return the peak memory of a cold build of the MP3 alone, and of one with an M4B, in bytes."""
    peaks = []
    for command in (BUILD, M4B):
        clear(folder)
        peaks.append(peak_of(command, folder))
    return peaks


def bench_formats(table: Table, folder: Path) -> None:
    """Build all formats of a book from nothing, and edit a paragraph."""
    clear(folder)
    alone, alone_work = cost_of(BUILD, folder)
    clear(folder)
    every, every_work = cost_of(ALL_FORMATS, folder)
    told = f"{every / alone:.2f} (processor time: {every_work / alone_work:.2f})"
    table.row("all formats ÷ the MP3 alone", "≤ 2.5", told, every <= 2.5 * alone)
    time_of(MOST_FORMATS, folder)  # removes the FLAC
    edit_one_paragraph(folder / "texts" / LANGUAGE / "book.md")
    edited = time_of(MOST_FORMATS, folder)
    table.row("one paragraph edited, all formats but FLAC", "≤ 4 s", f"{edited:.2f} s", edited <= 4)
    time_of(M4B, folder)
    edit_one_paragraph(folder / "texts" / LANGUAGE / "book.md")
    edited, worked = cost_of(M4B, folder)
    told = f"{edited:.2f} s ({worked:.2f} s of processor time)"
    table.row("one paragraph edited, MP3 and M4B", "≤ 2 s", told, edited <= 2)


def bench_short(table: Table, *, obvious: bool) -> list[int]:
    with project(1) as folder:
        ours_s = time_of(BUILD, folder)
        peaks = peaks_of(folder)
        ours_bytes = peaks[0]
        if obvious:
            script = str(Path(__file__).with_name("obvious.py"))
            command = [sys.executable, script, "passages.json", LANGUAGE, "obvious.mp3"]
            theirs_s, theirs_bytes = time_of(command, folder), peak_of(command, folder)
            told = f"{theirs_s / ours_s:.1f} × ({theirs_s:.1f} s against {ours_s:.1f} s for an hour)"
            table.row("obvious script ÷ ours, time", "≥ 4 ×", told, theirs_s >= 4 * ours_s)
            told = f"{ours_bytes / theirs_bytes:.2f} ({ours_bytes / 1e6:.0f} MB against {theirs_bytes / 1e6:.0f} MB)"
            table.row("ours ÷ obvious script, memory", "≤ 0.25", told, ours_bytes * 4 <= theirs_bytes)
        return peaks


def bench_spawned(table: Table) -> None:
    """Compare the processor time of a short book without fork, which is only slow to start, with one with fork."""
    spawning = ["env", f"{SPAWN_VARIABLE}=1", *BUILD]
    with project(0.2) as folder:
        costs: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(3):
            for is_forked, command in ((True, BUILD), (False, spawning)):
                clear(folder)
                costs[is_forked].append(cost_of(command, folder)[1])
        spawned_s, forked_s = min(costs[False]), min(costs[True])
        told = f"{spawned_s / forked_s:.2f} ({spawned_s:.1f} s against {forked_s:.1f} s)"
        table.row(
            "a short book without fork ÷ with it, processor time", "≤ 1.5", told, spawned_s <= 1.5 * forked_s
        )


def bench_reading(table: Table) -> None:
    """Read and plan a real novel, if the shared test data exists."""
    if not NOVEL.is_file():
        print(f"\nSkipped reading a novel: {NOVEL.name} not found.")
        return
    with tempfile.TemporaryDirectory(prefix="audiobook-bench-") as folder:
        command = [*AUDIOBOOK, "build", "--dry-run", "--quiet", str(NOVEL), "--lang", "en"]
        taken = min(time_of(command, Path(folder)) for _ in range(3))
        table.row("a novel (EPUB) read and planned", "≤ 2 s", f"{taken:.2f} s", taken <= 2)
        peak = peak_of(command, Path(folder))
        table.row("… its memory", "≤ 150 MB", f"{peak / 1e6:.0f} MB", peak <= 150e6)


def bench_network(table: Table) -> None:
    """Build five hours with a server that replies with ready-made speech."""
    peaks = {}
    for hours in (1, 5):
        with project(hours) as folder, served(folder, LANGUAGE) as service:
            if hours == 5:
                walls, floors = [], []
                for _ in range(2):
                    clear(folder)
                    walls.append(time_of(BUILD, folder))
                    replies = service.lengths()
                    floors.append(service.encode_floor_s(replies))
                wall, waiting, encoding = min(walls), len(replies) * WAIT_S / AT_ONCE, min(floors)
                ratio = wall / (waiting + encoding)
                told = f"{ratio:.2f} ({length_s(folder) / 3600:.1f} h in {wall:.1f} s, "
                told += f"{len(replies)} replies {waiting:.1f} s, encoding {encoding:.1f} s)"
                what = f"a server's speech ÷ (its replies ÷ {AT_ONCE} + encoding)"
                table.row(what, "≤ 1.3", told, ratio <= 1.3)
            clear(folder)
            peaks[hours] = peak_of(BUILD, folder)
    told = f"{peaks[5] / peaks[1] - 1:+.0%} ({peaks[5] / 1e6:.0f} MB, one hour: {peaks[1] / 1e6:.0f} MB)"
    table.row("… its memory against one hour", "≤ +20 %", told, peaks[5] <= peaks[1] * 1.2)


def bench_publish(table: Table, works: int) -> None:
    """Publish many works, and a tenth of them to compare the memory."""
    quiet = [*PUBLISH, "--quiet"]
    with library(max(works // 10, 1)) as folder:
        few = peak_of(quiet, folder)
    with library(works) as folder:
        walls = []
        for _ in range(2):
            walls.append(time_of(quiet, folder))
            unpublish(folder)
        wall = min(walls)
        each = f"{wall:.1f} s, {wall / works * 1000:.1f} ms each"
        table.row(f"{works} works published", "≤ 10 s", each, wall <= 10)
        many = peak_of(quiet, folder)
        told = f"{many / few - 1:+.0%} ({many / 1e6:.0f} MB against {few / 1e6:.0f} MB)"
        table.row("… its memory against a tenth of them", "≤ +20 %", told, many <= few * 1.2)
        again = min(time_of(quiet, folder) for _ in range(2))
        changed = len(written(folder))
        table.row("… published again, files written", "0", f"{changed} in {again:.1f} s", changed == 0)


def bench_studio(table: Table, hours: float) -> None:
    """Correct words in a long book, and open the page of a long chapter, in Chromium."""
    from bench.studio import PASSAGES, opened, page_times_s, word_times_s, write_long_chapter

    with project(hours) as folder:
        time_of(BUILD, folder)
        length = length_s(folder) / 3600
        write_long_chapter(folder / "texts" / LANGUAGE / "long.md", LANGUAGE)
        with opened(folder) as (page, site):
            words = word_times_s(page, f"{site}works/{LANGUAGE}/book/text/2")
            first, *later = page_times_s(page, f"{site}works/{LANGUAGE}/long/text/2")
    what = f"a word changed → its new clip plays, in a book of {length:.1f} h"
    told = f"{median(words):.2f} s (the slowest of {len(words)}: {max(words):.2f} s)"
    table.row(what, "≤ 0.7 s", told, median(words) <= 0.7)
    what = f"page of a chapter of {PASSAGES} passages, read for the first time"
    usable, whole = first
    table.row(what, "≤ 1 s", f"{usable:.2f} s (with all passages: {whole:.2f} s)", usable <= 1)
    usable, whole = median(each for each, _ in later), median(each for _, each in later)
    told = f"{usable:.2f} s (the slowest of {len(later)}: {max(later)[0]:.2f} s; with all passages: {whole:.2f} s)"
    table.row("… opened again", "≤ 1 s", told, usable <= 1)


def bench_first_sound(table: Table, hours: float) -> None:
    """Open the page of a long book on a slow line, in Chromium."""
    from bench.first_sound import waits_s

    with project(hours) as folder:
        time_of(BUILD, folder)
        time_of([*PUBLISH, "--quiet"], folder)
        length = length_s(folder) / 3600
        waits = waits_s(folder / "output", f"{LANGUAGE}/book.html")
    opened, pressed = median(each for each, _ in waits), median(each for _, each in waits)
    told = f"{opened:.2f} s (the slowest of {len(waits)}: {max(waits)[0]:.2f} s)"
    what = f"first sound after the page of a book of {length:.1f} h was opened, at 1 Mbit/s"
    table.row(what, "≤ 2 s", told, opened <= 2)
    table.row("… after Play was pressed", "≤ 2 s", f"{pressed:.2f} s", pressed <= 2)


def bench_cluster(table: Table, hours: float, voices: str | None) -> None:
    """Build a book with two processes and on a cluster of two workers of this machine."""
    from bench.cluster import compare  # Dask is not needed for anything else

    compare(table, hours, Path(voices).resolve() if voices else None)


def bench_help(table: Table) -> None:
    command = shutil.which("audiobook") or ""
    taken = min(time_of([command, "--help"] if command else [*AUDIOBOOK, "--help"]) for _ in range(5))
    table.row("audiobook --help", "≤ 150 ms", f"{taken * 1000:.0f} ms", taken <= 0.15)


def bench_install(table: Table) -> None:
    """Add up the files of the program and of the packages that it needs without extras."""
    sizes = base_bytes()
    whole = sum(sizes.values())
    largest = ", ".join(f"{name} {size / 1e6:.0f}" for name, size in list(sizes.items())[:4])
    table.row("the base install", "≤ 90 MB", f"{whole / 1e6:.0f} MB ({largest})", whole <= 90e6)


def machine() -> str:
    """Return a description of this machine."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, {python}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=10, help="length of the long book")
    parser.add_argument("--network", action="store_true", help="only measure the cost of an online service")
    parser.add_argument("--publish", action="store_true", help="only measure publishing many works")
    parser.add_argument(
        "--cluster",
        action="store_true",
        help="only measure a cluster of two workers; with --piper, with that voice",
    )
    parser.add_argument("--studio", action="store_true", help="only measure the studio, in Chromium")
    parser.add_argument("--page", action="store_true", help="only measure a page on a slow line, in Chromium")
    for engine in ("piper", "kokoro"):
        parser.add_argument(
            f"--{engine}", metavar="VOICES", help=f"only measure {engine}, with a voices folder"
        )
    parser.add_argument(
        "--long", action="store_true", help="only measure books of twenty and of a hundred hours"
    )
    parser.add_argument("--many", action="store_true", help="only measure a library of many short works")
    parser.add_argument("--works", type=int, help="number of works: 1000 to publish, else 10000")
    options = parser.parse_args()
    table = Table()
    parts: dict[str, Callable[[], None]] = {
        "network": lambda: bench_network(table),
        "publish": lambda: bench_publish(table, options.works or 1000),
        "studio": lambda: bench_studio(table, options.hours),
        "cluster": lambda: bench_cluster(table, options.hours, options.piper),
        "page": lambda: bench_first_sound(table, options.hours),
        "long": lambda: bench_long_books(table),
        "many": lambda: bench_library(table, options.works or 10_000),
        "piper": lambda: bench_neural(table, "piper", Path(options.piper).resolve()),
        "kokoro": lambda: bench_neural(table, "kokoro", Path(options.kokoro).resolve()),
    }
    alone = next((name for name in parts if getattr(options, name)), None)
    how = f"`python -m bench --{alone}`" if alone else "`make bench`"
    print(f"Measured on {machine()}, by {how}.\n")
    if alone:
        parts[alone]()
        sys.exit(1 if table.missed else 0)
    bench_help(table)
    bench_install(table)
    bench_reading(table)
    obvious = shutil.which("espeak-ng") is not None and shutil.which("ffmpeg") is not None
    short_peaks = bench_short(table, obvious=obvious)
    bench_spawned(table)
    bench_long(table, options.hours, short_peaks)
    if not obvious:
        print("\nSkipped the obvious script: it needs the programs espeak-ng and ffmpeg.")
    sys.exit(1 if table.missed else 0)


if __name__ == "__main__":
    main()
