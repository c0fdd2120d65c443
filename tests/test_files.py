"""Atomic writing and digests: files are complete or absent."""

import errno
import hashlib
import inspect
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from patience import PATIENCE_S

from audiobook.errors import OutputMismatch, SourceError, StorageError
from audiobook.files import (
    LARGEST_SOURCE_BYTES,
    Digests,
    Spool,
    atomic_write,
    digest,
    digest_file,
    file_name,
    is_unchanged,
    move_new,
    read_source,
    read_stream,
    read_whole,
    require_room,
    storage_error,
    sweep_older,
    sweep_temporaries,
    write_bytes,
    write_swept,
)

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")
OLD = b"old and whole"


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script in its own process, to its end."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def dead_process() -> int:
    """The id of a process that has ended."""
    return int(python("import os; print(os.getpid())").stdout)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_and_stop(path: Path, stop: BaseException) -> None:
    with atomic_write(path) as stream:
        stream.write(b"half")
        raise stop


@pytest.mark.parametrize("sync", [True, False])
def test_a_file_appears_complete_and_leaves_no_temporary(tmp_path: Path, sync: bool) -> None:
    path = tmp_path / "folder" / "below" / "book.mp3"
    write_bytes(path, b"new", sync=sync)
    assert path.read_bytes() == b"new"
    assert names(path.parent) == ["book.mp3"]


def test_a_file_does_not_exist_before_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "book.mp3"
    with atomic_write(path) as stream:
        stream.write(b"half")
        stream.flush()
        assert not path.exists()
    assert path.read_bytes() == b"half"


