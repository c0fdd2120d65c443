"""`python -m bench.corpus FOLDER`: read every file of a folder, and print what was found in it as a table.

Each file is read in a separate process, so that slow or large files are measured alone and a failure stops
nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from audiobook.errors import AudiobookError
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.named_texts import choose
from audiobook.sources.base import Source, endings, read_work

_PATIENCE_S: Final = 600
_FALLBACK_LANGUAGE: Final = "en"
_COLUMNS: Final = ("file", "format", "chapters", "rule", "left out (characters)", "CPU s", "MB")


def files_in(folder: Path) -> list[Path]:
    """Return the files below a folder that have a reader, in order."""
    known = set(endings())
    return [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in known and path.is_file()]


def measured(path: Path) -> dict[str, Any]:
    """Return what is found in a file, the processor time in seconds and the memory that reading it took; or the error."""
    began = _processor_s()
    try:
        edition = _edition(path)
        source = Source(path.read_bytes(), path.name, edition.slug, edition.language, edition.fallback_title)
        work = read_work(source, path.name)
    except AudiobookError as error:
        return {"error": str(error)}
    found = {
        "chapters": len(work.chapters),
        "rule": getattr(work, "chapters_by", ""),
        "left_out": dict(work.skipped_chars),
        "seconds": _processor_s() - began,
    }
    return found | {"megabytes": _peak_bytes() / 1e6}


def _edition(path: Path) -> Edition:
    """Return the edition that a file would be; a file that names no language is read as English."""
    catalog = find_texts(path.parent / "no-such-folder")
    try:
        return choose(catalog, (str(path),), (), path.parent).editions[0]
    except AudiobookError:
        return choose(catalog, (str(path),), (_FALLBACK_LANGUAGE,), path.parent).editions[0]


def _processor_s() -> float:
    """Return the processor time that this process and its finished children used, in seconds."""
    return sum(os.times()[:4])


def _peak_bytes() -> int:
    """Return the peak memory of this process and of the largest of its children."""
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    both = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return unit * sum(both)


def measured_alone(path: Path) -> dict[str, Any]:
    """Return what `measured` returns for a file, from a new process."""
    command = [sys.executable, "-m", "bench.corpus", "--one", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return {"error": f"not read within {_PATIENCE_S} s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["ended without a message"])[-1]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def row(path: Path, folder: Path, found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one row of the table."""
    name, kind = path.relative_to(folder).as_posix(), path.suffix[1:].lower()
    if "error" in found:
        return name, kind, "–", "–", f"error: {found['error']}", "–", "–"
    counts = sorted(found["left_out"].items(), key=lambda item: (-item[1], item[0]))
    left_out = ", ".join(f"{reason} {count}" for reason, count in counts)
    chapters, rule = str(found["chapters"]), found["rule"] or "–"
    return name, kind, chapters, rule, left_out, f"{found['seconds']:.1f}", f"{found['megabytes']:.0f}"


def table(folder: Path) -> Iterator[str]:
    """Yield the lines of the table, each as soon as its file was read."""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|---" * len(_COLUMNS) + "|"
    for path in files_in(folder):
        cells = (cell.replace("|", "\\|") for cell in row(path, folder, measured_alone(path)))
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="folder with files of any supported format")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one)))
        return
    if options.folder is None or not (folder := options.folder.expanduser()).is_dir():
        parser.error("name a folder, for example: make corpus DIR=~/books")
    for line in table(folder):
        print(line, flush=True)


if __name__ == "__main__":
    main()
