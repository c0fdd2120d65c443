"""Writing a built book into a library."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from audiobook.book.excerpts.chapter_places import playlist_name, sample_name
from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import RecordHead
from audiobook.book.sound.formats import M4B
from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import (
    LongWrite,
    atomic_write,
    digest,
    digest_file,
    file_name,
    require_room,
    same_name,
    storage_error,
    sweep_older,
    write_bytes,
)
from audiobook.library.inodes import kept_inodes
from audiobook.library.ledger import ShelvedBook, read_ledger, write_ledger
from audiobook.library.metadata import METADATA_NAME, metadata_json, metadata_opf, same_metadata
from audiobook.library.moving import folder_to_move, move_book, remove_empty
from audiobook.library.places import place_of
from audiobook.readalong.package import identifier
from audiobook.system.opening import is_regular, is_there, open_to_read, read_file, require_own_folder

_PIECE_BYTES: Final = 1 << 20
_LARGEST_METADATA_BYTES: Final = 1 << 24
_PASSING: Final = "moving {}"
"""Name of a folder that a book is in for a moment."""


class Shelved(msgspec.Struct, frozen=True):
    """A book that was written into a library.

    Attributes:
        folder: Its folder, relative to the library.
        files: Names of its files.
        kept: Names of files that were changed since they were written, and therefore kept.
        written: Names of the files that were written now; the others were there.
    """

    folder: str
    files: tuple[str, ...]
    kept: tuple[str, ...]
    written: tuple[str, ...]


class _File(msgspec.Struct, frozen=True):
    """A file to write: its digest, and either its bytes or the built file that it is a copy of."""

    sha256: str
    length_bytes: int
    data: bytes | None = None
    source: Path | None = None


Files = Mapping[str, _File]
"""The files of a book by path, relative to the library."""
Known = Mapping[str, tuple[str, ...]]
"""The digests of files that earlier exports wrote, by path."""


class Library:
    """A folder of books."""

    def __init__(self, folder: Path, digest_of: Callable[[Path], str | None] = digest_file) -> None:
        """Read the list of the books that are in it.

        Args:
            folder: The folder, which need not exist.
            digest_of: Returns the digest of a file, as `digest_file` does.

        Raises:
            OutputMismatch: The list is damaged.
            StorageError: It cannot be read.
        """
        self._folder = folder
        self._digest_of = digest_of
        self._books = read_ledger(folder)

    def has(self, record: RecordHead, built: Path) -> bool:
        """Return whether a book was exported to the library; see `put`."""
        name, origin = identifier(record), _origin(record, built)
        return any(key == name or book.origin == origin for key, book in self._books.items())

    def put(self, record: RecordHead, built: Path) -> Shelved:
        """Write a book, and remove the files that an earlier export wrote and that are no longer part of it.

        Args:
            record: Record of the book.
            built: Folder of the record and its files.

        Returns:
            The folder and files of the book, and the changed files that were kept.

        Raises:
            OutputMismatch: A built file does not match the record, or a file that this program did not write is in
                the way.
            StorageError: A file cannot be read or written.
        """
        name, origin = identifier(record), _origin(record, built)
        others = {key: book for key, book in self._books.items() if key != name and book.origin != origin}
        # A folder that the user removed is free again.
        folder = place_of(
            record, (each.folder for each in others.values() if is_there(self._folder / each.folder))
        )
        files = {f"{folder}/{each}": file for each, file in _files_of(record, built).items()}
        known = _merged(
            item for key, book in self._books.items() if key not in others for item in book.files.items()
        )
        passing = _PASSING.format(origin[:8])
        home = folder_to_move(self._folder, known, folder, passing)
        if home:
            known = _merged((*known.items(), *_moved(known, folder)))
        self._require_places(home or folder, folder, files, known)
        # If the process is killed after this, old and new files are both known.
        self._note(others, name, ShelvedBook(folder, _merged((*known.items(), *_digests(files))), origin))
        if home:
            move_book(self._folder, home, folder, passing)
        self._sweep({*files, *known})
        require_room(self._folder / folder, sum(file.length_bytes for file in files.values()))
        gone = known.keys() - files.keys()
        with kept_inodes(self._folder, known if gone else ()):
            written, kept = self._write(files, known)
        for path in gone:
            self._remove(path, known[path], files)
        self._note(others, name, ShelvedBook(folder, dict(_digests(files)), origin))
        return Shelved(folder, *(tuple(map(_name, names)) for names in (files, kept, written)))

    def _note(self, others: Mapping[str, ShelvedBook], name: str, book: ShelvedBook) -> None:
        books = {**others, name: book}
        if books != self._books:
            self._books = books
            write_ledger(self._folder, books)

    def _sweep(self, paths: Iterable[str]) -> None:
        """Remove the temporary files of killed exports."""
        for path in paths:
            if not self._leads_elsewhere(path):
                sweep_older(self._folder / path)

    def _leads_elsewhere(self, path: str) -> bool:
        """Return whether a folder around a file is a link."""
        return any((self._folder / folder).is_symlink() for folder in PurePosixPath(path).parents[:-1])

    def _require_places(self, home: str, folder: str, files: Files, known: Known) -> None:
        """Check that no link, and no file that was not exported here, is in the way.

        Args:
            home: The folder that the book is in so far.
            folder: Where it should be.
            files: Its files there.
            known: The files there that earlier exports wrote.
        """
        parts = PurePosixPath(folder).parts
        for number in range(1, len(parts) + 1):
            require_own_folder(self._folder.joinpath(*parts[:number]))
        for name, file in files.items():
            path = self._folder / home / _name(name)
            if is_there(path) and not is_regular(path):
                raise OutputMismatch("is not a regular file", where=path.as_posix(), hint="move it elsewhere")
            if name not in known and is_there(path) and self._digest_of(path) != file.sha256:
                raise OutputMismatch(
                    "was not exported by audiobook, so it is not replaced",
                    where=path.as_posix(),
                    hint="move it elsewhere, and export again",
                )

    def _write(self, files: Files, known: Known) -> tuple[list[str], list[str]]:
        """Write what changed, and return the paths of the files written, and of those that the user changed, which are kept.

        Metadata that a server wrote in its own form comes after the sound. It is replaced only if something changed,
        as it has chapters that the server would prefer to those of the new sound.
        """
        written: list[str] = []
        kept: list[str] = []
        for name, file in files.items():
            path, digests = self._folder / name, known.get(name, ())
            found = self._digest_of(path)
            if found == file.sha256:
                continue
            is_in_other_form = found is not None and found not in digests
            if is_in_other_form and not _is_metadata(path, digests):
                kept.append(name)
            elif not is_in_other_form or written or file.sha256 not in digests:
                _write_file(path, file)
                written.append(name)
        return written, kept

    def _remove(self, name: str, digests: Collection[str], files: Files) -> None:
        """Remove a file that is no longer part of a book, and its folders if they are empty; a changed file is kept."""
        path = self._folder / name
        if self._leads_elsewhere(name):
            return
        with suppress(OSError, StorageError):  # a file that stays does no harm
            # A name that differs only in case is the same file on some systems.
            twins = [self._folder / each for each in files if same_name(each) == same_name(name)]
            if any(twin.exists() and path.samefile(twin) for twin in twins):
                return
            if digest_file(path) in digests:
                path.unlink()
            remove_empty(self._folder, PurePosixPath(name).parent)


def _is_metadata(path: Path, digests: Collection[str]) -> bool:
    """Return whether a file is metadata that was exported with one of these digests, in the form of a server."""
    if path.name != METADATA_NAME:
        return False
    data = read_file(path, _LARGEST_METADATA_BYTES)
    return any(digest(each) in digests for each in same_metadata(data))


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _origin(record: RecordHead, built: Path) -> str:
    """Return a digest of the name of a work and the folder that it was built in."""
    return digest(f"{built.resolve().as_posix()}/{record.slug}".encode(errors="surrogateescape"))


def _digests(files: Files) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path, file in files.items():
        yield path, (file.sha256,)


def _moved(known: Known, folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the files of a book as they are named in another folder."""
    for path, digests in known.items():
        yield f"{folder}/{_name(path)}", digests


