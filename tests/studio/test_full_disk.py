"""A studio on a full disk: what cannot be written is refused, nothing is left half, and it goes on once there is room."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import Shelf, png, wait_until

from studio.conftest import TALE, Studio, studio_of
from studio.test_builds import states
from studio.test_choices import WORK, seen, wanted

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="limits the files of other processes"),
]

NO_ROOM = """import os, resource
if not os.path.exists(__file__ + ".room"):
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
"""
"""No file of any process of the studio can grow, until there is room."""


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Studio]:
    (tmp_path / "sitecustomize.py").write_text(NO_ROOM, "utf-8")
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone", PYTHONPATH=str(tmp_path))
    shelf.write("audiobook.toml", "# mine\n")
    shelf.write("texts/en/harbour.md", TALE)
    with studio_of(shelf) as one:
        yield one


def give_room(studio: Studio, folder: Path) -> None:
    """Let the files of the studio grow again."""
    (folder / "sitecustomize.py.room").touch()
    children = subprocess.run(
        ["pgrep", "-P", str(studio.process.pid)], capture_output=True, text=True, check=False
    )
    for pid in (studio.process.pid, *map(int, children.stdout.split())):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


def test_nothing_is_half_written_on_a_full_disk_and_all_goes_on_with_room(
    full: Studio, tmp_path: Path
) -> None:
    before = full.shelf.tree()
    choice = {"wanted": wanted(speed=1, title="Other"), "seen": seen(full)}
    word = {"number": 2, "paragraph": 1, "word": "Kaunas", "say": "Cownass", "phonemes": ""}
    body = json.dumps({**word, "scope": "book", "before": {}}).encode()
    refused = {
        "a text": full.add("more.md", b"# More\n\nText.\n", "en"),
        "a choice": full.post(f"{WORK}/save", **choice),
        "a word": {"status": full.ask(f"{WORK}/keep", "POST", body).status},
        "a cover": {
            "status": full.ask(f"{WORK}/cover?kind=own&seen={choice['seen']}", "POST", png(9, 9)).status
        },
    }
    assert {what: answer["status"] for what, answer in refused.items()} == dict.fromkeys(refused, 507)
    assert "writing failed" in refused["a choice"]["message"]
    assert full.post("/builds", labels=["en/harbour"]) == {"status": 200}
    wait_until(lambda: states(full).get("en/harbour", {}).get("state") == "failed", "the build fails")
    assert "writing failed" in states(full)["en/harbour"]["messages"][0]
    assert full.ask("/").status == full.ask(WORK).status == 200
    after = full.shelf.tree().keys()
    assert {path for path in after if not path.startswith((".audiobook", "output"))} == before.keys()
    assert (full.shelf.root / "audiobook.toml").read_text() == "# mine\n"
    assert not [path for path in after if path.endswith((".mp3", ".json", ".jpg"))]

    give_room(full, tmp_path)
    assert full.post(f"{WORK}/save", **choice) == {"status": 200}
    assert tomllib.loads((full.shelf.root / "audiobook.toml").read_text())["works"]["harbour"] == {
        "title": "Other"
    }
    assert full.ask(f"{WORK}/keep", "POST", body).status == 200
    assert full.add("more.md", b"# More\n\nText.\n", "en")["label"] == "en/more"
    full.post("/builds", labels=["en/harbour"])
    wait_until(lambda: "en/harbour" not in states(full), "it is built")
    assert full.shelf.book("en/harbour").is_file()
