"""The marks by which a file of this program is recognised."""

from __future__ import annotations

from typing import Final

from audiobook.audio.mp4.boxes import beginning

MARK: Final = "Made by audiobook"
"""Text at the beginning of every file that has a place for it."""
M4B_BEGINNING: Final = beginning(MARK.encode())
"""The first bytes of an M4B."""
