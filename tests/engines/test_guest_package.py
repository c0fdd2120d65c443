"""The engine in `docs/engines.md` works when it is installed from its own package."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools import Shelf, clean_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The package in the document, installed into a folder by pip without the network; the folder, for PYTHONPATH."""
    for needed in ("pip", "setuptools"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is missing")
    package = tmp_path_factory.mktemp("package")
    page = (ROOT / "docs" / "engines.md").read_text("utf-8")
    files = re.findall(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in files] == ["beep_engine.py", "pyproject.toml"]
    for name, content in files:
        (package / name).write_text(content, "utf-8")
    target = tmp_path_factory.mktemp("installed")
    command = "install --quiet --no-index --no-deps --no-build-isolation --disable-pip-version-check --target"
    done = subprocess.run(
        [sys.executable, "-m", "pip", *command.split(), str(target), str(package)],
        env={key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return str(target)


def test_its_code_is_as_short_as_promised() -> None:
    page = (ROOT / "docs" / "engines.md").read_text("utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 40


@pytest.mark.exhaustive
@pytest.mark.slow
def test_it_meets_the_contract(installed: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--numprocesses=0",
            "-p",
            "no:cacheprovider",
            "-m",
            "",
            "tests/engines/test_contract.py",
            "-k",
            "beep",
        ],
        cwd=ROOT,
        env=clean_environment(PYTHONPATH=installed),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed.group(1)) >= 30
    assert "skipped" not in done.stdout


def test_it_builds_a_book(installed: str, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("texts/fi/letter.txt", "Kirje\n\nYksi lause. Toinen lause.\n")
    assert shelf.build("--engine", "beep", PYTHONPATH=installed)["fi/letter"]["state"] == "built"
    assert shelf.record("fi/letter")["inputs"]["speaker"]["engine"] == "beep"
