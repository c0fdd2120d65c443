"""`audiobook publish` as a user runs it: addresses, changed texts, damaged books, dry runs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tools import Shelf

BASE = ("publish", "--base-url", "https://example.org/books")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("publish"))
    shelf.write("texts/en/first.txt", "The first\n\nHere it is.\n")
    shelf.write("texts/en/second.txt", "The <b>second</b>\n\nHere it is too.\n")
    shelf.write("texts/fi/first.txt", "Eka\n\nTässä se on.\n")
    shelf.build("--engine", "tone")
    return shelf.root


@pytest.fixture
def works(built: Path, tmp_path: Path) -> Shelf:
    return Shelf(shutil.copytree(built, tmp_path / "project"))


def test_publishing_prints_the_feeds_and_the_number_of_files(works: Shelf) -> None:
    done = works.run(*BASE)
    assert (done.code, done.problems) == (0, "")
    lines = done.out.splitlines()
    assert lines[:2] == [f"https://example.org/books/{tag}/feed.xml" for tag in ("en", "fi")]
    assert re.fullmatch(r"\d+ public files, \d+ new or changed", lines[2])
    assert works.run(*BASE).out.endswith(", 0 new or changed\n")
    assert works.run(*BASE, "--quiet").out == ""


def test_json_output_matches_what_was_done(works: Shelf) -> None:
    answer = works.run(*BASE, "--json").answer
    assert answer["base_url"] == "https://example.org/books"
    assert "en/feed.xml" in answer["written"]
    assert (answer["stale"], answer["unbuilt"], answer["problems"]) == ([], [], [])


@pytest.mark.slow
def test_a_dry_run_writes_nothing_and_shows_what_would_change(works: Shelf) -> None:
    before = works.tree()
    done = works.run(*BASE, "--dry-run")
    assert done.code == 0
    assert "would write en/feed.xml" in done.out
    assert done.out.endswith("(nothing was written)\n")
    assert works.tree() == before
    works.run(*BASE)
    assert works.run(*BASE, "--dry-run", "--json").answer["written"] == []


@pytest.mark.slow
def test_changed_and_unbuilt_texts_are_named_and_the_rest_is_published(works: Shelf) -> None:
    works.write("texts/en/second.txt", "The second\n\nHere it is anew.\n")
    works.write("texts/lv/new.txt", "Jauns\n\nTeksts.\n")
    done = works.run(*BASE)
    assert done.code == 0
    assert "warning: text changed since the last build, publishing the old version: en/second\n" in done.err
    assert "warning: not built yet, so not published: lv/new\n" in done.err
    answer = works.run(*BASE, "--json").answer
    assert (answer["stale"], answer["unbuilt"]) == (["en/second"], ["lv/new"])


@pytest.mark.slow
def test_a_work_whose_text_is_gone_is_named_with_how_to_remove_it(works: Shelf) -> None:
    works.run(*BASE)
    works.write("elsewhere/loose.en.txt", "Loose\n\nIt is read.\n")
    assert works.run("build", "elsewhere/loose.en.txt", "--engine", "tone").code == 0
    (works.root / "texts/en/second.txt").unlink()
    done = works.run(*BASE)
    assert done.code == 0
    [warning] = done.problems.splitlines()
    assert warning == (
        "warning: text no longer exists, but the work is still published: en/second; to withdraw a work, "
        "delete its files (second.*) from the output folder and publish again"
    )
    assert works.run(*BASE, "--json").answer["textless"] == ["en/second"]
    for path in (works.output / "en").glob("second.*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert works.run(*BASE).problems == ""
    assert "second" not in (works.output / "en" / "feed.xml").read_text("utf-8")
    assert not list((works.output / "en").glob("second.*"))


def test_a_project_with_nothing_built_exits_with_3(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "empty")
    shelf.write("texts/en/first.txt", "The first\n\nHere it is.\n")
    done = shelf.run(*BASE)
    assert done.code == 3
    assert "no built works" in done.err


def test_works_with_a_damaged_record_or_mp3_are_left_out_and_named(works: Shelf) -> None:
    works.run(*BASE)
    path = works.output / works.sound("en/first", ".vtt")
    captions = path.read_bytes()
    works.book("en/first", ".json").write_bytes(b"{}")
    works.book("en/second").write_bytes(b"short")
    done = works.run(*BASE)
    assert done.code == 1
    assert "error: en/first.json: " in done.err
    assert "error: en/second.json: second.mp3 is missing or changed since it was built" in done.err
    assert path.read_bytes() == captions
    assert works.run(*BASE, "--json").answer["problems"]


def test_source_date_epoch_sets_the_clock(works: Shelf) -> None:
    works.run(*BASE, SOURCE_DATE_EPOCH="1700000000")
    assert "<pubDate>Tue, 14 Nov 2023 22:13:" in (works.output / "en" / "feed.xml").read_text("utf-8")
    assert works.run(*BASE, SOURCE_DATE_EPOCH="soon").code == 2


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://a@b.example",
        "https://example.org/?q",
        "example.org",
        "https://a\nb.example",
    ],
)
def test_an_invalid_address_exits_with_2_and_writes_nothing(works: Shelf, address: str) -> None:
    before = works.tree()
    done = works.run("publish", "--base-url", address)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert works.tree() == before


def test_an_unknown_category_exits_with_2(works: Shelf) -> None:
    works.write("audiobook.toml", '[publish]\ncategory = "Arts > Boks"\n')
    done = works.run(*BASE)
    assert done.code == 2
    assert "did you mean Arts > Books" in done.err
