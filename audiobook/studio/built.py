"""The files of built works."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from typing import Any, Final

from audiobook.book.record import FileStamp, Record
from audiobook.files import read_whole
from audiobook.pipeline.project import BuiltWork
from audiobook.studio.place import Place

_OTHER: Final = "application/octet-stream"
_MEDIA: Final = {
    ".lrc": "text/plain",
    ".m3u8": "audio/mpegurl",
    ".m4b": "audio/mp4",
    ".srt": "text/plain",
    ".vtt": "text/vtt",
}


def files(place: Place, label: str) -> dict[str, Any]:
    """Return the files of a built work: none if it is not built.

    Raises:
        OutputMismatch: Its record is damaged.
    """
    found = _found(place, label)
    if found is None:
        return {"folder": "", "files": []}
    built, record = found
    folder = built.path.parent.resolve()
    return {
        "folder": str(folder),
        "files": [
            {
                "name": stamp.name,
                "length_bytes": stamp.length_bytes,
                "sha256": stamp.sha256,
                "type": _media_type(stamp.name),
            }
            for stamp in _stamps(record)
        ],
    }


def cover(place: Place, label: str) -> bytes | None:
    """Return the cover of a built work, a JPEG; None if it is not built.

    Raises:
        OutputMismatch: The record or the cover is damaged.
    """
    found = _found(place, label)
    return read_whole(found[0].path.parent / found[1].cover.name) if found else None


def _found(place: Place, label: str) -> tuple[BuiltWork, Record] | None:
    project = place.project(place.settings())
    built = next((each for each in project.built() if each.label == label), None)
    record = project.record(built.path) if built else None
    return (built, record) if built and record else None


def _stamps(record: Record) -> Iterator[FileStamp]:
    """Yield the files of a work, the MP3 first."""
    yield record.audio
    yield from record.formats.values()
    yield from record.chapter_files
    yield record.cover


def _media_type(name: str) -> str:
    ending = name[name.rfind(".") :].lower()
    return _MEDIA.get(ending) or mimetypes.guess_type(name)[0] or _OTHER
