"""Writing a built work as a W3C audiobook in one file (LPF).

Source: Lightweight Packaging Format (W3C Note), section 3: a ZIP archive with the manifest at its root.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.files import atomic_write, require_room
from audiobook.lpf.manifest import CONTENTS, COVER, MAKER, SOURCE, contents_page, manifest
from audiobook.readalong.archive import StoredZip
from audiobook.readalong.built_book import BuiltBook
from audiobook.readalong.verification import Exported

MANIFEST: Final = "publication.json"
LPF: Final = Exported("lpf", (MANIFEST, MAKER), SOURCE)
_BYTES_PER_CHAPTER: Final = 1500
_LARGE_BYTES: Final = 1 << 31


def write_lpf(built: BuiltBook, target: Path) -> int:
    """Write a work as a package, with a piece of its audio in memory at a time.

    Args:
        built: The work.
        target: The file to write; replaced atomically at the end.

    Returns:
        Its length in bytes.

    Raises:
        OutputMismatch: The MP3 or the cover does not match the record.
        StorageError: A file cannot be read or written.
    """
    record, cover = built.record, built.cover()
    sounds = [f"audio/c{number:04}.mp3" for number in range(1, len(record.chapters) + 1)]
    require_room(target.parent, record.audio.length_bytes + len(cover) + len(sounds) * _BYTES_PER_CHAPTER)
    is_large = record.audio.length_bytes >= _LARGE_BYTES
    with built.open() as book, atomic_write(target) as stream:
        with StoredZip(stream, is_large=is_large) as archive:
            archive.put(MANIFEST, [manifest(record, sounds)])
            archive.put(CONTENTS, [contents_page(record, sounds).encode()])
            archive.put(COVER, [cover])
            for number, name in enumerate(sounds):
                archive.put(name, book.sound(number, number + 1))
        return stream.seek(0, os.SEEK_END)
