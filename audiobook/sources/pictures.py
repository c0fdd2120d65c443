"""Recognising pictures that can be covers."""

from __future__ import annotations

from typing import Final

_SIGNATURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def is_picture(data: bytes) -> bool:
    """Return whether bytes start like a JPEG, a PNG or a WebP."""
    return data.startswith(_SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
