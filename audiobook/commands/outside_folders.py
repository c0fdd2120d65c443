"""Folders outside the project that its settings name.

They are used, but with a warning, because the project may come from a stranger.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from audiobook.pipeline.agreements import agree, is_agreed
from audiobook.report.base import QuietReporter
from audiobook.settings import BESIDE, FILE_NAME, Settings
from audiobook.sources.title_text import plain_line


def warn_of_outside_folders(root: Path, settings: Settings, named: Collection[str]) -> None:
    """Warn, once for each folder, that the project uses a folder outside itself.

    Args:
        root: Project folder.
        settings: Its settings.
        named: The settings given by the command line or the environment, not by the project.
    """
    here = Path(os.path.realpath(root))
    for key, given in _folders(settings):
        place = Path(os.path.realpath(here / Path(given).expanduser()))
        if key in named or place.is_relative_to(here):
            continue
        what = f"{here}: {key} is {place}"
        if not is_agreed(what):
            agree(what)
            QuietReporter().warn(
                f"{key} of this project is a folder outside it: {plain_line(str(place))} (set in {FILE_NAME}, or a link)"
            )


def _folders(settings: Settings) -> Iterator[tuple[str, str]]:
    for key in ("texts", "output", "store", "library"):
        if getattr(settings, key) != BESIDE:
            yield key, getattr(settings, key)
    if settings.listen.model:
        yield "listen.model", settings.listen.model
    for engine, options in settings.engines.items():
        folder = options.get("voices_folder")
        if isinstance(folder, str) and folder:
            yield f"engines.{engine}.voices_folder", folder
