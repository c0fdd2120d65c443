"""`audiobook init`: a project to start from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.commands.output import print_line
from audiobook.errors import UsageError
from audiobook.files import write_bytes
from audiobook.settings import FILE_NAME
from audiobook.system.opening import is_there

_SETTINGS: Final = """\
# Settings of this project. Every line may be left out; what follows "#" is the default.

# author = "Your name"
# engine = "auto"

# [voice.en]
# name = "en-gb"
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

Every file in the folder of a language becomes one audiobook. The first heading is its title, and every other
heading begins a chapter.

## What to do next

Change this text, build again, and hear that only the changed paragraph was spoken anew.
"""


def init_project(folder: Path) -> int:
    """Make a project in a folder; what is there already stays as it is.

    Returns:
        0.

    Raises:
        UsageError: The folder holds a project already.
        StorageError: Something cannot be written.
    """
    if os.path.lexists(folder / FILE_NAME):
        raise UsageError(f"{folder} is a project already", hint="build it: audiobook build")
    made = {FILE_NAME: _SETTINGS, "texts/en/a-first-listen.md": _TEXT, ".gitignore": ".audiobook/\noutput/\n"}
    for name, text in made.items():
        if is_there(folder / name):
            print_line(f"kept {name}, which was there already")
            continue
        write_bytes(folder / name, text.encode())
        print_line(f"made {name}")
    print_line("now run: audiobook build")
    return 0
