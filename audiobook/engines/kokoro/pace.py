"""Measuring how much processor time Kokoro needs on this computer, in a new interpreter."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES
from audiobook.engines.interpreter import in_new_interpreter
from audiobook.engines.isolation import Limits
from audiobook.engines.kokoro.files import RATE_HZ, KokoroFiles
from audiobook.engines.serving import serve_once

_TEXT: Final = "The reader opens the book, and a long breath goes through the room."
_TIMES: Final = 2
_LIMITS: Final = Limits(time_s=300.0, memory_bytes=0)


def pace_of(files: KokoroFiles) -> float:
    """Return the seconds of processor time per second of speech. The measurement takes several seconds.

    Raises:
        SpeechError: The network cannot speak.
    """
    paths = os.fspath(files.model), os.fspath(files.styles)
    return msgspec.json.decode(in_new_interpreter(__name__, msgspec.json.encode(paths), _LIMITS), type=float)


def _measured(files: KokoroFiles) -> float:
    from audiobook.engines.kokoro.speech import LoadedKokoro  # 0.3 s, only needed in the new interpreter

    speaker, voice = LoadedKokoro(files), files.voice_names()[0]
    paces: list[float] = []
    for _ in range(_TIMES):
        begun = time.process_time()
        spoken = speaker.say(_TEXT, (), voice, 1.0)
        used_s = time.process_time() - begun
        paces.append(used_s * RATE_HZ * SAMPLE_BYTES / len(spoken.samples))
    return min(paces)


def _answer(request: bytes) -> bytes:
    model, styles = msgspec.json.decode(request, type=tuple[str, str])
    return msgspec.json.encode(_measured(KokoroFiles(Path(model), Path(styles))))


if __name__ == "__main__":
    serve_once(_answer)
