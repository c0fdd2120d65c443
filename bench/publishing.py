"""The cost of publishing many works: one small work is built and copied under many names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from audiobook.book.record.reading import read_record
from audiobook.book.record.writing import write_record

LANGUAGES = ("en", "fi", "id", "lv", "pl", "sl")
TEXT = Path(__file__).parents[1] / "texts" / "en" / "the-listening-reader.txt"
PUBLISH = [sys.executable, "-m", "audiobook", "publish", "--base-url", "https://example.org/books"]


@contextmanager
def library(works: int) -> Iterator[Path]:
    """Yield a project with this many built works, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="audiobook-bench-") as name:
        folder = Path(name)
        _put(folder / "texts" / "en" / "work.txt", TEXT.read_bytes())
        build = [sys.executable, "-m", "audiobook", "build", "--engine", "espeak", "--quiet"]
        subprocess.run(build, cwd=folder, check=True)
        record = read_record(folder / "output" / "en" / "work.json")
        assert record
        for number in range(works):
            language = LANGUAGES[number % len(LANGUAGES)]
            slug, output = f"work-{number:04}", folder / "output" / language
            audio = msgspec.structs.replace(record.audio, name=f"{slug}.mp3")
            cover = msgspec.structs.replace(record.cover, name=f"{slug}{record.cover.name[4:]}")
            _put(folder / "texts" / language / f"{slug}.txt", TEXT.read_bytes())
            for mine, theirs in ((record.audio, audio), (record.cover, cover)):
                os.link(folder / "output" / "en" / mine.name, output / theirs.name)
            title = f"{record.title} {number}"
            changed = msgspec.structs.replace(
                record, slug=slug, language=language, title=title, audio=audio, cover=cover
            )
            write_record(output / f"{slug}.json", changed)
        yield folder


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parents[2] / "output" / path.parent.name).mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def unpublish(folder: Path) -> None:
    """Remove everything that publishing made."""
    known = folder / "output" / "publication.json"
    for path, file in json.loads(known.read_bytes())["files"].items():
        if file["made"]:
            (folder / "output" / path).unlink()
    known.unlink()


def written(folder: Path) -> list[str]:
    """Publish, and return the paths of the written files."""
    done = subprocess.run([*PUBLISH, "--json"], cwd=folder, check=True, capture_output=True)
    paths: list[str] = json.loads(done.stdout)["written"]
    return paths
