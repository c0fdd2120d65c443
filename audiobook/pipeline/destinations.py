"""The destinations to which the user has uploaded a project's publication.

The studio only offers these.
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
    """Save that the user uploaded a project's publication to a destination. An address with a password is not saved.

    Args:
        root: Project folder.
        place: The address or path that the user named; see `upload_address`.

    Raises:
        UsageError: The address is invalid.
    """
    folder = upload_address(place).folder
    if folder or not _has_password(place):
        agree(f"{_head(root)}{os.path.realpath(folder) if folder else place}")


def known(root: Path) -> list[str]:
    """Return the destinations to which the user has uploaded a project's publication, oldest first."""
    return agreed_after(_head(root))


def _has_password(address: str) -> bool:
    login = address.partition("://")[2].rpartition("@")[0]
    return ":" in login if login else has_login(address)


def _head(root: Path) -> str:
    return f"{os.path.realpath(root)}: {_VERB}"
