"""A book that is built without a project: its files are next to its text, and clips in the user's cache."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import Shelf

TEXT = "# The Walk\n\nOne line.\n\n## Two\n\nAnother line.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Shelf:
    """A folder with nothing but one text, and a separate cache."""
    folder = Shelf(tmp_path / "books", AUDIOBOOK_ENGINE="tone", XDG_CACHE_HOME=str(tmp_path / "cache"))
    folder.write("The Walk.md", TEXT)
    return folder


def test_a_book_is_built_next_to_its_text_and_found_there_by_every_command(folder: Shelf) -> None:
    built = folder.build("The Walk.md", "--lang", "en")["en/the-walk"]
    assert built["output"] == "the-walk.mp3"
    left = {path.name for path in folder.root.iterdir()}
    assert {"The Walk.md", "the-walk.mp3", "the-walk.json"} < left
    [cover] = left - {"The Walk.md", "the-walk.mp3", "the-walk.json"}
    assert cover.startswith("the-walk.cover-")
    for name in ("The Walk.md", "the-walk.mp3"):
        assert folder.build(name)["en/the-walk"]["state"] == "fresh", "the language is known from the record"
        assert folder.run("list", name).out.startswith("The Walk (en/the-walk, fresh)\n")
        assert "no audio player" in folder.run("play", name, PATH="").err
        assert folder.run("check", name).out == "1 of 1 work OK\n"
        assert "Another line." in folder.run("script", name).out
        assert folder.run("clean", name, "-n").out.startswith("4 clips would be deleted")
    assert list(folder.run("list", "--json").works) == ["en/the-walk"]
    assert list(folder.build("the-walk", "en/the-walk")) == ["en/the-walk"]

    folder.write("The Walk.md", TEXT.replace("Another", "One more"))
    assert "run `audiobook build The Walk.md`" in folder.run("play", "the-walk", PATH="").err
    again = folder.build()["en/the-walk"]
    assert (again["reasons"], again["clips_made"]) == (["text changed"], 1)
    assert {path.name for path in folder.root.iterdir()} == left


def test_a_book_elsewhere_is_next_to_its_text_and_one_with_an_output_folder_is_in_it(
    folder: Shelf, tmp_path: Path
) -> None:
    away = Shelf(tmp_path / "away", **folder.environment)
    assert (
        away.build("../books/The Walk.md", "--lang", "en")["en/the-walk"]["output"] == "../books/the-walk.mp3"
    )
    assert away.run("check", "../books/the-walk.mp3").code == 0
    built = away.build("../books/The Walk.md", "--lang", "en", "--output", "out")["en/the-walk"]
    assert (built["output"], built["clips_made"]) == ("out/en/the-walk.mp3", 0), "the cache is shared"
    assert [path.name for path in away.root.iterdir()] == ["out"]


def test_an_export_never_takes_the_place_of_the_text(folder: Shelf, tmp_path: Path) -> None:
    folder.build("The Walk.md", "--lang", "en")
    assert folder.run("export", "the-walk", "--to", "epub").code == 0
    book = Shelf(tmp_path / "epub", **folder.environment)
    data = (folder.root / "the-walk.epub").read_bytes()
    book.write("walk.epub", data)
    book.build("walk.epub")
    done = book.run("export", "walk.epub", "--to", "epub")
    assert done.out.startswith("walk.read-along.epub: "), done.err
    assert (book.root / "walk.epub").read_bytes() == data
    assert book.run("check").out == "1 of 1 work OK\n"
    spoiled = bytearray((book.root / "walk.read-along.epub").read_bytes())
    spoiled[-2000] ^= 1
    (book.root / "walk.read-along.epub").write_bytes(spoiled)
    assert book.run("check", "walk").code == 1


def test_files_of_the_user_and_other_texts_of_the_same_name_are_kept(folder: Shelf) -> None:
    folder.write("the-walk.mp3", b"my own recording")
    done = folder.run("build", "The Walk.md", "--lang", "en")
    assert (done.code, "error: the-walk.mp3: was not made by audiobook" in done.err) == (1, True)
    (folder.root / "the-walk.mp3").unlink()
    folder.write("the-walk.txt", "The other text.\n")
    folder.build("The Walk.md", "--lang", "en")
    before = (folder.root / "the-walk.mp3").read_bytes()
    done = folder.run("build", "the-walk.txt", "--lang", "fi")
    assert (done.code, done.err.splitlines()[0]) == (
        1,
        "error: the-walk.txt: would have the same output files as The Walk.md",
    )
    done = folder.run("build", "The Walk.md", "the-walk.txt", "--lang", "en")
    assert (done.code, "would have the same output files" in done.err) == (1, True)
    assert (folder.root / "the-walk.mp3").read_bytes() == before


def test_the_project_is_found_from_a_folder_below_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("audiobook.toml", 'output = "out"\n')
    shelf.write("texts/en/walk.md", TEXT)
    below = Shelf(shelf.root / "drafts/old", **shelf.environment)
    assert below.build("../../texts/en/walk.md")["en/walk"]["output"] == "../../out/en/walk.mp3"
    assert below.run("list", "--json").works["en/walk"]["source"] == "texts/en/walk.md"
    assert below.run("check", "../../out/en/walk.mp3").code == 0
    assert below.build("walk", "--output", "mine")["en/walk"]["output"] == "mine/en/walk.mp3"
    assert below.run("check", "--output", "mine").out == "1 of 1 work OK\n"
    assert shelf.build()["en/walk"]["state"] == "fresh"
    assert (shelf.root / ".audiobook").is_dir()
    assert not (below.root / ".audiobook").exists()


def test_commands_for_a_whole_project_say_that_there_is_none(folder: Shelf) -> None:
    for command in (("build",), ("list",), ("publish", "--base-url", "https://example.org"), ("serve",)):
        done = folder.run(*command)
        assert (done.code, done.err.splitlines()[0]) == (3, "error: there is no project here"), command
    assert "--unused needs a project" in folder.run("clean", "--unused").err
    assert [path.name for path in folder.root.iterdir()] == ["The Walk.md"]
