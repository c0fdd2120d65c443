"""The contract of engines, tested with every installed engine in several languages.

Third-party engines must meet it too: install one, and run this file.
"""

import atexit
import faulthandler
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from sampling import sampled
from tiny_kokoro import install_tiny_kokoro
from tiny_program import define_commands
from tiny_voice import install_all
from tools import clean_environment

from audiobook.audio.mp3.frames import frame_samples
from audiobook.clips.sealed import SealedFolder
from audiobook.document import Kind, Paragraph, Passage, Phonemes, PhonemeSpan, Sentence
from audiobook.engines.base import Engine, Equipment, Equipped, Option, Phonetic, Speech, Style, Voice
from audiobook.engines.registry import engine_names, load_engine, voice_for
from audiobook.errors import EngineMissing, SpeechError
from audiobook.narration.length_limit import MAX_PASSAGE_CHARS
from audiobook.narration.passages import narrate
from audiobook.pipeline.voices.gain import bare_passage

TEXTS = {
    "en": "The reader opens the book. It rained all day, and nobody came; 23 pages were read.",
    "fi": "Lukija avaa kirjan. Koko päivän satoi, eikä kukaan tullut; 23 sivua luettiin.",
    "pl": "Czytelnik otwiera książkę. Cały dzień padało i nikt nie przyszedł; przeczytano 23 strony.",
    "lv": "Lasītājs atver grāmatu. Visu dienu lija, un neviens neatnāca; izlasīja 23 lappuses.",
    "id": "Pembaca membuka buku. Sepanjang hari hujan, dan tak seorang pun datang; 23 halaman dibaca.",
    "sl": "Bralec odpre knjigo. Ves dan je deževalo in nihče ni prišel; prebral je 23 strani.",
    "ja": "本を開く。一日中雨が降っていた。",
    "ar": "يفتح القارئ الكتاب. هطل المطر طوال اليوم.",
}
HOSTILE = {
    "quotes": "He said “yes” and 'no', «maybe» — \"never\"…",
    "emoji": "A word 😀 and 👩‍👩‍👧 another 🇫🇮 one.",
    "digits": "0 1 1000000 3.14159 12:30 1990-05-05 " + "9" * 60,
    "controls": "A\x01 b\x07ell\x1b[31m and\x7f more\x9b here.",
    "invisible": "soft\u00adhyphen zero\u200bwidth \u202eright\u202c to left",
    "markup": '<speak><break time="99s"/></speak> [[h@l\'oU]] &amp; <audio src="x"/>',
    "marks": "a" + "\u0301" * 300 + " word",
    "scripts": "word 語 слово λέξη कथा שם كلمة ไทย",
    "long word": "ab" * 500,
    "capitals": "NATO HTTP ABCDEFGHIJKLMNOP",
    "single letter": "a",
    "apostrophes": "s'" * 220,
}

pytestmark = [pytest.mark.parametrize("name", engine_names()), pytest.mark.usefixtures("loopback")]


OPTIONS: dict[str, dict[str, Option]] = {
    "gtts": {"pause_s": 0},
    "openai": {
        "base_url": "https://voice.test/v1",
        "model": "tones",
        "voices": "alto, bass fi sl",
        "fields.lang": "{language}",
    },
}
"""Options of the online engines, with which they reach the loopback service."""
SILENT: dict[str, set[str]] = {
    "gtts": {"sl"},
    "kokoro": {"fi", "pl", "lv", "id", "sl", "ar"},
    **{name: set() for name in ("command", "espeak", "openai", "piper", "tone")},
}
"""The languages that our engines have no voice for."""


