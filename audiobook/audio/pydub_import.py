"""Importing pydub when it is first needed.

pydub copies the audio on each operation and is unmaintained, so only two modules use it, each for one sentence at a
time: `samples` and `silence`.
"""

from __future__ import annotations

import os
import warnings
from functools import lru_cache
from types import ModuleType


@lru_cache(maxsize=1)
def pydub_segments() -> ModuleType:
    """Return the module `pydub.audio_segment`; call it before a fork to share the module with the new process."""
    with warnings.catch_warnings():
        # pydub looks for ffmpeg, which is not needed here. Python 3.11 and 3.12 warn that audioop is deprecated.
        warnings.simplefilter("ignore")
        os.environ.setdefault("PATH", os.defpath)  # pydub cannot be imported without it
        import pydub.audio_segment

    module: ModuleType = pydub.audio_segment
    return module
