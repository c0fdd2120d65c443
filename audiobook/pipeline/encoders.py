"""Checking that the encoders for the formats of a work are installed."""

from __future__ import annotations

from collections.abc import Iterable

from audiobook.audio.pyav import SOUND_FILES, require_pyav
from audiobook.book.sound.formats import encodings_of
from audiobook.settings import AudioSettings


def require_encoders(formats: Iterable[str], audio: AudioSettings) -> None:
    """Check that the encoders for some formats are installed. Call this before anything is spoken.

    Args:
        formats: Names of the formats besides MP3.
        audio: The `[audio]` settings.

    Raises:
        EngineMissing: A format needs the extra `formats`, which is not installed.
    """
    if encodings_of(formats, audio):
        require_pyav(SOUND_FILES, "make only the MP3: --format mp3")