@pytest.fixture(autouse=True, scope="module")
def voices_of_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Install a tiny voice for each language, and define a command for each, for engines that need them."""
    folder = tmp_path_factory.mktemp("voices")
    install_all(folder)
    define_commands(folder, TEXTS)
    install_tiny_kokoro(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIOBOOK_VOICES", str(folder))
        patch.setenv("AUDIOBOOK_CONFIG", str(folder))
        load_engine.cache_clear()
        engine_of.cache_clear()
        yield
    load_engine.cache_clear()
    engine_of.cache_clear()


@cache
def engine_of(name: str) -> Engine:
    engine = load_engine(name)
    if isinstance(engine, Equipped):
        folder = Path(tempfile.mkdtemp(prefix="audiobook-contract-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        engine.equip(Equipment(SealedFolder(folder / "replies"), folder / "shared", OPTIONS.get(name, {})))
    if name not in OPTIONS and not all(voice.offline for voice in engine.voices()):
        pytest.skip("a test reaches no network")
    return engine


def speaks(name: str, language: str) -> bool:
    """Return whether an engine has a voice for a language, and fail if ours has lost one."""
    try:
        voice_for(engine_of(name), language)
    except EngineMissing:
        assert language in SILENT.get(name, {language})
        return False
    return True


def voice_of(name: str, language: str) -> Voice:
    voice = voice_for(engine_of(name), language)
    engine_of(name).prepare(voice)
    return voice


def passage_of(text: str, language: str) -> Passage:
    (passage,) = narrate(Paragraph(text, Kind.TEXT), language)
    return passage


def spoken(name: str, text: str, language: str, speed: float = 1.0) -> tuple[Passage, list[Speech]]:
    """Let an engine speak a text, and check its speech against the contract."""
    passage = passage_of(text, language)
    voice = voice_of(name, language)
    speeches = list(engine_of(name).speak(passage, voice, Style(speed)))
    assert len(speeches) == len(passage.sentences)
    for sentence, speech in zip(passage.sentences, speeches, strict=True):
        assert speech.pcm.rate_hz == voice.rate_hz
        assert len(speech.pcm) > 0
        assert len(speech.pcm.samples) % 2 == 0
        times = [mark.offset_samples for mark in speech.marks]
        assert times == sorted(times)
        assert all(0 <= time < len(speech.pcm) for time in times)
        spans = [(mark.start, mark.start + mark.length) for mark in speech.marks]
        assert all(0 <= start < end <= len(sentence.text) for start, end in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        assert all(sentence.text[start:end].strip() for start, end in spans)
    return passage, speeches


def digest_of(speeches: Sequence[Speech]) -> str:
    state = hashlib.sha256()
    for speech in speeches:
        marks = [(mark.start, mark.length, mark.offset_samples) for mark in speech.marks]
        state.update(bytes(speech.pcm.samples) + repr(marks).encode())
    return state.hexdigest()


def test_an_engine_has_a_name_and_an_identity(name: str) -> None:
    engine = engine_of(name)
    assert engine.name == name
    assert engine.identity.startswith(name)
    assert any(character.isdigit() for character in engine.identity), "a version is a part of the identity"


def test_voices_are_ordered_and_have_unique_names_in_each_language(name: str) -> None:
    voices = engine_of(name).voices()
    names = [(voice.name, voice.language) for voice in voices]
    assert names == sorted(set(names))
    assert names
    assert {voice.engine for voice in voices} == {name}
    assert all(frame_samples(voice.rate_hz) for voice in voices), "MP3 has no such rate"
    assert all(voice.description.strip() and voice.language for voice in voices)
    assert list(engine_of(name).voices()) == list(voices)


@pytest.mark.parametrize("language", TEXTS)
def test_each_sentence_becomes_sound_with_marks_inside_it(name: str, language: str) -> None:
    if not speaks(name, language):
        return
    passage, speeches = spoken(name, TEXTS[language], language)
    assert len(speeches) == 2
    for sentence, speech in zip(passage.sentences, speeches, strict=True):
        assert 0.03 * len(sentence.text) < speech.pcm.length_s < 0.6 * len(sentence.text)
        assert len(set(bytes(speech.pcm.samples))) > 20, "this is silence"


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_passage_gives_the_same_bytes_whatever_was_spoken_in_between(name: str, language: str) -> None:
    if not speaks(name, language):
        return
    _, speeches = spoken(name, TEXTS[language], language)
    first = digest_of(speeches)
    assert digest_of(spoken(name, TEXTS[language], language)[1]) == first
    for other in ("pl", "ar", "en"):
        if speaks(name, other):
            spoken(name, TEXTS[other], other, speed=2.5)
    spoken(name, HOSTILE["controls"], language)
    spoken(name, TEXTS[language], language, speed=0.7)
    assert digest_of(spoken(name, TEXTS[language], language)[1]) == first


@pytest.fixture(scope="module")
def chosen(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The engines that are tested in this run."""
    calls = (getattr(item, "callspec", None) for item in request.session.items if item.path == request.path)
    return tuple(sorted({call.params["name"] for call in calls if call}))


IN_ANOTHER_PROCESS = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from test_contract import ELSEWHERE, TEXTS, digest_of, speaks, spoken
found = {}
for name in json.loads(sys.argv[2]):
    for language in reversed(ELSEWHERE):
        if speaks(name, language):
            found[f"{name} {language}"] = digest_of(spoken(name, TEXTS[language], language)[1])
print(json.dumps(found))
"""
ELSEWHERE = ["en", "sl", "lv", "ja"]


@cache
def digests_in_another_process(spawn: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return the digests of the speech of engines, which speak in one process, to save its start."""
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, json.dumps(sys.path), json.dumps(names)],
        env=clean_environment(PYTHONHASHSEED="5", AUDIOBOOK_SPAWN=spawn),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("spawn", sampled(["1", ""]), ids=["spawned", "forked"])
