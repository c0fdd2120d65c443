"""`audiobook init`: create a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.commands.output import print_line
from audiobook.errors import UsageError
from audiobook.files import write_swept
from audiobook.settings import FILE_NAME
from audiobook.system.opening import is_there

_SETTINGS: Final = """\
# Project settings, all optional; `audiobook config` lists every one. The values below are the defaults, except where they are examples.

# author = "Your name"    # an example
# engine = "auto"

# [voice.en]
# name = "en-gb"          # an example; the default is the best voice of the engine
# speed = 1.0

# [pauses]            # milliseconds
# sentence = 350
# paragraph = 700
# chapter = 1800

# [audio]
# kbits = 64
# loudness_lufs = -19.0
"""

_TEXT: Final = """\
# A First Listen

## How this works

Every file in a language folder becomes one audiobook. Its first heading is the title, and every other heading
starts a chapter.

## What to do next

Change this text and build again: only the changed paragraph is synthesised.
"""


def init_project(folder: Path) -> int:
    """Create a project in a folder; existing files are kept.

    Returns:
        0.

    Raises:
        UsageError: The folder already contains a project, or is a file.
        StorageError: A file cannot be written.
    """
    if folder.is_file():
        raise UsageError(f"{folder} is a file, not a folder", hint="choose another folder, or move it away")
    if os.path.lexists(folder / FILE_NAME):
        raise UsageError(f"{folder} already contains a project", hint="run `audiobook build` to build it")
    # The settings are last: they make the folder a project, which is not created again.
    made = {"texts/en/a-first-listen.md": _TEXT, ".gitignore": ".audiobook/\noutput/\n", FILE_NAME: _SETTINGS}
    for name, text in made.items():
        if is_there(folder / name):
            print_line(f"kept existing {name}")
            continue
        write_swept(folder / name, text.encode())
        print_line(f"created {name}")
    print_line(
        "next, run: audiobook build" if folder == Path() else f"next, in {folder}, run: audiobook build"
    )
    return 0
