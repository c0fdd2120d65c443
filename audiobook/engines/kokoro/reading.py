"""The reading of a word: where it is in a text, and the symbols that it is spoken with."""

from __future__ import annotations

import msgspec


class Reading(msgspec.Struct, frozen=True):
    """A part of a text as symbols of Kokoro.

    Attributes:
        start: Index of its first character.
        end: Index after its last character.
        symbols: The symbols; empty if it has no sound.
        continues: Whether it is written without a space after the part before it.
    """

    start: int
    end: int
    symbols: str
    continues: bool = False
