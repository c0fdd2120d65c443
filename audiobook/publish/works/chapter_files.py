"""Publish the files of a work's parts, for works whose chapters are episodes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from audiobook import __version__
from audiobook.book.captions.formats import captions
from audiobook.book.excerpts.excerpt import Excerpt, open_book
from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.works import Record
from audiobook.files import digest, require_room
from audiobook.publish.folder import CHAPTERS_TYPE, PublicFolder
from audiobook.publish.works.chapter_episodes import Part
from audiobook.publish.works.chapter_list import chapter_list
from audiobook.publish.works.episodes import CHAPTERS
from audiobook.publish.works.shelf import ShelvedEdition

_AUDIO: Final = ".mp3"
_CAPTIONS: Final = ("vtt", "srt")


def put_parts(
    edition: ShelvedEdition,
    record: Record,
    parts: Sequence[Part],
    names: Sequence[str],
    mp3: Path,
    cover: bytes,
    folder: PublicFolder,
) -> tuple[str, ...]:
    """Publish the audio, captions and chapter lists of a work's parts.

    A work with a single part needs none of these files: its episode is the whole work.

    Args:
        edition: The work.
        record: Record of the work.
        parts: Parts of the work; at least two.
        names: File name of each part, without digest and extension; as many as there are parts.
        mp3: Path of the built MP3.
        cover: Small cover of the work, as JPEG.
        folder: The folder to publish into.

    Returns:
        The path of each part's files without the extension, in order. It ends with the first digits of the digest of
        the part's MP3.

    Raises:
        OutputMismatch: The MP3 does not match its record.
        StorageError: A file cannot be read or written.
    """
    stems = [edition.path(f".parts/{name}") for name in names]
    designs = [_design(stem, part, record) for stem, part in zip(stems, parts, strict=True)]
    if not (folder.dry_run or all(map(folder.has, designs))):
        # All parts together are about as long as the MP3.
        require_room(folder.root, edition.audio.length_bytes)
    paths = tuple(
        path.removesuffix(_AUDIO) for path in _put_audio(stems, parts, designs, mp3, record, cover, folder)
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
        path: Path of the files without the extension, relative to the folder.
        record: Record of the work.
        chapters: The chapters to include, in order; at least one.
        folder: The folder to publish into.

    Raises:
        StorageError: A file cannot be written.
    """
    inputs = (path, len(chapters), chapters[0].start_samples, record.digest, __version__)
    designs = {name: digest("\0".join(map(str, (f".{name}", *inputs))).encode()) for name in _CAPTIONS}
    missing = [name for name, design in designs.items() if folder.keep(design) is None]
    if not missing:
        return
    for name, data in captions(record, chapters, missing).items():
        folder.put(f"{path}.{name}", data, design=designs[name])


def _put_audio(
    stems: Sequence[str],
    parts: Sequence[Part],
    designs: Sequence[str],
    mp3: Path,
    record: Record,
    cover: bytes,
    folder: PublicFolder,
) -> list[str]:
    """Publish the MP3s of a work's parts and return their paths. The book is only opened if a part must be cut."""
    if all(map(folder.has, designs)):
        return [path for design in designs if (path := folder.keep(design))]
    with open_book(mp3, record) as book:
        return [
            folder.keep(design)
            or folder.put_pieces(
                stem, _AUDIO, book.cut(Excerpt(part.title, part.first, part.last), cover), design
            )
            for stem, part, design in zip(stems, parts, designs, strict=True)
        ]


def _design(stem: str, part: Part, record: Record) -> str:
    """Return a digest of everything that a part's MP3 depends on."""
    inputs = (stem, part.title, part.first, part.last, record.digest, __version__)
    return digest("\0".join(map(str, inputs)).encode())