def _merged(files: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """Return the digests of files by path, sorted, where a path may occur several times."""
    found: dict[str, set[str]] = {}
    for path, digests in files:
        found.setdefault(path, set()).update(digests)
    return {path: tuple(sorted(digests)) for path, digests in found.items()}


def _files_of(record: RecordHead, built: Path) -> dict[str, _File]:
    """Return the files of a book by name: its sound (one M4B, one MP3 for each chapter, or one MP3), cover and metadata."""
    title = file_name(record.title) or record.slug
    files = {name: _copied(stamp, built) for name, stamp in _sound(record, title)}
    files["cover.jpg"] = _copied(record.cover, built)
    for name, data in ((METADATA_NAME, metadata_json(record)), ("metadata.opf", metadata_opf(record))):
        files[name] = _File(digest(data), len(data), data)
    return files


def _sound(record: RecordHead, title: str) -> Iterator[tuple[str, FileStamp]]:
    if M4B in record.formats:
        yield f"{title}.m4b", record.formats[M4B]
        return
    others = (playlist_name(record.slug), sample_name(record.slug))
    chapters = [stamp for stamp in record.chapter_files if stamp.name not in others]
    for stamp in chapters:
        yield PurePosixPath(stamp.name).name, stamp
    if not chapters:
        yield f"{title}.mp3", record.audio


def _copied(stamp: FileStamp, built: Path) -> _File:
    return _File(stamp.sha256, stamp.length_bytes, source=built / stamp.name)


def _write_file(path: Path, file: _File) -> None:
    if file.source is None:
        write_bytes(path, file.data or b"")
        return
    try:
        with open_to_read(file.source) as source, atomic_write(path) as stream:
            with LongWrite(stream) as output:
                while piece := source.read(_PIECE_BYTES):
                    output.write(piece)
            if output.digest() != file.sha256:
                raise _mismatch(file.source)
    except FileNotFoundError as error:
        raise _mismatch(file.source) from error
    except OSError as error:
        raise storage_error(error, file.source, "reading") from error


def _mismatch(source: Path) -> OutputMismatch:
    return OutputMismatch(
        "is missing or does not match its record", where=source.name, hint="build it again: audiobook build"
    )
