"""`audiobook script` prints exactly what is spoken, with the times of the record."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import Shelf

TEXT = "A Day\n\nThe rain began. It did not stop.\n\n* * *\n\nNight fell.\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path)
    shelf.write("texts/en/day.txt", TEXT)
    return shelf


def test_a_work_that_is_not_built_is_printed_without_times(shelf: Shelf) -> None:
    done = shelf.run("script", "day")
    assert done.code == 0
    assert [line for line in done.out.splitlines() if line] == [
        "[chapter “The rain began. It did not stop.”]",
        "A Day",
        "The rain began. It did not stop.",
        "[chapter “Night fell.”]",
        "Night fell.",
    ]


@pytest.mark.slow
def test_a_built_work_is_printed_with_the_times_of_its_record(shelf: Shelf) -> None:
    shelf.build()
    record = shelf.record("en/day")
    answer = shelf.run("script", "day", "--json").answer
    said = [passage for chapter in answer["chapters"] for passage in chapter["passages"]]
    timed = [
        (paragraph["sentences"][0]["start_samples"], paragraph["sentences"][-1]["end_samples"])
        for chapter in record["chapters"]
        for paragraph in chapter["paragraphs"]
        if paragraph["sentences"]
    ]
    assert [(passage["start_samples"], passage["end_samples"]) for passage in said] == timed
    assert answer["rate_hz"] == record["rate_hz"]
    first = timed[0][0] * 10 // record["rate_hz"]
    assert f"[0:{first // 10:02}.{first % 10}] A Day\n" in shelf.run("script", "day").out


@pytest.mark.slow
def test_a_text_that_was_edited_since_has_no_times(shelf: Shelf) -> None:
    shelf.build("--engine", "tone")
    shelf.write("texts/en/day.txt", TEXT + "\nMore.\n")
    assert shelf.run("script", "day", "--json").answer["rate_hz"] is None


def test_a_work_in_several_languages_needs_a_named_one(shelf: Shelf) -> None:
    shelf.write("texts/fi/day.txt", "Päivä\n\nSatoi.\n")
    done = shelf.run("script", "day")
    assert done.code == 2
    assert "hint: choose one, for example `--lang en`" in done.err
    assert "Satoi." in shelf.run("script", "day", "--lang", "fi").out


def test_it_writes_nothing(shelf: Shelf) -> None:
    shelf.run("script", "day")
    assert sorted(path.name for path in shelf.root.iterdir()) == ["texts"]
