"""Locks between processes: exclusive, released with their holder, and never written through a link.

Two builds at once, the second waits or says who holds the lock; “The user's own things”: locks
that lead elsewhere are never followed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE_S

from audiobook.errors import StorageError
from audiobook.system.locks import Announce, is_lock_note, is_running, locked, locked_folder, opened_locked

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script in its own process, to its end."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


HOLD = """
import sys
import time
from pathlib import Path
from audiobook.system.locks import locked
with locked(Path(sys.argv[1]), on_wait=print) as announce:
    announce()
    print("held", flush=True)
    sys.stdin.readline()
    time.sleep(0.2)
    Path(sys.argv[2]).touch()
"""


def holding(lock: Path, done: Path) -> "subprocess.Popen[str]":
    """A process that holds a lock until it receives a line, and creates a file just before releasing it."""
    command = [sys.executable, "-c", HOLD, str(lock), str(done)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_second_process_learns_who_holds_the_lock_and_waits(tmp_path: Path) -> None:
    lock, done = tmp_path / "output" / ".lock", tmp_path / "done"
    lock.parent.mkdir()
    lock.write_text("process 12345678901234567890 and more\n")
    told: list[str] = []
    with holding(lock, done) as holder:
        assert holder.stdin
        assert holder.stdout
        stdin = holder.stdin
        assert holder.stdout.readline() == "held\n"

        def release(name: str) -> None:
            told.append(name)
            assert not done.exists()
            stdin.write("\n")
            stdin.flush()

        with locked(lock, on_wait=release):
            assert done.exists()
            pid = holder.pid
    assert told == [f"process {pid}"]


def test_an_ended_process_is_not_reported_as_holder(tmp_path: Path) -> None:
    """A holder without a note is unknown, and must not be reported under the name of the previous holder."""
    lock, told = tmp_path / ".lock", []
    before = python(
        HOLD.replace("sys.stdin.readline()", "import os; print(os.getpid())"), lock, tmp_path / "a"
    )
    ended = before.stdout.split()[-1]
    with subprocess.Popen(
        [sys.executable, "-c", HOLD.replace("    announce()\n", ""), str(lock), str(tmp_path / "b")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        stdin = holder.stdin
        assert holder.stdout.readline() == "held\n"

        def release(name: str) -> None:
            told.append(name)
            stdin.write("\n")
            stdin.flush()

        with locked(lock, on_wait=release):
            pass
    assert told
    assert told != [f"process {ended}"]


def test_a_free_lock_is_not_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        with locked(tmp_path / ".lock", on_wait=told.append):
            pass
    assert told == []
    assert names(tmp_path) == [".lock"]


@posix
def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    told: list[str] = []
    with holding(tmp_path / ".lock", tmp_path / "done") as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait()
        with locked(tmp_path / ".lock", on_wait=told.append):
            pass
    assert told == []


def test_an_exception_releases_the_lock(tmp_path: Path) -> None:
    told: list[str] = []

    def fail() -> None:
        with locked(tmp_path / ".lock", on_wait=told.append):
            raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            fail()
    assert told == []


def test_a_lock_that_cannot_be_made_is_a_storage_error_that_names_what_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "output").write_bytes(b"")
    lock = tmp_path / "output" / ".lock"
    with pytest.raises(StorageError) as caught, locked(lock, on_wait=print):
        pass
    assert caught.value.message == f"{tmp_path / 'output'} is a file, not a folder"


LOCK_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from audiobook.errors import StorageError
from audiobook.system.locks import locked
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    with locked(Path(sys.argv[1]), on_wait=print) as announce:
        announce()
except StorageError as error:
    print(error.where)
"""


@posix
def test_a_lock_without_room_is_a_storage_error_with_the_path(tmp_path: Path) -> None:
    ended = python(LOCK_WITHOUT_ROOM, tmp_path / ".lock")
    assert (ended.stdout.strip(), ended.stderr) == (str(tmp_path / ".lock"), "")


# A folder


HOLD_FOLDER = HOLD.replace("import locked\n", "import locked_folder\n").replace(
    "locked(Path(sys.argv[1]), ", "locked_folder(Path(sys.argv[1]), Path(sys.argv[1]).parent / 'store/note', "
)


