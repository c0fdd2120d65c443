"""Members of a zip, read one at a time and in bounded memory. Nothing is extracted, nothing is fetched."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from io import BytesIO
from typing import Final
from urllib.parse import unquote, urlsplit

from audiobook.errors import SourceError

MAX_MEMBER_BYTES: Final = 16 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 64 * 1024 * 1024
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
"""What `zipfile` raises for one damage or another."""


class Archive:
    """A zip in memory."""

    def __init__(self, data: bytes, name: str) -> None:
        """Open a zip.

        Args:
            data: Its bytes.
            name: How messages call it.

        Raises:
            SourceError: It is none, is damaged, or has more members than `MAX_MEMBERS`.
        """
        self.name = name
        self._left_bytes = MAX_TOTAL_BYTES
        if data.count(_DIRECTORY_ENTRY) > MAX_MEMBERS:
            raise SourceError(f"holds more than {MAX_MEMBERS} files", where=name)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            self._members = {info.filename: info for info in self._zip.infolist()}
        except _DAMAGE as error:
            raise SourceError(
                "is no zip file, or is cut off", where=name, hint="fetch or save the file again"
            ) from error

    @property
    def members(self) -> tuple[str, ...]:
        """The names of all members, in the order of the zip."""
        return tuple(self._members)

    def __contains__(self, member: str) -> bool:
        """Whether there is a member of this name."""
        return member in self._members

    def where(self, member: str) -> str:
        """Give a member as messages name it: `path!member`."""
        return f"{self.name}!{member}"

    def read(self, member: str, max_bytes: int = MAX_MEMBER_BYTES) -> bytes:
        """Read a member, whatever length the zip claims for it.

        Args:
            member: Its name.
            max_bytes: How long it may be.

        Raises:
            SourceError: It is missing, damaged, encrypted or too long, or too much has been read in all.
        """
        where = self.where(member)
        info = self._members.get(member)
        if info is None:
            raise SourceError("is missing", where=where)
        if info.flag_bits & 1:
            raise SourceError("is encrypted", where=where)
        if info.compress_type not in _METHODS:
            raise SourceError("is packed by a method that this format does not allow", where=where)
        try:
            with self._zip.open(info) as stream:
                data = stream.read(min(max_bytes, self._left_bytes) + 1)
        except _DAMAGE as error:
            raise SourceError("is damaged and cannot be unpacked", where=where) from error
        if len(data) > self._left_bytes:
            raise SourceError(f"unpacks to more than {MAX_TOTAL_BYTES >> 20} MB", where=self.name)
        if len(data) > max_bytes:
            raise SourceError(f"unpacks to more than {max_bytes >> 20} MB", where=where)
        self._left_bytes -= len(data)
        return data


def resolve(base: str, link: str) -> tuple[str, str] | None:
    """Give the member and the fragment that a link in a member leads to.

    Args:
        base: The member that holds the link.
        link: A relative address, percent-encoded.

    Returns:
        The member's name and the `id` in it (or nothing); None for what leads out of the zip.
    """
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return None
    path = unquote(parts.path)
    member = posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base
    return None if member.startswith("../") or member == ".." else (member, unquote(parts.fragment))
