"""Finding the pictures that a text shows."""

from __future__ import annotations

from audiobook.layout import LONGEST_ADDRESS_CHARS, LONGEST_DESCRIPTION_CHARS, Picture
from audiobook.sources.links import resolve


def picture_at(
    address: str, description: str, place: str = "", line: int = 0, *, is_first: bool = True
) -> Picture | None:
    """Return the picture that a text refers to; None without an address.

    Args:
        address: The address, relative to the file with the text and percent-encoded.
        description: The alternative text.
        place: The file that refers to it, as in `Paragraph.place`.
        line: The line there, from 1; 0 if the format has no lines.
        is_first: Whether it is at the beginning of its paragraph.
    """
    shown = _plain(address)
    if not shown:
        return None
    alternative = _plain(description)[:LONGEST_DESCRIPTION_CHARS]
    return Picture(
        name_of(address, place), shown[:LONGEST_ADDRESS_CHARS], alternative, place, line, is_first=is_first
    )


def name_of(address: str, place: str) -> str:
    """Return `Picture.name` for an address in the file at a place. An address such as `#sun.png` is its own name."""
    if address.startswith("#"):
        return _plain(address)
    found = resolve(place[1:], address) if len(address) <= LONGEST_ADDRESS_CHARS else None
    name = found[0] if found else ""
    return "" if name.startswith("/") or "\\" in name or not name.isprintable() else name


def _plain(text: str) -> str:
    """Return a text on one line, without characters that cannot be shown."""
    return "".join(each if each.isprintable() else " " for each in " ".join(text.split())).strip()
