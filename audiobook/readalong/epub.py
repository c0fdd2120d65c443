"""Writing a built work as a read-along EPUB."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from audiobook.book.excerpts.excerpt import OpenBook
from audiobook.book.record.works import Record
from audiobook.files import atomic_write, require_room
from audiobook.readalong.archive import Archive, StoredZip
from audiobook.readalong.built_book import BuiltBook
from audiobook.readalong.overlay import overlay
from audiobook.readalong.package import COVER_PAGE, BookChapter, package
from audiobook.readalong.pages import STYLE, chapter_page, contents_page, cover_page
from audiobook.readalong.spans import Sync, length_ms, sound_pieces

_BYTES_PER_SPAN: Final = 250
_LARGE_BYTES: Final = 1 << 31


class ReadAlong(msgspec.Struct, frozen=True):
    """A written EPUB.

    Attributes:
        length_bytes: Its length.
        span_count: Number of sentences or words that are highlighted.
        length_ms: Length of its audio in milliseconds.
    """

    length_bytes: int
    span_count: int
    length_ms: int


def write_epub(built: BuiltBook, target: Path, sync: Sync) -> ReadAlong:
    """Write a work as an EPUB with media overlays, one chapter in memory at a time.

    Args:
        built: The work.
        target: The file to write; replaced atomically at the end.
        sync: Whether sentences or words are highlighted.

    Raises:
        OutputMismatch: The MP3 or the cover does not match the record.
        StorageError: A file cannot be read or written.
    """
    record, cover = built.record, built.cover()
    lengths, span_count = [], 0
    for number in range(len(record.chapters)):
        pieces = sound_pieces(record, number, sync)
        span_count += len(pieces)
        lengths.append(length_ms(pieces))
    chapters = [BookChapter(f"c{number:04}", length) for number, length in enumerate(lengths, 1)]
    text_bytes = (
        sum(len(paragraph.text) for chapter in record.chapters for paragraph in chapter.paragraphs) * 4
    )
    require_room(
        target.parent, record.audio.length_bytes + len(cover) + text_bytes + span_count * _BYTES_PER_SPAN
    )
    is_large = record.audio.length_bytes >= _LARGE_BYTES
    with built.open() as book, atomic_write(target) as stream:
        with StoredZip(stream, is_large=is_large) as empty:
            archive = Archive(empty, package(record, chapters))
            archive.put("nav.xhtml", contents_page(record, [chapter.page for chapter in chapters]))
            archive.put("style.css", STYLE)
            archive.put_pieces("cover.jpg", [cover])
            archive.put(COVER_PAGE, cover_page(record))
            for number, chapter in enumerate(chapters):
                _put_chapter(archive, record, number, chapter, book, sync)
        length = stream.seek(0, os.SEEK_END)
    return ReadAlong(length, span_count, sum(lengths))


def _put_chapter(
    archive: Archive, record: Record, number: int, chapter: BookChapter, book: OpenBook, sync: Sync
) -> None:
    archive.put(chapter.page, chapter_page(record, number, sync))
    if chapter.length_ms:
        pieces = sound_pieces(record, number, sync)
        archive.put(chapter.overlay, overlay(pieces, f"../{chapter.page}", f"../{chapter.sound}"))
        archive.put_pieces(chapter.sound, book.sound(number, number + 1))
