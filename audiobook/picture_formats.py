"""Recognising pictures by their first bytes."""

from __future__ import annotations

import re
from typing import Final

_SIGNATURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEAD_BYTES: Final = 4096


def is_picture(data: bytes) -> bool:
    """Return whether bytes start like a JPEG, a PNG or a WebP."""
    return data.startswith(_SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def is_vector(data: bytes) -> bool:
    """Return whether bytes look like an SVG."""
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and re.search(rb"<(?:[\w-]+:)?svg(?:[\s/>]|\Z)", head) is not None


def can_be_cover(data: bytes) -> bool:
    """Return whether bytes start like a picture that can be a cover, if the extra `svg` is installed for an SVG."""
    return is_picture(data) or is_vector(data)
