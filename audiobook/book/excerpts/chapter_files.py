"""Writing a file for each chapter, cut from the book without encoding it again, and a playlist of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from audiobook.book.excerpts.acx_level import Candidate, Levelled, candidate, levelled
from audiobook.book.excerpts.chapter_places import (
    PLAYLIST_BEGINNING,
    chapter_file_names,
    playlist_name,
    sample_name,
)
from audiobook.book.excerpts.excerpt import Excerpt, OpenBook, excerpt_samples, open_book
from audiobook.book.excerpts.room_tone import chapter_pieces, sample_piece
from audiobook.book.record.stamps import ChapterFile
from audiobook.book.record.works import Record
from audiobook.files import LongWrite, atomic_write, digest, require_room, write_bytes
from audiobook.settings import ACX


class _File(NamedTuple):
    """A file to write: its name, its length in samples, its bytes, and `path:line: message` if ACX would reject it."""

    name: str
    length_samples: int
    pieces: Iterator[bytes]
    problem: str = ""


def write_chapter_files(record: Record, folder: Path, cover: bytes) -> tuple[ChapterFile, ...]:
    """Write a file for each chapter, and the playlist; with the preset `acx`, room tone around each, and a sample.

    Args:
        record: Record of the book.
        folder: Folder of its MP3, `output/<lang>`.
        cover: Small cover as JPEG.

    Returns:
        Their stamps, with names relative to that folder; the playlist is the last one.

    Raises:
        OutputMismatch: The MP3 does not match the record.
        EngineMissing: PyAV, which the preset `acx` needs, is not installed.
        StorageError: A file cannot be written.
    """
    names = chapter_file_names(record.slug, [chapter.title for chapter in record.chapters])
    require_room(folder / record.slug, record.audio.length_bytes)
    candidates: list[Candidate] = []
    if record.inputs.preset == ACX:
        pieces = (*chapter_pieces(record), sample_piece(record))
        candidates += (candidate(record, piece) for piece in pieces)
    edges = (edge for each in candidates for edge in each.edges)
    with open_book(folder / record.audio.name, record, edges) as book:
        if candidates:
            files = list(_toned(record, book, candidates, names, cover))
        else:
            files = list(_plain(record, book, names, cover))
        data = b"".join((PLAYLIST_BEGINNING, *_playlist_lines(record, files)))
        write_bytes(folder / playlist_name(record.slug), data)  # first: see `remove_unrecorded`
        stamps = [_written(file, folder) for file in files]
    return (*stamps, ChapterFile(playlist_name(record.slug), len(data), digest(data)))


def _written(file: _File, folder: Path) -> ChapterFile:
    with atomic_write(folder / file.name) as stream, LongWrite(stream) as output:
        for piece in file.pieces:
            output.write(piece)
    return ChapterFile(file.name, output.length_bytes, output.digest(), file.problem)


def _plain(record: Record, book: OpenBook, names: Sequence[str], cover: bytes) -> Iterator[_File]:
    """Yield the file of each chapter."""
    for number, (name, chapter) in enumerate(zip(names, record.chapters, strict=True)):
        excerpt = Excerpt(chapter.title, number, number + 1, (number + 1, len(names)))
        yield _File(name, excerpt_samples(record, number, number + 1), book.cut(excerpt, cover))


def _toned(
    record: Record, book: OpenBook, candidates: Sequence[Candidate], names: Sequence[str], cover: bytes
) -> Iterator[_File]:
    """Yield the file of each chapter with room tone and at its level, and the sample."""
    titles = [(name, chapter.title) for name, chapter in zip(names, record.chapters, strict=True)]
    for number, (made_from, (name, title)) in enumerate(
        zip(candidates, (*titles, (sample_name(record.slug), record.title)), strict=True), 1
    ):
        level = levelled(book, record.rate_hz, made_from)
        track = (number, len(names)) if number <= len(names) else (1, 1)
        pieces = book.within_room_tone(level.span, title, track, cover, level.steps)
        problem = _problem(record, name, level) if level.unmet else ""
        yield _File(name, level.span.length_samples(record), pieces, problem)


def _problem(record: Record, name: str, level: Levelled) -> str:
    paragraph = next(each for each in record.chapters[level.span.chapter].paragraphs if each.sentences)
    line = f":{paragraph.line}" if paragraph.line else ""
    unmet = ", ".join(f"{row.label} {row.shown}, required {row.wanted}" for row in level.unmet)
    return (
        f"{record.source}{paragraph.place}{line}: “{Path(name).name}” does not meet the requirements of ACX ({unmet}): "
        "if it has only a few words, join the chapter to another one (merge_min), or leave it out"
    )


def _playlist_lines(record: Record, files: Iterable[_File]) -> Iterator[bytes]:
    """Yield the lines of the playlist after its beginning: title, and for each chapter length, title and name of its file."""
    yield f"#PLAYLIST:{record.title}\n".encode()
    for chapter, file in zip(record.chapters, files, strict=False):  # the sample follows the chapters
        seconds = round(file.length_samples / record.rate_hz)
        yield f"#EXTINF:{seconds},{chapter.title}\n{Path(file.name).name}\n".encode()
