"""Publish the files of a work's parts, for works whose chapters are episodes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook import __version__
from audiobook.book.captions import webvtt
from audiobook.book.excerpt import Excerpt, open_book
from audiobook.book.record import Record
from audiobook.files import digest, require_room
from audiobook.publish.folder import CHAPTERS_TYPE, PublicFolder
from audiobook.publish.works.chapter_episodes import Part
from audiobook.publish.works.chapter_list import chapter_list
from audiobook.publish.works.episodes import CAPTIONS, CHAPTERS, part_path
from audiobook.publish.works.shelf import ShelvedEdition


def put_parts(
    edition: ShelvedEdition,
    record: Record,
    parts: Sequence[Part],
    mp3: Path,
    cover: bytes,
    folder: PublicFolder,
) -> None:
    """Publish the audio, captions and chapter lists of a work's parts. A work with a single part needs no such files.

    Args:
        edition: The work.
        record: Record of the work.
        parts: Parts of the work; at least two.
        mp3: Path of the built MP3.
        cover: Small cover of the work, as JPEG.
        folder: The folder to publish into.

    Raises:
        OutputMismatch: The MP3 does not match its record.
        StorageError: A file cannot be read or written.
    """
    designs = {part: _design(part_path(edition, part, ".mp3"), part, len(parts), record) for part in parts}
    if all(map(folder.has, designs.values())):
        for design in designs.values():
            folder.keep(design)
    else:
        if not folder.dry_run:
            require_room(
                folder.root, edition.audio.length_bytes
            )  # all parts together are about as long as the MP3
        with open_book(mp3, record) as book:
            for part, design in designs.items():
                if not folder.keep(design):
                    excerpt = Excerpt(part.title, part.first, part.last, part.number, len(parts))
                    path = part_path(edition, part, ".mp3")
                    folder.put_pieces(path, book.cut(excerpt, cover), design)
    for part in parts:
        within = slice(part.first, part.last)
        folder.put(part_path(edition, part, CAPTIONS), webvtt(record, record.chapters[within]))
        if part.last - part.first > 1:
            chapters = chapter_list(part.title, edition.authors, edition.chapters[within])
            folder.put(part_path(edition, part, CHAPTERS), chapters, CHAPTERS_TYPE)


def _design(path: str, part: Part, total: int, record: Record) -> str:
    """Return a digest of all inputs of a part's MP3."""
    told = (path, part.title, part.first, part.last, total, record.digest, __version__)
    return digest("\0".join(map(str, told)).encode())
