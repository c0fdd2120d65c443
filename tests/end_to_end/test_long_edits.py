"""After an edit of a long book, what stays is copied from the old MP3, unless that is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tools import Shelf

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")


def written(shelf: Shelf, *, ends: str = "", changed: int = 300) -> None:
    """Write a text of half an hour; one of its paragraphs may end in a way of its own."""
    paragraphs = [
        f"Paragraph {number} of many, which is long enough to be spoken for a good while."
        for number in range(460)
    ]
    paragraphs[changed] += ends
    shelf.write("texts/en/long.txt", "\n\n".join(paragraphs))


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_an_edit_reads_no_clip_that_stays_and_copies_no_damaged_frame(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    options = ("--kbits", "160", "en/long")  # a file of more than 32 MB, from which this saves time
    written(shelf)
    shelf.build(*options)
    book = shelf.book("en/long")
    assert book.stat().st_size > 32 << 20

    clips = sorted((tmp_path / ".audiobook" / "clips").glob("*/*.clip"))
    for path in clips:
        flip(path, path.stat().st_size - 1)  # its last frame
    written(shelf, ends=" More.")
    assert shelf.build(*options)["en/long"]["clips_made"] == 1
    edited = book.read_bytes()
    for path in clips:
        flip(path, path.stat().st_size - 1)

    written(shelf)
    shelf.build(*options)
    plain = book.read_bytes()
    flip(book, 1 << 20)
    written(shelf, ends=" More.")
    shelf.build(*options)
    assert book.read_bytes() == edited

    # Between two edits, all clips come from the store: a damaged one is made again, and the book is assembled again.
    for path in clips:
        flip(path, path.stat().st_size - 1)
    written(shelf, ends=" More.", changed=298)
    assert shelf.build(*options)["en/long"]["clips_made"] == 3
    written(shelf)
    shelf.build(*options)
    assert book.read_bytes() == plain
