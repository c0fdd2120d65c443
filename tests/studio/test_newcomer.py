"""A newcomer's whole way in a browser, with the keyboard alone and at the width of a phone: from an EPUB to its MP3."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from books import members, zipped
from browser import Visit
from playwright.sync_api import expect
from tools import wait_until

from studio.conftest import Studio
from studio.pages import DESKTOP, PHONE, assert_fits, is_heard, press

pytestmark = pytest.mark.exhaustive

DROP: Final = """() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['# Note\\n\\nOne.'], 'note.en.md'));
    document.body.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
}"""
WAIT: Final = r"about \d+ s( of speech)?"


def book(folder: Path) -> Path:
    bodies = (
        "<h1>The Ferry</h1><p>Translated by nobody.</p>",
        "<h1>Arrival</h1><p>In 1990 the ferry reached Kaunas. It was late.</p><p>Kaunas slept.</p>",
    )
    path = folder / "The Ferry.epub"
    path.write_bytes(zipped(members(*bodies)))
    return path


def test_a_newcomer_makes_an_audiobook_without_a_terminal(
    visit: Visit, studio: Studio, tmp_path: Path
) -> None:
    page = visit.page
    expect(page.locator("#main:not([inert])")).to_be_attached()
    page.set_input_files("#files", book(tmp_path))
    expect(page.locator("#received")).to_contain_text("was added")
    expect(page.locator(".work[data-label='en/the-ferry']")).to_contain_text("Not built yet")
    assert_fits(page, PHONE)
    press(page.locator("#received a"))

    # A chapter is left out.
    press(page.get_by_role("checkbox", name="The Ferry"), "Space")
    expect(page.locator("#to-make")).to_have_text(re.compile(rf"\d of 6 clips to make, {WAIT}\."))
    press(page.locator("#change-2 summary"))
    page.locator("#title-2").fill("The Arrival")
    press(page.locator("#kinds summary"))
    press(page.locator("#colours summary"))
    press(page.get_by_role("radio", name="sea"), "Space")
    press(page.locator("#every-voice summary"))
    press(page.get_by_role("button", name="Hear English (Great Britain), espeak"))
    wait_until(lambda: is_heard(page), "a voice is heard")
    press(page.locator("#roles summary"))
    press(page.locator("#pauses summary"))
    page.locator("#pause-end").fill("2000")
    expect(page.locator("#cost")).to_have_text(
        re.compile(rf"With these choices: \d of \d clips to make, {WAIT}\.")
    )
    assert_fits(page, PHONE)
    assert_fits(page, DESKTOP)
    press(page.locator("#save"))
    expect(page.locator(".left-out")).to_have_count(1)
    settings = (studio.shelf.root / "audiobook.toml").read_text()
    assert "[pauses]\nend = 2000\n" in settings
    assert 'palette = "sea"\n\n[works.the-ferry.rename]\nArrival = "The Arrival"\n' in settings

    # A word is corrected, and heard at once.
    press(page.get_by_role("link", name="The Arrival"))
    passage = page.locator(".passage").nth(1)
    expect(passage.locator(".spoken")).to_have_text("nineteen ninety")
    press(passage.locator(".play"))
    wait_until(lambda: is_heard(page), "the passage is heard")
    passage.get_by_text("It was late").dblclick(position={"x": 30, "y": 8})
    expect(page.locator("#say-selected")).to_have_text("Say “was” as …")
    press(passage.locator(".say-one"))
    page.keyboard.type("Kaunas")
    page.keyboard.press("Tab")
    page.keyboard.type("Cownass")
    expect(page.locator("#say-count")).to_have_text(
        re.compile(rf"Occurs 2 times in 1 chapter: 2 clips to make, {WAIT}\.")
    )
    assert_fits(page, PHONE)
    press(page.locator("#say-hear"))
    wait_until(lambda: is_heard(page), "the word is heard")
    page.evaluate("document.getElementById('sound').pause()")
    press(page.locator("#say-others summary"))
    assert_fits(page, PHONE)
    press(page.get_by_role("button", name="Hear: Kaunas slept."))
    wait_until(lambda: is_heard(page), "the other place is heard")
    press(page.get_by_role("button", name="Keep it"))
    expect(page.locator(".passage", has_text="slept").locator(".spoken")).to_have_text("Cownass")
    assert (
        studio.shelf.root / "texts/en/The Ferry.lexicon.toml"
    ).read_text() == '[words]\nKaunas = "Cownass"\n'

    # It is built, and clips that were already heard are not spoken again.
    press(page.locator("a.home"))
    press(page.locator("button.build"))
    expect(page.locator(".why")).to_have_text("Up to date")
    assert_fits(page, PHONE)
    with page.expect_download() as got:
        press(page.get_by_role("link", name="the-ferry.mp3"))
    assert Path(got.value.path()).read_bytes() == studio.shelf.book("en/the-ferry").read_bytes()
    record = studio.shelf.record("en/the-ferry")
    assert [chapter["title"] for chapter in record["chapters"]] == ["The Arrival"]
    parts = studio.ask("/works/en/the-ferry/files/0", Range="bytes=0-9")
    assert (parts.status, len(parts.body)) == (206, 10)
    assert studio.ask("/works/en/the-ferry/files/9").status == 404

    # Another text is dropped anywhere, and another editor removes it.
    press(page.locator("a.home"))
    expect(page.locator("#main:not([inert])")).to_be_attached()
    page.evaluate(DROP)
    expect(page.locator(".work[data-label='en/note']")).to_be_visible()
    page.evaluate(DROP.replace("One.", "Two."))
    expect(page.locator("#received .warn")).to_contain_text(
        "texts/en/note.en.md: another text with this name"
    )
    visit.faults = [each for each in visit.faults if "409" not in each]
    (studio.shelf.root / "texts/en/note.en.md").unlink()
    expect(page.locator(".work[data-label='en/note']")).to_have_count(0)
