"""`voices compare` writes one file for each voice, as in a book, and a page that anyone can use."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from browser import Visit, chromium, static_host
from clients import node_modules
from playwright.sync_api import Page
from tiny_voice import install_tiny
from tools import Json, Shelf, wait_until

_ALL_PAUSED = "[...document.querySelectorAll('audio')].every((sound) => sound.paused)"
_NOTE_PLAYED = """
window.played = [];
document.querySelectorAll("audio").forEach(
  (sound, index) => sound.addEventListener("play", () => window.played.push(index + 1)),
);
"""
LINE = "Vuonna 1990 <b>oli</b> “toisin” & hyvä."


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    root = tmp_path_factory.mktemp("compared")
    shelf = Shelf(root / "shelf", AUDIOBOOK_VOICES=str(root / "voices"))
    install_tiny(root / "voices", "fi_FI-tiny-medium")
    install_tiny(root / "voices", "en_US-tiny-medium")
    shelf.write("audiobook.toml", "[voice.fi]\nspeed = 1.4\n")
    done = shelf.run("voices", "compare", LINE, "--lang", "fi", "--json")
    assert (done.code, done.err) == (0, "")
    told = [(voice["engine"], voice["voice"], voice["file"]) for voice in done.answer["voices"]]
    assert told == [
        ("espeak", "fi", "01-espeak-fi.mp3"),
        ("piper", "fi_FI-tiny-medium", "02-piper-fi_FI-tiny-medium.mp3"),
    ]
    return shelf


@pytest.mark.slow
def test_each_file_is_the_line_as_it_sounds_in_a_book(compared: Shelf) -> None:
    compared.write("texts/fi/line.txt", LINE)
    compared.build("--engine", "espeak")
    folder = compared.root / "voices-fi"
    assert (folder / "01-espeak-fi.mp3").read_bytes() == compared.book("fi/line").read_bytes()
    assert sorted(path.name for path in folder.iterdir())[2:] == ["index.html"]


def _is_played(page: Page, played: str) -> bool:
    return str(page.evaluate("String(window.played)")) == played


@pytest.mark.slow
def test_the_page_is_strict_accessible_and_works_with_keys(compared: Shelf) -> None:
    axe = (node_modules("axe-core") / "axe-core" / "axe.min.js").read_text("utf-8")
    with chromium() as browser, static_host(compared.root / "voices-fi") as site:
        visit = Visit(browser, site)
        page = visit.open("index.html")
        assert page.locator("blockquote").inner_text() == LINE
        assert (
            '[voice.fi]\nengine = "piper"\nname = "fi_FI-tiny-medium"'
            in page.locator("pre").nth(1).inner_text()
        )
        page.evaluate(_NOTE_PLAYED)
        for key, played in (("2", "2"), ("1", "2,1"), ("0", "2,1")):
            page.keyboard.press(key)
            wait_until(partial(_is_played, page, played), f"{played} is played")
        wait_until(lambda: page.evaluate(_ALL_PAUSED), "all are paused")
        page.evaluate(axe)
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            found: Json = page.evaluate("axe.run()")
            assert [rule["id"] for rule in found["violations"]] == []
        policy = str(page.locator("meta[http-equiv]").get_attribute("content"))
        visit.close()
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


@pytest.mark.slow
def test_other_files_are_never_replaced_and_faults_are_named(compared: Shelf, tmp_path: Path) -> None:
    kept = compared.write("mine/index.html", "mine")
    for arguments, code, said in (
        (("--output", "mine"), 2, "mine contains other files"),
        (("--output", "audiobook.toml"), 4, "audiobook.toml is a file, not a folder"),
        (("--voice", "nobody"), 3, "no voice “nobody” for “fi” on this computer"),
        (("--engine", "openai"), 3, "openai needs the option “base_url”"),
    ):
        done = compared.run("voices", "compare", "Hei.", "--lang", "fi", *arguments)
        assert (done.code, f"error: {said}" in done.err) == (code, True), done.err
    assert kept.read_text("utf-8") == "mine"
    assert not re.search("openai|gtts", (compared.root / "voices-fi" / "index.html").read_text("utf-8"))
