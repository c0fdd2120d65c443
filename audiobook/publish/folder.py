"""The folder of a publication: changed files are staged, then moved into place together."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import copy
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from audiobook.book.record.stamps import FileStamp
from audiobook.errors import StorageError
from audiobook.files import (
    atomic_write,
    digest,
    digest_file,
    is_unchanged,
    storage_error,
    sweep_temporaries,
)
from audiobook.publish.publication import (
    FILE_NAME,
    Feed,
    Move,
    Publication,
    PublicFile,
    publication_pieces,
)
from audiobook.publish.staging import Staging
from audiobook.publish.superseded import superseded

TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".m4b": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".opml": "text/x-opml",
    ".png": "image/png",
    ".srt": "application/x-subrip",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/rss+xml",
}
"""Media types by file extension."""
_MADE: Final = re.compile(
    rf"""
    [A-Za-z0-9_-]+ (?: \. [A-Za-z0-9_-]+ )*  # my-essay.text
    (?: {"|".join(map(re.escape, TYPES))} )  # .html
    """,
    re.VERBOSE,
)
"""Names of files that `publish` writes."""
_SHOWN: Final = 3
DIGITS: Final = 8
"""Number of digits of a file's digest in its name."""
CHAPTERS_TYPE: Final = "application/json+chapters"


class Change(NamedTuple):
    """The additions of one part of a publication; see the attributes with the same names in `PublicFolder`."""

    files: dict[str, PublicFile]
    written: list[str]
    strangers: list[str]


