"""Presets: groups of settings for files that meet a shop's requirements.

Source: ACX, "ACX Audio Submission Requirements".
"""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook.settings.project_settings import Settings

ACX: Final = "acx"
_LONGEST_MIN: Final = 100.0
"""ACX accepts 120 minutes; lengths are estimated before a text is spoken."""
_ACX_AUDIO: Final = {"kbits": 192, "rate_hz": 44100, "loudness_lufs": -19.5, "peak_dbtp": -3.5}
_START_MS: Final = 600
"""The room tone before the book, which is also put before and after each of its files."""
_LEAST_CHAPTER_MS: Final = 2000


def with_preset(settings: Settings) -> Settings:
    """Return settings with those of their preset, which take precedence over the file."""
    if settings.preset != ACX:
        return settings
    pauses, chapters = settings.pauses, settings.chapters
    return msgspec.structs.replace(
        settings,
        split="chapter",
        audio=msgspec.structs.replace(settings.audio, **_ACX_AUDIO),
        pauses=msgspec.structs.replace(
            pauses, start=_START_MS, chapter=max(pauses.chapter, _LEAST_CHAPTER_MS)
        ),
        chapters=msgspec.structs.replace(
            chapters, split_min=min(chapters.split_min or _LONGEST_MIN, _LONGEST_MIN)
        ),
    )