def test_a_locked_folder_makes_others_wait_and_contains_no_file(tmp_path: Path) -> None:
    folder, note, done = tmp_path / "output", tmp_path / "store" / "note", tmp_path / "done"
    told: list[str] = []
    command = [sys.executable, "-c", HOLD_FOLDER, str(folder), str(done)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin
        assert holder.stdout
        stdin = holder.stdin
        assert holder.stdout.readline() == "held\n"
        if os.name == "posix":
            assert names(folder) == []

        def release(name: str) -> None:
            told.append(name)
            assert not done.exists()
            stdin.write("\n")
            stdin.flush()

        with locked_folder(folder, note, on_wait=release):
            assert done.exists()
        assert told == [f"process {holder.pid}"]
    assert names(folder) == []


@posix
def test_a_folder_that_the_user_linked_is_locked_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "output").symlink_to("there")
    command = [sys.executable, "-c", HOLD_FOLDER, str(tmp_path / "there"), str(tmp_path / "done")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin
        assert holder.stdout
        stdin = holder.stdin
        holder.stdout.readline()
        told: list[str] = []

        def release(name: str) -> None:
            told.append(name)
            stdin.write("\n")
            stdin.flush()

        with locked_folder(tmp_path / "output", tmp_path / "another note", on_wait=release):
            assert (tmp_path / "done").exists()
    assert told == ["another process"]


@pytest.mark.parametrize("kind", ["a file", "a link to nowhere"])
def test_anything_but_a_folder_is_not_locked(tmp_path: Path, kind: str) -> None:
    if kind == "a file":
        (tmp_path / "output").touch()
    else:
        (tmp_path / "output").symlink_to("nowhere")
    with (
        pytest.raises(StorageError, match="not a folder") as caught,
        locked_folder(tmp_path / "output", tmp_path / "note", on_wait=print),
    ):
        pass
    assert caught.value.message.startswith(f"{tmp_path / 'output'} is ")
    assert caught.value.hint


# Files that are not ours


@posix
@pytest.mark.parametrize("kind", ["link", "hard link", "loop", "pipe", "folder"])
@pytest.mark.parametrize("of", ["a file", "a folder"])
def test_anything_but_a_file_in_place_of_a_lock_is_set_aside(tmp_path: Path, kind: str, of: str) -> None:
    mine, path = tmp_path / "mine", tmp_path / "store" / "lock"
    mine.write_text("mine")
    path.parent.mkdir()
    match kind:
        case "hard link":
            path.hardlink_to(mine)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            (path / "inner").mkdir(parents=True)
        case _:
            path.symlink_to("lock" if kind == "loop" else "../mine")
    lock: Callable[[], AbstractContextManager[Announce]] = (
        partial(locked, path, on_wait=print)
        if of == "a file"
        else partial(locked_folder, tmp_path / "output", path, on_wait=print)
    )
    with lock() as announce:
        announce()
    assert path.read_text() == f"process {os.getpid()}\n"
    assert not path.is_symlink()
    assert mine.read_text() == "mine"
    assert names(path.parent / "damaged") == ["lock"]


@posix
def test_a_process_waiting_for_a_replaced_lock_file_takes_the_new_one(tmp_path: Path) -> None:
    """Two processes must not both hold the lock because one waited for a deleted file."""
    lock, done = tmp_path / ".lock", tmp_path / "done"
    with holding(lock, done) as holder:
        assert holder.stdin
        assert holder.stdout
        stdin = holder.stdin
        assert holder.stdout.readline() == "held\n"

        def replace(_: str) -> None:
            lock.rename(tmp_path / "moved")
            stdin.write("\n")
            stdin.flush()

        with opened_locked(lock, on_wait=replace) as descriptor:
            assert os.path.samestat(os.fstat(descriptor), lock.stat())


@given(st.binary(max_size=200))
def test_any_bytes_in_a_lock_file_are_read_without_an_error(data: bytes) -> None:
    assert is_lock_note(data) in (True, False)


@pytest.mark.parametrize("data", [b"", b"process 1\n", b"process 12345678901234567890"])
def test_the_contents_of_a_lock_file_are_recognised(data: bytes) -> None:
    assert is_lock_note(data)


@pytest.mark.parametrize(
    "data", [b"mine", b"process", b"process one", b"process 1\nand more", b"\xff", b"\0"]
)
def test_other_contents_are_not_taken_for_a_lock_file(data: bytes) -> None:
    assert not is_lock_note(data)


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_a_killed_process_that_nobody_waited_for_is_not_running() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert is_running(process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays
        assert not is_running(process.pid)


@posix
def test_a_fork_that_outlives_its_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    for lock in (
        partial(locked, tmp_path / "lock"),
        partial(locked_folder, tmp_path / "output", tmp_path / "note"),
    ):
        with lock(on_wait=pytest.fail):
            fork = os.fork()
            if fork == 0:
                os.write(writing, b"+")
                signal.pause()
            os.read(reading, 1)
        with lock(on_wait=pytest.fail):
            assert os.waitpid(fork, os.WNOHANG) == (0, 0)  # it is still running
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)
    os.close(reading)
    os.close(writing)
