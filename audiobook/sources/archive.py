"""Zip members, read one at a time with bounded memory. Nothing is extracted to disk or downloaded."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Collection
from io import BytesIO
from typing import Final

from audiobook.document import Problem
from audiobook.errors import SourceError
from audiobook.sources.links import spelled

MAX_MEMBER_BYTES: Final = 16 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 64 * 1024 * 1024
MAX_PICTURE_BYTES: Final = 512 * 1024 * 1024
"""The limit of all pictures of a text, of which one at a time is in memory."""
_MOST_KEPT_BYTES: Final = 8 << 20
MAX_MEMBERS: Final = 65_535
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""Everything `zipfile` may raise for a damaged archive."""


_FORKS: Final = ("__MACOSX/", "._")
"""Beginnings of names of files that macOS adds, with icons and the like."""
_MOST_FOLDERS: Final = 8


class Archive:
    """A zip file in memory. Files that macOS adds to it do not count as members.

    Attributes:
        folder: The folder in it that contains all members, with a slash; "" in a proper archive.
    """

    def __init__(
        self, data: bytes, name: str, most_bytes: int = MAX_TOTAL_BYTES, *, top: tuple[str, ...] = ()
    ) -> None:
        """Open a zip file.

        Args:
            data: The file's bytes.
            name: The file's name in messages.
            most_bytes: How many bytes of its members are read in total.
            top: Members of which every archive of this format has one at the top. If they are in a single folder
                instead, as in a compressed folder, that folder is the top, and nothing outside it is a member.

        Raises:
            SourceError: The data is not a zip file, is damaged, or has more than `MAX_MEMBERS` members.
        """
        self.name = name
        self._most_bytes = self._left_bytes = most_bytes
        self._counted: set[str] = set()
        self._kept: dict[str, bytes] = {}
        self._free_bytes = _MOST_KEPT_BYTES
        if data.count(_DIRECTORY_ENTRY) > MAX_MEMBERS:
            raise SourceError(f"contains more than {MAX_MEMBERS} files", where=name)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            listed = {info.filename.replace("\\", "/"): info for info in self._zip.infolist()}
        except _DAMAGE as error:
            raise SourceError(
                "not a zip archive, or truncated", where=name, hint="download or save the file again"
            ) from error
        files = {each: info for each, info in listed.items() if not _is_fork(each)}
        self.folder = _folder(files, top)
        self._members = {
            each.removeprefix(self.folder): info
            for each, info in files.items()
            if each.startswith(self.folder) and each != self.folder
        }

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the archive although it can be read."""
        if not self.folder:
            return ()
        message = (
            f"all files are inside the folder “{self.folder[:-1]}”, which many programs refuse; compress the "
            "contents of the folder instead of the folder"
        )
        return (Problem(self.name, message),)

    @property
    def members(self) -> tuple[str, ...]:
        """The names of all members, in archive order."""
        return tuple(self._members)

    def __contains__(self, member: str) -> bool:
        """Return whether the archive has a member of this name."""
        return spelled(member, self._members) in self._members

    def where(self, member: str) -> str:
        """Return a member's name as messages show it: `path!member`."""
        return f"{self.name}!{member}"

    def look(self, member: str, max_bytes: int = MAX_MEMBER_BYTES) -> bytes:
        """Read a member that will be read again, and keep it in memory until then if it is small; see `read`."""
        member = spelled(member, self._members)
        data = self.read(member, max_bytes)
        if self._free_bytes >= len(data):
            self._free_bytes -= len(data)
            self._kept[member] = data
        return data

    def read(self, member: str, max_bytes: int = MAX_MEMBER_BYTES) -> bytes:
        """Read a member without trusting the length that the archive declares.

        Args:
            member: The member's name.
            max_bytes: The largest unpacked size allowed, in bytes.

        Raises:
            SourceError: The member is missing, damaged, encrypted or too large, or the total read from this
                archive exceeds its limit. A member that is read again counts once.
        """
        member = spelled(member, self._members)
        where = self.where(member)
        info = self._members.get(member)
        if info is None:
            raise SourceError("is missing", where=where)
        if (kept := self._kept.pop(member, None)) is not None:
            self._free_bytes += len(kept)
            if len(kept) <= max_bytes:
                return kept
        if info.flag_bits & 1:
            raise SourceError("is encrypted", where=where)
        if info.compress_type not in _METHODS:
            raise SourceError("uses a compression method that this format does not allow", where=where)
        try:
            with self._zip.open(info) as stream:
                limit = max_bytes if member in self._counted else min(max_bytes, self._left_bytes)
                data = stream.read(limit + 1)
        except _DAMAGE as error:
            raise SourceError("is damaged and cannot be unpacked", where=where) from error
        if len(data) > max_bytes:
            raise SourceError(f"unpacks to more than {max_bytes >> 20} MB", where=where)
        if member in self._counted:
            return data
        if len(data) > self._left_bytes:
            raise SourceError(f"unpacks to more than {self._most_bytes >> 20} MB", where=self.name)
        self._left_bytes -= len(data)
        self._counted.add(member)
        return data


def _is_fork(name: str) -> bool:
    return name.startswith(_FORKS[0]) or name.rpartition("/")[2].startswith(_FORKS[1])


def _folder(names: Collection[str], top: tuple[str, ...]) -> str:
    """Return the one folder that contains a member of `top`, if none of them is at the top; else ""."""
    if not top or any(each in names for each in top):
        return ""
    found = {
        name.removesuffix(each)
        for name in names
        for each in top
        if name.endswith(f"/{each}") and name.count("/") <= _MOST_FOLDERS + each.count("/")
    }
    folder = found.pop() if len(found) == 1 else ""
    return "" if ".." in folder.split("/") or folder.startswith("/") else folder
