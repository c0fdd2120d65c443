"""What people wait for in the studio: a corrected word, and the page of a long chapter, in a real browser."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from bench.book import paragraphs

PASSAGES: Final = 1000
_LONGEST_CHARS: Final = 240
_WORD: Final = "Kappale"
"""In every passage of the book, so that a change of it concerns all ten hours."""
_SAID: Final = ("jakso", "kohta", "osa", "pykälä", "palanen", "säkeistö", "katkelma")
_PATIENCE_MS: Final = 60_000
_ARGUMENTS: Final = ("--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required")
_KEEP: Final = """() => new Promise((heard) => {
    const began = performance.now(), sound = document.getElementById('sound');
    sound.addEventListener('playing', () => heard(performance.now() - began), {once: true});
    document.querySelector('#say button[value=keep]').click();
})"""
_DRAWN: Final = """() => new Promise((drawn) => {
    requestAnimationFrame(() => requestAnimationFrame(() => drawn(performance.now())));
})"""
_USABLE: Final = "#main:not([inert]) .passage"


def write_long_chapter(path: Path, language: str) -> None:
    """Write a text whose second chapter has a thousand passages."""
    source = paragraphs(language)
    lines = ["# Pitkä", "", "## Alku", "", "Tässä alkaa pitkä luku.", "", "## Pitkä luku", ""]
    for number in range(1, PASSAGES):
        text = source[number % len(source)][:_LONGEST_CHARS]
        lines += [f"{_WORD} {number}. {text.rpartition('.')[0] or text}.", ""]
    path.write_text("\n".join(lines), "utf-8")


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Page, str]]:
    """Run the studio of a project; yield a page that has opened it, and its address."""
    command = [sys.executable, "-m", "audiobook", "studio", "--no-browser"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        site = address.partition("?")[0]
        try:
            with sync_playwright() as playwright:
                program = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
                page = browser.new_page()
                page.set_default_timeout(_PATIENCE_MS)
                page.goto(address)
                page.wait_for_url(site)
                page.wait_for_selector("#main:not([inert]) .work")
                yield page, site
                browser.close()
        finally:
            process.send_signal(signal.SIGINT)


def word_times_s(page: Page, address: str) -> list[float]:
    """Return how long it takes, each time, from saving a new pronunciation until its new clip plays."""
    page.goto(address)
    page.wait_for_selector(_USABLE)
    found = []
    for number, said in enumerate(_SAID):
        page.locator(".passage.text").nth(number).locator(".say-one").click()
        page.fill("#say-word", _WORD)
        page.press("#say-word", "Tab")
        page.wait_for_selector("#say-count:not(:empty)")
        page.fill("#say-plain", said)
        found.append(float(page.evaluate(_KEEP)) / 1000)
        page.locator(".passage .spoken", has_text=said).first.wait_for()
        page.evaluate("document.getElementById('sound').pause()")
        page.wait_for_load_state("networkidle")
    return found


def page_times_s(page: Page, address: str) -> list[tuple[float, float]]:
    """Return, each time, how long it takes from opening a page until it is drawn and can be used, and until it is whole."""
    found = []
    for _ in _SAID:
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_selector(_USABLE)
        usable_ms = float(page.evaluate(_DRAWN))
        page.locator(".more").wait_for(state="detached")
        found.append((usable_ms / 1000, float(page.evaluate("performance.now()")) / 1000))
        if page.locator(".passage").count() < PASSAGES:
            raise SystemExit("the page does not have all passages")
        page.goto("about:blank")
    return found
