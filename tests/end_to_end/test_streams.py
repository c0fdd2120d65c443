"""Standard output or error closed, full, a broken pipe: a line and exit 4, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_S
from sampling import sampled
from tools import Shelf, clean_environment

FULL = Path("/dev/full")
COMMANDS = [
    "--help",
    "--version",
    "list",
    "list --json",
    "voices",
    "check",
    "build",
    "build --json",
    "script small --lang en",
    "script small --lang en --json",
    "publish --base-url http://a.example",
]
REFUSED = "error: cannot write to standard output: "

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A built project. No command here changes it."""
    shelf = Shelf(tmp_path_factory.mktemp("streams"))
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    shelf.write("texts/en/small.txt", "A small text.\n")
    shelf.build()
    return shelf


def by_shell(shelf: Shelf, command: str, redirected: str, variables: str = "") -> tuple[int, str, str]:
    """Run a command with redirected streams; return its exit code and the output that still arrived."""
    done = subprocess.run(
        ["sh", "-c", f'{variables} "$0" -m audiobook {command} {redirected}', sys.executable],
        cwd=shelf.root,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "redirected", "reason"),
    sampled(
        [
            *((command, ">/dev/full", "No space left on device") for command in COMMANDS),
            *((command, ">&-", "Bad file descriptor") for command in ("--help", "list --json", "build")),
        ],
        2,
    ),
)
def test_an_answer_that_cannot_be_written_is_one_line_and_exit_4(
    built: Shelf, command: str, redirected: str, reason: str
) -> None:
    code, out, err = by_shell(built, command, redirected)
    assert (code, out) == (4, "")
    assert err.splitlines()[-1:] == [REFUSED + reason]
    assert err.count("error:") == 1


@pytest.mark.slow
@pytest.mark.parametrize("redirected", [">/dev/full", ">&-"])
def test_a_completion_that_cannot_be_written_is_one_line_and_exit_4(built: Shelf, redirected: str) -> None:
    for variables in (
        "_AUDIOBOOK_COMPLETE=bash_source",
        "COMP_WORDS='audiobook ' COMP_CWORD=1 _AUDIOBOOK_COMPLETE=bash_complete",
    ):
        code, out, err = by_shell(built, "", redirected, variables)
        assert (code, out, err.count("\n")) == (4, "", 1)
        assert err.startswith(REFUSED)


@pytest.mark.slow
@pytest.mark.parametrize("redirected", sampled([">&- 2>&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full"]))
def test_without_any_output_the_exit_code_still_shows_the_error(built: Shelf, redirected: str) -> None:
    assert by_shell(built, "list --json", redirected) == (4, "", "")


@pytest.mark.slow
@pytest.mark.parametrize("redirected", sampled(["2>&-", "2>/dev/full"]))
def test_an_error_that_cannot_be_printed_keeps_its_exit_code(built: Shelf, redirected: str) -> None:
    assert by_shell(built, "script nosuch", redirected) == (2, "", "")


@pytest.mark.slow
@pytest.mark.parametrize("redirected", sampled(["2>&-", "2>/dev/full"]))
def test_progress_that_cannot_be_printed_is_exit_4_even_if_all_was_built(
    built: Shelf, redirected: str
) -> None:
    assert by_shell(built, "build --force", redirected) == (4, "1 built\n", "")
    assert by_shell(built, "build --quiet", redirected) == (0, "", "")


def test_a_closed_standard_input_is_reported(built: Shelf) -> None:
    code, _, err = by_shell(built, "build - --lang en", "<&-")
    assert (code, err) == (1, "error: standard-input: cannot be read: Bad file descriptor\n")


@pytest.mark.slow
@pytest.mark.parametrize("redirected", sampled([">&-", "<&- >&- 2>&-"]))
def test_nothing_is_printed_into_a_file_that_got_the_number_of_a_closed_stream(
    built: Shelf, tmp_path: Path, redirected: str
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    shelf.write("texts/en/small.txt", "A small text.\n")
    assert by_shell(shelf, "build", redirected)[0] == 4
    assert shelf.outputs().items() <= built.outputs().items()
    (note,) = (shelf.root / ".audiobook").glob("build-*.lock")
    assert note.read_text().startswith("process ")
    assert note.read_text().count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", sampled(["list --json", "script small --lang en", "--help", "build --force"])
)
def test_a_closed_pipe_ends_a_command_quietly(built: Shelf, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "audiobook", *command.split()],
            cwd=built.root,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.returncode == 0
    assert b"error" not in done.stderr
    assert b"Error" not in done.stderr


def test_output_waits_for_a_slow_reader_of_a_non_blocking_pipe(built: Shelf) -> None:
    """Some programs leave shared pipes in this state."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time; os.write(1, b'x' * 65000); import audiobook.__main__ as m; m.main()",
        ],
        cwd=built.root,
        env=clean_environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        heard = answer.read()
    assert process.communicate(timeout=PATIENCE_S)[1] == b""
    assert heard.startswith(b"x" * 65000)
    assert heard.count(b"Usage: ") == 1