def test_another_process_gives_the_same_bytes(name: str, spawn: str, chosen: tuple[str, ...]) -> None:
    languages = [language for language in ELSEWHERE if speaks(name, language)]
    here = {f"{name} {each}": digest_of(spoken(name, TEXTS[each], each)[1]) for each in languages}
    there = digests_in_another_process(spawn, chosen)
    assert {key: digest for key, digest in there.items() if key.partition(" ")[0] == name} == here


@pytest.mark.slow
@pytest.mark.parametrize("language", sampled(["en", "pl"]))
def test_twice_the_pace_takes_less_time_than_half_the_pace(name: str, language: str) -> None:
    if not speaks(name, language):
        return

    def length(speed: float) -> int:
        return sum(len(speech.pcm) for speech in spoken(name, TEXTS[language], language, speed)[1])

    assert 1.5 * length(2.0) < length(1.0)
    assert 1.5 * length(1.0) < length(0.5)
    assert length(3.0) < length(2.0)


@pytest.fixture
def crashes_are_quiet() -> Iterator[None]:
    """Otherwise a child that is aborted by a library would print a traceback of this process."""
    faulthandler.disable()
    yield
    faulthandler.enable(sys.__stderr__ or sys.stderr)


@pytest.mark.slow
def test_phonemes_are_spoken_by_voices_that_accept_them_and_ignored_by_others(name: str) -> None:
    voice = voice_of(name, "en")
    assert voice.phonemes <= {"ipa", "espeak"}
    text = "A cat sat."
    sounds = Phonemes("hələʊləʊ")
    engine = engine_of(name)
    if "ipa" in voice.phonemes and isinstance(engine, Phonetic):
        assert engine.unknown_sound(sounds, voice) == ""
        assert engine.unknown_sound(Phonemes("ꝏ"), voice) == "ꝏ"
    spans = ((), (PhonemeSpan(2, 3, sounds),))
    plain, sounded = (
        list(engine.speak(Passage((Sentence(text, (), (), each),), "en"), voice, Style())) for each in spans
    )
    assert (digest_of(plain) != digest_of(sounded)) == ("ipa" in voice.phonemes)
    marked = [[(mark.start, mark.length) for mark in speech.marks] for speech in (*plain, *sounded)]
    assert marked[0][-1:] == marked[1][-1:]


@pytest.mark.slow
@pytest.mark.usefixtures("crashes_are_quiet")
@pytest.mark.parametrize("kind", sampled(HOSTILE, 4))
def test_hostile_text_is_spoken_or_refused_and_the_engine_stays_usable(name: str, kind: str) -> None:
    _, before = spoken(name, TEXTS["en"], "en")
    with suppress(SpeechError):
        _, speeches = spoken(name, f"{HOSTILE[kind]} end.", "en")
        assert sum(speech.pcm.length_s for speech in speeches) < 300
    assert digest_of(spoken(name, TEXTS["en"], "en")[1]) == digest_of(before)


def test_phonemes_and_commands_are_read_out_as_text(name: str) -> None:
    def length_s(text: str) -> float:
        return sum(speech.pcm.length_s for speech in spoken(name, text, "en")[1])

    assert length_s("[[h@l'oU]].") >= length_s("h@l'oU.")
    assert length_s('Now <break time="99s"/> then.') < 30


@pytest.mark.slow
@pytest.mark.usefixtures("crashes_are_quiet")
def test_uncleaned_text_is_spoken_or_refused_too(name: str) -> None:
    voice = voice_of(name, "en")
    for text in HOSTILE.values():
        try:
            (speech,) = engine_of(name).speak(bare_passage((text,), "en"), voice, Style())
        except SpeechError:
            continue
        assert len(speech.pcm) > 0
        assert all(0 <= mark.start < mark.start + mark.length <= len(text) for mark in speech.marks)


@pytest.mark.slow
def test_the_longest_passage_is_spoken(name: str) -> None:
    text = "A fairly short sentence, many times. " * (MAX_PASSAGE_CHARS // 37)
    _, speeches = spoken(name, text.strip(), "en")
    assert len(speeches) == MAX_PASSAGE_CHARS // 37


@pytest.mark.slow
def test_voices_of_all_kinds_speak_a_number(name: str) -> None:
    engine = engine_of(name)
    voices = engine.voices()
    for voice in random.Random(1).sample(voices, min(len(voices), 2)):
        engine.prepare(voice)
        (speech,) = engine.speak(bare_passage(("1, 2.",), voice.language), voice, Style())
        assert len(speech.pcm) > voice.rate_hz // 20, voice.name
        assert speech.pcm.rate_hz == voice.rate_hz
