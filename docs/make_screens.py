"""Take the pictures `docs/screens/*` for the README and the pages.

    python docs/make_screens.py [FOLDER]

The project's own texts are built and served in a temporary folder, and the pages are opened in the system's Chromium. The
screenshots have 256 colours, which is enough for pages and keeps the files small. The moving picture has one frame for each word
that is spoken, shown as long as the word lasts.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
TITLE: Final = "Short texts, read aloud"
_SETTINGS: Final = f'[publish]\ntitle = "{TITLE}"\n'


@dataclass(frozen=True, slots=True)
class Screen:
    """A screenshot: its name, the page, the playback time in seconds, the window, and a key to press first."""

    name: str
    page: str
    moment_s: float
    width: int
    height: int
    colours: Literal["light", "dark"] = "light"
    scale: float = 1
    key: str = ""


SCREENS: Final = (
    Screen("phone", "fi/the-listening-reader.html", 12.9, 390, 780, scale=1.5),
    Screen("languages", "en/a-day-in-sounds.html", 104.2, 1280, 720, key="s"),
    Screen("dark", "pl/the-listening-reader.html", 31.6, 1280, 820, "dark"),
)

STUDIO: Final = (
    Screen("studio", "works/en/a-day-in-sounds", 0, 1180, 820),
    Screen("studio-text", "works/en/a-day-in-sounds/text/2", 0, 1180, 620),
)

PLAYING: Final = Screen("playing", "en/a-day-in-sounds.html", 104.0, 1000, 600)
_PLAYED_S: Final = 11.0
_FILM_COLOURS: Final = 96
_SEEK: Final = """time => new Promise(done => {
    const sound = document.querySelector("audio");
    sound.addEventListener("seeked", () => setTimeout(done, 60), {once: true});
    sound.currentTime = time;
})"""

_PLAY: Final = """() => {
    const sound = document.querySelector("audio");
    Object.defineProperty(sound, "paused", {get: () => false});
    sound.dispatchEvent(new Event("play"));
}"""
"""Show the page as it looks while it plays, but at moments of our choice."""


def audiobook(*arguments: str) -> list[str]:
    """Return a command line of this project."""
    return [sys.executable, "-m", "audiobook", *arguments]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Build the project's texts in a folder, serve them, and yield the address of the site."""
    shutil.copytree(ROOT / "texts", folder / "texts")
    (folder / "audiobook.toml").write_text(_SETTINGS, "utf-8")
    subprocess.run(audiobook("build", "--quiet"), cwd=folder, check=True)
    command = audiobook("serve", "--port", "0")
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def studio(folder: Path) -> Iterator[str]:
    """Run the studio of the project in a folder, and yield the address that opens it."""
    command = audiobook("studio", "--no-browser")
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def take_studio(browser: Browser, address: str, screen: Screen) -> bytes:
    """Return a screenshot of a page of the studio as PNG."""
    site = address.partition("?")[0]
    page = browser.new_page(viewport={"width": screen.width, "height": screen.height})
    page.goto(address)
    page.wait_for_url(site)
    page.goto(f"{site}{screen.page}")
    page.locator("#main").wait_for()
    page.locator("img, .passage").first.wait_for()
    return finished(page)


def take(browser: Browser, site: str, screen: Screen) -> bytes:
    """Return a screenshot as PNG."""
    return finished(opened(browser, site, screen))


def finished(page: Page) -> bytes:
    """Return a screenshot of a page as PNG, and close the page."""
    drawn = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    page.close()
    small = io.BytesIO()
    drawn.quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def word_times(record: Path, screen: Screen) -> list[float]:
    """Return the times in seconds at which the words of the moving picture begin."""
    told = json.loads(record.read_text("utf-8"))
    paragraphs = [paragraph for chapter in told["chapters"] for paragraph in chapter["paragraphs"]]
    words = [
        word for paragraph in paragraphs for sentence in paragraph["sentences"] for word in sentence["words"]
    ]
    starts = [word[2] / told["rate_hz"] for word in words]
    return [start for start in starts if screen.moment_s <= start < screen.moment_s + _PLAYED_S]


def opened(browser: Browser, site: str, screen: Screen) -> Page:
    """Return a new page at its moment."""
    page = browser.new_page(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        color_scheme=screen.colours,
        reduced_motion="reduce",
        is_mobile=screen.scale > 1,
    )
    page.goto(f"{site}{screen.page}#t={screen.moment_s}")
    page.wait_for_selector(".word")
    if screen.key:
        page.keyboard.press(screen.key)
        page.wait_for_selector(".word")
    page.wait_for_load_state("networkidle")
    return page


def film(browser: Browser, site: str, screen: Screen, times: list[float]) -> bytes:
    """Return a moving picture as WebP: a frame for each word."""
    page = opened(browser, site, screen)
    page.evaluate(_PLAY)
    frames = []
    for time in times:
        page.evaluate(_SEEK, time + 0.02)
        frames.append(Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB"))
    page.close()
    # The same few colours in all frames, so that only the words that change take room.
    colours = frames[0].quantize(_FILM_COLOURS, dither=Image.Dither.NONE)
    frames = [frame.quantize(palette=colours, dither=Image.Dither.NONE).convert("RGB") for frame in frames]
    lasting = [round(1000 * (after - before)) for before, after in pairwise([*times, times[-1] + 1.2])]
    moving = io.BytesIO()
    frames[0].save(
        moving,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=lasting,
        loop=0,
        lossless=True,
        method=6,
    )
    return moving.getvalue()


def main() -> None:
    """Take all pictures."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens"
    target.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("chromium is not installed")
    with (
        tempfile.TemporaryDirectory(prefix="audiobook-") as folder,
        served(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for screen in SCREENS:
            (target / f"{screen.name}.png").write_bytes(take(browser, site, screen))
        with studio(Path(folder)) as address:
            for screen in STUDIO:
                (target / f"{screen.name}.png").write_bytes(take_studio(browser, address, screen))
        times = word_times(Path(folder) / "output" / "en" / "a-day-in-sounds.json", PLAYING)
        (target / f"{PLAYING.name}.webp").write_bytes(film(browser, site, PLAYING, times))
        browser.close()


if __name__ == "__main__":
    main()
