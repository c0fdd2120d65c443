"""The reasons to rebuild a work, and how they are shown."""

from __future__ import annotations

from enum import Enum
from typing import Final

from audiobook.pipeline.texts.edition import shown_name

_MOST_NAMES: Final = 3


class Reason(str, Enum):
    """Why a work must be rebuilt."""

    NEW = "new"
    TEXT_CHANGED = "text changed"
    VOICE_CHANGED = "voice changed"
    SPEED_CHANGED = "speed changed"
    PITCH_CHANGED = "pitch changed"
    VOLUME_CHANGED = "volume changed"
    SETTINGS_CHANGED = "settings changed"
    CHAPTERS_CHANGED = "chapters chosen changed"
    CHAPTERS_MERGED = "merged chapters changed"
    CHAPTERS_RENAMED = "chapters renamed"
    LEXICON_CHANGED = "lexicon changed"
    COVER_CHANGED = "cover changed"
    PICTURES_CHANGED = "pictures changed"
    FORMATS_CHANGED = "formats changed"
    VERSION_CHANGED = "made by another version"
    OUTPUT_MISSING = "output missing"
    OUTPUT_DAMAGED = "output damaged"
    FORCED = "forced"


def reasons_text(reasons: tuple[Reason, ...], changed_files: tuple[str, ...] = ()) -> list[str]:
    """Return reasons as they are shown to the user.

    Args:
        reasons: The reasons.
        changed_files: Names of the changed files, if the text is a folder; they are shown with `TEXT_CHANGED`.
    """
    more = len(changed_files) - _MOST_NAMES
    names = ", ".join(map(shown_name, changed_files[:_MOST_NAMES])) + (
        f" and {more} more" if more > 0 else ""
    )
    return [
        f"{reason.value} ({names})" if names and reason is Reason.TEXT_CHANGED else reason.value
        for reason in reasons
    ]
