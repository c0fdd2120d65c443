"""Whether the formats of a work can be made here: some need the encoders of the extra `formats`."""

from __future__ import annotations

from collections.abc import Iterable

from audiobook.audio.pyav import SOUND_FILES, require_pyav
from audiobook.book.sound.formats import encodings_of
from audiobook.settings import AudioSettings


def require_encoders(formats: Iterable[str], audio: AudioSettings) -> None:
    """Check that the encoders of some formats are installed; call this before anything is spoken.

    Raises:
        EngineMissing: They are not.
    """
    if encodings_of(formats, audio):
        require_pyav(SOUND_FILES, "make only the MP3: --format mp3")
