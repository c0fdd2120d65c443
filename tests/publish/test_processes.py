"""Publishing with several processes gives what one process gives."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from records import chapter, mp3, put, record

from audiobook.book.record.stamps import FileStamp
from audiobook.errors import StorageError
from audiobook.files import digest
from audiobook.publish.address import base_address
from audiobook.publish.publishing import Published, publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
WORKS = 18


def contents(output: Path) -> dict[str, bytes]:
    """Return the contents of an output folder."""
    found = (path for path in output.rglob("*") if path.is_file())
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in found}


def published(output: Path, processes: int) -> Published:
    shelf, now = read_shelf(output), datetime(2026, 1, 1, tzinfo=UTC)
    address = base_address("https://example.org")
    return publish(shelf, output, address, PublishSettings(), now, processes=processes)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("processes") / "output"
    for number in range(WORKS):
        chapters = (chapter("One", 0, (f"This is work {number}.",)), chapter("Two", 1000, ("It ends.",)))
        language = ("en", "fi")[number % 2]
        one = record(f"work-{number}", language, f"Work {number}", chapters=chapters)
        data = mp3(2000)
        audio = FileStamp(one.audio.name, len(data), digest(data))
        put(output, msgspec.structs.replace(one, audio=audio))
    return output


@pytest.fixture
def works(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "output")


def test_several_processes_write_the_same_bytes_in_the_same_order(works: Path, tmp_path: Path) -> None:
    damaged = works / "en" / "work-6.mp3"
    damaged.write_bytes(bytes(damaged.stat().st_size))
    os.utime(damaged, ns=(0, 0))  # so that it is only noticed when its cover is read
    other = shutil.copytree(works, tmp_path / "other")
    alone, together = published(works, 1), published(other, 2)
    assert [problem.where for problem in alone.problems] == ["en/work-6.mp3"]
    assert together == alone
    assert list(together.publication.files) == list(alone.publication.files)
    assert len(together.written) > WORKS * 8
    assert contents(other) == contents(works)
    assert published(other, 2).written == ()


def test_a_failure_with_several_processes_leaves_nothing_behind(works: Path) -> None:
    before = contents(works)
    in_the_way = works / "fi" / "work-13.read"
    in_the_way.write_text("a file where a folder is needed")
    with pytest.raises(StorageError, match=r"work-13.read is a file"):
        published(works, 2)
    in_the_way.unlink()
    assert contents(works) == before
    stranger = works / "fi" / "work-13.html"
    stranger.mkdir()
    with pytest.raises(StorageError, match=r"fi/work-13.html"):
        published(works, 2)
    stranger.rmdir()
    assert contents(works) == before
