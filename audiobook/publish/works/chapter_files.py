"""Publish the files of a work's parts, for works whose chapters are episodes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from audiobook import __version__
from audiobook.book.captions import TimedCues, subrip, webvtt
from audiobook.book.excerpt import Excerpt, open_book
from audiobook.book.record import ChapterRecord, Record
from audiobook.files import digest, require_room
from audiobook.publish.folder import CHAPTERS_TYPE, PublicFolder
from audiobook.publish.works.chapter_episodes import Part
from audiobook.publish.works.chapter_list import chapter_list
from audiobook.publish.works.episodes import CHAPTERS
from audiobook.publish.works.shelf import ShelvedEdition

_AUDIO: Final = ".mp3"
_CAPTIONS: Final = MappingProxyType({".vtt": webvtt, ".srt": subrip})


def put_parts(
    edition: ShelvedEdition,
    record: Record,
    parts: Sequence[Part],
    names: Sequence[str],
    mp3: Path,
    cover: bytes,
    folder: PublicFolder,
) -> tuple[str, ...]:
    """Publish the audio, captions and chapter lists of a work's parts. A work with a single part needs no such files.

    Args:
        edition: The work.
        record: Record of the work.
        parts: Parts of the work; at least two.
        names: What the names of each part's files begin with.
        mp3: Path of the built MP3.
        cover: Small cover of the work, as JPEG.
        folder: The folder to publish into.

    Returns:
        The path of each part's files without their endings. It has digits of the digest of the part's MP3.

    Raises:
        OutputMismatch: The MP3 does not match its record.
        StorageError: A file cannot be read or written.
    """
    beginnings = [edition.path(f".parts/{name}") for name in names]
    designs = [_design(*one, record) for one in zip(beginnings, parts, strict=True)]
    if not (folder.dry_run or all(map(folder.has, designs))):
        # All parts together are about as long as the MP3.
        require_room(folder.root, edition.audio.length_bytes)
    paths = tuple(
        path.removesuffix(_AUDIO)
        for path in _put_audio(beginnings, parts, designs, mp3, record, cover, folder)
    )
    for part, path in zip(parts, paths, strict=True):
        within = slice(part.first, part.last)
        put_captions(path, record, record.chapters[within], folder)
        if part.last - part.first > 1:
            chapters = chapter_list(part.title, edition.authors, edition.chapters[within])
            folder.put(f"{path}{CHAPTERS}", chapters, CHAPTERS_TYPE)
    return paths


def put_captions(path: str, record: Record, chapters: Sequence[ChapterRecord], folder: PublicFolder) -> None:
    """Publish the captions of a work, or of consecutive chapters of it, as WebVTT and SRT.

    Args:
        path: Path of the files without their endings.
        record: Record of the work.
        chapters: The chapters to include.
        folder: The folder to publish into.
    """
    inputs = (path, len(chapters), chapters[0].start_samples, record.digest, __version__)
    designs = {ending: digest("\0".join(map(str, (ending, *inputs))).encode()) for ending in _CAPTIONS}
    missing = [ending for ending, design in designs.items() if folder.keep(design) is None]
    if not missing:
        return
    timed = TimedCues.of(record.rate_hz, chapters)
    for ending in missing:
        folder.put(f"{path}{ending}", _CAPTIONS[ending](record, timed), design=designs[ending])


def _put_audio(
    beginnings: Sequence[str],
    parts: Sequence[Part],
    designs: Sequence[str],
    mp3: Path,
    record: Record,
    cover: bytes,
    folder: PublicFolder,
) -> list[str]:
    """Publish the MP3s of a work's parts, and return their paths. The book is only opened if one must be cut."""
    if all(map(folder.has, designs)):
        return [path for design in designs if (path := folder.keep(design))]
    with open_book(mp3, record) as book:
        return [
            folder.keep(design)
            or folder.put_pieces(
                beginning, _AUDIO, book.cut(Excerpt(part.title, part.first, part.last), cover), design
            )
            for beginning, part, design in zip(beginnings, parts, designs, strict=True)
        ]


def _design(beginning: str, part: Part, record: Record) -> str:
    """Return a digest of all inputs of a part's MP3."""
    inputs = (beginning, part.title, part.first, part.last, record.digest, __version__)
    return digest("\0".join(map(str, inputs)).encode())
