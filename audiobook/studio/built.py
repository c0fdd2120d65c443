"""The files of built works."""

from __future__ import annotations

import mimetypes
from collections.abc import Container, Iterator
from typing import Any, Final

from audiobook.book.record import FileStamp, Record
from audiobook.files import read_whole
from audiobook.pipeline.project import BuiltWork
from audiobook.studio.opening import open_folder, opener
from audiobook.studio.place import Gone, Place

_OTHER: Final = "application/octet-stream"
_MEDIA: Final = {
    ".lrc": "text/plain",
    ".m3u8": "audio/mpegurl",
    ".m4b": "audio/mp4",
    ".srt": "text/plain",
    ".vtt": "text/vtt",
}


FORMATS: Final = (
    ("m4b", "M4B, for Apple Books and other players of audiobooks"),
    ("opus", "Opus, which is small"),
    ("flac", "FLAC, a master without losses"),
    ("vtt", "WebVTT captions"),
    ("srt", "SRT captions"),
    ("lrc", "LRC, lyrics for players of music"),
)
"""The formats that can be chosen besides the MP3, with the purpose of each."""


def files(place: Place, label: str) -> dict[str, Any]:
    """Return the files of a built work, and in which formats it can be built: no files if it is not built.

    Raises:
        OutputMismatch: Its record is damaged.
    """
    settings = place.settings()
    found = _found(place, label)
    shared = {
        "label": label,
        "can_open": opener() is not None,
        "is_settled": settings.formats is not None
        or settings.split is not None
        or settings.preset is not None,
    }
    if found is None:
        chosen = settings.extra_formats or ()
        return shared | {"folder": "", "files": [], "formats": _formats(chosen), "is_split": False}
    built, record = found
    folder = built.path.parent.resolve()
    return shared | {
        "folder": str(folder),
        "formats": _formats(record.formats),
        "is_split": bool(record.chapter_files),
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


def _formats(chosen: Container[str]) -> list[dict[str, Any]]:
    return [{"name": name, "about": about, "chosen": name in chosen} for name, about in FORMATS]


def show_folder(place: Place, label: str) -> None:
    """Show the folder of a built work in the file manager.

    Raises:
        Gone: The work is not built.
        UsageError: There is no desktop here.
    """
    found = _found(place, label)
    if found is None:
        raise Gone("this work is not built")
    open_folder(str(found[0].path.parent.resolve()))


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