class PublicFolder:
    """Collects the public files, and writes only those that changed.

    Existing files stay as they are until `commit`. New contents wait next to them under temporary names.
    """

    def __init__(
        self,
        root: Path,
        before: Publication,
        *,
        built: Path | None = None,
        dry_run: bool = False,
        replace: bool = False,
    ) -> None:
        """Prepare to publish into a folder.

        Args:
            root: The folder to publish into.
            before: The publication that is in the folder now.
            built: The folder of the built books; None if it is `root`.
            dry_run: Only find out which files would be written.
            replace: Also overwrite files that this project did not publish.
        """
        self.root = root
        self.files: dict[str, PublicFile] = {}
        self.written: list[str] = []
        self._built = built or root
        self.dry_run = dry_run
        self._before = before
        self._replace = replace
        self._staging = Staging(root)
        self._strangers: list[str] = []
        self._designs = {file.design: path for path, file in before.files.items() if file.design}

    def part(self) -> PublicFolder:
        """Return a folder for a part of the publication. It knows the last publication, but not the other parts."""
        part = copy(self)
        part.files, part.written, part._strangers = {}, [], []
        return part

    @property
    def change(self) -> Change:
        """The files published since this folder or part was created."""
        return Change(self.files, self.written, self._strangers)

    def add(self, change: Change) -> None:
        """Add what a part has published, here or in a fork of this process."""
        for path, file in change.files.items():
            # One copy of each type, also of those that forks have sent.
            msgspec.structs.force_setattr(file, "type", sys.intern(file.type))
            self.files[path] = file
        self.written += change.written
        self._strangers += change.strangers

    def put(self, path: str, data: bytes, type: str | None = None, design: str = "") -> None:
        """Publish a file with the given contents.

        Args:
            path: Path relative to the folder.
            data: The file's contents.
            type: Media type; None to derive it from the extension.
            design: Digest of the file's inputs, so that `keep` can find it next time; empty if it is always remade.

        Raises:
            StorageError: The file cannot be written.
        """
        self.files[path] = PublicFile(len(data), digest(data), type or _type(path), made=True, design=design)
        if _holds(self.root / path, data):
            return
        if self._is_strange(path):
            self._strangers.append(path)
        self.written.append(path)
        if not self.dry_run:
            self._staging.write(path, data)

    def put_pieces(self, beginning: str, ending: str, pieces: Iterable[bytes], design: str) -> str:
        """Publish a long file under a name with digits of its digest, with one piece in memory at a time; see `put`.

        Args:
            beginning: What its path begins with.
            ending: What its path ends with, such as `.mp3`.
            pieces: The file's contents.
            design: Digest of the file's inputs.

        Returns:
            The file's path: the beginning, a hyphen, eight digits of the file's digest, and the ending.
        """
        unnamed = f"{beginning}{ending}"
        length, sha256 = _digested(pieces) if self.dry_run else self._staging.write_pieces(unnamed, pieces)
        path = f"{beginning}-{sha256[:DIGITS]}{ending}"
        self.files[path] = PublicFile(length, sha256, _type(path), made=True, design=design)
        if path in self._before.files and self._is_unchanged(path, self.files[path]):
            self._staging.drop(unnamed)
            return path
        self.written.append(path)
        if not self.dry_run:
            self._staging.rename(unnamed, path)
        if self._is_strange(path) and not _has_digest(self.root / path, length, sha256):
            self._strangers.append(path)
        return path

    def has(self, design: str) -> bool:
        """Return whether an intact file made from the same inputs is already published; see `keep`."""
        path = self._designs.get(design, "")
        return bool(path) and self._is_unchanged(path, self._before.files[path])

    def keep(self, design: str) -> str | None:
        """Keep a published file that was made from the same inputs.

        Args:
            design: Digest of the inputs.

        Returns:
            The file's path, or None if there is no such file and it must be made.
        """
        if not self.has(design):
            return None
        path = self._designs[design]
        self.files[path] = msgspec.structs.replace(self._before.files[path], superseded="")
        return path

    def keep_all(self, beginning: str) -> None:
        """Keep every intact published file whose path starts with `beginning`."""
        for path, file in self._before.files.items():
            if path.startswith(beginning) and path not in self.files and self._is_unchanged(path, file):
                self.files[path] = file

    def include(self, folder: str, stamp: FileStamp) -> None:
        """Publish a file that `build` made, where it is.

        Args:
            folder: The file's folder, relative to the output folder.
            stamp: Name, length and digest of the file.
        """
        path = f"{folder}/{stamp.name}"
        self.files[path] = PublicFile(stamp.length_bytes, stamp.sha256, _type(path), made=False)

    def link(self, path: str, folder: str, stamp: FileStamp) -> None:
        """Publish a file that `build` made under another name too: as a hard link where possible, else as a copy.

        Args:
            path: The other path, relative to the publication's folder.
            folder: The folder of the built file, relative to the output folder.
            stamp: Name, length and digest of the built file.

        Raises:
            OutputMismatch: The file changed since it was built.
            StorageError: The file cannot be linked or copied.
        """
        source = self._built / folder / stamp.name
        file = PublicFile(stamp.length_bytes, stamp.sha256, _type(path), made=True)
        is_there = path in self._before.files and self._is_unchanged(path, file)
        if not is_there and not _is_same(self.root / path, source):
            if not self.dry_run:
                self._staging.link(path, source, stamp)
            self.written.append(path)
            if self._is_strange(path):
                self._strangers.append(path)
        self.files[path] = file

    def keep_superseded(self, today: date, keep_days: int) -> None:
        """Keep files that nothing new refers to for some days; see `superseded`."""
        for path, file in superseded(self._before.files, frozenset(self.files), today, keep_days):
            if self._is_unchanged(path, file):
                self.files[path] = file

    def commit(
        self, base_url: str, feeds: dict[str, Feed], moves: dict[str, Move], moved_from: str = ""
    ) -> tuple[Publication, tuple[str, ...]]:
        """Move all files into place, in the order they were added, and remove those no longer published.

        Args:
            base_url: Public address of the folder.
            feeds: Identities of feeds and episodes, by language.
            moves: Works that were moved, by their present path.
            moved_from: The public address that it had before; empty if it had no other.

        Returns:
            The new publication, and the paths that are no longer public.

        Raises:
            StorageError: A file cannot be written, or files that this project did not publish are in the way. In
                the latter case nothing is changed.
        """
        self._refuse_strangers()
        publication = Publication(
            base_url=base_url, moved_from=moved_from, feeds=feeds, moves=moves, files=self.files
        )
        withdrawn = tuple(path for path in self._before.files if path not in self.files)
        waiting, listed = tuple(self.written), digest_file(self.root / FILE_NAME)
        if (waiting or withdrawn) and not self.dry_run:
            # If the process is killed after this, the list still has all identities and every file on disk.
            self._write_list(self._on_the_way(publication, waiting))
            self._staging.move(waiting)
            for path in withdrawn:
                if self._before.files[path].made:
                    self._remove(path)
        if self._write_list(publication) != listed:
            self.written.append(FILE_NAME)
        return publication, withdrawn

    def _is_strange(self, path: str) -> bool:
        """Return whether a file that this project did not publish is at a path."""
        return not self._replace and path not in self._before.files and os.path.lexists(self.root / path)

    def _refuse_strangers(self) -> None:
        if not self._strangers:
            return
        shown = ", ".join(self._strangers[:_SHOWN]) + (", …" if len(self._strangers) > _SHOWN else "")
        raise StorageError(
            f"these files were not published by this project: {shown}",
            where=self.root.as_posix(),
            hint="move them elsewhere, or replace them: audiobook publish --force",
        )

    def sweep(self) -> None:
        """Remove temporary files left by a killed process."""
        if not self.dry_run:
            sweep_temporaries(self.root, "**/", _MADE)

    def discard(self) -> None:
        """Remove the files that wait to be moved into place."""
        self._staging.drop_all()

    def _on_the_way(self, publication: Publication, waiting: Sequence[str]) -> Publication:
        """Return a list of both old and new files. Waiting files have no design, so none is kept unverified."""
        coming = {
            path: msgspec.structs.replace(self.files[path], design="")
            for path in waiting
            if self.files[path].design
        }
        return msgspec.structs.replace(publication, files=self._before.files | self.files | coming)

    def _write_list(self, publication: Publication) -> str:
        """Write the list if it changed, and return its digest."""
        path = self.root / FILE_NAME
        _, sha256 = _digested(publication_pieces(publication))
        if not self.dry_run and digest_file(path) != sha256:
            with atomic_write(path) as stream:
                for piece in publication_pieces(publication):
                    stream.write(piece)
        return sha256

    def _is_unchanged(self, path: str, file: PublicFile) -> bool:
        folder = self.root if file.made else self._built
        return is_unchanged(folder / path, file.length_bytes, file.sha256, self.root / FILE_NAME)

    def _remove(self, path: str) -> None:
        target = self.root / path
        try:
            target.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, target, "removing") from error
        with suppress(OSError):
            target.parent.rmdir()  # fails if the folder is not empty


def _holds(path: Path, data: bytes) -> bool:
    """Return whether a regular file has exactly these contents; False if it cannot be read."""
    try:
        found = path.lstat()
        return stat.S_ISREG(found.st_mode) and found.st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _is_same(path: Path, other: Path) -> bool:
    """Return whether two paths are links to the same file."""
    try:
        return os.path.samestat(path.lstat(), other.lstat())
    except OSError:
        return False


def _has_digest(path: Path, length_bytes: int, sha256: str) -> bool:
    """Return whether a path is a regular file with this length and digest."""
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_size == length_bytes and digest_file(path) == sha256


def _digested(pieces: Iterable[bytes]) -> tuple[int, str]:
    length, state = 0, hashlib.sha256()
    for piece in pieces:
        length += len(piece)
        state.update(piece)
    return length, state.hexdigest()


def _type(path: str) -> str:
    return TYPES[path[path.rindex(".") :]]
