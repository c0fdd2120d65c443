"""gPodder's command line subscribes to a served feed and downloads its episodes."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from patience import PATIENCE_S
from tools import tool
from visitor import Served


def gpo(home: Path, *arguments: str) -> str:
    """Run a command of gPodder, which always exits with 0, and return its output."""
    environment = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    } | {"HOME": str(home), "GPODDER_HOME": str(home / "gpodder"), "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        [tool("gpo"), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    return done.stdout


@pytest.mark.slow
def test_gpodder_downloads_every_episode_of_a_feed(site: Served, tmp_path: Path) -> None:
    feed = f"{site.url}en/feed.xml"
    told = gpo(tmp_path, "subscribe", feed)
    assert "Successfully added" in told, told
    assert "2 new episodes" in gpo(tmp_path, "update")
    told = gpo(tmp_path, "download")
    assert re.search(r"\b2 episodes downloaded", told), told
    found = sorted(path.read_bytes() for path in (tmp_path / "gpodder").rglob("*.mp3"))
    books = sorted(site.shelf.book(name).read_bytes() for name in ("en/first", "en/second"))
    assert found == books
