"""Phonemes spoken by espeak-ng voices: the requested IPA, in its place, and never commands."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import espeakng_loader
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import sampled
from tools import Samples, correlation, samples_of_pcm

from audiobook.document import Passage, Phonemes, PhonemeSpan, Sentence
from audiobook.engines.base import Speech, Style, Voice
from audiobook.engines.espeak.engine import EspeakEngine, _library_voices
from audiobook.engines.espeak.sounds import Sounds, sounds_of
from audiobook.engines.espeak.text import library_texts
from audiobook.engines.registry import voice_for

PROGRAM = Path(__file__).parents[2] / "narration" / "phonemes.py"
WORDS = {
    "en-GB": "hello nature thought rhythm singing judge measure quiet fire pure world better early about",
    "en-US": "hello nature thought rhythm singing judge measure quiet fire world better early about car star",
    "fi": "katto yö äiti kengät hyvää työtä sää rakkaus pöytä tuuli maailma ranskalainen",
    "lv": "māja gads ķirsis ļoti čuksts džins zeme šodien uguns tētis svētdiena",
    "pl": "dzień książka szczęście źródło miłość wieś ćma czy pięć zająć chrząszcz",
    "id": "selamat pagi bunga nyanyi sungai jalan cinta rumah besar",
    "sl": "hiša čas žena knjiga ljubezen jutri drevo konj vrt",
}


@cache
def voice(language: str) -> Voice:
    return voice_for(EspeakEngine(), language)


@cache
def sounds(language: str) -> Sounds:
    return sounds_of(_library_voices()[voice(language).name])


EVERY_VOICE = """
from audiobook.engines.espeak.engine import _library_voices
from audiobook.engines.espeak.library import espeak_library
library = espeak_library()
for voice in _library_voices().values():
    lengths = []
    library.set_voice(voice)
    library.speak("1, 2.", lambda address, length: not lengths.append(length))
    print(voice.identifier, sum(lengths))
