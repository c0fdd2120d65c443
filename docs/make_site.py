"""Make a website of the documentation in `build/site`, with a search. Warnings are errors.

    python docs/make_site.py

Needs the extra `docs`. The pages are the Markdown files of the repository: README.md becomes the first page, and the files that they link to
are copied next to them, so that every link works. Samples get a player.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = ROOT / "build" / "pages"
_LINK: Final = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def page_names() -> list[str]:
    """Return the paths of all pages, relative to the repository."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def staged(name: str, pages: set[str]) -> str:
    """Return a page of the site, and copy the files that it shows or links to."""
    folder = (ROOT / name).parent

    def link(match: re.Match[str]) -> str:
        text, target = match.groups()
        path, _, _ = target.partition("#")
        if not path or "://" in target:
            return match.group()
        place = (folder / path).resolve()
        inside = place.relative_to(ROOT).as_posix()
        if inside in pages:
            return match.group().replace("README.md", "index.md")
        if place.is_dir():
            return text
        if not place.exists():
            return match.group()  # reported below
        copied(inside)
        if place.suffix == ".mp3":
            return f'{text}<br><audio controls preload="none" style="width: 11em" src="{path}"></audio>'
        return match.group()

    text = (ROOT / name).read_text("utf-8")
    for source in re.findall(r'<img src="([^"]+)"', text):
        copied((folder / source).resolve().relative_to(ROOT).as_posix())
    return _LINK.sub(link, text)


def copied(name: str) -> None:
    """Copy a file of the repository next to the pages."""
    target = PAGES / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / name, target)


def main() -> None:
    """Collect the pages and make the site."""
    shutil.rmtree(PAGES, ignore_errors=True)
    names = page_names()
    for name in names:
        target = PAGES / name.replace("README.md", "index.md")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(staged(name, set(names)), "utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
