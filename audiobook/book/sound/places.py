"""Where the MP3 of a book can be cut."""

from __future__ import annotations

import msgspec


class Places(msgspec.Struct, frozen=True):
    """Where a book can be cut. Finding them in a file takes a step for each frame, a third of a second for ten hours.

    Attributes:
        encoder: Name of the encoder.
        starts: Position of frames, among them the first one of each chapter, and of the end of the last frame, in bytes, by number.
    """

    encoder: bytes
    starts: dict[int, int]
