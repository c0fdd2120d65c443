"""Commands that make a few files can simply be run again after they were killed: nothing is refused, missing or left over."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from sampling import sampled

from audiobook.cli import run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")

_CHANGES = ("os.rename", "os.link")
_MOST_CHANGES = 40
_COMMANDS = (
    "init shelf",
    "voices compare Hei. --lang fi --engine tone",
    "script one.html --lang en --save",
)


def _run(root: Path, command: str, kill_before: int) -> int:
    """Run a command in a fork that is killed before it gives a file its name, and return how it ended."""
    child = os.fork()
    if not child:
        left = kill_before

        def watch(event: str, _: object) -> None:
            nonlocal left
            if event in _CHANGES:
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        os.chdir(root)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        sys.argv = ["audiobook", *command.split()]
        os._exit(run())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".audiobook" not in path.parts
    }


@pytest.mark.parametrize("command", sampled(_COMMANDS))
def test_a_command_killed_before_any_of_its_files_has_its_name_can_be_run_again(
    command: str, tmp_path: Path
) -> None:
    start = tmp_path / "start"
    start.mkdir()
    (start / "one.html").write_text("<h1>One</h1><p>Rain fell.</p>", "utf-8")
    whole = shutil.copytree(start, tmp_path / "whole")
    assert _run(whole, command, 0) == 0
    expected = _files(whole)
    assert len(expected) > 1
    for kill_before in range(1, _MOST_CHANGES):
        tried = shutil.copytree(start, tmp_path / str(kill_before))
        code = _run(tried, command, kill_before)
        if code == 0:
            assert kill_before > 1
            return
        assert code == -signal.SIGKILL
        assert _run(tried, command, 0) == 0, kill_before
        assert _files(tried) == expected, kill_before
    pytest.fail("it never ends")
