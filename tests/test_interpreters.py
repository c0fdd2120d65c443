"""Code in the folder of a project is never run, whatever it is called."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import audiobook
from audiobook.pipeline.workers import WorkerPool
from audiobook.system.interpreters import python

NAMES = ("audiobook", "multiprocessing", "threading", "msgspec", "signal")


@pytest.fixture
def strange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project with modules that say that they were run."""
    for name in NAMES:
        tmp_path.joinpath(f"{name}.py").write_text("open('ran', 'a').write(__name__)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    return tmp_path


@dataclass(frozen=True)
class Environment:
    """A task that returns what a program started by a worker would find in its environment."""

    def begin(self) -> None:
        """Do nothing: this is the only task."""

    def run(self) -> str:
        return os.environ.get("PYTHONSAFEPATH", "not set")


def test_a_child_finds_no_modules_in_the_current_folder(strange: Path) -> None:
    subprocess.run(python("-m", "audiobook", "--version"), check=True, stdout=subprocess.DEVNULL)
    assert not (strange / "ran").exists()


def test_nor_does_python_m_except_this_package_itself(strange: Path) -> None:
    Path("audiobook.py").unlink()
    for name in ("gc", "typing", "pathlib", "click", "audiobook_cli"):
        Path(f"{name}.py").write_text("open('ran', 'a').write(__name__)\n")
    command = [sys.executable, "-m", "audiobook", "--version"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert not (strange / "ran").exists()
    Path("audiobook").symlink_to(Path(audiobook.__file__).parent, target_is_directory=True)
    for other in strange.glob("*.py"):
        other.unlink()
    clone = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    assert audiobook.__version__ in clone.stdout


def test_nor_does_a_worker_that_is_not_forked_and_its_programs_are_not_restricted(
    strange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIOBOOK_SPAWN", "1")
    with WorkerPool[Environment, str](1) as pool:
        pool.submit(Environment())
        results = [result for _, result in pool.results(None)]
    assert results == ["not set"]
    assert "PYTHONSAFEPATH" not in os.environ
    assert not (strange / "ran").exists()


def test_every_other_interpreter_is_started_in_this_way() -> None:
    package = Path(audiobook.__file__).parent
    starting = {path for path in package.rglob("*.py") if "sys.executable" in path.read_text("utf-8")}
    child = package / "child.py"
    assert starting == {package / "system" / "interpreters.py", child}
    assert '"-P"' in child.read_text("utf-8")
