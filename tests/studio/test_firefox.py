"""The studio in Firefox, at the width of a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clients import node_modules
from firefox import Firefox, firefox
from tools import wait_until

from studio.conftest import Studio

pytestmark = pytest.mark.exhaustive

DOUBLE_CLICK = """(e => {
    const text = e.childNodes[2], range = document.createRange(), at = text.data.indexOf('ferry');
    range.setStart(text, at);
    range.setEnd(text, at + 5);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
})(document.querySelector('.passage.text .sentence'))"""


@pytest.fixture
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox"), ui__prefersReducedMotion=1) as one:
        yield one


def fits(fox: Firefox) -> bool:
    """Assert that axe finds nothing on the page, and return whether it is not too wide."""
    axe = (node_modules("axe-core") / "axe-core" / "axe.min.js").read_text("utf-8")
    fox.evaluate(f"(() => {{ {axe} }})()")
    found = fox.evaluate(
        "axe.run().then((all) => all.violations.map(({ id, nodes }) => [id, nodes[0].html]))"
    )
    assert found == []
    return bool(fox.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_word_is_said_otherwise_and_a_work_built_in_firefox(fox: Firefox, studio: Studio) -> None:
    fox.resize(390, 800)
    fox.open(studio.address)
    fox.wait("document.querySelector('#main:not([inert]) .work[data-label=\"en/harbour\"]')")
    assert fits(fox)
    fox.open(f"{studio.site}works/en/harbour")
    fox.wait("document.querySelector('#main:not([inert]) #chapter-1')")
    assert fits(fox)
    fox.click("#chapter-1")
    fox.wait("document.querySelector('#cost').textContent.includes('clips')")
    fox.click("#undo")
    fox.wait("document.querySelector('#save').disabled")
    fox.open(f"{studio.site}works/en/harbour/text/2")
    fox.wait("document.querySelector('#main:not([inert]) .passage.text')")
    fox.click(".passage.text .play")
    fox.wait("document.querySelector('#sound').duration > 1")
    fox.evaluate(DOUBLE_CLICK)
    fox.wait("!document.querySelector('#say-selected').hidden")
    fox.click("#say-selected")
    fox.wait("document.activeElement.id === 'say-plain'")
    assert fox.evaluate("document.querySelector('#say-word').value") == "ferry"
    fox.press("x")
    fox.press("y")
    assert fits(fox)
    fox.press("Enter")
    fox.wait("document.querySelector('.passage.text').textContent.includes('ferryxy')")
    lexicon = studio.shelf.root / "texts/en/harbour.lexicon.toml"
    assert lexicon.read_text() == '[words]\nferry = "xy"\n'
    fox.evaluate(
        "sound.defaultPlaybackRate = sound.playbackRate = 1 / 16"
    )  # or it plays on into the next chapter
    fox.click(".passage.text .sentence:last-child")
    fox.wait("!document.querySelector('#sound').paused && document.querySelector('.now')")
    fox.evaluate("document.querySelector('#sound').pause()")
    fox.press("m")
    fox.wait("document.activeElement.id === 'note-note'")
    fox.press("z")
    fox.press("Enter")
    fox.wait("document.querySelector('.noted p')?.textContent === 'Marked z'")
    assert fits(fox)
    fox.press("f")
    fox.wait("document.querySelector('.noted.fixed')")
    marks = studio.shelf.root / "texts/en/harbour.marks.toml"
    assert 'note = "z"\nfixed = true\n' in marks.read_text()
    fox.open(f"{studio.site}works/en/harbour/marks")
    fox.wait("document.querySelector('#main:not([inert]) #fixed-marks')")
    assert fits(fox)
    marks.unlink()
    fox.open(f"{studio.site}publish")
    fox.wait("document.querySelector('#main:not([inert]) #preview')")
    assert fits(fox)
    fox.open(studio.site)
    fox.wait("document.querySelector('#main:not([inert]) .work')")
    fox.click("[id='build-en-harbour']")
    fox.wait(
        "document.querySelector('.work[data-label=\"en/harbour\"] .why').textContent.includes('Up to date')"
    )
    assert studio.shelf.book("en/harbour").is_file()
    assert not fox.faults, fox.faults
    lexicon.unlink()
    wait_until(
        lambda: "Changed" in fox.text(".work[data-label='en/harbour'] .why"), "the page follows the files"
    )
