"""In CI, a skipped test is a failure unless the machine is the reason."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools import clean_environment

TESTS = """
import pytest

def test_that_passes():
    pass

def test_of_a_program():
    pytest.skip("sox is not installed")

@pytest.mark.skipif(True, reason="another system")
def test_of_another_system():
    pass

@pytest.fixture
def voices():
    pytest.skip("the real voices are missing")

def test_of_voices(voices):
    pass

def test_of_ipv6():
    pytest.skip("this machine has no IPv6")

@pytest.mark.xfail
def test_of_a_known_fault():
    assert False
"""
PACKAGE = "import pytest\npytest.importorskip('no_such_package')\ndef test_of_a_package(): pass\n"


@pytest.mark.parametrize(
    ("variable", "counted", "lost"),
    [
        ("", "1 passed, 5 skipped, 1 xfailed", set()),
        (
            "1",
            "1 failed, 1 passed, 1 skipped, 1 xfailed, 3 errors",
            {"test_of_a_program", "test_of_another_system", "test_of_voices", "test_package.py"},
        ),
    ],
)
def test_a_skipped_test_is_lost_only_in_ci(
    tmp_path: Path, variable: str, counted: str, lost: set[str]
) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_package.py").write_text(PACKAGE)
    arguments = ["-p", "lost", "-p", "no:cacheprovider", "--continue-on-collection-errors", "-q", "-rA"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "--rootdir", tmp_path, "-c", "/dev/null", tmp_path],
        env=clean_environment(CI=variable, PYTHONPATH=str(Path(__file__).parent)),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert re.sub(r" in .*", "", done.stdout.splitlines()[-1]) == counted, done.stdout
    named = re.findall(r"^(?:FAILED|ERROR) \S*?(test_\w+(?:\.py)?)(?: - .*)?$", done.stdout, re.MULTILINE)
    assert set(named) == lost
