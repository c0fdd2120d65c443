"""Editions kept on the device: they play without their host, and stay as they are until the listener updates them."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from browser import Visit, static_host
from playwright.sync_api import Browser, Page, expect
from tools import Shelf, png, wait_until

pytestmark = pytest.mark.slow

PIECE: Final = 1 << 20
OLD: Final = [f"The sentence with the number {number}, which is the same as ever." for number in range(60)]
NEW: Final = ["It begins in another way.", *OLD]
RANGES: Final = f"""async () => {{
    const ask = async (range) => {{
        const answer = await fetch(sound.src, {{ headers: {{ range }} }});
        return [answer.status, answer.headers.get('content-range'), [...new Uint8Array(await answer.arrayBuffer())]];
    }};
    return Promise.all(['bytes={PIECE - 3}-{PIECE + 4}', 'bytes=-5', 'bytes=999999999-'].map(ask));
}}"""


def publish(shelf: Shelf, sentences: list[str]) -> None:
    shelf.write("texts/en/book.md", "# Book\n\n![Dot](dot.png)\n\n" + "\n\n".join(sentences))
    shelf.write("texts/en/dot.png", png(8, len(sentences)))
    shelf.build("--engine", "tone")
    done = shelf.run("publish", "--base-url", "https://example.org/books")
    assert done.code == 0, done.err


def assert_plays(page: Page, sentences: list[str]) -> None:
    """Assert that the page has the text of an edition, and plays it from near its end."""
    expect(page.locator(".sentence")).to_have_count(len(sentences) + 1)
    assert page.locator(".sentence").all_inner_texts()[1:] == sentences
    height = "(document.querySelector('#text img').scrollIntoView(), document.querySelector('#text img').naturalHeight)"
    wait_until(lambda: page.evaluate(height) == len(sentences), "its picture is there")
    page.locator(".sentence").nth(-2).click()
    before = page.evaluate("sound.currentTime")
    wait_until(lambda: page.evaluate("sound.currentTime") > before, "it plays")
    page.click("#play")
    heard, told = page.evaluate("[sound.duration, Number(work.dataset.duration)]")
    assert heard == pytest.approx(told, abs=0.1)


def test_a_kept_edition_plays_without_its_host_until_it_is_updated(browser: Browser, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    publish(shelf, OLD)
    sound = (shelf.output / shelf.sound("en/book")).read_bytes()
    assert len(sound) > PIECE
    with static_host(shelf.output) as site:
        visit = Visit(browser, site)
        page = visit.open("en/book.html")
        page.get_by_role("button", name=r"Keep on this device (1.").click()
        expect(page.get_by_text("On this device", exact=True)).to_be_visible()
        assert page.evaluate("caches.match(document.querySelector('#text img').src).then(Boolean)")
        publish(shelf, NEW)
        page.goto("about:blank")
        page = visit.open("en/book.html")
        assert_plays(page, OLD)
        expect(page.get_by_text("There is a newer edition.")).to_be_visible()
    page = visit.open("en/book.html#t=60")
    assert_plays(page, OLD)
    middle, last, beyond = page.evaluate(RANGES)
    assert middle == [206, f"bytes {PIECE - 3}-{PIECE + 4}/{len(sound)}", list(sound[PIECE - 3 : PIECE + 5])]
    assert last[2] == list(sound[-5:])
    assert beyond[:2] == [416, f"bytes */{len(sound)}"]
    visit.open("index.html")
    expect(page.locator(".works .length")).to_contain_text("On this device")
    visit.faults.clear()  # the newest page was looked for, and ranges beyond the end
    with static_host(shelf.output, urlsplit(site).port or 0):
        page = visit.open("en/book.html")
        page.get_by_role("button", name="Update").click()
        expect(page.locator(".sentence")).to_have_count(len(NEW) + 1)
        assert_plays(page, NEW)
        expect(page.get_by_text("On this device", exact=True)).to_be_visible()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_role("button", name="Keep on this device")).to_be_focused()
        kept = "Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()])"
        assert page.evaluate(kept) == [[], []]
        visit.close()
