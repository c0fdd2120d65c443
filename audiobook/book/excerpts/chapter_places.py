"""The files of chapters next to a record: their names, and which of them stay, may be replaced, or are removed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.book.ownership import is_own_book, not_replaced, require_place
from audiobook.book.record.stamps import FileStamp
from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import digest_file, file_name, same_name, sweep_temporaries
from audiobook.system.opening import is_regular, is_there, read_file

BY_CHAPTER: Final = "chapter"
"""The value of `split` that asks for these files."""
PLAYLIST_BEGINNING: Final = b"#EXTM3U\n#EXTENC:UTF-8\n# Made by audiobook\n"
_FEWEST_DIGITS: Final = 2
_ADDRESS_SIGN: Final = re.compile("#|%(?=[0-9A-Fa-f]{2})")
"""Signs that VLC reads in a playlist as in an address, so that it would not find the file."""
_CHAPTER_FILE: Final = re.compile(r"\d{2,}(?: - [^/\\]+)?\.mp3")


def chapter_file_names(slug: str, titles: Sequence[str]) -> list[str]:
    """Return the names of the files of all chapters, relative to the folder of the record.

    Args:
        slug: Slug of the work, the name of their folder.
        titles: Titles of the chapters.
    """
    digits = max(len(str(len(titles))), _FEWEST_DIGITS)
    plain = (
        _ADDRESS_SIGN.sub(lambda sign: sign[0].replace("#", "").replace("%", "% "), title) for title in titles
    )
    named = (file_name(f"{number:0{digits}} - {title}") for number, title in enumerate(plain, 1))
    return [f"{slug}/{name}.mp3" for name in named]


def playlist_name(slug: str) -> str:
    """Return the name of the playlist, relative to the folder of the record."""
    return f"{slug}/{slug}.m3u8"


def sample_name(slug: str) -> str:
    """Return the name of the sample for shops, relative to the folder of the record."""
    return f"{slug}/{slug}.sample.mp3"


def require_chapter_places(
    folder: Path, slug: str, titles: Sequence[str], made: Iterable[FileStamp], *, replace: bool = False
) -> None:
    """Check that no chapter file would overwrite a file from another program.

    Args:
        folder: Folder of the record, `output/<lang>`.
        slug: Slug of the work.
        titles: Titles of the chapters.
        made: The files that the last build made.
        replace: Whether to overwrite files of other programs.

    Raises:
        OutputMismatch: A path is taken by a file from another program, or by something else, such as a link.
    """
    _require_folder(folder / slug)
    known = {stamp.name for stamp in made}
    for name in (*chapter_file_names(slug, titles), playlist_name(slug), sample_name(slug)):
        path = folder / name
        require_place(path)
        if not replace and name not in known and is_there(path) and not _is_own(path):
            raise not_replaced(path)


def are_intact(stamps: Iterable[FileStamp], folder: Path) -> bool:
    """Return whether all files are as the record says.

    Raises:
        OutputMismatch: Something other than a file is in the place of one.
        StorageError: A file cannot be read.
    """
    for stamp in stamps:
        path = folder / stamp.name
        _require_folder(path.parent)
        require_place(path)
        if digest_file(path) != stamp.sha256:
            return False
    return True


def remove_unrecorded(folder: Path, slug: str, made: Iterable[FileStamp]) -> None:
    """Remove what a killed build left behind: temporary files, and those that only its playlist names.

    Args:
        folder: Folder of the record, `output/<lang>`.
        slug: Slug of the work.
        made: The files that the record names.
    """
    own = folder / slug
    if own.is_symlink() or not own.is_dir():
        return
    sweep_temporaries(
        own, names=re.compile(rf"{_CHAPTER_FILE.pattern}|{re.escape(slug)}\.(m3u8|sample\.mp3)")
    )
    recorded = {stamp.name for stamp in made}
    playlist = folder / playlist_name(slug)
    with suppress(OSError, UnicodeDecodeError):  # a file that stays does no harm
        if playlist_name(slug) in recorded and digest_file(playlist) in {stamp.sha256 for stamp in made}:
            return
        data = read_file(playlist)
        lines = data.decode().splitlines() if data.startswith(PLAYLIST_BEGINNING) else []
        for name in lines:
            if _CHAPTER_FILE.fullmatch(name) and f"{slug}/{name}" not in recorded and is_own_book(own / name):
                (own / name).unlink()


def remove_chapter_files(folder: Path, made: Iterable[FileStamp], kept: Iterable[FileStamp]) -> None:
    """Remove the files of chapters that no longer exist, and their folder if it is empty.

    A file that was changed since it was made is kept.

    Args:
        folder: Folder of the record, `output/<lang>`.
        made: The files that the last build made.
        kept: Those that stay.
    """
    staying = {same_name(stamp.name): folder / stamp.name for stamp in kept}
    for stamp in made:
        path = folder / stamp.name
        with suppress(OSError, StorageError):  # a file that stays does no harm
            # A name that differs only in case is the same file on some systems.
            twin = staying.get(same_name(stamp.name))
            if path.parent.is_symlink() or (twin and path.samefile(twin)):
                continue
            if digest_file(path) == stamp.sha256:
                path.unlink()
            path.parent.rmdir()  # fails unless it is empty


def _require_folder(path: Path) -> None:
    if is_there(path) and (path.is_symlink() or not path.is_dir()):
        raise OutputMismatch(
            "is a link, where a folder of the book belongs"
            if path.is_symlink()
            else "is a file, where a folder of the book belongs",
            where=path.as_posix(),
            hint="move it elsewhere and build again",
        )


def _is_own(path: Path) -> bool:
    if path.suffix == ".mp3":
        return is_own_book(path)
    return is_regular(path) and read_file(path, len(PLAYLIST_BEGINNING)) in (b"", PLAYLIST_BEGINNING)
