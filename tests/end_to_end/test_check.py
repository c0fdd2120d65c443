"""`audiobook check` finds every change to built files, and names the file."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sampling import sampled
from tools import Finished, Shelf

BOOK = "en/book"
TEXT = "A Book\n\nThe first paragraph is here. It has two sentences.\n\nThe second one is short.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Two small books. Do not change them."""
    shelf = Shelf(tmp_path_factory.mktemp("built"))
    shelf.write("texts/en/book.txt", TEXT)
    shelf.write("texts/en/other.txt", f"{TEXT}\nAnd one more.\n")
    shelf.build("--engine", "tone")
    return shelf


@pytest.fixture
def books(built: Shelf, tmp_path: Path) -> Shelf:
    """A copy of two small books that tests may change."""
    shutil.copytree(built.root, tmp_path / "books")
    return Shelf(tmp_path / "books")


def assert_found(shelf: Shelf, file: str) -> Finished:
    """Run `check`; assert that it names the damaged file and that the other book is OK."""
    done = shelf.run("check")
    assert done.code == 1
    errors = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert errors
    assert all(line.startswith(f"error: {file}: ") for line in errors), errors
    assert "hint: build it again: audiobook build\n" in done.err
    assert done.out == "1 of 2 works OK\n"
    return done


def test_intact_books_pass(built: Shelf) -> None:
    done = built.run("check")
    assert (done.code, done.out, done.problems) == (0, "2 of 2 works OK\n", "")


def test_the_projects_own_texts_pass_and_nothing_is_written(texts_built: Shelf) -> None:
    before = texts_built.tree()
    assert texts_built.run("check").code == 0
    assert texts_built.tree() == before


@pytest.mark.parametrize("cut_bytes", [1, 200, 3000])
def test_a_truncated_book_is_found(books: Shelf, cut_bytes: int) -> None:
    path = books.book(BOOK)
    os.truncate(path, path.stat().st_size - cut_bytes)
    assert "bytes, but the record says" in assert_found(books, f"{BOOK}.mp3").err


def test_an_empty_book_is_found(books: Shelf) -> None:
    os.truncate(books.book(BOOK), 0)
    assert_found(books, f"{BOOK}.mp3")


def test_bytes_after_the_end_of_a_book_are_found(books: Shelf) -> None:
    path = books.book(BOOK)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert_found(books, f"{BOOK}.mp3")


@pytest.mark.parametrize("share", sampled([0.0, 0.01, 0.1, 0.5, 0.99, 1.0], 3))
def test_a_flipped_bit_anywhere_is_found(books: Shelf, share: float) -> None:
    path = books.book(BOOK)
    data = bytearray(path.read_bytes())
    data[int(share * (len(data) - 1))] ^= 1
    path.write_bytes(data)
    assert_found(books, f"{BOOK}.mp3")


def test_a_missing_book_is_found(books: Shelf) -> None:
    books.book(BOOK).unlink()
    assert "is missing" in assert_found(books, f"{BOOK}.mp3").err


def test_a_book_without_a_record_is_found(books: Shelf) -> None:
    books.book(BOOK, ".json").unlink()
    assert "is missing, but the MP3 exists" in assert_found(books, f"{BOOK}.json").err


def test_the_record_of_another_build_is_found(books: Shelf, tmp_path: Path) -> None:
    other = Shelf(tmp_path / "another")
    other.write("texts/en/book.txt", TEXT.replace("short", "shorter"))
    other.build("--engine", "tone")
    shutil.copy(other.book(BOOK, ".json"), books.book(BOOK, ".json"))
    assert_found(books, f"{BOOK}.mp3")


def later(record: dict[str, object]) -> None:
    record["length_samples"] = int(str(record["length_samples"])) + 576


def renamed(record: dict[str, object]) -> None:
    record["title"] = "Another Book"


def of_another_format(record: dict[str, object]) -> None:
    record["format"] = 99


def without_chapters(record: dict[str, object]) -> None:
    del record["chapters"]


@pytest.mark.parametrize("edit", [later, renamed, of_another_format, without_chapters])
def test_an_edited_record_is_found(books: Shelf, edit: Callable[[dict[str, object]], None]) -> None:
    path = books.book(BOOK, ".json")
    record = json.loads(path.read_bytes())
    edit(record)
    path.write_text(json.dumps(record), "utf-8")
    assert_found(books, f"{BOOK}.json")


