"""The voices of espeak-ng: only those that can speak."""

from __future__ import annotations

import subprocess
import sys

from patience import PATIENCE_S

from audiobook.engines.espeak.engine import EspeakEngine

_SET_ALL = """
from audiobook.engines.espeak.engine import _library_voices
from audiobook.engines.espeak.library import espeak_library
for voice in _library_voices().values():
    espeak_library().set_voice(voice)
"""


def test_every_voice_has_its_dictionary() -> None:
    """The wheel lacks some; the library names a missing one on standard error, and crashes at the first text."""
    done = subprocess.run(
        [sys.executable, "-c", _SET_ALL],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=PATIENCE_S,
    )
    assert done.stderr == ""


def test_a_voice_with_the_dictionary_of_another_language_is_listed() -> None:
    names = {voice.name for voice in EspeakEngine().voices()}
    assert {"en-gb", "nb", "yue", "cmn", "hyw", "fa-latn", "ru-lv", "vi-vn-x-south"} <= names
