"""The core of the player in Firefox, at the sizes of a desktop and of a phone.

The players are muted: without an audio device, Firefox plays only silence in time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import pytest
from browser import static_host
from clients import node_modules
from firefox import Firefox, firefox
from tools import Shelf

pytestmark = pytest.mark.exhaustive

DAY: Final = "a-day-in-sounds"
SIZES: Final = [(1280, 720), (390, 844)]
EXACT_S: Final = 0.15
WATCH_WORDS: Final = """(() => {
    window.seen = [];
    let before = null;
    new MutationObserver(() => {
        const word = document.querySelector('.word');
        if (!word || word === before) return;
        before = word;
        seen.push([sound.currentTime, word.textContent]);
    }).observe(document.getElementById('text'), { subtree: true, childList: true, attributes: true });
})()"""


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A browser for all tests in this module."""
    with firefox(tmp_path_factory.mktemp("firefox"), ui__prefersReducedMotion=1) as one:
        yield one


def opened(fox: Firefox, site: str, size: tuple[int, int], path: str = f"en/{DAY}.html") -> None:
    """Open a page as a new listener does."""
    fox.resize(*size)
    fox.open(site + "index.html")
    fox.evaluate("localStorage.clear()")
    fox.open(site + path)
    fox.wait("document.querySelector('.sentence')")
    fox.press("m")
    fox.faults.clear()


def words_said(shelf: Shelf) -> list[tuple[float, str]]:
    """Return each word with its time in seconds."""
    record = shelf.record(f"en/{DAY}")
    return [
        (samples / record["rate_hz"], paragraph["text"][start : start + length])
        for chapter in record["chapters"]
        for paragraph in chapter["paragraphs"]
        for sentence in paragraph["sentences"]
        for start, length, samples in sentence["words"]
    ]


@pytest.mark.parametrize("size", SIZES)
def test_it_plays_lights_the_spoken_word_and_seeks(
    fox: Firefox, site: str, library: Shelf, size: tuple[int, int]
) -> None:
    opened(fox, site, size)
    fox.evaluate(WATCH_WORDS)
    fox.evaluate("sound.currentTime = 60")
    fox.click("#play")
    fox.wait("seen.length > 8")
    fox.click("#play")
    said = words_said(library)
    for at, text in fox.evaluate("seen")[1:-1]:
        heard = [word for (when, word), (end, _) in pairwise(said) if when - EXACT_S <= at <= end + EXACT_S]
        assert text in heard, (at, text)
    fox.evaluate("sound.currentTime = 0")
    fox.wait("document.getElementById('chapter').textContent === 'A Day in Sounds'")
    fox.press("n")
    fox.wait("document.getElementById('chapter').textContent === 'Before the Alarm'")
    fox.press("p")
    fox.press("ArrowRight")
    fox.wait("document.getElementById('now').textContent === '0:30'")
    before = fox.text(".sentence.now")
    fox.press("Shift", "ArrowRight")
    assert fox.text(".sentence.now") != before
    fox.press("k")
    fox.wait("!sound.paused")
    fox.press("k")
    fox.wait("sound.paused")
    assert fox.faults == []


@pytest.mark.parametrize("size", SIZES)
def test_chapters_bookmarks_and_the_search_are_in_the_sheet(
    fox: Firefox, site: str, size: tuple[int, int]
) -> None:
    opened(fox, site, size)
    fox.click("#here")
    assert fox.evaluate("document.activeElement.matches('#sheet a[aria-current]')")
    fox.press("Tab")
    fox.press("Enter")
    fox.wait("document.getElementById('chapter').textContent === 'Before the Alarm'")
    assert not fox.evaluate("document.getElementById('sheet').open")
    fox.press("b")
    fox.wait("document.activeElement.matches('#marks input')")
    fox.press("Escape")
    fox.press("/")
    for key in "bread has":
        fox.press(key)
    fox.wait("document.querySelectorAll('#found button').length === 1")
    fox.click("#found button")
    fox.wait("document.querySelector('.sentence.now').textContent === 'Bread has a voice as well.'")
    assert fox.faults == []


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_no_page_is_too_wide(fox: Firefox, site: str, size: tuple[int, int]) -> None:
    axe = (node_modules("axe-core") / "axe-core" / "axe.min.js").read_text("utf-8")

    def violations() -> list[str]:
        fox.evaluate(f"(() => {{ {axe} }})()")
        found = fox.evaluate(
            "axe.run().then((all) => all.violations.map(({ id, nodes }) => [id, nodes[0].html]))"
        )
        wide = fox.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [*map(json.dumps, found), *(["wide"] if wide > 0 else [])]

    opened(fox, site, size)
    fox.press("s")
    fox.wait("document.querySelector('.beside')")
    fox.evaluate("sound.currentTime = 100")
    fox.wait("document.querySelector('.twin.now')")
    assert violations() == []
    fox.press("c")
    assert violations() == []
    opened(fox, site, size, "en/shapes.html")
    fox.evaluate("document.querySelector('td .sentence').click()")
    fox.wait("document.querySelectorAll('td .sentence.now').length === 2")
    assert violations() == []
    fox.open(site + "index.html")
    assert violations() == []


def test_a_kept_edition_plays_without_its_host(fox: Firefox, library: Shelf) -> None:
    with static_host(library.output) as site:
        opened(fox, site, SIZES[0])
        fox.wait("!document.getElementById('keep').hidden")
        fox.click("#keep-press")
        fox.wait("document.getElementById('keep-status').textContent === 'On this device'")
    fox.open("about:blank")
    fox.open(f"{site}en/{DAY}.html#t=250")
    fox.wait("document.querySelector('.sentence.now')")
    fox.press("m")
    fox.click("#play")
    fox.wait("sound.currentTime > 250.5")
    fox.open(f"{site}index.html")
    fox.wait("document.querySelector('.works').textContent.includes('On this device')")
