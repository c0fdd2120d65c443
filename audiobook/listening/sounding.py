"""Whether different words sound alike, judged by espeak-ng's phonemes for them.

A recogniser spells what it hears in words that it knows: "tyres" as "tires", a name as a common word.
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
"""Similarity of phonemes (0 to 1) from which words count as sounding alike."""
_LIMITS: Final = Limits(20.0, 0)
_MARKS: Final = "ˈˌː͡‍ ̃-_ \n"
"""Signs that are ignored: stress, length, ties and spaces."""

_Pair = tuple[str, str]


def sound_alike(pairs: Sequence[_Pair], language: str) -> list[bool]:
    """Return for each pair of texts whether they sound alike.

    Args:
        pairs: Words, or several words each.
        language: BCP 47 tag of the texts.

    Returns:
        One value for each pair, in order. Letters are compared if espeak-ng does not speak the language.
    """
    texts = [text for pair in pairs for text in pair]
    try:
        voice = voice_for(load_engine("espeak"), language).name
        request = msgspec.json.encode((voice, texts))
        sounds = msgspec.json.decode(in_new_interpreter(__name__, request, _LIMITS), type=list[str])
    except (EngineMissing, SpeechError, msgspec.MsgspecError):
        sounds = [text.lower() for text in texts]
    plain = ["".join(sign for sign in text if sign not in _MARKS) for text in sounds]
    return [_similarity(one, other) >= _ALIKE for one, other in zip(plain[::2], plain[1::2], strict=True)]


def _similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _phonemes(request: bytes) -> bytes:
    """Answer a request in a separate process, because espeak-ng may crash on some texts."""
    name, texts = msgspec.json.decode(request, type=tuple[str, list[str]])
    library = espeak_library()
    library.set_voice(next(voice for voice in library.voices() if voice.language == name))
    sounds = [unicodedata.normalize("NFD", library.phonemes_of_text(text)) for text in texts]
    return msgspec.json.encode(sounds)


if __name__ == "__main__":
    serve_once(_phonemes)
