"""Sweeping what killed processes left half-written."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.files.atomic import TEMPORARY_SUFFIX
from audiobook.system.locks import is_running
from audiobook.system.opening import is_regular

_ANY: Final = re.compile(r".+")


def sweep_temporaries(folder: Path, pattern: str = "", names: re.Pattern[str] = _ANY) -> None:
    """Remove what killed processes left half-written in a folder.

    A file of a process that still runs is left alone: another build may be writing it.

    Args:
        folder: Where to look.
        pattern: Folders below it to look in instead, as a glob pattern ending in "/".
        names: What the files would have been called: all others are somebody else's, and stay.
    """
    with suppress(OSError):  # what cannot be looked at does no harm
        for leftover in folder.glob(f"{pattern}.*{TEMPORARY_SUFFIX}"):
            name, _, owner = leftover.name[1:].removesuffix(TEMPORARY_SUFFIX).rpartition(".")
            if not (names.fullmatch(name) and owner.isascii() and owner.isdigit() and is_regular(leftover)):
                continue
            if not is_running(int(owner)):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
