"""Formats that are archives made from a built book: its text, its cover, and pieces of its MP3."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

EPUB: Final = "epub"
ARCHIVES: Final = frozenset((EPUB, "lpf"))


def archive_name(slug: str, source: str, archive: str) -> str:
    """Return the name of an archive next to the MP3, which is never that of the text.

    Args:
        slug: Slug of the work.
        source: File name of its text.
        archive: `epub` or `lpf`, also the extension of the name.
    """
    usual = f"{slug}.{archive}"
    return f"{slug}.read-along.{archive}" if usual == source else usual


def missing_archives(wanted: Iterable[str], made: Iterable[str]) -> list[str]:
    """Return the archives among the wanted formats that are not made yet, in order of their names."""
    return sorted(ARCHIVES.intersection(wanted).difference(made))