def test_the_old_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "book.mp3"
    path.write_bytes(OLD)
    with atomic_write(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_bytes() == OLD
    assert path.read_bytes() == b"new"


def test_what_is_being_written_can_be_read_back(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "book.mp3") as stream:
        stream.write(b"abc")
        stream.seek(1)
        assert stream.read() == b"bc"


@pytest.mark.parametrize("stop", [ValueError("no"), KeyboardInterrupt(), SystemExit(1), StorageError("no")])
def test_after_an_exception_the_old_file_stays_without_a_temporary_one(
    tmp_path: Path, stop: BaseException
) -> None:
    path = tmp_path / "book.mp3"
    path.write_bytes(OLD)
    with pytest.raises(type(stop)):
        write_and_stop(path, stop)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["book.mp3"]


class Stop(BaseException):
    """An interrupt."""


def is_stopped(run: Callable[[], None], moment: int) -> bool:
    """Run code, raise at a moment of what it does with files, and return whether it lasts that long."""
    moments = iter(range(moment))

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if Path(frame.f_code.co_filename).parent.name not in ("files", "system"):
            return None
        is_left = event == "return" and not frame.f_code.co_flags & inspect.CO_GENERATOR
        if (event == "line" or is_left) and next(moments, None) is None:
            raise Stop
        return trace

    before = sys.gettrace()
    try:
        sys.settrace(trace)
        run()
    except Stop:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # the end of a process closes files
def test_an_interrupt_at_any_moment_leaves_the_old_or_the_new_file_and_no_temporary_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "book.mp3"
    moment = 0
    path.write_bytes(OLD)
    while is_stopped(lambda: write_bytes(path, b"new"), moment):
        assert (path.read_bytes() in (OLD, b"new"), names(tmp_path)) == (True, ["book.mp3"]), moment
        moment += 1
    assert (path.read_bytes(), moment > 20) == (b"new", True)


def test_after_an_exception_a_new_file_is_absent(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"):
        write_and_stop(tmp_path / "book.mp3", ValueError("no"))
    assert names(tmp_path) == []


def test_a_folder_in_the_way_is_a_storage_error_with_the_path(tmp_path: Path) -> None:
    path = tmp_path / "book.mp3"
    path.mkdir()
    with pytest.raises(StorageError) as caught:
        write_bytes(path, b"new")
    assert caught.value.where == str(path)
    assert caught.value.message.startswith("writing failed: ")
    assert names(tmp_path) == ["book.mp3"]


def test_a_file_in_place_of_the_folder_is_a_storage_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "output").write_bytes(b"")
    path = tmp_path / "output" / "fi" / "book.mp3"
    with pytest.raises(StorageError) as caught:
        write_bytes(path, b"new")
    assert str(caught.value) == f"{tmp_path / 'output'} is a file, not a folder"
    assert caught.value.exit_code == 4


def test_an_impossible_name_is_a_storage_error_with_the_path(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 300)
    with pytest.raises(StorageError) as caught:
        write_bytes(path, b"new")
    assert caught.value.where == str(path)


WITHOUT_ROOM = """
import resource, signal, sys
from pathlib import Path
from audiobook.errors import StorageError
from audiobook.files import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path(sys.argv[1]), bytes(int(sys.argv[2])))
except StorageError as error:
    print(error.where)
"""


@posix
@pytest.mark.parametrize("size", [2000, 200_000])
def test_without_space_the_old_file_stays_without_a_temporary_one(tmp_path: Path, size: int) -> None:
    path = tmp_path / "book.mp3"
    path.write_bytes(OLD)
    ended = python(WITHOUT_ROOM, path, size)
    assert (ended.stdout.strip(), ended.stderr) == (str(path), "")
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["book.mp3"]


def test_an_error_that_the_user_can_mend_gives_a_hint_and_others_do_not() -> None:
    full = storage_error(OSError(errno.ENOSPC, "No space left on device"), Path("a/b"), "writing")
    assert str(full) == f"{Path('a/b')}: writing failed: No space left on device"
    assert full.hint is not None
    assert "disk space" in full.hint
    denied = storage_error(OSError(errno.EACCES, "Permission denied"), Path("a"), "writing")
    assert denied.hint == "change its permissions, or choose another place"
    assert storage_error(OSError(errno.EIO, "Input/output error"), Path("a"), "writing").hint is None


def test_a_system_error_without_a_message_is_reported_as_such() -> None:
    assert (
        storage_error(TimeoutError(), Path("a"), "reading").message
        == "reading failed: the system does not say why"
    )


KILLED = """
import os, signal, sys
from pathlib import Path
from audiobook.files import atomic_write
with atomic_write(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@posix
def test_files_of_a_killed_process_are_swept_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "book.mp3"
    path.write_bytes(OLD)
    assert python(KILLED, path).returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 2
    sweep_temporaries(tmp_path)
    assert names(tmp_path) == ["book.mp3"]
    assert path.read_bytes() == OLD


@posix
def test_sweeping_leaves_the_temporaries_of_running_processes(tmp_path: Path) -> None:
    living = [f".a.mp3.{os.getpid()}.part", f".b.mp3.{os.getppid()}.part"]
    for name in [*living, f".a.mp3.{dead_process()}.part"]:
        (tmp_path / name).touch()
    sweep_temporaries(tmp_path)
    assert names(tmp_path) == sorted(living)


@posix
@pytest.mark.parametrize("left", ["a link", "a file"])
def test_an_existing_temporary_is_not_written_to(tmp_path: Path, left: str) -> None:
    """Links in store and output that lead elsewhere are never followed for writing."""
    mine = tmp_path / "mine"
    mine.write_bytes(OLD)
    temporary = tmp_path / f".book.mp3.{os.getpid()}.part"
    if left == "a link":
        temporary.symlink_to(mine)
    else:
        temporary.hardlink_to(mine)
    write_bytes(tmp_path / "book.mp3", b"new")
    assert (tmp_path / "book.mp3").read_bytes() == b"new"
    assert mine.read_bytes() == OLD
    assert names(tmp_path) == ["book.mp3", "mine"]


@posix
def test_a_folder_of_a_temporary_name_is_an_error_and_stays(tmp_path: Path) -> None:
    temporary = tmp_path / f".book.mp3.{os.getpid()}.part"
    (temporary / "mine").mkdir(parents=True)
    with pytest.raises(StorageError):
        write_bytes(tmp_path / "book.mp3", b"new")
    assert (temporary / "mine").is_dir()


def test_sweeping_leaves_files_of_other_names(tmp_path: Path) -> None:
    dead = dead_process()
    for name in ("book.mp3", "mine.txt"):
        (tmp_path / f".{name}.{dead}.part").touch()
    (tmp_path / f".link.mp3.{dead}.part").symlink_to("nowhere")
    sweep_temporaries(tmp_path, names=re.compile(r".+\.mp3"))
    assert names(tmp_path) == [f".link.mp3.{dead}.part", f".mine.txt.{dead}.part"]


def test_sweeping_leaves_other_file_types(tmp_path: Path) -> None:
    dead = dead_process()
    others = [f"book.{dead}.part", ".notes.part", f".book.{dead}.partial", f".book.{dead}", f"{dead}.part"]
    for name in others:
        (tmp_path / name).touch()
    sweep_temporaries(tmp_path)
    assert names(tmp_path) == sorted(others)


@posix
def test_sweeping_looks_into_the_folders_of_its_pattern_only(tmp_path: Path) -> None:
    leftover = f".book.mp3.{dead_process()}.part"
    for folder in ("ab", "abc"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / leftover).touch()
    (tmp_path / leftover).touch()
    sweep_temporaries(tmp_path, "??/")
    assert names(tmp_path / "ab") == []
    assert names(tmp_path / "abc") == [leftover]
    assert leftover in names(tmp_path)


def test_only_the_older_temporaries_of_a_file_are_swept_before_it_is_written(tmp_path: Path) -> None:
    dead = dead_process()
    for name in ("a+b.toml", "aab.toml", "a+b.toml.toml"):
        (tmp_path / f".{name}.{dead}.part").touch()
    sweep_older(tmp_path / "a+b.toml")
    assert names(tmp_path) == [f".a+b.toml.toml.{dead}.part", f".aab.toml.{dead}.part"]
    (tmp_path / f".a+b.toml.{dead}.part").touch()
    write_swept(tmp_path / "a+b.toml", b"new")
    assert names(tmp_path) == [f".a+b.toml.toml.{dead}.part", f".aab.toml.{dead}.part", "a+b.toml"]
    sweep_older(tmp_path / "nowhere" / "a.toml")


@posix
@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_file_is_moved_but_never_replaces_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if not has_links:
        monkeypatch.setattr(os, "link", refuse)  # as exFAT does
    path, target = tmp_path / "received", tmp_path / "en" / "text.md"
    path.write_bytes(b"new")
    move_new(path, target)
    assert (target.read_bytes(), path.exists()) == (b"new", False)
    path.write_bytes(b"newer")
    with pytest.raises(FileExistsError):
        move_new(path, target)
    assert (target.read_bytes(), path.read_bytes()) == (b"new", b"newer")


def test_sweeping_a_missing_folder_does_nothing(tmp_path: Path) -> None:
    sweep_temporaries(tmp_path / "nowhere")
    assert names(tmp_path) == []


@pytest.mark.parametrize("number", ["99999999999999999999", "²", "٣", "-1", "0"])
def test_a_temporary_of_an_impossible_process_stops_no_sweep(tmp_path: Path, number: str) -> None:
    (tmp_path / f".a.mp3.{number}.part").touch()
    (tmp_path / f".b.mp3.{dead_process()}.part").touch()
    sweep_temporaries(tmp_path)
    assert not [name for name in names(tmp_path) if name.startswith(".b.")]


def test_sufficient_disk_space_passes(tmp_path: Path) -> None:
    require_room(tmp_path / "output" / "fi", 1000)
    assert (tmp_path / "output" / "fi").is_dir()


def test_too_little_room_is_a_storage_error_with_the_bytes_needed(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=f"{1 << 60} bytes are needed and [0-9]+ are free") as caught:
        require_room(tmp_path, 1 << 60)
    assert caught.value.where == str(tmp_path)
    assert caught.value.hint


def test_room_where_no_folder_can_be_is_a_storage_error_that_names_the_file_there(tmp_path: Path) -> None:
    (tmp_path / "output").touch()
    with pytest.raises(StorageError) as caught:
        require_room(tmp_path / "output" / "fi", 1)
    assert caught.value.message == f"{tmp_path / 'output'} is a file, not a folder"


def test_a_digest_is_the_sha_256_of_the_joined_parts(tmp_path: Path) -> None:
    expected = hashlib.sha256(b"one two").hexdigest()
    assert digest(b"one two") == digest(b"one", b" ", b"two") == expected
    (tmp_path / "a").write_bytes(b"one two")
    assert digest_file(tmp_path / "a") == expected


def test_a_missing_file_has_no_digest(tmp_path: Path) -> None:
    assert digest_file(tmp_path / "nowhere") is None


def test_a_folder_has_no_digest_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        digest_file(tmp_path)
    assert caught.value.where == str(tmp_path)


def test_announced_files_have_the_same_digests_and_errors_as_others(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("large", "larger", "small", "missing", "folder")]
    for path, length in zip(paths, (5 << 20, 9 << 20, 9), strict=False):
        path.write_bytes(os.urandom(length))
    paths[4].mkdir()
    for announced in (paths, []):
        with Digests(announced) as digests:
            found = [digests.of(path) for path in reversed(paths[:4])]
            with pytest.raises(StorageError):
                digests.of(paths[4])
        assert found == [None, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths[2::-1])]


def test_no_thread_that_calculates_digests_outlives_its_block(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(4)]
    for path in paths:
        path.write_bytes(bytes(5 << 20))
    before = threading.active_count()
    with Digests(paths):
        pass
    assert threading.active_count() == before


def test_a_source_is_read_unchanged(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\0\r\n")
    assert read_source(tmp_path / "a.txt", "texts/a.txt") == b"\xff\0\r\n"


def test_a_link_to_a_source_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "b.txt").symlink_to("a.txt")
    assert read_source(tmp_path / "b.txt", "texts/b.txt") == b"a"


@pytest.mark.parametrize("kind", ["folder", "fifo", "missing", "loop", "device", "below a file"])
def test_anything_but_a_file_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.txt"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to("a.txt")
    elif kind == "device":
        path = Path(os.devnull)
    elif kind == "below a file":
        path.touch()
        path = path / "b.txt"
    with pytest.raises(SourceError) as caught:
        read_source(path, "texts/fi/a.txt")
    assert caught.value.where == "texts/fi/a.txt"
    assert str(tmp_path) not in str(caught.value)


def test_a_huge_text_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with open(path, "wb") as stream:
        stream.truncate(LARGEST_SOURCE_BYTES + 1)
    with pytest.raises(SourceError, match=r"a\.txt: is larger than 512 MB"):
        read_source(path, "a.txt")


class Endless(BytesIO):
    """An endless stream that needs little memory."""

    piece = bytes(64 << 20)

    def read(self, _: int | None = -1, /) -> bytes:
        return self.piece


def test_a_stream_without_an_end_is_refused() -> None:
    with pytest.raises(SourceError, match="a: is larger than 512 MB"):
        read_stream(Endless(), "a")


def test_a_stream_is_read_to_its_end() -> None:
    assert read_stream(BytesIO(b"ab" * 2_000_000), "a") == b"ab" * 2_000_000


@posix
@pytest.mark.parametrize("kind", ["link", "loop", "fifo"])
def test_anything_but_a_file_is_neither_followed_nor_waited_for(tmp_path: Path, kind: str) -> None:
    """A link, a loop or a FIFO in place of a file is refused by name."""
    path = tmp_path / "a.json"
    if kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("a.json" if kind == "loop" else os.devnull)
    with pytest.raises(OutputMismatch, match=r"a\.json: is not a regular file"):
        read_whole(path)
    with pytest.raises(StorageError) as caught:
        digest_file(path)
    assert caught.value.where == str(path)
    assert not is_unchanged(path, 0, digest(), path)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Chapter 1: The Sun", "Chapter 1 - The Sun"),
        ("4:30 PM", "4-30 PM"),
        ('Who? “Me” "x" <b> A/B\\C|D*', "Who “Me” 'x' (b) A-B-C-D"),
        ("..hidden. . .", "hidden"),
        ("CON.txt", "CON_.txt"),
        ("aux", "aux_"),
        ("concert", "concert"),
        ("a\nb\u202ec\x07", "a bc"),
        ("e\u0301tude", "\u00e9tude"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("???", ""),
        ("word " * 40, "word " * 11 + "word"),
        ("日" * 200, "日" * 53),
    ],
)
def test_a_title_becomes_a_name_that_every_system_accepts(title: str, name: str) -> None:
    assert file_name(title) == name


@posix
@pytest.mark.parametrize("size", [10, 3000, 100_000])
def test_a_spool_reports_a_full_disk_for_the_value_that_does_not_fit(size: int, tmp_path: Path) -> None:
    import resource

    def add_until_full() -> None:
        with Spool(tmp_path, in_memory_bytes=1) as spool:
            for _ in range(30_000):
                spool.add(bytes(size))

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(StorageError, match="writing failed"):
            add_until_full()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
