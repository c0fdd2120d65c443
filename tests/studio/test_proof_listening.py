"""Proof-listening in a browser: playing through, marking places, and working off the list, in two windows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Visit, linger
from playwright.sync_api import Browser, expect
from tools import wait_until

from studio.conftest import Studio
from studio.pages import DESKTOP, PHONE, assert_fits, is_heard, press

pytestmark = pytest.mark.exhaustive

WORK = "works/en/watch"
LONG = "And then many more of them, one after the other, until nobody in the whole valley counts them any longer."
TEXT = f"""# Watch

## First

One bell. Two bells. {LONG}

## Second

Three bells. Four bells. {LONG}
"""
SLOWLY = """addEventListener('DOMContentLoaded', () => {
    const sound = document.getElementById('sound');
    if (sound) sound.defaultPlaybackRate = sound.playbackRate = 1 / 16;
})"""
"""On every page, also on those that begin to play by themselves: on a busy machine, a test comes late, and finds only silence."""


@pytest.fixture
def watch(studio: Studio) -> Iterator[Path]:
    """A new short text, and the path of its marks."""
    text = studio.shelf.write("texts/en/watch.md", TEXT)
    marks = text.with_name("watch.marks.toml")
    yield marks
    text.unlink()
    marks.unlink(missing_ok=True)


def test_places_are_marked_while_the_text_plays_and_worked_off_with_keys(watch: Path, visit: Visit) -> None:
    visit.page.add_init_script(SLOWLY)
    page = visit.open(f"{WORK}/text/1")
    expect(page.locator("#main:not([inert])")).to_be_attached()
    page.keyboard.press("m")
    expect(page.locator("#told")).to_contain_text("Play the text")
    page.locator(".sentence", has_text="Two bells").click()
    wait_until(lambda: is_heard(page), "the sentence is heard")
    page.keyboard.press("m")
    expect(page.locator("#note-text")).to_have_text("Two bells.")
    assert not is_heard(page)
    page.keyboard.type("too fast")
    assert_fits(page, PHONE)
    page.keyboard.press("Enter")
    page.evaluate("sound.playbackRate = sound.defaultPlaybackRate = 16")

    # It plays on, and into the next chapter.
    page.wait_for_url(re.compile(f"{WORK}/text/2$"))
    wait_until(lambda: is_heard(page), "the next chapter is heard")
    page.evaluate("document.getElementById('sound').pause()")
    page.locator(".sentence", has_text="Three bells").dblclick(position={"x": 10, "y": 8})
    expect(page.locator("#say-selected")).to_be_visible()
    press(page.locator("#bar-mark"))
    expect(page.locator("#note-text")).to_have_text("Three bells.")
    page.keyboard.press("Enter")
    expect(page.locator("#mark-at")).to_have_text("Mark 2 of 2")
    assert_fits(page, PHONE)
    assert_fits(page, DESKTOP)

    # The list is worked off.
    page.keyboard.press("p")
    page.wait_for_url(re.compile(f"{WORK}/text/1$"))
    expect(page.locator(".noted", has_text="too fast")).to_be_focused()
    expect(page.locator(".marked")).to_have_text("Two bells.")
    wait_until(lambda: is_heard(page), "the marked sentence is heard")
    page.keyboard.press(" ")
    page.keyboard.press("f")
    expect(page.locator(".noted.fixed")).to_contain_text("Fixed too fast")
    assert page.locator(".marked").count() == 0, "it must not take the next refresh"
    page.keyboard.press("n")
    page.wait_for_url(re.compile(f"{WORK}/text/2$"))
    expect(page.locator(".noted")).to_be_focused()
    assert "fixed = true" in watch.read_text()
    press(page.locator("#mark-at"))
    expect(page.locator("#live > .worklist .task")).to_have_count(1)
    expect(page.locator("summary")).to_have_text("1 fixed")
    page.locator("summary").click()
    assert_fits(page, PHONE)
    assert_fits(page, DESKTOP)
    press(page.locator("#fixed-marks .drop"))
    expect(page.locator(".task")).to_have_count(1)
    press(page.locator(".task a"))
    page.wait_for_url(re.compile(f"{WORK}/text/2$"))
    expect(page.locator(".noted")).to_be_focused()


def test_two_windows_show_the_same_marks_and_none_overwrites_the_other(
    watch: Path, browser: Browser, visit: Visit, studio: Studio
) -> None:
    other = Visit(browser, studio.site)
    other.page.goto(studio.address)
    other.page.wait_for_url(studio.site)
    for page in (visit.page, other.page):
        page.goto(f"{studio.site}{WORK}/text/1")
        expect(page.locator("#main:not([inert]) #mark-at")).to_have_text("No open marks")
    linger(visit.page)
    visit.page.locator(".sentence", has_text="One bell").click()
    wait_until(lambda: is_heard(visit.page), "it is heard")
    visit.page.keyboard.press("m")
    visit.page.keyboard.press("Enter")
    expect(other.page.locator(".noted")).to_have_count(1)

    # One window has an old mark in its dialog while the other changes it.
    press(other.page.get_by_role("button", name="Note"))
    other.page.keyboard.type("mine")
    press(visit.page.locator(".noted").get_by_role("button", name="Fixed"))
    expect(visit.page.locator(".noted.fixed")).to_have_count(1)
    expect(other.page.locator(".noted.fixed")).to_have_count(1)
    other.page.keyboard.press("Enter")
    expect(other.page.locator("#note-wrong")).to_contain_text("changed in the meantime")
    assert "mine" not in watch.read_text()
    other.faults = [fault for fault in other.faults if "409" not in fault]
    other.close()
