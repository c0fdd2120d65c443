"""The publication time can be set, so that the same works give the same feed on any day."""

from pathlib import Path

import pytest
from tools import Shelf

BASE = ("publish", "--base-url", "https://example.org/books")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/one.md", "# One\n\nIt is said here.\n")
    shelf.build()
    return shelf


@pytest.mark.slow
def test_source_date_epoch_is_the_publication_date(shelf: Shelf) -> None:
    assert shelf.run(*BASE, SOURCE_DATE_EPOCH="1700000000").code == 0
    feed = (shelf.output / "en/feed.xml").read_text("utf-8")
    assert "Tue, 14 Nov 2023 22:13:" in feed
    assert shelf.run(*BASE, SOURCE_DATE_EPOCH="1800000000").code == 0
    assert (shelf.output / "en/feed.xml").read_text("utf-8") == feed


@pytest.mark.slow
def test_an_invalid_source_date_epoch_is_an_error(shelf: Shelf) -> None:
    for time in ("yesterday", "1e9", "9" * 30, "9" * 12, "-5", " 5", "1_000", "٣"):
        done = shelf.run(*BASE, SOURCE_DATE_EPOCH=time)
        assert (done.code, "SOURCE_DATE_EPOCH" in done.err) == (2, True), time