@pytest.mark.parametrize(
    "data", [b"", b"{", bytes(500), b'{"format": 1, "slug": 5}', b'{"format":1,"slug":"x']
)
def test_an_invalid_record_is_found(books: Shelf, data: bytes) -> None:
    books.book(BOOK, ".json").write_bytes(data)
    assert "Traceback" not in assert_found(books, f"{BOOK}.json").err


@pytest.mark.parametrize("data", [b"[]", b"\xff\xfe", b"[" * 100_000, b'{"title": "my notes"}'])
def test_a_user_file_in_place_of_a_record_is_found(books: Shelf, data: bytes) -> None:
    books.book(BOOK, ".json").write_bytes(data)
    done = books.run("check")
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert f"error: {BOOK}.json: was not made by audiobook: not a valid record: " in done.err
    assert "hint: move it elsewhere, or replace it: audiobook build --force\n" in done.err


def test_the_json_answer_names_what_is_wrong(books: Shelf) -> None:
    books.book(BOOK).unlink()
    done = books.run("check", "--json")
    assert (done.code, done.err) == (1, "")
    assert done.answer == {
        "works": [
            {"slug": "book", "language": "en", "whole": False, "problems": ["en/book.mp3: is missing"]},
            {"slug": "other", "language": "en", "whole": True, "problems": []},
        ],
        "problems": [],
    }


def test_a_build_repairs_what_check_finds(books: Shelf, built: Shelf) -> None:
    books.book(BOOK, ".json").unlink()
    os.truncate(books.book("en/other"), 500)
    assert books.run("check").out == "0 of 2 works OK\n"
    books.build("--engine", "tone")
    assert books.run("check").code == 0
    assert books.outputs() == built.outputs()


def test_nothing_built_gives_exit_3(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", "")
    done = shelf.run("check")
    assert done.code == 3
    assert "error: no built works in output/\nhint: run `audiobook build` first\n" in done.err


def test_published_files_are_checked_too(books: Shelf) -> None:
    assert books.run("publish", "--base-url", "https://example.org").code == 0
    assert books.run("check").code == 0
    feed, page = books.root / "output/en/feed.xml", books.root / "output/en/book.html"
    feed.write_bytes(feed.read_bytes().replace(b"Book", b"Bock"))
    page.unlink()
    done = books.run("check")
    assert (done.code, done.out) == (1, "2 of 2 works OK\n")
    assert "error: en/feed.xml: changed since it was published\nhint: publish it again" in done.err
    assert "error: en/book.html: was published but is missing\n" in done.err
    assert books.run("publish", "--base-url", "https://example.org").code == 0
    assert books.run("check").code == 0


def test_a_book_rebuilt_since_publishing_is_reported(books: Shelf) -> None:
    assert books.run("publish", "--base-url", "https://example.org").code == 0
    books.write("texts/en/book.txt", f"{TEXT}\nAnother paragraph.\n")
    books.build("--engine", "tone")
    told = "error: en/book.mp3: changed since it was published\nhint: build and publish again"
    assert told in books.run("check").err


@pytest.mark.slow
def test_a_flipped_bit_in_a_published_book_is_reported_with_a_hint(books: Shelf) -> None:
    assert books.run("publish", "--base-url", "https://example.org").code == 0
    [cover] = books.output.glob("en/podcast-*.jpg")
    when_ns = cover.stat().st_mtime_ns
    cover.write_bytes(bytes(cover.stat().st_size))
    os.utime(cover, ns=(when_ns, when_ns))
    assert "hint: remove it and publish it again" in books.run("check").err
    cover.unlink()
    assert books.run("publish", "--base-url", "https://example.org").code == 0
    assert books.run("check").code == 0


def test_a_damaged_publication_list_is_reported(books: Shelf) -> None:
    assert books.run("publish", "--base-url", "https://example.org").code == 0
    books.write("output/publication.json", "{")
    for command in ("check",), ("publish", "--base-url", "https://example.org"):
        done = books.run(*command)
        assert done.code == 1
        assert "error: publication.json: cannot be read" in done.err
        assert "restore a copy" in done.err
