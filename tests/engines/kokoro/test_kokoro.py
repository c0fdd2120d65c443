"""Kokoro: one network with many voices, each passage in a separate process; tested with a tiny network of known output."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_kokoro import HOP, NAMES, RATE_HZ, install_tiny_kokoro, network_bytes
from tools import Shelf

from audiobook.clips.store import ClipStore
from audiobook.document import Passage, Phonemes, PhonemeSpan, Sentence
from audiobook.engines.base import Equipment, Speech, Style
from audiobook.engines.espeak.library import espeak_library
from audiobook.engines.kokoro.engine import KokoroEngine
from audiobook.engines.kokoro.phonemes import phonemes_of
from audiobook.engines.kokoro.symbols import symbol_ids, symbols_of
from audiobook.engines.registry import voice_for
from audiobook.errors import EngineMissing, SpeechError
from audiobook.pipeline.voices.gain import bare_passage

SYMBOL_FRAMES = 6
SYMBOL_SAMPLES = SYMBOL_FRAMES * HOP
"""Length of one symbol of the tiny network."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty voices folder, which the engine uses."""
    monkeypatch.setenv("AUDIOBOOK_VOICES", str(tmp_path / "voices"))
    return tmp_path / "voices"


def said(*texts: str, language: str = "en", name: str | None = None, speed: float = 1.0) -> list[Speech]:
    engine = KokoroEngine()
    voice = voice_for(engine, language, name)
    engine.prepare(voice)
    return list(engine.speak(bare_passage(texts, language), voice, Style(speed)))


def digest_of(speech: Speech) -> str:
    return hashlib.sha256(bytes(speech.pcm.samples)).hexdigest()


def heard_words(text: str, speech: Speech) -> list[str]:
    return [text[mark.start : mark.start + mark.length] for mark in speech.marks]


def loudest_hz(speech: Speech, number: int) -> float:
    """Return the pitch of a symbol of the speech."""
    samples: np.ndarray[Any, np.dtype[np.int16]] = np.frombuffer(speech.pcm.samples, np.int16)
    wave = samples[number * SYMBOL_SAMPLES :][:SYMBOL_SAMPLES].astype(float)
    loudest = int(np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 16)).argmax())
    return loudest * RATE_HZ / (1 << 16)


def test_a_voice_speaks_the_symbols_of_a_text_in_its_own_style(folder: Path) -> None:
    install_tiny_kokoro(folder)
    ids = symbol_ids()
    for number, name in ((0, "af_bella"), (1, "af_heart")):
        (speech,) = said("Me.", name=name)
        assert [loudest_hz(speech, at) for at in range(1, 5)] == pytest.approx(
            [100 + 10 * (ids[symbol] + number) for symbol in "mˈi."], abs=8
        )


def test_the_best_voice_of_a_language_speaks_it(folder: Path) -> None:
    install_tiny_kokoro(folder)
    best = {
        tag: voice_for(KokoroEngine(), tag).name
        for tag in ("en", "en-GB", "es", "fr", "hi", "it", "ja", "pt", "zh")
    }
    assert best == {
        "en": "af_heart",
        "en-GB": "bm_george",
        "es": "em_alex",
        "fr": "ff_siwis",
        "hi": "hf_alpha",
        "it": "if_sara",
        "ja": "jf_alpha",
        "pt": "pf_dora",
        "zh": "zf_xiaoxiao",
    }
    assert [voice.name for voice in KokoroEngine().voices()] == list(NAMES)
    assert [voice.narrator for voice in KokoroEngine().voices()] == [name[3:].capitalize() for name in NAMES]
    with pytest.raises(EngineMissing):
        voice_for(KokoroEngine(), "fi")


@pytest.mark.parametrize(
    ("language", "text", "symbols"),
    [
        ("en-us", "The boy chose a long joy.", "ðə bˈY ʧˈOz ɐ lˈɔŋ ʤˈY."),
        ("en-us", "“Yes,” said Dr. Low (at last) — no…", "“jˈɛs,” sˈɛd dˈɑktəɹ lˈO (æt lˈæst) — nˈO…"),
        ("en-us", "What? It cost 3.5 dollars, or 1,000!", None),
        ("en-gb", "Go home; a bird sang.", "ɡˌQ hˈQm; ɐ bˈɜːd sˈaŋ."),
        ("en-us", "May I, or am I to?", "mˈA ˈI, ɔɹ əm ˌI tu?"),
        ("en-us", "About a little bottle.", "əbˌWt ɐ lˈɪTᵊl bˈɑTᵊl."),
        ("es", "¿Qué hay, mucho?", "kˈe ˈI, mˈuʧo?"),
        ("it", "La pizza è ragazza.", None),
        ("fr-fr", "Un bon vin blanc.", None),
    ],
)
def test_texts_become_symbols_that_the_network_knows(language: str, text: str, symbols: str | None) -> None:
    library = espeak_library()
    library.set_voice(next(voice for voice in library.voices() if voice.language == language))
    written = phonemes_of(text, (), library, language)
    assert set(written) <= symbol_ids().keys()
    assert symbols is None or written == symbols
    assert [sign for sign in written if sign in ".,;?!…"] == [
        sign
        for at, sign in enumerate(text)
        if sign in ".,;?!…" and not text[at + 1 : at + 2].isalnum() and not text[: at + 1].endswith("Dr.")
    ]


def test_ipa_without_ties_is_written_like_that_of_the_phonemizer() -> None:
    assert symbols_of("həlˈoʊ", "en-us") == symbols_of("həlˈo\u0361ʊ", "en-us") == "həlˈO"


