"""Pages of the studio as people use them: with the keyboard, at two sizes, and judged by axe."""

from __future__ import annotations

from typing import Final

from clients import node_modules
from playwright.sync_api import Locator, Page, ViewportSize, expect
from tools import Json

PHONE: Final[ViewportSize] = {"width": 390, "height": 800}
DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 800}


def assert_fits(page: Page, size: ViewportSize) -> None:
    """Assert that axe finds nothing on a page of this size, and that it is not too wide."""
    page.set_viewport_size(size)
    page.evaluate((node_modules("axe-core") / "axe-core" / "axe.min.js").read_text("utf-8"))
    found: Json = page.evaluate("axe.run()")
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def press(place: Locator, key: str = "Enter") -> None:
    """Press a key on an element that the keyboard can reach, once the page can be used."""
    expect(place.page.locator("#main:not([inert])")).to_be_attached()
    place.focus()
    expect(place).to_be_focused()
    place.press(key)


def is_heard(page: Page) -> bool:
    return bool(
        page.evaluate(
            "!document.getElementById('sound').paused && document.getElementById('sound').currentTime > 0"
        )
    )
