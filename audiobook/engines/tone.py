"""`tone`: a tiny working engine whose output is known exactly, sample by sample.

It plays a triangle wave for each word, at a pitch that depends on the word. Tests use it, and it is the shortest complete
example for authors of engines.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Sequence
from typing import Final
from zlib import crc32

from audiobook.audio.pcm import Pcm
from audiobook.document import Mark, Passage, Sentence
from audiobook.engines.base import ANY_LANGUAGE, Speech, Style, Voice

RATE_HZ: Final = 22050
GAP_SAMPLES: Final = 441
"""Length of the silence after each word."""
_LETTER_SAMPLES: Final = 882
_PERIODS_SAMPLES: Final = range(40, 120, 4)
_PEAK: Final = 6000


def tone(word: str, length_samples: int) -> bytes:
    """Return the triangle wave of a word: mono 16-bit samples that start and end at zero.

    Args:
        word: The word, on which the pitch depends.
        length_samples: Length of the result; the rest after the last full period is silence.
    """
    period = _PERIODS_SAMPLES[crc32(word.encode("utf-8", "surrogatepass")) % len(_PERIODS_SAMPLES)]
    quarter = period // 4
    rise = [_PEAK * step // quarter for step in range(quarter)]
    fall = [_PEAK * (quarter - step) // quarter for step in range(quarter)]
    wave = array("h", rise + fall + [-value for value in rise + fall])
    if sys.byteorder == "big":
        wave.byteswap()
    whole = length_samples // period
    return wave.tobytes() * whole + bytes(2 * (length_samples - whole * period))


class ToneEngine:
    """Speaks any language in triangle waves."""

    name = "tone"
    identity = "tone 1"

    def voices(self) -> Sequence[Voice]:
        """Return the only voice."""
        description = "a known signal for each word, for tests"
        return [
            Voice(
                self.name, "tone", ANY_LANGUAGE, description, RATE_HZ, display_name="Test tones, not speech"
            )
        ]

    def prepare(self, voice: Voice) -> None:
        """Do nothing: no data has to be loaded."""

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Sequence[Speech]:
        """Play each word as a tone: 40 ms per letter at speed 1, then `GAP_SAMPLES` of silence."""
        return [self._say(sentence, style.speed) for sentence in passage.sentences]

    def _say(self, sentence: Sentence, speed: float) -> Speech:
        samples = bytearray()
        marks = []
        for match in re.finditer(r"\S+", sentence.text):
            word = match.group()
            marks.append(Mark(match.start(), len(word), len(samples) // 2))
            samples += tone(word, int(len(word) * _LETTER_SAMPLES / speed))
            samples += bytes(2 * GAP_SAMPLES)
        return Speech(Pcm(bytes(samples), RATE_HZ), tuple(marks))
