"""Pictures on the page of a work: of Markdown with files next to it, and of an EPUB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from books import members, zipped
from browser import Tab, Visit, static_host
from clients import node_modules
from firefox import firefox
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tools import Shelf, wait_until

pytestmark = pytest.mark.slow

MARKDOWN: Final = f"""# Sun

![Sun](sun.png)

Above.

> ![Sea](pics/sea.jpg) Quoted.

| a | b |
|---|---|
| c | ![In a cell](sun.png) d |

{"![](sun.png) " * 9} Below.

![Far](pics/far.jpg)
"""
MOVED: Final = """() => {
    window.moved = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) moved += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
}"""
PICTURES: Final = "[...document.querySelectorAll('#text img')]"


def picture(kind: str, size: tuple[int, int], colour: str = "orange") -> bytes:
    stream = BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A published project of two works with pictures."""
    shelf = Shelf(tmp_path_factory.mktemp("pictured") / "shelf")
    shelf.write("texts/en/sun.md", MARKDOWN)
    shelf.write("texts/en/sun.png", picture("PNG", (300, 1400)))
    shelf.write("texts/en/pics/sea.jpg", picture("JPEG", (2400, 600), "navy"))
    shelf.write("texts/en/pics/far.jpg", picture("JPEG", (500, 300), "green"))
    book = members(
        "<h1>One</h1><p>Text.</p><figure><img src='sea.jpg' alt='Sea'/><figcaption>A sea.</figcaption></figure>"
    )
    book["OEBPS/sea.jpg"] = picture("JPEG", (640, 400), "navy")
    shelf.write("texts/en/book.epub", zipped(book))
    shelf.build("--engine", "tone")
    done = shelf.run("publish", "--base-url", "https://example.org/books")
    assert done.code == 0, done.err
    return shelf


@pytest.fixture(scope="module")
def address(pictured: Shelf) -> Iterator[str]:
    with static_host(pictured.output) as site:
        yield site


def read(one: Visit, path: str) -> Page:
    page = one.open(path)
    expect(page.locator(".sentence").first).to_be_visible()
    return page


@pytest.fixture
def visit(browser: Browser, tab: Tab, address: str) -> Iterator[Callable[..., Visit]]:
    """A function that makes a visitor of this site alone."""
    with ExitStack() as visits:
        yield lambda **options: visits.enter_context(closing(Visit(browser, address, tab, **options)))


def test_pictures_are_loaded_when_they_come_near_and_move_nothing(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = read(one, "en/sun.html")
    page.evaluate(MOVED)
    shown = page.evaluate(
        f"{PICTURES}.map((one) => [one.alt, one.parentElement.localName, one.width, one.height])"
    )
    assert [each[:2] for each in shown] == [
        ["Sun", "p"],
        ["Sea", "p"],
        ["In a cell", "td"],
        *[["", "p"]] * 9,
        ["Far", "p"],
    ]
    assert shown[0][2:] == [129, 602], "it is not higher than a window"
    assert abs(shown[1][2] / shown[1][3] - 4) < 0.05, "it keeps its shape where the text is narrower"
    wait_until(
        lambda: page.evaluate(f"{PICTURES}[0].complete && {PICTURES}[0].naturalWidth === 300"), "it is loaded"
    )
    assert not page.evaluate(f"{PICTURES}.at(-1).complete")
    page.evaluate(f"{PICTURES}.at(-1).scrollIntoView()")
    wait_until(lambda: page.evaluate(f"{PICTURES}.at(-1).naturalWidth === 500"), "it is loaded")
    assert page.evaluate("moved") < 0.01
    wait_until(
        lambda: (
            len([path for path in one.asked if path.endswith((".jpg", ".png")) and ".read/" in path]) == 3
        ),
        "each picture is asked for once",
    )
    page.locator("#text img").first.click()
    assert page.evaluate("sound.paused"), "a picture plays nothing"
    page.locator(".sentence", has_text="Quoted.").click()
    expect(page.locator(".sentence.now")).to_have_text("Quoted.")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('img')")


@pytest.mark.exhaustive
def test_pictures_fit_a_phone_and_axe_finds_nothing(visit: Callable[..., Visit]) -> None:
    one = visit(viewport={"width": 320, "height": 640}, color_scheme="dark")
    for path in ("en/book.html", "en/sun.text.html", "en/sun.html"):
        page = one.open(path)
        expect(page.locator("main img[alt=Sea]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.evaluate((node_modules("axe-core") / "axe-core" / "axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert [rule["id"] for rule in found["violations"]] == []


@pytest.mark.exhaustive
def test_firefox_shows_pictures_too(address: str, tmp_path: Path) -> None:
    pages = (("en/sun.html", 13), ("en/book.html", 1), ("en/sun.text.html", 13))
    with firefox(tmp_path) as fox:
        for size, (path, count) in product([(1280, 720), (390, 844)], pages):
            fox.resize(*size)
            fox.open(address + path)
            fox.wait(f"document.querySelectorAll('main.reading img, #text img').length === {count}")
            fox.evaluate(f"{PICTURES.replace('#text', '.reading')}[{count - 1}].scrollIntoView()")
            fox.wait(f"{PICTURES.replace('#text', '.reading')}[{count - 1}].naturalWidth > 400")
            assert fox.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert fox.faults == []
