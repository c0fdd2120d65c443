"""A folder of chapter files is a text like any other for every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import Shelf, png


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A project with a novel in a folder."""
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/novel/2-storm.md", "# Storm\n\nMuch wind.\n")
    shelf.write("texts/en/novel/10-calm.md", "# Calm\n\nNo wind.\n")
    return shelf


def test_a_change_in_one_chapter_remakes_its_clips_and_is_named(shelf: Shelf) -> None:
    assert shelf.build()["en/novel"]["chapters"] == 2
    assert shelf.build("texts/en/novel/")["en/novel"]["state"] == "fresh"
    shelf.write("texts/en/novel/2-storm.md", "# Storm\n\nMore wind.\n")
    assert "text changed (2-storm.md)" in shelf.run("list").out
    assert "the text has changed" in shelf.run("play", "novel", PATH="").err
    again = shelf.build("novel")["en/novel"]
    assert (again["reasons"], again["clips_made"]) == (["text changed (2-storm.md)"], 1)

    shelf.write("texts/en/novel/lexicon.toml", '[words]\nwind = "breeze"\n')
    shelf.write("texts/en/novel.png", png(1500, 1500))
    again = shelf.build("--skip", "Calm", "novel")["en/novel"]
    assert again["reasons"] == ["chapters chosen changed", "lexicon changed", "cover changed"]
    assert (again["chapters"], again["clips_made"]) == (1, 1)


def test_a_folder_has_a_saved_script_and_is_published(shelf: Shelf) -> None:
    shelf.build()
    assert shelf.run("script", "novel", "--save").out.startswith(
        "texts/en/novel.script.md: saved, 2 chapters\n"
    )
    again = shelf.build()["en/novel"]
    assert (again["reasons"], again["clips_made"], again["chapters"]) == (["text changed"], 0, 2)
    shelf.write("texts/en/novel/3.md", "New.\n")
    saved = shelf.run("list", "--json").works["en/novel"]["saved"]
    assert saved == {"source": "texts/en/novel", "edited": False, "source_changed": True}
    (shelf.root / "texts/en/novel.script.md").unlink()
    done = shelf.run("publish", "--base-url", "https://example.org")
    assert (done.code, "publishing the old version: en/novel" in done.err) == (0, True)


def test_a_folder_without_a_project_is_built_next_to_it(shelf: Shelf, tmp_path: Path) -> None:
    away = Shelf(tmp_path / "away", AUDIOBOOK_ENGINE="tone")
    (shelf.root / "texts/en/novel").rename(away.root / "My Novel")
    assert "unknown language of My Novel" in away.run("build", "My Novel").err
    away.write("My Novel/book.toml", 'language = "fi"\n')
    assert away.build("My Novel")["fi/my-novel"]["output"] == "my-novel.mp3"
    for name in ("My Novel", "My Novel/", "my-novel.mp3", "my-novel"):
        assert away.run("check", name).out == "1 of 1 work OK\n", name
    assert away.run("list", "My Novel/").out.startswith("My Novel (fi/my-novel, fresh)\n")
    inside = Shelf(away.root / "My Novel", **away.environment)
    assert inside.build(".")["fi/my-novel"]["state"] == "fresh"


def test_mistakes_in_a_folder_stop_only_its_book(shelf: Shelf) -> None:
    shelf.write("texts/en/novel/3.md", b"caf\xe9 \xff\n")
    shelf.write("texts/en/other.md", "Other.\n")
    (shelf.root / "texts/en/nothing").mkdir()
    done = shelf.run("build")
    assert done.code == 1
    assert "error: texts/en/novel/3.md:1: " in done.err
    assert "error: texts/en/nothing: skipped: the folder contains no texts" in done.err
    assert shelf.book("en/other").is_file()
    assert "run `audiobook build`" in shelf.run("build", ".").err
    assert "run `audiobook build --lang en`" in shelf.run("build", "texts/en").err
