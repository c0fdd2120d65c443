"""An export to a library that is killed before any of its changes, and run again."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count, pairwise
from pathlib import Path

import pytest
from tools import Shelf

from audiobook.book.record.reading import read_record
from audiobook.library.shelving import Library

CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link")
DETAILS = (
    ("Dune", "Ann", "", "Ann/Dune"),
    ("Dune", "Ann", "Dune", "Ann/Dune/Dune"),  # inside the folder of before
    ("Dune", "Ann", "", "Ann/Dune"),
    ("Sand", "Bo", "Hills", "Bo/Hills/Sand"),
)


def put(library: Path, output: Path) -> None:
    record = read_record(output / "dune.json")
    assert record
    Library(library).put(record, output)


def is_killed(library: Path, output: Path, change: int) -> bool:
    """Export in a child that is killed before a change; return whether it made that many."""
    child = os.fork()
    if child == 0:
        left = change

        def watch(event: str, _: object) -> None:
            nonlocal left
            if event in CHANGES:
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        sys.addaudithook(watch)
        put(library, output)
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_next_export_completes_one_that_was_killed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    for number, (title, author, series, _) in enumerate(DETAILS):
        front = f"title: {title}\nauthor: {author}\n" + (f"series: {series}\n" if series else "")
        shelf.write("texts/en/dune.md", f"---\n{front}---\n\nIt was late.\n")
        shelf.build()
        shutil.copytree(shelf.output / "en", tmp_path / f"built{number}")
    output, library = tmp_path / "en", tmp_path / "library"
    for (before, (*_, old)), (after, (title, *_, new)) in pairwise(enumerate(DETAILS)):
        for change in count():
            shutil.rmtree(output, ignore_errors=True)
            shutil.rmtree(library, ignore_errors=True)
            shutil.copytree(tmp_path / f"built{before}", output)
            put(library, output)
            inode = (library / old).stat().st_ino
            shutil.rmtree(output)
            shutil.copytree(tmp_path / f"built{after}", output)
            killed = is_killed(library, output, change)
            put(library, output)
            files = {path.relative_to(library).as_posix() for path in library.rglob("*") if path.is_file()}
            names = (f"{title}.mp3", "cover.jpg", "metadata.json", "metadata.opf")
            assert files == {".audiobook-library.json", *(f"{new}/{name}" for name in names)}, change
            folders = [path for path in library.rglob("*") if path.is_dir()]
            assert len(folders) == len(Path(new).parts), change
            assert (library / new).stat().st_ino == inode, change
            if not killed:
                break
