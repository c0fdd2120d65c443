"""The MP3 of a work without its cover picture, which starts sooner in some browsers.

Chromium cannot decode a picture in an MP3: with one, it reads about a minute of sound before playback starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from audiobook import __version__
from audiobook.audio.mp3.id3 import tag_length_bytes, without_cover
from audiobook.book.record.stamps import FileStamp
from audiobook.errors import OutputMismatch
from audiobook.files import digest, require_room, storage_error
from audiobook.publish.folder import PublicFolder
from audiobook.publish.works.shelf import ShelvedEdition
from audiobook.system.opening import NotRegular, open_to_read

_ALTERNATIVE: Final = (
    ", or set `fast_start = false` under [publish] in audiobook.toml to publish the MP3 without a copy"
)
_HEADER_BYTES: Final = 10
_PIECE_BYTES: Final = 1 << 20


def put_coverless_mp3(edition: ShelvedEdition, mp3: Path, folder: PublicFolder) -> FileStamp:
    """Publish the MP3 of a work without its cover.

    Args:
        edition: The work.
        mp3: Path of the built MP3.
        folder: The folder to publish into.

    Returns:
        Path of the published file, relative to the folder, with its length and digest.

    Raises:
        OutputMismatch: The MP3 changed since it was built.
        StorageError: A file cannot be read or written, or the disk is too full.
    """
    stem = edition.path(f".sound/{edition.slug}")
    design = digest(f"{stem}\0{edition.audio.sha256}\0{__version__}".encode())
    path = folder.keep(design)
    if path is None:
        if not folder.dry_run:
            require_room(folder.root, edition.audio.length_bytes, _ALTERNATIVE)
        path = folder.put_pieces(stem, ".mp3", _without_cover(mp3, edition.audio), design)
    file = folder.files[path]
    return FileStamp(path, file.length_bytes, file.sha256)


def _without_cover(mp3: Path, stamp: FileStamp) -> Iterator[bytes]:
    """Yield the MP3 without its cover in pieces; at the end, check that the file read was the one that was built."""
    state = hashlib.sha256()
    try:
        with open_to_read(mp3) as stream:
            head = stream.read(_HEADER_BYTES)
            tag = head + stream.read(max(tag_length_bytes(head) - len(head), 0))
            state.update(tag)
            yield without_cover(tag)
            while data := stream.read(_PIECE_BYTES):
                state.update(data)
                yield data
    except NotRegular as error:
        raise OutputMismatch("is not a regular file", where=stamp.name) from error
    except OSError as error:
        raise storage_error(error, mp3, "reading") from error
    if state.hexdigest() != stamp.sha256:
        raise OutputMismatch("changed since it was built", where=stamp.name)
