"""Files that nobody has touched since they were read are not read again; all others are."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tools import Shelf

from audiobook.clips.sealed import SealedFolder
from audiobook.files import digest, digest_file
from audiobook.pipeline.planning.known_files import KnownFiles


class Reader:
    """Reads files, and remembers which."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> str | None:
        self.read.append(path.name)
        return digest_file(path)


@pytest.fixture
def notes(tmp_path: Path) -> SealedFolder:
    return SealedFolder(tmp_path / "store/notes")


@pytest.fixture
def book(tmp_path: Path, notes: SealedFolder) -> Path:
    """A file that has been read and noted."""
    path = tmp_path / "output/en/book.mp3"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"sound")
    notes.folder.parent.mkdir()
    wait_until_steady(path)
    known = KnownFiles(notes)
    known.digest_of(path, digest_file)
    known.keep()
    return path


def wait_until_steady(path: Path) -> None:
    while time.time_ns() - path.lstat().st_ctime_ns < 100_000_000:
        time.sleep(0.02)


def read_later(notes: SealedFolder, path: Path) -> tuple[str | None, list[str]]:
    """Return the digest of a file as another build finds it, and the files that were read for it."""
    reader, known = Reader(), KnownFiles(notes)
    known.unknown([path])
    return known.digest_of(path, reader), reader.read


def test_an_untouched_file_is_not_read_again(notes: SealedFolder, book: Path) -> None:
    assert KnownFiles(notes).unknown([book]) == []
    assert read_later(notes, book) == (digest(b"sound"), [])


def flipped(path: Path) -> None:
    """Change a byte, and restore the time of writing."""
    before = path.lstat()
    with path.open("r+b") as stream:
        stream.write(b"S")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path: Path) -> None:
    """Replace the file by another of the same length and time of writing."""
    before = path.lstat()
    other = path.with_name("other")
    other.write_bytes(b"Sound")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def longer(path: Path) -> None:
    path.write_bytes(b"Sound and more")


@pytest.mark.parametrize("change", [flipped, replaced, longer])
def test_a_changed_file_is_read(notes: SealedFolder, book: Path, change: Callable[[Path], None]) -> None:
    change(book)
    assert KnownFiles(notes).unknown([book]) == [book]
    assert read_later(notes, book) == (digest(book.read_bytes()), ["book.mp3"])


def test_anything_else_in_its_place_is_not_known(notes: SealedFolder, book: Path) -> None:
    target = book.rename(book.with_name("moved.mp3"))
    assert read_later(notes, book) == (None, ["book.mp3"])
    book.symlink_to(target)
    assert KnownFiles(notes).unknown([book]) == [book]


@pytest.mark.parametrize(("age_ms", "read"), [(49, ["book.mp3"]), (51, [])])
def test_a_file_that_was_just_changed_is_not_noted(
    notes: SealedFolder, book: Path, monkeypatch: pytest.MonkeyPatch, age_ms: int, read: list[str]
) -> None:
    book.write_bytes(b"other")
    changed_ns = book.lstat().st_ctime_ns
    monkeypatch.setattr(time, "time_ns", lambda: changed_ns + age_ms * 1_000_000)
    known = KnownFiles(notes)
    known.digest_of(book, digest_file)
    known.keep()
    assert read_later(notes, book) == (digest(b"other"), read)


def test_a_file_that_changes_while_it_is_read_is_not_noted(notes: SealedFolder, book: Path) -> None:
    book.write_bytes(b"second")
    wait_until_steady(book)

    def read(path: Path) -> str | None:
        found = digest_file(path)
        path.write_bytes(b"third")
        return found

    known = KnownFiles(notes)
    assert known.digest_of(book, read) == digest(b"second")
    known.keep()
    wait_until_steady(book)
    assert read_later(notes, book) == (digest(b"third"), ["book.mp3"])


def test_a_damaged_note_only_means_reading(notes: SealedFolder, book: Path) -> None:
    [note] = notes.folder.iterdir()
    note.write_bytes(note.read_bytes()[:-1] + b"?")
    assert read_later(notes, book) == (digest(b"sound"), ["book.mp3"])


def test_the_note_of_another_folder_does_not_count(notes: SealedFolder, book: Path) -> None:
    [note] = notes.folder.iterdir()
    other = book.parent.with_name("fi") / "book.mp3"
    other.parent.mkdir()
    os.link(book, other)  # the same file under another name
    KnownFiles(notes).keep()
    note.rename(note.with_name(f"files-{digest(os.fsencode(other.parent))[:16]}"))
    assert read_later(notes, other)[1] == ["book.mp3"]


def test_nothing_is_noted_without_a_store(tmp_path: Path) -> None:
    path = tmp_path / "book.mp3"
    path.write_bytes(b"sound")
    wait_until_steady(path)
    known = KnownFiles(SealedFolder(tmp_path / "store/notes"))
    known.digest_of(path, digest_file)
    known.keep()
    assert not (tmp_path / "store").exists()


def test_a_build_and_list_find_a_damaged_book_after_builds_that_did_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("texts/en/a.txt", "A word.")
    shelf.build("--engine", "tone")
    book = shelf.output / "en/a.mp3"
    whole = book.read_bytes()
    wait_until_steady(book)
    assert shelf.build("--engine", "tone")["en/a"]["state"] == "fresh"
    assert any((shelf.root / ".audiobook/notes").glob("files-*"))
    before = book.lstat()
    with book.open("r+b") as stream:
        stream.seek(-10, os.SEEK_END)
        stream.write(b"0123456789")
    os.utime(book, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "output damaged" in shelf.run("list", AUDIOBOOK_ENGINE="tone").out
    assert shelf.build("--engine", "tone")["en/a"]["reasons"] == ["output damaged"]
    assert book.read_bytes() == whole


def test_a_record_is_believed_by_its_digest(notes: SealedFolder, book: Path) -> None:
    record = book.with_suffix(".json")
    record.write_bytes(b"{}")
    known = KnownFiles(notes)
    assert not known.believes(record, digest(b"one"))
    known.believe(record, digest(b"one"))
    known.keep()
    later = KnownFiles(notes)
    assert later.believes(record, digest(b"one"))
    assert not later.believes(record, digest(b"two"))
    assert later.unknown([book, record]) == [record]
