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
"""How far ahead in the text a word is searched for. Some are not in the text, because the service reads out signs."""


class Timestamp(msgspec.Struct, frozen=True):
    """A word or sign, with its start and end in seconds from the beginning of the sound."""

    word: str
    start_time: float
    end_time: float


class _Captioned(msgspec.Struct, frozen=True):
    audio: str
    timestamps: list[Timestamp] | None = None


def captioned(body: bytes) -> tuple[bytes, Sequence[Timestamp]]:
    """Return the sound in a response, and its timestamps in order; empty if the service has none for this text.

    Raises:
        SpeechError: The response does not contain sound in the expected format.
    """
    try:
        answer = msgspec.json.decode(body, type=_Captioned)
        return base64.b64decode(answer.audio, validate=True), answer.timestamps or ()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, binascii.Error, ValueError) as error:
        raise SpeechError("the response is not speech with timestamps as requested") from error


def marks_of(text: str, stamps: Sequence[Timestamp], rate_hz: int, length_samples: int) -> tuple[Mark, ...]:
    """Return marks for the words of a text, in order of time.

    Args:
        text: The sentence.
        stamps: What was spoken when. It may contain signs, and words that differ from those in the text.
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
