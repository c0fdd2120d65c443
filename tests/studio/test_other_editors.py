"""What another editor changes is on the pages without loading them again, however that editor writes its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Visit
from playwright.sync_api import Page, expect

from studio.conftest import Studio
from studio.pages import PHONE, assert_fits, press

pytestmark = pytest.mark.exhaustive

TEXT = "# Note\n\n## One\n\nThe bell rang.\n"


@pytest.fixture
def note(studio: Studio) -> Iterator[Path]:
    """A text that the test may change."""
    path = studio.shelf.write("texts/en/note.md", TEXT)
    yield path
    path.unlink()
    path.with_name("note.lexicon.toml").unlink(missing_ok=True)


def in_place(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def beside(path: Path, text: str) -> None:
    """Write as most editors do: another file first, which takes the place of the old one."""
    other = path.with_name(f".{path.name}.swp")
    other.write_text(text, "utf-8")
    other.replace(path)


def test_an_edited_text_lexicon_or_setting_is_shown_at_once(note: Path, visit: Visit, studio: Studio) -> None:
    page = visit.page
    settings = studio.shelf.root / "audiobook.toml"
    before = settings.read_text()
    page.goto(f"{studio.site}works/en/note/text/1")
    expect(page.locator("#live")).to_contain_text("The bell rang.")
    for write, verb in ((in_place, "tolled"), (beside, "chimed")):
        play = page.get_by_role("button", name="Play passage 3")
        play.focus()
        write(note, TEXT.replace("rang", verb))
        expect(page.locator("#live")).to_contain_text(f"The bell {verb}.")
        expect(play).to_be_focused()
    beside(note.with_name("note.lexicon.toml"), '[words]\nbell = "gong"\n')
    expect(page.locator(".passage.text .spoken")).to_have_text("gong")

    page.goto(f"{studio.site}works/en/note")
    press(page.locator("#change-1 summary"))
    try:
        beside(settings, before + '[works.note.rename]\nOne = "First"\n')
        expect(page.locator(".parts")).to_contain_text("in the text: One")
        expect(page.locator("#title-1")).to_have_value("First")
        expect(page.locator("#change-1")).to_have_attribute("open", "")
        expect(page.locator("#change-1 summary")).to_be_focused()
        page.get_by_role("link", name="First").focus()
        beside(note, TEXT + "\nMore.\n\n## Two\n\nEnd.\n")
        expect(page.get_by_role("link", name="Two")).to_be_visible()
        expect(page.get_by_role("link", name="First")).to_be_focused()
        page.locator("#title-1").fill("Mine")
        beside(settings, before + '[works.note.rename]\nOne = "Theirs"\n')
        press(page.locator("#save"))
        expect(page.locator("#wrong")).to_contain_text("so nothing was saved")
        assert '"Theirs"' in settings.read_text(), "nothing of theirs is overwritten"
        expect(page.locator("#title-1")).to_have_value("Mine")
        press(page.get_by_role("button", name="Load the new version"))
        expect(page.locator("#title-1")).to_have_value("Theirs")
        # The conflict, and what a page got that asked while a file was being written in place.
        visit.faults = [each for each in visit.faults if "409" not in each and "422" not in each]
    finally:
        settings.write_text(before)


def test_a_work_that_is_built_on_the_command_line_is_shown_at_once(
    note: Path, visit: Visit, studio: Studio
) -> None:
    state = visit.page.locator(".work[data-label='en/note'] .why")
    expect(state).to_have_text("Not built yet")
    studio.shelf.build("en/note")
    expect(state).to_have_text("Up to date")
    book = studio.shelf.book("en/note")
    for made in book.parent.glob("note.*"):
        made.unlink()
    expect(state).to_have_text("Not built yet")
    visit.faults = [each for each in visit.faults if "404" not in each]  # the cover that was just removed


def test_a_file_that_cannot_be_read_is_reported_on_open_pages_until_it_is_mended(
    note: Path, visit: Visit, studio: Studio
) -> None:
    page = visit.page
    settings = studio.shelf.root / "audiobook.toml"
    before = settings.read_text()
    page.goto(f"{studio.site}works/en/note/text/1")
    expect(page.locator("#main:not([inert])")).to_be_attached()
    other = visit.context.new_page()
    try:
        beside(settings, before + "speed = fast\n")
        expect(page.locator("#stale")).to_contain_text("not valid TOML")
        expect(page.locator("#live")).to_contain_text("The bell rang.")
        other.goto(f"{studio.site}works/en/note")
        expect(other.locator("#refused")).to_contain_text("not valid TOML")
        assert_fits(other, PHONE)
    finally:
        beside(settings, before)
    expect(page.locator("#stale")).to_be_hidden()
    expect(other.locator("h1")).to_have_text("Note")
    other.close()
    visit.faults = [each for each in visit.faults if "422" not in each]


def test_more_pages_than_a_browser_has_connections_follow_the_files(
    note: Path, visit: Visit, studio: Studio
) -> None:
    pages = [visit.page, *(visit.context.new_page() for _ in range(7))]
    for page in pages:
        page.goto(f"{studio.site}works/en/note/text/1")
        expect(page.locator("#main:not([inert])")).to_be_attached()
    in_place(note, TEXT.replace("rang", "tolled"))
    for page in pages:
        expect(page.locator("#live")).to_contain_text("The bell tolled.")

    # Whichever of them listens, another one takes its place; a hidden one is told everything once it is seen.
    show(pages[1], is_hidden=True)
    for page in pages[2:5]:
        page.close()
    visit.page.goto("about:blank")
    in_place(note, TEXT.replace("rang", "chimed"))
    for page in pages[5:]:
        expect(page.locator("#live")).to_contain_text("The bell chimed.")
    expect(pages[1].locator("#live")).to_contain_text("The bell tolled.")
    show(pages[1], is_hidden=False)
    expect(pages[1].locator("#live")).to_contain_text("The bell chimed.")
    for page in pages[5:]:
        page.close()


def show(page: Page, *, is_hidden: bool) -> None:
    """Let a page be hidden, as if another were in front of it, or seen again."""
    page.evaluate(
        "is => { Object.defineProperty(document, 'hidden', {value: is, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange')); }",
        is_hidden,
    )
