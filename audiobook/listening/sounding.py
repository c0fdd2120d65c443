"""Whether different words sound alike, by the phonemes that espeak-ng gives for them.

A recogniser writes down what it hears as words that it knows: "tyres" as "tires", a name as a common word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

import msgspec

from audiobook.engines.espeak.library import espeak_library
from audiobook.engines.interpreter import in_new_interpreter
from audiobook.engines.isolation import Limits
from audiobook.engines.registry import load_engine, voice_for
from audiobook.engines.serving import serve_once
from audiobook.errors import EngineMissing, SpeechError

_ALIKE: Final = 0.55
"""How much of the phonemes of two words must agree."""
_LIMITS: Final = Limits(20.0, 0)
_MARKS: Final = "ˈˌː͡‍ ̃-_ \n"
"""Stress, length, ties and spaces."""

_Pair = tuple[str, str]


def sound_alike(pairs: Sequence[_Pair], language: str) -> list[bool]:
    """Return for pairs of words, or of several words, whether they sound alike.

    Args:
        pairs: The words.
        language: BCP 47 tag.

    Returns:
        One value for each pair; by their letters if espeak-ng does not speak the language.
    """
    texts = [text for pair in pairs for text in pair]
    try:
        voice = voice_for(load_engine("espeak"), language).name
        asked = msgspec.json.encode((voice, texts))
        sounds = msgspec.json.decode(in_new_interpreter(__name__, asked, _LIMITS), type=list[str])
    except (EngineMissing, SpeechError, msgspec.MsgspecError):
        sounds = [text.lower() for text in texts]
    plain = ["".join(sign for sign in text if sign not in _MARKS) for text in sounds]
    return [_likeness(one, other) >= _ALIKE for one, other in zip(plain[::2], plain[1::2], strict=True)]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _phonemes(asked: bytes) -> bytes:
    """Answer a request: espeak-ng may crash on some texts, so it runs in a separate process."""
    name, texts = msgspec.json.decode(asked, type=tuple[str, list[str]])
    library = espeak_library()
    library.set_voice(next(voice for voice in library.voices() if voice.language == name))
    sounds = [unicodedata.normalize("NFD", library.phonemes_of_text(text)) for text in texts]
    return msgspec.json.encode(sounds)


if __name__ == "__main__":
    serve_once(_phonemes)
