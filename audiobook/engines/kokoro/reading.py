"""The reading of a word: its span in the text, and the symbols for its sound."""

from __future__ import annotations

import msgspec


class Reading(msgspec.Struct, frozen=True):
    """A part of a text as symbols of Kokoro.

    Attributes:
        start: Index of the part's first character in the text.
        end: Index after its last character.
        symbols: The symbols; empty if the part has no sound.
        continues: Whether there is no space between the symbols and those of the part before.
    """

    start: int
    end: int
    symbols: str
    continues: bool = False
