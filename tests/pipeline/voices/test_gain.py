"""A voice on this computer is measured once for all projects of a user."""

import os
from pathlib import Path

import pytest
from tools import Shelf, engine_package

from audiobook.clips.sealed import SealedFolder
from audiobook.clips.store import ClipStore
from audiobook.pipeline.project import Project
from audiobook.pipeline.run import build
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings


class Voiced:
    """Projects of one user, whose engine notes how often it is measured."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self._asked = folder / "asked"
        note = f"open({os.fspath(self._asked)!r}, 'a').write('.')"
        self._guest = engine_package(folder / "guest", "odd", note, "'1, 2, 3' in texts[0]")

    def built(self, name: str) -> bytes:
        """Return the book of a new project."""
        shelf = Shelf(self.folder / name)
        shelf.write("texts/en/a.txt", "A word.")
        shelf.build("--engine", "odd", PYTHONPATH=self._guest, XDG_CACHE_HOME=os.fspath(self.cache))
        return shelf.book("en/a").read_bytes()

    @property
    def times_measured(self) -> int:
        return self._asked.stat().st_size

    def note(self) -> Path:
        [note] = (self.cache / "audiobook/notes").glob("loudness-*")
        return note


@pytest.fixture
def voiced(tmp_path: Path) -> Voiced:
    return Voiced(tmp_path)


def test_the_second_project_of_a_user_does_not_measure_a_voice_again(voiced: Voiced) -> None:
    assert voiced.built("one") == voiced.built("two")
    assert voiced.times_measured == 1


def test_a_damaged_measurement_is_made_again(voiced: Voiced) -> None:
    book = voiced.built("one")
    for damage in (b"", b"null", b"[1"):
        note = voiced.note()
        SealedFolder(note.parent).put(note.name, damage)
        assert voiced.built(f"after {len(damage)}") == book
    assert voiced.times_measured == 4


def test_a_cache_that_cannot_be_used_stops_no_build(voiced: Voiced) -> None:
    book = voiced.built("one")
    voiced.cache.rename(voiced.folder / "moved")
    voiced.cache.write_bytes(b"a file in the place of the folder")
    assert voiced.built("two") == book
    assert voiced.times_measured == 2


class ActivityReporter(QuietReporter):
    """Notes what is being done when the works begin."""

    doing: str | None = None
    seen: tuple[str | None, ...] = ()

    def waiting(self, doing: str) -> None:
        self.doing = doing

    def begin(self, works: dict[str, int], wait: str = "", to_do: str = "") -> None:
        self.seen = (*self.seen, self.doing)


def test_the_end_of_measuring_is_reported(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("texts/en/a.txt", "A word.")
    project = Project(tmp_path / "texts", tmp_path / "output", ClipStore(tmp_path / ".audiobook"))
    reporter = ActivityReporter()
    build(
        find_texts(tmp_path / "texts"),
        project,
        Settings(engine="tone", jobs=1),
        reporter,
        force=False,
        dry_run=False,
    )
    assert reporter.seen == ("",)
