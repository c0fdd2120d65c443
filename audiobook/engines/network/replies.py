"""What services answered, kept by what they were asked, and held against it."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from audiobook.audio.pcm import Pcm
from audiobook.errors import NoSpeech, SpeechError

_FIXED_S: Final = 3.0
_LONGEST_S_A_CHAR: Final = 1.5
"""A digit or a sign may be a word of several syllables, said slowly."""
_SHORTEST_S_A_LETTER: Final = 0.015
"""Nobody says 65 letters a second: a sound that short is not of the whole text."""
_LEAST_SWING: Final = 33
"""-60 dB below full scale: what never swings wider is not heard."""


def reply_name(engine: str, *asked: str) -> str:
    """Give the name under which a reply is kept: a digest of the engine and of all that it was asked.

    Args:
        engine: Name of the engine.
        asked: What changes the reply: words, language, voice, host; never a key.
    """
    told = json.dumps([engine, *asked]).encode()
    return f"{engine}-{hashlib.sha256(told).hexdigest()}"


def longest_s(text: str) -> float:
    """Give the longest time that a text may plausibly take, in seconds."""
    return _FIXED_S + _LONGEST_S_A_CHAR * len(text)


def require_plausible(pcm: Pcm, text: str) -> None:
    """Make sure that a sound may be its text: it is heard, and long enough. The decoder bounds how long it is.

    Raises:
        NoSpeech: It is silent all through, though there is something to say.
        SpeechError: It is too short to say the text.
    """
    from audiobook.audio.edit import swing

    letters = sum(character.isalpha() for character in text)
    if pcm.length_s < _SHORTEST_S_A_LETTER * letters or not len(pcm):
        raise SpeechError(f"the sound lasts {pcm.length_s:.2f} s, too short for {letters} letters")
    if swing(pcm) < _LEAST_SWING and any(character.isalnum() for character in text):
        raise NoSpeech(f"{pcm.length_s:.2f} s of silence")
