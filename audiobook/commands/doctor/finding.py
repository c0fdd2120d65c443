"""A finding of an examination, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec

from audiobook.errors import AudiobookError


class Level(str, Enum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    """Something optional is missing."""
    WARNING = "warning"
    """Something does not work, but books can be built."""
    ERROR = "error"
    """A book cannot be built."""


class Finding(msgspec.Struct, frozen=True):
    """One finding.

    Attributes:
        subject: What was examined, in one or two words.
        level: How much it matters.
        message: What was found.
        hint: What to do about it; empty if nothing has to be done.
        facts: Numbers in the message, for programs.
    """

    subject: str
    level: Level
    message: str
    hint: str = ""
    facts: Mapping[str, int | float | str] = msgspec.field(default_factory=dict)


def failure(subject: str, level: Level, error: AudiobookError, otherwise: str = "") -> Finding:
    """Return an error as a finding; `otherwise` is the hint if the error has none."""
    return Finding(subject, level, str(error), error.hint or otherwise)