def test_given_phonemes_sound_like_a_word_that_has_them(folder: Path) -> None:
    install_tiny_kokoro(folder)
    engine = KokoroEngine()
    voice = voice_for(engine, "en")
    assert engine.unknown_sound(Phonemes("həlˈoʊ"), voice) == ""
    assert engine.unknown_sound(Phonemes("hꝏ"), voice) == "ꝏ"
    text = "I said xq, again."
    sentence = Sentence(text, (), (), (PhonemeSpan(7, 2, Phonemes("həlˈoʊ")),))
    (given,) = engine.speak(Passage((sentence,), "en"), voice, Style())
    (plain,) = said("I said hello, again.")
    assert digest_of(given) == digest_of(plain)
    assert heard_words(text, given) == ["I", "said", "xq", "again"]


def test_every_word_is_marked_where_it_begins(folder: Path) -> None:
    install_tiny_kokoro(folder)
    text = "Come in, a man said."
    (speech,) = said(text)
    assert heard_words(text, speech) == ["Come", "in", "a", "man", "said"]
    begins = [round(mark.offset_samples / SYMBOL_SAMPLES, 3) for mark in speech.marks]
    symbols = "kˈʌm ˈɪn, ɐ mˈæn sˈɛd."
    # One more symbol marks the start, and the sound of each begins two frames early.
    early = 1 - 2 / SYMBOL_FRAMES
    assert begins == pytest.approx(
        [symbols.index(word) + early for word in ("kˈʌm", "ˈɪn", "ɐ", "mˈæn", "sˈɛd")], abs=0.01
    )


def test_a_network_that_cannot_report_its_lengths_has_no_marks(folder: Path) -> None:
    install_tiny_kokoro(folder, network_bytes(rounding="Floor"))
    assert said("Hello there.")[0].marks == ()


def test_the_speed_changes_the_length(folder: Path) -> None:
    install_tiny_kokoro(folder)
    lengths = [len(said("Hello there.", speed=speed)[0].pcm) for speed in (0.5, 1.0, 2.0)]
    assert all(longer > shorter for longer, shorter in pairwise(lengths))


@pytest.mark.slow
@pytest.mark.parametrize("text", ["9" * 1500, "word " * 300, "a" * 1500], ids=len)
def test_a_long_sentence_is_spoken_in_pieces(folder: Path, text: str) -> None:
    install_tiny_kokoro(folder)
    assert said(text)[0].pcm.length_s > 15


def test_a_passage_is_the_same_whatever_came_before_and_with_any_number_of_children(
    folder: Path, tmp_path: Path
) -> None:
    install_tiny_kokoro(folder)
    texts = ("Hello there.", "Another one.")
    alone = [digest_of(said(text)[0]) for text in texts]
    engine = KokoroEngine()
    store = ClipStore(tmp_path / "store")
    engine.equip(Equipment(store.replies, store.shared, threads=2))
    voice = voice_for(engine, "en")
    passages = [bare_passage((text,), "en") for text in texts]
    assert None not in [engine.begin(passage, voice, Style()) for passage in passages]
    assert [digest_of(next(iter(engine.speak(each, voice, Style())))) for each in passages] == alone


def test_the_full_network_is_preferred_and_the_setting_chooses(folder: Path, tmp_path: Path) -> None:
    store = ClipStore(tmp_path / "store")

    def version(**options: str) -> str:
        engine = KokoroEngine()
        engine.equip(Equipment(store.replies, store.shared, options))
        return engine.version(voice_for(engine, "en"))

    install_tiny_kokoro(folder, network_bytes(level=0.3), precision="int8")
    small = version()
    install_tiny_kokoro(folder)
    assert version(precision="int8") == small
    assert version() == version(precision="full") != small
    with pytest.raises(EngineMissing, match="precision must be auto, full or int8") as caught:
        version(precision="int16")
    assert caught.value.hint == "did you mean int8?"


def test_without_files_the_engine_says_how_to_get_them(folder: Path) -> None:
    with pytest.raises(EngineMissing) as caught:
        KokoroEngine().voices()
    assert (caught.value.message, caught.value.hint) == (
        "Kokoro is not installed",
        "install it: audiobook voices install kokoro",
    )


@pytest.mark.parametrize("name", ["kokoro-v1.0.onnx", "voices-v1.0.bin"])
@pytest.mark.parametrize("content", [b"", b"<html>Not found</html>"], ids=["empty", "other"])
def test_a_damaged_file_is_named(folder: Path, name: str, content: bytes) -> None:
    install_tiny_kokoro(folder)
    path = folder / "kokoro" / name
    path.write_bytes(content)
    with pytest.raises(EngineMissing) as caught:
        said("Hello.")
    assert caught.value.where == str(path)
    assert caught.value.hint == "reinstall it: audiobook voices install kokoro"


def test_a_text_without_words_is_refused_and_the_engine_stays_usable(folder: Path) -> None:
    install_tiny_kokoro(folder)
    with pytest.raises(SpeechError, match="produced no sound"):
        said("…")
    assert said("Hello.")


def test_auto_uses_it_for_its_languages(tmp_path: Path) -> None:
    install_tiny_kokoro(tmp_path / "voices")
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_VOICES=str(tmp_path / "voices"))
    shelf.write("texts/en/a.txt", "Title\n\nHello there, a man said.")
    shelf.write("texts/fi/b.txt", "Hei.")
    shelf.build()
    speakers = [shelf.record(label)["inputs"]["speaker"] for label in ("en/a", "fi/b")]
    assert [(each["engine"], each["voice"]) for each in speakers] == [
        ("kokoro", "af_heart"),
        ("espeak", "fi"),
    ]
    assert shelf.run("check").code == 0
