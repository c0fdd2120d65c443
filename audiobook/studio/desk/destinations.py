"""The places of a publication: its public address, and where the user has sent it before."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from audiobook.book.record.works import records_in
from audiobook.files import digest
from audiobook.pipeline.destinations import known
from audiobook.places import shown_address
from audiobook.publish.address import base_address
from audiobook.settings import FILE_NAME
from audiobook.studio.desk.edits import edit, set_values, state_of
from audiobook.studio.desk.shelf import Gone, Shelf


def shown(shelf: Shelf) -> dict[str, Any]:
    """Return the public address, the destinations that were used before, and the number of built works."""
    settings = shelf.settings()
    return {
        "seen": state_of(shelf.root / FILE_NAME),
        "base_url": settings.publish.base_url or "",
        "works": len(records_in(shelf.project(settings).output)),
        "destinations": [{"id": _identity(each), "name": shown_address(each)} for each in known(shelf.root)],
    }


def destination(shelf: Shelf, id: str) -> str:
    """Return a destination that was used before.

    Raises:
        Gone: The user has not agreed to any such destination.
    """
    found = next((each for each in known(shelf.root) if _identity(each) == id), None)
    if found is None:
        raise Gone(
            "you have not sent anything there from this project",
            hint="send it there once from the command line",
        )
    return found


def save_address(shelf: Shelf, base_url: str, seen: str) -> None:
    """Write the public address into `audiobook.toml`.

    Args:
        shelf: The project.
        base_url: The address.
        seen: The state of the file that the page showed.

    Raises:
        UsageError: It is not a public address.
        Changed: The file was changed meanwhile.
    """
    address = base_address(base_url.strip()).text

    def change(tables: MutableMapping[str, Any]) -> None:
        set_values(tables, ("publish",), {"base_url": address})

    edit(shelf.root / FILE_NAME, FILE_NAME, change, shelf.settings, seen)


def _identity(destination: str) -> str:
    return digest(destination.encode())[:16]
