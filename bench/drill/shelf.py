"""Projects for the drill, and the real command in separate processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 180.0
EPOCH: Final = "1780000000"
"""The day of all publications, so that two of them are equal."""
_SENTENCES: Final = (
    "The rain had stopped by noon.",
    "Nobody walked on the pier.",
    "A dog slept under the bench.",
    "Later the lamps were lit.",
)
AUDIOBOOK: Final = (sys.executable, "-m", "audiobook")


@dataclass(frozen=True)
class Done:
    """An ended command."""

    code: int
    out: str
    err: str


@dataclass
class Shelf:
    """A project folder."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.root / "output"

    @property
    def store(self) -> Path:
        """The store."""
        return self.root / ".audiobook"

    def variables(self, more: dict[str, str]) -> dict[str, str]:
        """Return the variables of its commands: none of the user's own settings, and no bytecode written."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AUDIOBOOK_")}
        own = {
            "AUDIOBOOK_CONFIG": os.fspath(self.root.parent / "configuration"),
            "AUDIOBOOK_VOICES": os.fspath(self.root / "voices"),
            "SOURCE_DATE_EPOCH": EPOCH,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "default",
        }
        return kept | own | self.environment | more

    def start(
        self, arguments: Sequence[str], before: Sequence[str] = (), **more: str
    ) -> subprocess.Popen[str]:
        """Start a command as the leader of a process group; `before` is what runs it, such as strace."""
        return subprocess.Popen(
            [*before, *AUDIOBOOK, *arguments],
            cwd=self.root,
            env=self.variables(more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def run(self, *arguments: str, before: Sequence[str] = (), **more: str) -> Done:
        """Run a command to its end."""
        return ended(self.start(arguments, before, **more))

    def copy(self, root: Path) -> Shelf:
        """Return a copy of the whole project."""
        shutil.rmtree(root, ignore_errors=True)
        return Shelf(shutil.copytree(self.root, root, symlinks=True), self.environment)


def ended(process: subprocess.Popen[str]) -> Done:
    """Wait for a command; one that hangs is killed with its group, which counts as code -9."""
    try:
        out, err = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        kill_group(process)
        out, err = process.communicate()
        err += "\nit hung"
    return Done(process.returncode, out, err)


def kill_group(process: subprocess.Popen[str]) -> None:
    """Kill a command with all its processes."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def new_shelf(root: Path, works: int = 3, engine: str = "tone") -> Shelf:
    """Return a project with some short texts in two languages."""
    root.mkdir(parents=True)
    shelf = Shelf(root)
    (root / "audiobook.toml").write_text(f'engine = "{engine}"\njobs = 2\n', "utf-8")
    for number in range(works):
        write_text(shelf, number, "first")
    return shelf


def write_text(shelf: Shelf, number: int, word: str) -> None:
    """Write a text; another `word` is an edit of one paragraph."""
    language = ("en", "fi")[number % 2]
    path = shelf.root / "texts" / language / f"work-{number}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    paragraphs = [
        f"# Work {number}",
        *(f"{sentence} {number}." for sentence in _SENTENCES),
        f"## The {word} end",
        word,
    ]
    path.write_text("\n\n".join(paragraphs) + "\n", "utf-8")


_RECEIVING: Final = ".studio-"
"""Beginning of the names of folders in which the studio receives files."""


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder, without locks and temporaries, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not path.name.endswith((".lock", ".part"))
        and not path.parent.name.startswith(_RECEIVING)
    }


def leftovers(folder: Path) -> list[str]:
    """Return the temporary files and folders below a folder."""
    found = (*folder.rglob(".*.part"), *folder.rglob(f"{_RECEIVING}*"))
    return [path.relative_to(folder).as_posix() for path in found]
