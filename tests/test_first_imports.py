"""Workers share the work of importing the test files."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tools import clean_environment

TEST = """
import gc, os
with open("imports.txt", "a") as log:
    print(os.environ["PYTEST_XDIST_WORKER"], __name__, file=log)

def test_garbage_is_collected():
    assert gc.isenabled() and gc.get_freeze_count()
"""
NAMES = {
    "test_one": "",
    "test_two": "",
    "test_absent": "import pytest\npytest.skip('', allow_module_level=True)",
    "test_broken": "1 / 0",
}


def test_each_worker_imports_other_files_first(tmp_path: Path) -> None:
    for name, end in NAMES.items():
        (tmp_path / f"{name}.py").write_text(TEST + end)
    arguments = ["-p", "first_imports", "-p", "no:cacheprovider", "--continue-on-collection-errors", "-n2"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "--rootdir", ".", "-c", "/dev/null", "."],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(Path(__file__).parent), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "2 passed, 1 skipped, 2 errors in" in done.stdout, done.stdout
    imports: dict[str, list[str]] = defaultdict(list)
    for line in (tmp_path / "imports.txt").read_text().splitlines():
        worker, name = line.split()
        imports[worker].append(name)
    first, second = imports["gw0"], imports["gw1"]
    assert first[0] != second[0]
    assert set(first) == set(second) == set(NAMES)
    assert len([*tmp_path.glob("__pycache__/*-pytest-*.pyc")]) == len(NAMES)
