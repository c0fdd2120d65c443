"""Recognising the files that this program made: any other file is only replaced if the user asks for it.

This works without a record too, because a killed build may leave a cover and an MP3 whose record was not written
yet. The tag of an MP3 names its maker; the name of a cover contains the first digits of its digest; a record, even a
damaged one, has a recognisable beginning.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.book.maker_mark import M4B_BEGINNING, MARK
from audiobook.book.record.stamps import CoverRecord
from audiobook.book.sound.mp3_head import is_own_mp3
from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import digest_file, sweep_temporaries
from audiobook.system.opening import is_regular, is_there

NOT_OURS: Final = "was not made by audiobook"
_BEGINNING: Final = re.compile(rb'\s*\{\s*"format"\s*:\s*\d+\s*,\s*"slug"\s*:')
_BEGINNING_BYTES: Final = 400
_FORMAT_BEGINNINGS: Final = {
    # Two blocks: the description of the stream, and the comments, which begin with the name of the maker.
    ".flac": re.compile(rb"fLaC\0\0\0\x22.{34}\x04.{3}.{4}" + MARK.encode(), re.DOTALL),
    ".m4b": re.compile(re.escape(M4B_BEGINNING)),
    ".lrc": re.compile(rf"\[re:{MARK}\]".encode()),
    # Two pages: the identification header, and the comments, which begin with the name of the maker.
    ".opus": re.compile(
        rb"OggS\x00\x02.{20}\x01\x13OpusHead.{11}OggS\x00\x00.{22,276}OpusTags.{4}" + MARK.encode(), re.DOTALL
    ),
    ".srt": None,
    ".vtt": re.compile(rf"WEBVTT\n\nNOTE {MARK}\n".encode()),
    # The format of the samples, and information, which begins with the name of the maker; only `voices try` makes WAVs.
    ".wav": re.compile(rb"RIFF.{4}WAVEfmt .{20}LIST.{4}INFOISFT.{4}" + MARK.encode(), re.DOTALL),
}
"""The first bytes of each format's files; None if they cannot be distinguished from those of other programs."""
UNMARKED: Final = frozenset(ending[1:] for ending, begins in _FORMAT_BEGINNINGS.items() if begins is None)
"""Formats whose files are recognised only by a record that names them."""
_NOTHING: Final = b"\0 \t\r\n"
_COVER: Final = re.compile(r"([A-Za-z0-9_-]+)\.cover-([0-9a-f]{8})\.jpg")
_BUILT: Final = re.compile(
    rf"[A-Za-z0-9_-]+\.(?:mp3|json|flac|lrc|m4b|opus|srt|vtt|(?:read-along\.)?(?:epub|lpf))|{_COVER.pattern}"
)


def is_own_book(path: Path) -> bool:
    """Return whether this program made an MP3; True for an empty file, as replacing it loses nothing."""
    return is_regular(path) and (not path.stat().st_size or is_own_mp3(path))


def is_own_record(path: Path) -> bool:
    """Return whether a file is a record, even a damaged one; True for an empty file, as replacing it loses nothing."""
    start = _start_of(path)
    if start is None:
        return False
    is_cut_off = b'{"format":1,"slug":"'.startswith(start)
    return is_cut_off or not start.strip(_NOTHING) or _BEGINNING.match(start) is not None


def is_own_format(path: Path) -> bool:
    """Return whether this program made a file of another format; True for an empty file.

    SRT files have no place for a mark, so none is recognised.
    """
    start = _start_of(path)
    if start is None:
        return False
    beginning = _FORMAT_BEGINNINGS[path.suffix.lower()]
    return not start or (beginning is not None and beginning.match(start) is not None)


def _start_of(path: Path) -> bytes | None:
    """Return the first bytes of a file; None if it is not a regular file, or cannot be read."""
    if not is_regular(path):
        return None
    try:
        with open(path, "rb") as stream:
            return stream.read(_BEGINNING_BYTES)
    except OSError:
        return None


def is_own_cover(path: Path) -> bool:
    """Return whether the digits in a file's name match its digest, as in the names of covers."""
    digits = path.stem.rpartition("-")[2]
    return is_regular(path) and (digest_file(path) or "").startswith(digits)


def unowned_files(folder: Path, slug: str) -> Iterator[Path]:
    """Yield the files at the paths of a work's MP3 and record that this program did not make.

    This is for works without a record. Folders are left out, because writing fails on them anyway.

    Args:
        folder: Folder of the work's files, `output/<lang>`.
        slug: Slug of the work.
    """
    kinds: tuple[tuple[str, Callable[[Path], bool]], ...] = ((".mp3", is_own_book), (".json", is_own_record))
    for ending, is_own in kinds:
        path = folder / f"{slug}{ending}"
        if is_there(path) and not path.is_dir() and not is_own(path):
            yield path


def not_replaced(
    path: Path, hint: str = "move it elsewhere, or replace it: audiobook build --force"
) -> OutputMismatch:
    """Return the error for a file that is not replaced, with a hint on what to do."""
    return OutputMismatch(
        f"{NOT_OURS}, so it is not replaced",
        where=path.as_posix(),
        hint=hint,
    )


def require_place(path: Path) -> None:
    """Check that a path is a regular file or does not exist, so that a file of a book can be written there.

    Raises:
        OutputMismatch: It is a link, a folder or a pipe. These are never followed or replaced.
    """
    if is_there(path) and not is_regular(path):
        kind = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "not a regular file"
        raise OutputMismatch(
            f"is {kind}, where a file of the book belongs",
            where=os.fspath(path),
            hint="move it elsewhere and build again",
        )


def sweep_half_built(folder: Path) -> None:
    """Remove the temporary files of killed builds from the folder of a language."""
    sweep_temporaries(folder, names=_BUILT)


def covers_in(folder: Path) -> dict[str, list[str]]:
    """Return the names of all covers in the folder of a language by slug."""
    found: dict[str, list[str]] = {}
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in folder.iterdir():
            if parts := _COVER.fullmatch(path.name):
                found.setdefault(parts[1], []).append(path.name)
    return found


def remove_covers(folder: Path, names: Iterable[str], before: CoverRecord | None = None) -> None:
    """Remove covers that no record names. Errors are ignored, because a leftover cover does no harm.

    Args:
        folder: Folder of the covers, `output/<lang>`.
        names: Names of covers. A file is kept if its digest does not match the digits in its name, since another
            program made or changed it.
        before: The cover that the previous record named, removed even if it is damaged.
    """
    for name in names:
        with suppress(OSError, StorageError):
            if (before and name == before.name and is_regular(folder / name)) or is_own_cover(folder / name):
                (folder / name).unlink()
