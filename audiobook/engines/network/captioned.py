"""Speech with the times of its words, as Kokoro-FastAPI sends it.

Source: Kokoro-FastAPI, `/dev/captioned_speech`, `CaptionedSpeechResponse` and `WordTimestamp`.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator, Sequence

import msgspec

from audiobook.document import Mark
from audiobook.engines.word_times import WordEvent, word_marks, words_of
from audiobook.errors import SpeechError

_MOST_AHEAD_CHARS = 80
"""How far ahead in the text a word is searched for: some are missing there, because the service reads signs as words."""


class Timestamp(msgspec.Struct, frozen=True):
    """A word or sign, and its times in seconds from the beginning of the sound."""

    word: str
    start_time: float
    end_time: float


class _Captioned(msgspec.Struct, frozen=True):
    audio: str
    timestamps: list[Timestamp] | None = None


def captioned(body: bytes) -> tuple[bytes, Sequence[Timestamp]]:
    """Return the sound in a response, and its timestamps in order; none if the service has no times for this text.

    Raises:
        SpeechError: The response is not one with sound and timestamps.
    """
    try:
        answer = msgspec.json.decode(body, type=_Captioned)
        return base64.b64decode(answer.audio, validate=True), answer.timestamps or ()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, binascii.Error, ValueError) as error:
        raise SpeechError("the response is not speech with timestamps as requested") from error


def marks_of(text: str, stamps: Sequence[Timestamp], rate_hz: int, length_samples: int) -> tuple[Mark, ...]:
    """Return marks for the words of a text.

    Args:
        text: The sentence.
        stamps: What was spoken when; may contain signs, and words that replace others.
        rate_hz: Sample rate of the sound.
        length_samples: Length of the sound.
    """
    return word_marks(text, list(_events(text, stamps, rate_hz)), length_samples)


def _events(text: str, stamps: Sequence[Timestamp], rate_hz: int) -> Iterator[WordEvent]:
    starts = [start for start, _ in words_of(text)]
    lowered = text.lower() if len(text.lower()) == len(text) else text
    at = 0
    for stamp in stamps:
        word = stamp.word.strip().lower()
        if not any(map(str.isalnum, word)) or not 0 <= stamp.start_time < math.inf:
            continue
        found = lowered.find(word, at, at + _MOST_AHEAD_CHARS + len(word))
        if found >= 0 and any(start == found for start in starts):
            yield WordEvent(found, len(word), int(stamp.start_time * rate_hz))
        if found >= 0:
            at = found + len(word)
