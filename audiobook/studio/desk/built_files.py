"""The files of built works."""

from __future__ import annotations

import mimetypes
from collections.abc import Container, Iterator
from typing import Any, Final

import msgspec

from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import Record
from audiobook.errors import EngineMissing
from audiobook.files import read_whole
from audiobook.pipeline.encoders import require_encoders
from audiobook.pipeline.project import BuiltWork
from audiobook.pipeline.run import build
from audiobook.pipeline.texts.catalog import Catalog
from audiobook.report.base import QuietReporter
from audiobook.settings import AudioSettings
from audiobook.studio.desk.file_manager import open_folder, opener
from audiobook.studio.desk.shelf import Gone, Shelf

_OTHER: Final = "application/octet-stream"
_MEDIA: Final = {
    ".epub": "application/epub+zip",
    ".lpf": "application/lpf+zip",
    ".lrc": "text/plain",
    ".m3u8": "audio/mpegurl",
    ".m4b": "audio/mp4",
    ".srt": "text/plain",
    ".vtt": "text/vtt",
}


FORMATS: Final = (
    ("m4b", "M4B, for Apple Books and other audiobook players"),
    ("epub", "EPUB, a book whose text is highlighted as it is read aloud"),
    ("opus", "Opus, for small files"),
    ("flac", "FLAC, a lossless master"),
    ("vtt", "WebVTT captions"),
    ("srt", "SRT captions"),
    ("lrc", "LRC, lyrics for music players"),
    ("lpf", "LPF, a W3C audiobook"),
)
"""The formats that can be chosen besides the MP3, with the purpose of each."""


def files(shelf: Shelf, label: str) -> dict[str, Any]:
    """Return the files of a built work, and in which formats it can be built: no files if it is not built.

    Raises:
        OutputMismatch: Its record is damaged.
    """
    settings = shelf.settings()
    found = _found(shelf, label)
    shared = {
        "label": label,
        "can_open": opener() is not None,
        "is_settled": settings.formats is not None
        or settings.split is not None
        or settings.preset is not None,
    }
    if found is None:
        chosen = settings.extra_formats or ()
        formats = _formats(chosen, settings.audio)
        return shared | {"folder": "", "files": [], "formats": formats, "is_split": False}
    built, record = found
    folder = built.path.parent.resolve()
    return shared | {
        "folder": str(folder),
        "formats": _formats(record.formats, settings.audio),
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


def _formats(chosen: Container[str], audio: AudioSettings) -> list[dict[str, Any]]:
    return [
        {"name": name, "about": about, "chosen": name in chosen, "lack": _lack(name, audio)}
        for name, about in FORMATS
    ]


def _lack(name: str, audio: AudioSettings) -> str:
    """Return the missing requirements of a format, with a hint on how to install them; empty if it can be made."""
    try:
        require_encoders((name,), audio)
    except EngineMissing as error:
        return f"{error.message}; {error.hint}"
    return ""


def formats_cost(shelf: Shelf, label: str, formats: list[str], split: bool) -> dict[str, Any]:
    """Return how many clips a build of a work in some formats would make, how many it has, and how long that takes.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        formats: The formats besides the MP3.
        split: Whether to make a file for each chapter.

    Raises:
        AudiobookError: It cannot be built like that.
    """
    settings = msgspec.structs.replace(
        shelf.settings(), formats=("mp3", *formats), split="chapter" if split else "none"
    )
    project = shelf.project(settings)
    catalog = Catalog((shelf.edition(project, label),), ())
    (outcome,) = build(catalog, project, settings, QuietReporter(), force=False, dry_run=True)
    if outcome.error:
        raise outcome.error
    return {"clips": outcome.clips_made, "total": outcome.clips_total, "wait": outcome.wait}


def show_folder(shelf: Shelf, label: str) -> None:
    """Show the folder of a built work in the file manager.

    Raises:
        Gone: The work is not built.
        UsageError: There is no desktop here.
    """
    found = _found(shelf, label)
    if found is None:
        raise Gone("this work is not built")
    open_folder(str(found[0].path.parent.resolve()))


def cover(shelf: Shelf, label: str) -> bytes | None:
    """Return the cover of a built work, a JPEG; None if it is not built.

    Raises:
        OutputMismatch: The record or the cover is damaged.
    """
    found = _found(shelf, label)
    return read_whole(found[0].path.parent / found[1].cover.name) if found else None


def _found(shelf: Shelf, label: str) -> tuple[BuiltWork, Record] | None:
    project = shelf.project(shelf.settings())
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