"""


@pytest.mark.slow
def test_every_voice_makes_sound_of_a_number() -> None:
    """All speak in one process, which is cheap; the contract has some that speak as in a book."""
    done = subprocess.run([sys.executable, "-c", EVERY_VOICE], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    lengths = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    assert len(lengths) == len(EspeakEngine().voices())
    assert [name for name, length in lengths.items() if int(length) < 2205] == []


def ipa_of(language: str, texts: list[str], *, phonemes: bool = False) -> list[str]:
    """Return the IPA that the library makes of each text, in a separate process."""
    identifier = _library_voices()[voice(language).name].identifier
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *(["--phonemes"] if phonemes else [])],
        input=json.dumps([[identifier, text] for text in texts]),
        capture_output=True,
        check=True,
        text=True,
    )
    results: list[str] = json.loads(done.stdout)
    return results


def sentence(text: str, *parts: tuple[str, str] | tuple[str, str, str]) -> Sentence:
    """Return a sentence with parts given as phonemes: (written, phonemes), and the alphabet if it is not IPA."""
    spans = [PhonemeSpan(text.index(part[0]), len(part[0]), Phonemes(*part[1:])) for part in parts]
    return Sentence(text, (), (), tuple(spans))


def said(language: str, *sentences: Sentence) -> list[Speech]:
    engine = EspeakEngine()
    for each in sentences:
        for span in each.phonemes:
            assert not engine.unknown_sound(span.phonemes, voice(language))
    return list(engine.speak(Passage(sentences, language), voice(language), Style()))


def samples(speech: Speech) -> Samples:
    return samples_of_pcm(speech.pcm.samples)


def alike(one: Samples, other: Samples) -> float:
    """Return the best correlation of two sounds at any lag up to 3 ms."""
    length = min(len(one), len(other)) - 70
    return max(correlation(one[35 : 35 + length], other[at : at + length]) for at in range(70))


def words(text: str, speech: Speech) -> list[str]:
    return [text[mark.start : mark.start + mark.length] for mark in speech.marks]


@pytest.mark.slow
@pytest.mark.parametrize("language", sampled(WORDS, 2))
def test_the_library_speaks_the_requested_ipa(language: str) -> None:
    asked = ipa_of(language, WORDS[language].split())
    assert all(asked)
    written = [sounds(language).written(Phonemes(ipa)) for ipa in asked]
    assert [unknown for _, unknown in written if unknown] == []
    assert ipa_of(language, [f"[[{' '.join(word)}]]" for word, _ in written], phonemes=True) == asked


def test_a_word_with_the_phonemes_of_another_sounds_like_it() -> None:
    plain, other = "I said hello, and (hello world) again; hello!", "I said xq, and (kwx vrr) again; “jtt”!"
    spoken = sentence(other, ("xq", "həlˈəʊ"), ("kwx vrr", "h@l'oU w'3:ld", "espeak"), ("jtt", "həlˈəʊ"))
    (one,), (two,) = said("en-GB", sentence(plain)), said("en-GB", spoken)
    assert words(plain, one) == ["I", "said", "hello", "and", "hello", "world", "again", "hello"]
    assert words(other, two) == ["I", "said", "xq", "and", "kwx", "vrr", "again", "jtt"]
    offsets = [[mark.offset_samples for mark in speech.marks] for speech in (one, two)]
    assert offsets[0][:-1] == offsets[1][:-1]
    end = offsets[0][-2]
    assert correlation(samples(one)[:end], samples(two)[:end]) > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("language", ["lv", "pl", "fi", "id", "sl"])
def test_the_last_word_sounds_alike_in_other_languages(language: str) -> None:
    word = WORDS[language].split()[0]
    (ipa,) = ipa_of(language, [word])
    (one,), (two,) = said(language, sentence(f"{word}.")), said(language, sentence("Xkq.", ("Xkq", ipa)))
    half = len(one.pcm) // 2
    assert len(two.pcm) == pytest.approx(len(one.pcm), rel=0.1)
    assert alike(samples(one)[:half], samples(two)[:half]) > 0.9


def test_sentences_without_phonemes_sound_as_in_a_passage_without_any() -> None:
    text = "He said [[h@l'oU]] to me."
    alone = said("en", sentence(text))[0]
    first, second = said("en", sentence(text), sentence("A cat.", ("cat", "kˈæt")))
    assert first.pcm.samples == alone.pcm.samples
    assert words("A cat.", second) == ["A", "cat"]


def test_brackets_after_a_sentence_with_phonemes_are_read_as_text() -> None:
    brackets, letters = sentence("[[h@l'oU]]."), sentence("Hello.")
    cat = sentence("A cat.", ("cat", "kˈæt"))
    spelt = len(said("en", brackets)[0].pcm)
    assert spelt > 2 * len(said("en", letters)[0].pcm)
    assert len(said("en", cat, brackets)[1].pcm) == pytest.approx(spelt, rel=0.05)
    with_sounds = sentence("[[h@l'oU]] cat.", ("cat", "kˈæt"))
    assert len(said("en", with_sounds)[0].pcm) > spelt


def test_phonemes_sound_the_same_in_forked_and_spawned_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    given = sentence("The GIF came.", ("GIF", "dʒˈɪf"))
    forked = said("en", given)[0].pcm.samples
    monkeypatch.setenv("AUDIOBOOK_SPAWN", "1")
    assert said("en", given)[0].pcm.samples == forked


def test_a_word_spoken_as_several_and_several_spoken_as_one_are_marked() -> None:
    text = "A GIF of New York here."
    (speech,) = said("en", sentence(text, ("GIF", "dʒˈɪf fˈaɪl"), ("New York", "nuːjˈɔːɹk")))
    assert words(text, speech) == ["A", "GIF", "of", "New York", "here"]


def test_no_mark_spans_a_dash_that_is_typed_as_hyphens() -> None:
    text = "Late;--bells rang--then silence."
    (speech,) = said("en", sentence(text))
    assert " ".join(words(text, speech)) == "Late bells rang then silence"


@given(text=st.text("[]ab |'@_^%,. ", max_size=30), tail=st.text("[]]a.", max_size=10))
def test_brackets_in_the_text_never_form_pairs_next_to_phonemes(text: str, tail: str) -> None:
    given = Sentence(f"{text}cat{tail}", (), (), (PhonemeSpan(len(text), 3, Phonemes("kˈæt")),))
    (made,) = library_texts(given, sounds("en"))
    assert len(made.origins) == len(made.text)
    before, _, rest = made.text.partition(" [[k|'a|t]]")
    assert rest.count("[[") == rest.count("]]") == before.count("[[") == before.count("]]") == 0
    assert (before + rest).replace(" ", "") == (text + tail).replace(" ", "")


def test_a_long_sentence_is_split_and_every_word_is_marked() -> None:
    text = " ".join(f"cat number {'abcdefgh'[at % 8]}bba" + "," * (at % 9 == 0) for at in range(100)) + "."
    spans = tuple(
        PhonemeSpan(at, 3, Phonemes("kˈæt")) for at in range(len(text)) if text.startswith("cat ", at)
    )
    given = Sentence(text, (), (), spans)
    made = library_texts(given, sounds("en"))
    assert len(made) > 3
    assert all(len(each.text.encode()) <= 600 for each in made)
    (speech,) = said("en", given)
    assert len(speech.marks) > 290
    offsets = [mark.offset_samples for mark in speech.marks]
    assert offsets == sorted(offsets)


@pytest.mark.parametrize(
    ("symbols", "alphabet", "unknown"),
    [
        ("kˈæt ꝏ", "ipa", "ꝏ"),
        ("5", "ipa", "5"),
        ("]]", "ipa", "]"),
        ("ˈˌ", "ipa", "ˈˌ"),
        ("", "ipa", "nothing"),
        ("k]]", "espeak", "]"),
        ("_^_fr", "espeak", "_"),
        ("kæt", "espeak", "æ"),
        ("a\x00", "espeak", "\x00"),
        ("a" * 100, "ipa", "a" * 100),
    ],
)
def test_a_sound_that_the_voice_lacks_is_named(symbols: str, alphabet: str, unknown: str) -> None:
    assert EspeakEngine().unknown_sound(Phonemes(symbols, alphabet), voice("en")) == unknown


@given(symbols=st.text() | st.text("aəʊˈːkt͡ʃ[]|_ '"), alphabet=st.sampled_from(["ipa", "espeak"]))
def test_only_mnemonics_of_the_voice_are_written(symbols: str, alphabet: str) -> None:
    known = sounds("en")
    words, _ = known.written(Phonemes(symbols, alphabet))
    for word in words:
        assert all(part.lstrip("',%=") in known.mnemonics | {""} for part in word.split("|"))


def test_the_table_of_phonemes_is_read_to_its_end() -> None:
    data = (Path(espeakng_loader.get_data_path()) / "phontab").read_bytes()
    assert len(sounds("en").mnemonics) > 100
    assert data[0] > 100
