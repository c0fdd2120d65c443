"""The text of a chapter as pages show it: in parts, if it is long."""

from __future__ import annotations

import re

import pytest
from browser import Visit
from playwright.sync_api import expect

from studio.conftest import Studio
from studio.pages import press

PARAGRAPHS = 270


def ids(page: str) -> list[str]:
    return re.findall(r'class="passage \w+" id="([^"]+)"', page)


def test_a_long_chapter_comes_in_parts_that_make_the_whole(studio: Studio) -> None:
    lines = "\n\n".join(f"Line {number}." for number in range(PARAGRAPHS))
    text = studio.shelf.write("texts/en/long.md", f"# Long\n\n{lines}\n")
    part = studio.ask("/works/en/long/text/1").body.decode()
    parts = [ids(part)]
    while more := re.search(r'data-from="([^"]+)"', part):
        assert len(parts) < 9
        part = studio.ask(more[1].replace("&amp;", "&")).body.decode()
        parts.append(ids(part))
    assert len(parts) == 3
    assert len(parts[0]) <= 50
    whole = studio.ask("/works/en/long/text/1/passages").body.decode()
    assert 'class="more' not in whole
    assert [each for found in parts for each in found] == ids(whole)
    assert len(ids(whole)) == PARAGRAPHS + 1
    for first in ("-1", "x", "999999", "9" * 5000):
        assert studio.ask(f"/works/en/long/text/1/passages?first={first}").status == 200
    text.unlink()


@pytest.mark.exhaustive
def test_a_word_with_more_places_than_are_listed_says_so(studio: Studio, visit: Visit) -> None:
    lines = "\n\n".join(f"Bell {number}." for number in range(60))
    text = studio.shelf.write("texts/en/bells.md", f"# Many\n\n{lines}\n\nNo sound.\n\nNo light.\n")
    page = visit.open("works/en/bells/text/1")
    expect(page.locator("#main:not([inert])")).to_be_attached()
    summary = page.locator("#say-others summary")
    press(page.locator(".say-one").nth(3))
    for word, shown, count in (
        ("Bell", "Hear the first 49 other places", 49),
        ("No", "Hear the other places", 2),
    ):
        page.locator("#say-word").fill(word)
        page.keyboard.press("Tab")
        expect(summary).to_have_text(shown)
        expect(page.locator("#say-places li")).to_have_count(count)
    text.unlink()


def test_numbers_that_a_page_cannot_have_are_refused(studio: Studio) -> None:
    passage = {"word": "Tale", "say": "", "phonemes": ""}
    for number, paragraph in ((0, 0), (-1, 0), (1, -1), (1, 10**9)):
        answer = studio.post("/works/en/harbour/hear", number=number, paragraph=paragraph, **passage)
        assert answer["status"] == 404, (number, paragraph)
    assert studio.post("/works/en/harbour/hear", number=10**30, paragraph=0, **passage)["status"] == 422
    assert studio.ask(f"/works/en/harbour/text/{10**30}").status == 422
    assert studio.ask("/works/en/harbour/text/1").status == 200
