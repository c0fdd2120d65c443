"""Voices in installed packages: entry points of the group `audiobook.voices`.

The name of an entry point is the name of a voice. Its value is the package whose folder contains the voice's files. The
packages are never imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from audiobook.plugins import installed

GROUP: Final = "audiobook.voices"


def packaged_names() -> list[str]:
    """Return the names of all entry points of the group, in alphabetical order."""
    return list(installed(GROUP))


def packaged_folder(name: str) -> Path | None:
    """Return the folder of the package that contains a voice or a part of one; None if no package does."""
    point = installed(GROUP).get(name)
    if point is None:
        return None
    top, *below = point.module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places)), *below) if places else None


def distribution_of(name: str) -> str:
    """Return the name of the distribution that provides an entry point; empty if unknown."""
    point = installed(GROUP).get(name)
    return point.dist.name if point and point.dist else ""
