"""Writing a built work as a W3C audiobook in one file (LPF).

Source: Lightweight Packaging Format (W3C Note), section 3: a ZIP archive with the manifest at its root.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.book.excerpts.excerpt import open_book
from audiobook.book.record.works import Record
from audiobook.files import atomic_write, require_room
from audiobook.lpf.manifest import CONTENTS, COVER, MAKER, SOURCE, contents_page, manifest
from audiobook.readalong.archive import StoredZip
from audiobook.readalong.epub import built_cover, require_built_mp3
from audiobook.readalong.verification import Exported

MANIFEST: Final = "publication.json"
LPF: Final = Exported("lpf", (MANIFEST, MAKER), SOURCE)
_BYTES_PER_CHAPTER: Final = 1500
_LARGE_BYTES: Final = 1 << 31


def write_lpf(record: Record, folder: Path, target: Path) -> int:
    """Write a work as a package, with a piece of its audio in memory at a time.

    Args:
        record: Record of the work.
        folder: Folder of its record, MP3 and cover.
        target: The file to write; replaced atomically at the end.

    Returns:
        Its length in bytes.

    Raises:
        OutputMismatch: The MP3 or the cover does not match the record.
        StorageError: A file cannot be read or written.
    """
    cover = built_cover(record, folder)
    mp3 = require_built_mp3(record, folder)
    sounds = [f"audio/c{number:04}.mp3" for number in range(1, len(record.chapters) + 1)]
    require_room(target.parent, record.audio.length_bytes + len(cover) + len(sounds) * _BYTES_PER_CHAPTER)
    is_large = record.audio.length_bytes >= _LARGE_BYTES
    with open_book(mp3, record) as book, atomic_write(target) as stream:
        archive = StoredZip(stream, is_large=is_large)
        archive.put(MANIFEST, [manifest(record, sounds)])
        archive.put(CONTENTS, [contents_page(record, sounds).encode()])
        archive.put(COVER, [cover])
        for number, name in enumerate(sounds):
            archive.put(name, book.sound(number, number + 1))
        archive.close()
        return stream.seek(0, os.SEEK_END)
