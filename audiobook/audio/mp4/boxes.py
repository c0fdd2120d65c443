"""The boxes of an MP4 file, and the first two, by which files of this program are recognised."""

from __future__ import annotations

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box: its length, its kind and its contents."""
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def beginning(mark: bytes) -> bytes:
    """Return the first bytes of a file: its type, and a box that contains `mark`."""
    return box(b"ftyp", b"M4B ", struct.pack(">I", 0x200), b"M4B M4A mp42isom") + box(b"free", mark)
