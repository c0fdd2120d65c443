"""A long file is written in batches, and meanwhile digested and flushed to disk."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from patience import PATIENCE_S
from tools import wait_until

from audiobook.files import LongWrite, atomic_write

BATCH = 1 << 19


class Noting(FileIO):
    """A file that notes how many bytes it is given at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "wb")
        self.lengths: list[int] = []

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.lengths.append(len(data))
        return super().write(data)


@pytest.mark.parametrize(
    "pieces", [[], [b""], [b"abc", b"", b"de"], [bytes([at]) * 1_000_000 for at in range(40)]]
)
def test_a_long_write_writes_and_digests_all_in_order(tmp_path: Path, pieces: list[bytes]) -> None:
    path = tmp_path / "book.mp3"
    with atomic_write(path) as stream, LongWrite(stream) as output:
        for piece in pieces:
            output.write(piece)
    whole = b"".join(pieces)
    assert path.read_bytes() == whole
    assert output.length_bytes == len(whole)
    assert output.digest() == hashlib.sha256(whole).hexdigest()


def test_pieces_are_joined_to_half_a_megabyte(tmp_path: Path) -> None:
    pieces = [BATCH - 1, 1, BATCH - 1, 1, BATCH - 1, 2, BATCH, 5]
    with Noting(tmp_path / "a") as stream, LongWrite(cast(BinaryIO, stream)) as output:
        for length in pieces:
            output.write(bytes(length))
    assert stream.lengths == [BATCH, BATCH, BATCH + 1, BATCH, 5]


def test_threads_are_only_started_for_more_than_four_megabytes(tmp_path: Path) -> None:
    before = threading.active_count()
    with atomic_write(tmp_path / "a") as stream, LongWrite(stream) as output:
        for _ in range(8):
            output.write(bytes(BATCH))
        assert threading.active_count() == before
        output.write(bytes(BATCH))
        assert threading.active_count() == before + 2
    assert threading.active_count() == before


flushing = pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system cannot flush data alone")


@flushing
def test_a_file_is_flushed_every_sixteen_megabytes_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fdatasync", flushed.append)
    with atomic_write(tmp_path / "a") as stream, LongWrite(stream) as output:
        for count in range(3):
            for _ in range(31):
                output.write(bytes(BATCH))
            assert len(flushed) == count
            output.write(bytes(BATCH))
            wait_until(lambda: len(flushed) > count, "a flush")  # noqa: B023 - called at once
        assert flushed == [stream.fileno()] * 3


@flushing
@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="the system takes no such advice")
def test_a_very_long_file_does_not_stay_in_memory_once_it_is_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advised: list[tuple[int, ...]] = []
    flushed: list[int] = []
    monkeypatch.setattr(os, "fdatasync", flushed.append)
    monkeypatch.setattr(os, "posix_fadvise", lambda *arguments: advised.append(arguments))
    with atomic_write(tmp_path / "a") as stream, LongWrite(stream, cached_bytes=40 * BATCH) as output:
        for count in range(3):
            for _ in range(32):
                output.write(bytes(BATCH))
            wait_until(lambda: len(flushed) > count and len(advised) == count, "a flush")  # noqa: B023 - called at once
        assert set(advised) == {(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)}


@flushing
def test_a_long_write_waits_for_its_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def flush(_: int) -> None:
        begun.set()
        time.sleep(0.1)  # a disk that is still busy at the end of the block
        ended.set()

    monkeypatch.setattr(os, "fdatasync", flush)
    with open(tmp_path / "a", "wb") as stream:
        with LongWrite(stream) as output:
            for _ in range(32):
                output.write(bytes(BATCH))
            assert begun.wait(PATIENCE_S)
        assert ended.is_set()


@pytest.mark.parametrize("piece", [b"new", b"new" * 1_000_000], ids=["at the end", "while threads run"])
def test_a_failed_long_write_ends_its_threads(tmp_path: Path, piece: bytes) -> None:
    before = threading.active_count()
    (tmp_path / "a").write_bytes(b"old and whole")
    with open(tmp_path / "a", "rb") as stream:

        def write_all() -> None:
            with LongWrite(stream) as output:
                for _ in range(20):
                    output.write(piece)

        with pytest.raises(OSError, match="write"):
            write_all()
    assert threading.active_count() == before


def test_nothing_more_is_written_after_an_error(tmp_path: Path) -> None:
    def write_and_fail(output: LongWrite) -> None:
        with output:
            output.write(b"new")
            raise ValueError("no")

    with Noting(tmp_path / "a") as stream, pytest.raises(ValueError, match="no"):
        write_and_fail(LongWrite(cast(BinaryIO, stream)))
    assert stream.lengths == []


def test_a_part_of_another_file_is_copied_and_digested(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(old := os.urandom(6_000_000))
    new = tmp_path / "new"
    with open(tmp_path / "old", "rb") as source, atomic_write(new) as stream, LongWrite(stream) as output:
        output.write(b"head")
        assert output.copy(source.fileno(), 5, 9) == 9
        output.write(b"middle")
        assert output.copy(source.fileno(), 20, 5_900_000) == 5_900_000
        output.write(b"tail")
        assert output.copy(source.fileno(), 5_999_990, 100) == 10
        assert (
            output.copy(source.fileno(), -1, 100) == 0
        )  # the system refuses to read there, as in a bad sector
    expected = b"".join((b"head", old[5:14], b"middle", old[20:5_900_020], b"tail", old[5_999_990:]))
    assert new.read_bytes() == expected
    assert output.length_bytes == len(expected)
    assert output.digest() == hashlib.sha256(expected).hexdigest()
