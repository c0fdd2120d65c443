"""The folder of a publication: files that differ from what is there appear in it, all at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from audiobook.book.record import FileStamp
from audiobook.files import TEMPORARY_SUFFIX, LongWrite, digest, digest_file, storage_error
from audiobook.publish.publication import FILE_NAME, Feed, Publication, PublicFile

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
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt; charset=utf-8",
    ".xml": "application/rss+xml",
}
"""Media types by ending."""
CHAPTERS_TYPE: Final = "application/json+chapters"


class PublicFolder:
    """Collects what is public, and changes only the files that differ.

    Nothing that is there changes before `commit`. Until then what is new waits beside it, under a temporary name.
    """

    def __init__(self, root: Path, before: Publication) -> None:
        """Publish into `root`, where `before` was published last."""
        self.root = root
        self.files: dict[str, PublicFile] = {}
        self.written: list[str] = []
        self._before = before
        self._designs = {file.design: path for path, file in before.files.items() if file.design}

    def put(self, path: str, data: bytes, type: str | None = None, design: str = "") -> None:
        """Publish a file that is made here.

        Args:
            path: Below the folder.
            data: What is in it.
            type: Its media type, if its ending does not say it.
            design: Digest of what it was made from, by which it can be kept; else empty.

        Raises:
            StorageError: It cannot be written.
        """
        self.files[path] = PublicFile(len(data), digest(data), type or _type(path), made=True, design=design)
        self._stage(path, data)

    def put_pieces(self, path: str, pieces: Iterable[bytes], design: str) -> None:
        """Publish a long file, of which one piece is in memory at a time; see `put`."""
        target, temporary = self.root / path, self._temporary(path)
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as stream, LongWrite(stream) as output:
                for piece in pieces:
                    output.write(piece)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise storage_error(error, target, "writing") from error
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self.written.append(path)
        self.files[path] = PublicFile(
            output.length_bytes, output.digest(), _type(path), made=True, design=design
        )

    def has(self, design: str) -> bool:
        """Whether what was made from the same before is still there; see `keep`."""
        path = self._designs.get(design, "")
        return bool(path) and _has_length(self.root / path, self._before.files[path].length_bytes)

    def keep(self, design: str) -> str | None:
        """Publish again what was made from the same before, if it is still there.

        Args:
            design: Digest of what it would be made from.

        Returns:
            Its path, or None if it has to be made.
        """
        if not self.has(design):
            return None
        path = self._designs[design]
        self.files[path] = self._before.files[path]
        return path

    def keep_all(self, beginning: str) -> None:
        """Leave what was published before under paths with this beginning as it is."""
        for path, file in self._before.files.items():
            if path.startswith(beginning):
                self.files.setdefault(path, file)

    def include(self, folder: str, stamp: FileStamp) -> None:
        """Publish a file that was built.

        Args:
            folder: Where it is, below the output's folder.
            stamp: Its record.
        """
        path = f"{folder}/{stamp.name}"
        self.files[path] = PublicFile(stamp.length_bytes, stamp.sha256, _type(path), made=False)

    def commit(self, base_url: str, feeds: dict[str, Feed]) -> Publication:
        """Put everything in its place, in the order in which it came, and take away what is no longer made.

        Raises:
            StorageError: It cannot be written.
        """
        publication = Publication(base_url=base_url, feeds=feeds, files=self.files)
        self._stage(FILE_NAME, msgspec.json.format(msgspec.json.encode(publication), indent=1) + b"\n")
        if self.written and hasattr(os, "sync"):
            # One wait for all files: one for each takes a thousand works minutes on a slow disk.
            os.sync()
        for path in self.written:
            target = self.root / path
            try:
                self._temporary(path).replace(target)
            except OSError as error:
                raise storage_error(error, target, "writing") from error
        for path, file in self._before.files.items():
            if file.made and path not in self.files:
                self._remove(path)
        return publication

    def discard(self) -> None:
        """Take back what waits."""
        for path in self.written:
            self._temporary(path).unlink(missing_ok=True)

    def _stage(self, path: str, data: bytes) -> None:
        target = self.root / path
        try:
            if target.read_bytes() == data:
                return
        except OSError:
            pass  # it is not there, or writing will tell why it cannot be read
        temporary = self._temporary(path)
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
        except OSError as error:
            raise storage_error(error, target, "writing") from error
        self.written.append(path)

    def _temporary(self, path: str) -> Path:
        target = self.root / path
        return target.with_name(f".{target.name}.{os.getpid()}{TEMPORARY_SUFFIX}")

    def _remove(self, path: str) -> None:
        target = self.root / path
        try:
            target.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, target, "removing") from error
        with suppress(OSError):
            target.parent.rmdir()  # refused where something is left in it


def differing(files: Mapping[str, PublicFile], root: Path) -> tuple[str, ...]:
    """Give the paths of those files that publishing makes and that are not the same in a folder.

    Raises:
        StorageError: A file there cannot be read.
    """
    return tuple(
        path for path, file in files.items() if file.made and digest_file(root / path) != file.sha256
    )


def _has_length(path: Path, length_bytes: int) -> bool:
    """Whether a file is there and as long as it was; `check` reads every byte."""
    try:
        return path.stat().st_size == length_bytes
    except OSError:
        return False


def _type(path: str) -> str:
    return TYPES[path[path.rindex(".") :]]
