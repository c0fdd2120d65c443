"""The key of a clip: a digest of everything that affects its sound, but not of its position in the text."""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook.document import Passage, PhonemeSpan, Sentence
from audiobook.files import digest

_PHONEMES: Final = 1
"""Version of how phonemes are passed to engines; increase it when the same phonemes sound different."""


class Speaker(msgspec.Struct, frozen=True):
    """A voice and how it speaks.

    Attributes:
        engine: Name of the engine.
        identity: Everything else in the engine that affects the sound.
        voice: The engine's name of the voice.
        speed: Pace relative to the voice's normal pace.
        pitch: Pitch relative to the voice's normal pitch.
        volume: Loudness relative to the other voices, as a factor.
        rate_hz: Sample rate.
    """

    engine: str
    identity: str
    voice: str
    speed: float
    pitch: float
    volume: float
    rate_hz: int


def clip_key(passage: Passage, speaker: Speaker, sound_identity: str) -> str:
    """Return the key of the clip of a passage.

    Args:
        passage: The text; its position in the work does not affect the key.
        speaker: The voice.
        sound_identity: `Sound.identity`, the same for all clips of a work.

    Returns:
        64 hexadecimal digits.
    """
    words = [_words(sentence) for sentence in passage.sentences]
    return digest(msgspec.json.encode((words, passage.language, speaker, sound_identity)))


def _words(sentence: Sentence) -> str | tuple[str, int, tuple[PhonemeSpan, ...]]:
    """Return the part of the key for a sentence: its text, and its phonemes if it has any."""
    return (sentence.text, _PHONEMES, sentence.phonemes) if sentence.phonemes else sentence.text
