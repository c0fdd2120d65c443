"""The key of a clip: a digest of everything that changes its sound, and of nothing about its place."""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook.document import Passage, PhonemeSpan, Sentence
from audiobook.files import digest

_PHONEMES: Final = 1
"""Version of how phonemes are brought to engines; raised when the same ones come to sound otherwise."""


class Speaker(msgspec.Struct, frozen=True):
    """Who speaks, and how.

    Attributes:
        engine: The engine's name.
        identity: What, besides words and voice, its sound depends on.
        voice: The engine's name of the voice.
        speed: Pace, 1.0 being the voice's own.
        pitch: Height, 1.0 being the voice's own.
        volume: How much louder than the other voices, as a factor.
        rate_hz: Samples a second.
    """

    engine: str
    identity: str
    voice: str
    speed: float
    pitch: float
    volume: float
    rate_hz: int


def clip_key(passage: Passage, speaker: Speaker, sound_identity: str) -> str:
    """Give the key of the clip that a passage becomes.

    Args:
        passage: What is said; where it stands in a text does not count.
        speaker: Who says it.
        sound_identity: `Sound.identity`, which is the same for all clips of a work.

    Returns:
        64 hexadecimal digits.
    """
    words = [_words(sentence) for sentence in passage.sentences]
    return digest(msgspec.json.encode((words, passage.language, speaker, sound_identity)))


def _words(sentence: Sentence) -> str | tuple[str, int, tuple[PhonemeSpan, ...]]:
    """Give what is said: text alone, unless parts of it are said by their sounds."""
    return (sentence.text, _PHONEMES, sentence.phonemes) if sentence.phonemes else sentence.text
