"""Publications read by other programs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_S
from tools import tool

_SCRIPT = Path(__file__).with_suffix(".cjs")


def node_modules(*wanted: str) -> Path:
    """Return the folder of npm packages, or the one in `AUDIOBOOK_NODE_MODULES`.

    As with `tool`, a test that needs them is skipped where they are missing.

    Args:
        wanted: Packages that the test needs, from `package.json`.
    """
    folder = Path(os.environ.get("AUDIOBOOK_NODE_MODULES", _SCRIPT.parent / "node_modules"))
    if not all((folder / name).is_dir() for name in wanted):
        pytest.skip("the packages of tests/package.json are not installed: npm install --prefix tests")
    return folder


def seen_by_npm(what: str, files: Iterable[Path]) -> list[Any]:
    """Return the result of an npm package for each file.

    Args:
        what: `feed` for podcast-partytime, which returns None for an invalid feed; `captions` for the errors
            that webvtt-parser finds.
        files: At least one.
    """
    environment = os.environ | {"NODE_PATH": str(node_modules("podcast-partytime", "webvtt-parser"))}
    command = [tool("node"), str(_SCRIPT), what, *map(str, files)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr.decode()
    seen: list[Any] = json.loads(done.stdout)
    return seen


def seen_by_music_metadata(*files: Path) -> list[Any]:
    """Return the artists, chapters, lyrics and warnings that music-metadata reads in each file."""
    command = [
        tool("node"),
        str(_SCRIPT.with_name("media.mjs")),
        str(node_modules("music-metadata")),
        *map(str, files),
    ]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr.decode()
    seen: list[Any] = json.loads(done.stdout)
    return seen
