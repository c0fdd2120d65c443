"""Where the user has sent the publication of a project.

Only these places are offered outside the command line.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.pipeline.agreements import agree, agreed_after
from audiobook.places import has_login
from audiobook.publish.upload.address import upload_address

_VERB: Final = "publication sent to "


def remember(root: Path, place: str) -> None:
    """Remember that the user sent the publication of a project to a place; one with a password is not kept.

    Args:
        root: Project folder.
        place: What the user named; see `upload_address`.
    """
    folder = upload_address(place).folder
    if folder or not _has_password(place):
        agree(f"{_head(root)}{os.path.realpath(folder) if folder else place}")


def known(root: Path) -> list[str]:
    """Return the places to which the user has sent the publication of a project, the newest last."""
    return agreed_after(_head(root))


def _has_password(address: str) -> bool:
    login = address.partition("://")[2].rpartition("@")[0]
    return ":" in login if login else has_login(address)


def _head(root: Path) -> str:
    return f"{os.path.realpath(root)}: {_VERB}"
