"""Files of ours are opened under their own name; nothing else in their place is followed, waited for or left open."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from audiobook.system.opening import NotRegular, open_descriptor

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes of POSIX")


def test_a_file_is_opened_with_the_flags_given(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    for name in (path, str(path)):
        descriptor = open_descriptor(name)
        assert os.read(descriptor, 9) == b"abc"
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(descriptor, b"d")
        os.close(descriptor)
    descriptor = open_descriptor(path, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, b"d")
    os.close(descriptor)
    assert path.read_bytes() == b"abcd"


def test_a_new_file_is_as_open_to_others_as_the_user_wants(tmp_path: Path) -> None:
    before = os.umask(0o026)
    try:
        os.close(open_descriptor(tmp_path / "a", os.O_RDWR | os.O_CREAT))
        os.umask(0)
        os.close(open_descriptor(tmp_path / "b", os.O_RDWR | os.O_CREAT))
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in "ab"] == [0o640, 0o666]


@pytest.mark.parametrize("kind", ["link", "broken link", "loop", "folder", "pipe", "socket", "device"])
def test_anything_but_a_file_is_refused_and_not_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    match kind:
        case "link":
            other.touch()
            path.symlink_to(other)
        case "broken link" | "loop":
            path.symlink_to("a" if kind == "loop" else "b")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                monkeypatch.chdir(tmp_path)  # the name of a socket is short
                server.bind(path.name)
        case "device":
            path = Path(os.devnull)
    os.close(before := os.open(tmp_path, os.O_RDONLY))
    with pytest.raises(NotRegular) as caught:
        open_descriptor(path)
    assert (caught.value.filename, caught.value.strerror) == (str(path), "is not a regular file")
    os.close(after := os.open(tmp_path, os.O_RDONLY))
    assert after == before


def test_another_error_about_a_file_is_that_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_descriptor(tmp_path / "a")
    (tmp_path / "a").touch()
    with pytest.raises(FileExistsError):
        open_descriptor(tmp_path / "a", os.O_RDWR | os.O_CREAT | os.O_EXCL)


def test_a_file_with_another_name_is_refused_where_it_would_be_changed_in_place(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    os.close(open_descriptor(path, alone=True))
    (tmp_path / "b").hardlink_to(path)
    os.close(open_descriptor(path))
    os.close(before := os.open(path, os.O_RDONLY))
    with pytest.raises(NotRegular):
        open_descriptor(path, alone=True)
    os.close(after := os.open(path, os.O_RDONLY))
    assert after == before
