"""Editions in a browser's cache: a page plays and shows the edition that it names, wherever its files come from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser import Visit, static_host
from playwright.sync_api import Browser, Page, expect
from tools import Shelf, wait_until

pytestmark = pytest.mark.slow

NEW = "## New\n\nIt is not what it was before.\n\n"
OLD = "## One\n\nThe first of all.\n\n## Two\n\nThe second one.\n"


def published(shelf: Shelf, text: str) -> None:
    """Build and publish a book with files of long ago, which browsers may keep for weeks without asking again."""
    shelf.write("texts/en/book.md", f"# Book\n\n{text}")
    shelf.build("--engine", "tone")
    done = shelf.run("publish", "--base-url", "https://example.org")
    assert done.code == 0, done.err
    for path in filter(Path.is_file, shelf.output.rglob("*")):
        os.utime(path, (1_500_000_000, 1_500_000_000))


def assert_plays(page: Page, text: str) -> None:
    """Assert that the text on a page and the length of its sound are those of an edition, and that it plays."""
    wanted = [line for line in text.split("\n\n") if line]
    expect(page.locator(".sentence")).to_have_count(len(wanted) + 1)
    shown = page.locator(".sentence").all_inner_texts()
    assert shown[1:] == [line.removeprefix("## ").strip() for line in wanted]
    page.click("#play")
    wait_until(lambda: page.evaluate("sound.currentTime") > 0, "it plays")
    page.click("#play")
    heard, told = page.evaluate("[sound.duration, Number(work.dataset.duration)]")
    assert heard == pytest.approx(told, abs=0.1)


@pytest.mark.exhaustive
def test_a_page_from_the_cache_and_a_new_one_each_play_their_own_edition(
    browser: Browser, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    published(shelf, OLD)
    with static_host(shelf.output) as site:
        visit = Visit(browser, site)
        page = visit.open("en/book.html")
        assert_plays(page, OLD)
        published(shelf, NEW + OLD)
        page.goto("about:blank")
        visit.open("en/book.html")
        assert_plays(page, OLD)
        page.reload()
        assert_plays(page, NEW + OLD)
        visit.close()
