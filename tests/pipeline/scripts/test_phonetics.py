"""Phonemes that voices accept, and engines that fail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from audiobook.clips.key import Speaker
from audiobook.document import Passage, Phonemes
from audiobook.engines.base import Speech, Style, Voice
from audiobook.errors import SpeechError
from audiobook.pipeline.scripts.phonetics import accepted_phonemes
from audiobook.pipeline.voices.choosing import ChosenVoice
from audiobook.pipeline.voices.outfits import Outfit


class Guest:
    """An engine whose voice accepts IPA in lower-case letters, and fails at a question mark."""

    name = "guest"
    identity = "guest 1"

    def voices(self) -> Sequence[Voice]:
        return [Voice("guest", "one", "en", "", 22050, phonemes=frozenset({"ipa"}))]

    def prepare(self, voice: Voice) -> None: ...

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterable[Speech]:
        return ()

    def unknown_sound(self, phonemes: Phonemes, voice: Voice) -> str:
        if "?" in phonemes.symbols:
            raise ZeroDivisionError("x")
        return next((sign for sign in phonemes.symbols if sign.isupper()), "")


def asked(symbols: str, alphabet: str = "ipa") -> tuple[Phonemes | None, str]:
    engine = Guest()
    (voice,) = engine.voices()
    speaker = Speaker("guest", "guest 1", "one", 1.0, 1.0, 1.0, 22050)
    return accepted_phonemes(
        ChosenVoice(Outfit("guest", (), Path("store"), 1), engine, voice, speaker),
        Phonemes(symbols, alphabet),
    )


def test_phonemes_reach_a_voice_in_one_notation() -> None:
    assert asked("/ga:/") == (Phonemes("ɡaː"), "")
    assert asked("g@", "X-SAMPA") == (Phonemes("ɡə"), "")


def test_an_unknown_sound_is_named_and_another_alphabet_is_not_tried() -> None:
    assert asked("aB") == (None, "B")
    assert asked("a£", "x-sampa") == (None, "£")
    assert asked("//") == (None, "nothing")
    assert asked("a", "espeak") == asked("a", "x-jeita") == (None, "")


def test_an_engine_that_fails_on_phonemes_fails_the_work() -> None:
    with pytest.raises(SpeechError, match="the engine guest failed: ZeroDivisionError"):
        asked("a?")
