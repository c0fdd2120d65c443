"""Whether the sound from a service or program can be the speech of a text."""

from __future__ import annotations

import re
from typing import Final

from audiobook.audio.pcm import Pcm
from audiobook.errors import NoSpeech, SpeechError

_FIXED_S: Final = 3.0
_LONGEST_S_A_CHAR: Final = 1.5
"""Most seconds per character: a digit or a sign may be read slowly, as a word of several syllables."""
_SHORTEST_S_A_LETTER: Final = 0.015
"""Fewest seconds per letter: no voice speaks 65 letters a second."""
_LETTERS_A_NUMBER: Final = 2
"""Fewest letters that a number in digits stands for, however many digits it has."""
_NUMBER: Final = re.compile(r"\d+")
_LEAST_SWING: Final = 33
"""Lowest audible swing: -60 dB relative to full scale."""


def longest_s(text: str) -> float:
    """Return the longest plausible duration of a text in seconds."""
    return _FIXED_S + _LONGEST_S_A_CHAR * len(text)


def require_plausible(pcm: Pcm, text: str) -> None:
    """Check that a sound can be the speech of a text: that it is audible and long enough. The decoder limits its length.

    Raises:
        NoSpeech: The sound is silent, although the text contains something to read aloud.
        SpeechError: The sound is too short for the text.
    """
    from audiobook.audio.samples import swing

    letters = sum(character.isalpha() for character in text) + _LETTERS_A_NUMBER * len(_NUMBER.findall(text))
    if pcm.length_s < _SHORTEST_S_A_LETTER * letters or not len(pcm):
        raise SpeechError(f"the sound lasts {pcm.length_s:.2f} s, too short for {len(text)} characters")
    if swing(pcm) < _LEAST_SWING and any(character.isalnum() for character in text):
        raise NoSpeech(f"{pcm.length_s:.2f} s of silence")
