"""Take the screenshots `docs/screens/*.png` for the README.

    python docs/make_screens.py [FOLDER]

The project's own texts are built and served in a temporary folder, and the pages are opened in the system's Chromium. The
pictures have 256 colours, which is enough for pages and keeps the files small.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
TITLE: Final = "Short texts, read aloud"
_SETTINGS: Final = f'[publish]\ntitle = "{TITLE}"\n'


@dataclass(frozen=True, slots=True)
class Screen:
    """A screenshot: its name, the page, the playback time in seconds, and the window."""

    name: str
    page: str
    moment_s: float
    width: int
    height: int
    colours: Literal["light", "dark"] = "light"
    scale: float = 1


SCREENS: Final = (
    Screen("desktop", "en/a-day-in-sounds.html", 104.2, 1280, 820),
    Screen("phone", "fi/the-listening-reader.html", 12.9, 390, 780, scale=1.5),
    Screen("dark", "pl/the-listening-reader.html", 31.6, 1280, 820, "dark"),
)


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


def take(browser: Browser, site: str, screen: Screen) -> bytes:
    """Return a screenshot as PNG."""
    page = browser.new_page(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        color_scheme=screen.colours,
        reduced_motion="reduce",
        is_mobile=screen.scale > 1,
    )
    page.goto(f"{site}{screen.page}#t={screen.moment_s}")
    page.wait_for_selector(".word")
    page.wait_for_load_state("networkidle")
    drawn = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    page.close()
    small = io.BytesIO()
    drawn.quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def main() -> None:
    """Take all screenshots."""
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
        browser.close()


if __name__ == "__main__":
    main()
