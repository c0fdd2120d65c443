"""Piper: voices in a folder, each passage in a separate process; tested with tiny voices that produce a known signal."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP
from tiny_voice import BASE_HOPS, HOP, install_all, install_tiny, model_bytes
from tools import Shelf, clean_environment

from audiobook.clips.store import ClipStore
from audiobook.document import Passage, Phonemes, PhonemeSpan, Sentence
from audiobook.engines.base import Equipment, Speech, Style
from audiobook.engines.neural.words import word_events
from audiobook.engines.piper.engine import PiperEngine
from audiobook.engines.registry import voice_for
from audiobook.errors import EngineMissing, SpeechError
from audiobook.pipeline.voices.gain import bare_passage

PHONEME_SAMPLES = BASE_HOPS * HOP
"""Length of one phoneme, and also of the pause after it."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty voices folder, which the engine uses."""
    monkeypatch.setenv("AUDIOBOOK_VOICES", str(tmp_path / "voices"))
    return tmp_path / "voices"


def said(*texts: str, name: str = "en_US-tiny-medium", speed: float = 1.0) -> list[Speech]:
    engine = PiperEngine()
    language = name[:2]
    voice = voice_for(engine, language, name)
    engine.prepare(voice)
    return list(engine.speak(bare_passage(texts, language), voice, Style(speed)))


def samples_of(speech: Speech) -> np.ndarray[Any, np.dtype[np.int16]]:
    return np.frombuffer(speech.pcm.samples, np.int16)


def digest_of(speeches: list[Speech]) -> str:
    return hashlib.sha256(b"".join(bytes(speech.pcm.samples) for speech in speeches)).hexdigest()


def heard_words(text: str, speech: Speech) -> list[str]:
    return [text[mark.start : mark.start + mark.length] for mark in speech.marks]


# Speech


def test_a_voice_speaks_the_phonemes_of_a_text(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    (speech,) = said("a.")
    wave = samples_of(speech)[2 * PHONEME_SAMPLES :][:PHONEME_SAMPLES].astype(float)
    loudest = int(np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 15)).argmax())
    # "a" becomes ˈeɪ: the stress comes first.
    expected = 100 + 40 * DEFAULT_PHONEME_ID_MAP["ˈ"][0]
    assert abs(loudest * 22050 / (1 << 15) - expected) < 10


def test_a_voice_that_reads_letters_speaks_the_letters(folder: Path) -> None:
    install_tiny(folder, "fi_FI-tiny-medium", phoneme_type="text")
    (speech,) = said("abc", name="fi_FI-tiny-medium")
    # The start of the sentence and three letters, each with a pause, and the end of the sentence.
    assert len(speech.pcm) == (2 + 3 * 2 + 1) * PHONEME_SAMPLES


def test_brackets_are_not_phonemes(folder: Path) -> None:
    install_tiny(folder, "fi_FI-tiny-medium")
    plain, brackets, quoted = said("Hei h e i.", "Hei [[h e i]].", "[[ ˈɑɑ ]]", name="fi_FI-tiny-medium")
    assert digest_of([plain]) != digest_of([quoted])
    assert len(brackets.pcm) >= len(plain.pcm)


def sounded(text: str, *parts: tuple[str, str]) -> Speech:
    """Return the speech of a sentence with parts given as phonemes: (written, IPA)."""
    engine = PiperEngine()
    voice = voice_for(engine, "en", "en_US-tiny-medium")
    spans = [PhonemeSpan(text.index(written), len(written), Phonemes(ipa)) for written, ipa in parts]
    assert not any(engine.unknown_sound(span.phonemes, voice) for span in spans)
    sentence = Sentence(text, (), (), tuple(spans))
    (speech,) = engine.speak(Passage((sentence,), "en"), voice, Style())
    return speech


def test_a_word_with_the_phonemes_of_another_sounds_like_it(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    plain, other = "I said hello, and (hello) again. Hello!", "I said xq, and (jrt) again. Kv!"
    (one,) = said(plain)
    two = sounded(other, ("xq", "həlˈoʊ"), ("jrt", "həlˈoʊ"), ("Kv", "həlˈo͜ʊ"))
    assert digest_of([one]) == digest_of([two])
    assert [mark.offset_samples for mark in one.marks] == [mark.offset_samples for mark in two.marks]
    assert heard_words(other, two) == ["I", "said", "xq", "and", "jrt", "again", "Kv"]


def test_words_with_phonemes_and_their_neighbours_are_marked(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    text = "“Xq-brt” of New York here."
    speech = sounded(text, ("Xq", "həlˈoʊ"), ("New York", "nuːjˈɔːɹk"))
    assert heard_words(text, speech) == ["Xq-brt", "of", "New York", "here"]
    assert sounded("Xq", ("Xq", "həlˈoʊ")).marks[0].length == 2


def test_a_voice_names_the_sounds_that_it_was_not_trained_on(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium", phoneme_id_map={**DEFAULT_PHONEME_ID_MAP, "͡": [170]})
    install_tiny(folder, "fi_FI-tiny-medium", phoneme_type="text")
    engine = PiperEngine()
    english, finnish = engine.voices()
    assert english.phonemes == {"ipa"}
    assert not finnish.phonemes
    assert engine.unknown_sound(Phonemes("t͡ʃæ̃"), english) == ""
    assert engine.unknown_sound(Phonemes("tʃꝏ"), english) == "ꝏ"


def test_the_speed_changes_the_length_of_phonemes(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    lengths = [len(said("Hello there.", speed=speed)[0].pcm) for speed in (0.5, 1.0, 2.0)]
    assert lengths == [4 * lengths[2], 2 * lengths[2], lengths[2]]


def test_sound_beyond_full_scale_is_clipped(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium", model_bytes(level=3.0))
    wave = samples_of(said("Hello.")[0])
    assert (wave.max(), wave.min()) == (32767, -32767)


def test_every_sentence_keeps_the_level_of_the_voice(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium", model_bytes(level=0.1))
    for speech in said("Hello.", "A rather longer sentence than that."):
        assert 0.09 * 32767 < np.abs(samples_of(speech)).max() < 0.2 * 32767


def test_a_voice_with_many_speakers_uses_the_first(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium", model_bytes(speakers=3), num_speakers=3)
    (voice,) = PiperEngine().voices()
    assert voice.description == "tiny, Tinyish, the first of 3 speakers"
    assert voice.narrator == "Tiny"
    assert said("Hello.")[0].pcm.samples


def test_a_sentence_without_words_is_refused(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    with pytest.raises(SpeechError, match="produced no sound"):
        said("…")
    assert said("Hello.")


def test_a_voice_that_returns_invalid_numbers_is_refused(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium", model_bytes(level=float("nan")))
    with pytest.raises(SpeechError, match="produced no sound"):
        said("Hello.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "least_s"),
    [("9" * 2000, 29), ("word " * 400, 100), ("a" * 2000, 20), ("ab, " * 500, 100)],
    ids=["digits", "words", "letters", "clauses"],
)
def test_a_long_sentence_is_spoken_in_pieces(folder: Path, text: str, least_s: float) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    (speech,) = said(text)
    assert speech.pcm.length_s > least_s  # a single piece has 28 s at most


# The same every time


def test_a_passage_sounds_the_same_whatever_came_before(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    first = digest_of(said("Hello there.", "Hello there."))
    said("Something else.", speed=2.0)
    said("A\x01 b\x07ell.")
    assert digest_of(said("Hello there.", "Hello there.")) == first


def test_the_noise_continues_from_sentence_to_sentence(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    one, other = said("Hello there.", "Hello there.")
    assert len(one.pcm) == len(other.pcm)
    assert digest_of([one]) != digest_of([other])


@pytest.mark.slow
def test_text_that_crashes_the_phonemizer_fails_only_its_passage(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    before = digest_of(said("Hello."))
    with pytest.raises(SpeechError, match="the engine was ended by SIG"):
        said("s'" * 220)
    assert digest_of(said("Hello.")) == before


GROWTH = """
import os, sys
from audiobook.engines.piper import engine as piper
from audiobook.engines.base import Style
from audiobook.pipeline.voices.gain import bare_passage
engine = piper.PiperEngine()
(voice,) = engine.voices()
engine.prepare(voice)
(launcher,) = piper._voices
def memory():
    pids = (os.getpid(), launcher._pid)
    return sum(int(open(f"/proc/{pid}/statm").read().split()[1]) for pid in pids) * 4
for count in range(121):
    list(engine.speak(bare_passage((f"Number {count} is said. " * 2,), "en"), voice, Style()))
    if count == 20:
        first = memory()
print(memory() - first)
"""


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_a_hundred_more_passages_take_no_more_memory(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    done = subprocess.run(
        [sys.executable, "-c", GROWTH],
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 1024, "KiB"


# Words


def test_every_word_is_marked_where_it_begins(folder: Path) -> None:
    install_tiny(folder, "fi_FI-tiny-medium")
    text = "Kissa nukkuu talossa."
    (speech,) = said(text, name="fi_FI-tiny-medium")
    assert heard_words(text, speech) == ["Kissa", "nukkuu", "talossa"]
    # All phonemes and pauses have the same length; the first word comes after the sentence's start and its pause.
    first, second, _ = (mark.offset_samples / PHONEME_SAMPLES for mark in speech.marks)
    assert first == 2
    # k ˈ i s s a and a space, each with a pause
    assert second == first + 2 * (len("kˈissa") + 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The end of the book.", "The end of the book"),  # spoken without a space: ʌvðə
        ("A long breath, a boat, and I.", "A long breath a boat and I"),
        ("Half an hour; to a to-do list: it is.", "Half an hour to a to-do list it is"),
        ("It was 1990, a good year.", "It was 1990 a good year"),
        ("He said “a”, or a—an, at 5 a.m.", "He said a or a an at 5 a.m"),
        ("I am as I was; do you do it?", "I am as I was do you do it"),
    ],
)
def test_every_word_of_a_sentence_has_its_own_mark(folder: Path, text: str, words: str) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    (speech,) = said(text)
    assert heard_words(text, speech) == words.split()
    times = [mark.offset_samples for mark in speech.marks]
    assert times == sorted(set(times))


def test_a_number_has_one_mark_however_many_words_it_becomes(folder: Path) -> None:
    install_tiny(folder, "fi_FI-tiny-medium")
    text = "Luin 1234 sivua eilen."
    (speech,) = said(text, name="fi_FI-tiny-medium")
    assert heard_words(text, speech) == ["Luin", "1234", "sivua", "eilen"]


def test_a_voice_is_modified_to_report_its_lengths(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    (timed,) = said("The end of the book.")
    install_tiny(folder, "en_US-tiny-high", model_bytes(aligned=False))
    (made,) = said("The end of the book.", name="en_US-tiny-high")
    assert len(made.marks) == 5
    assert made.marks == timed.marks
    assert made.pcm == timed.pcm


def test_a_voice_that_cannot_report_its_lengths_has_no_marks(folder: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium", model_bytes(aligned=False, rounding="Floor"))
    (speech,) = said("Hello there.")
    assert speech.marks == ()
    assert len(speech.pcm)


def test_a_phoneme_unknown_to_the_voice_shifts_no_mark(folder: Path) -> None:
    known = {key: value for key, value in DEFAULT_PHONEME_ID_MAP.items() if key != "s"}
    install_tiny(folder, "fi_FI-tiny-medium", phoneme_id_map=known)
    text = "Kissa nukkuu."
    (speech,) = said(text, name="fi_FI-tiny-medium")
    first, second = speech.marks
    assert second.offset_samples - first.offset_samples == 2 * (len("kˈia") + 1) * PHONEME_SAMPLES


def test_words_too_many_to_compare_are_not_marked() -> None:
    line = [("a", number) for number in range(1001)]
    assert word_events("a", [["a"] * 4001], line) == []
    assert [event.sample for event in word_events("a", [["a"]], line)] == [0]


def test_a_silent_word_is_not_marked() -> None:
    heard = [("a", 5), ("b", 6), (" ", 7), ("c", 8)]
    events = word_events("one two x", [["a", "b"], [], ["c"]], heard)
    assert [(event.position, event.length, event.sample) for event in events] == [(0, 3, 5), (8, 1, 8)]


# Choosing voices


def test_the_best_of_several_voices_of_a_language_speaks(folder: Path) -> None:
    for quality in ("low", "medium", "x_low"):
        install_tiny(folder, f"fi_FI-tiny-{quality}")
    assert voice_for(PiperEngine(), "fi").name == "fi_FI-tiny-medium"
    install_tiny(folder, "fi_FI-tiny-high")
    assert voice_for(PiperEngine(), "fi-FI").name == "fi_FI-tiny-high"


def test_a_voice_speaks_only_its_own_language(folder: Path) -> None:
    install_tiny(folder, "fi_FI-tiny-medium")
    (voice,) = PiperEngine().voices()
    assert (voice.language, voice.quality, voice.rate_hz) == ("fi-FI", "medium", 22050)
    assert voice.offline
    assert set(voice.adjusts) == {"speed"}
    for language in ("et", "sv", "en", "xx"):
        with pytest.raises(EngineMissing):
            voice_for(PiperEngine(), language)


def test_without_voices_the_engine_says_how_to_get_one(folder: Path) -> None:
    with pytest.raises(EngineMissing) as caught:
        PiperEngine().voices()
    assert caught.value.message == "no Piper voice is installed"
    assert caught.value.hint == "list the voices to install: audiobook voices --installable"


def test_the_environment_overrides_the_folder_in_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIOBOOK_VOICES")
    install_tiny(tmp_path / "here", "fi_FI-tiny-medium")
    engine = PiperEngine()
    engine.equip(_equipment(tmp_path, voices_folder=str(tmp_path / "here")))
    assert [voice.name for voice in engine.voices()] == ["fi_FI-tiny-medium"]


def _equipment(tmp_path: Path, **options: str | int) -> Equipment:
    store = ClipStore(tmp_path / "store")
    return Equipment(store.replies, store.shared, options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"voice_folder": "x"}, "the engine “piper” has no option “voice_folder”"),
        ({"voices_folder": 3}, "[engines.piper] voices_folder must be text in quotes"),
    ],
    ids=["unknown", "number"],
)
def test_invalid_options_are_refused(tmp_path: Path, options: dict[str, str | int], message: str) -> None:
    with pytest.raises(EngineMissing) as caught:
        PiperEngine().equip(_equipment(tmp_path, **options))
    assert caught.value.message == message


def test_another_model_of_the_same_name_is_another_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    versions = set()
    for number, model in enumerate([model_bytes(), model_bytes(level=0.3)]):
        place = tmp_path / str(number)
        install_tiny(place, "fi_FI-tiny-medium", model)
        versions.add(_version(place, monkeypatch))
    settings = tmp_path / "2"
    install_tiny(settings, "fi_FI-tiny-medium", model_bytes(), inference={"length_scale": 1.1})
    versions.add(_version(settings, monkeypatch))
    assert len(versions) == 3


def _version(place: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AUDIOBOOK_VOICES", str(place))
    engine = PiperEngine()
    (voice,) = engine.voices()
    return engine.version(voice)


# Damage


def _damage(path: Path, how: str) -> None:
    match how:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "half":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "other":
            path.write_text("<html>Not found</html>", "utf-8")
        case "folder":
            path.unlink()
            path.mkdir()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["missing", "empty", "half", "other", "folder"])
@pytest.mark.parametrize("suffix", [".onnx.json", ".onnx"])
def test_a_damaged_voice_is_named_with_its_file(folder: Path, suffix: str, how: str) -> None:
    install_tiny(folder, "fi_FI-tiny-medium")
    path = folder / f"fi_FI-tiny-medium{suffix}"
    _damage(path, how)
    if (suffix, how) == (".onnx", "missing"):
        return  # so no voice is left
    with pytest.raises(EngineMissing) as caught:
        said("Hei.", name="fi_FI-tiny-medium")
    assert caught.value.where == str(path)
    assert caught.value.message.startswith("the voice “fi_FI-tiny-medium” cannot be used: ")
    assert caught.value.hint == "reinstall it: audiobook voices install fi_FI-tiny-medium"


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"rate_hz": 44000}, "MP3 does not support its rate of 44000 Hz"),
        ({"phoneme_type": "pinyin"}, "its kind of phonemes is not supported: pinyin"),
        ({"num_speakers": "two"}, "Expected `int`, got `str` - at `$.num_speakers`"),
        ({"phoneme_id_map": {}}, "'_'"),
    ],
    ids=["rate", "phonemes", "type", "no-ids"],
)
def test_unusable_settings_are_refused_with_the_reason(
    folder: Path, config: dict[str, Any], why: str
) -> None:
    install_tiny(folder, "fi_FI-tiny-medium", **config)
    with pytest.raises((EngineMissing, SpeechError)) as caught:
        said("Hei.", name="fi_FI-tiny-medium")
    assert why in caught.value.message


def test_a_network_that_is_not_a_voice_is_named(folder: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Neg", ["x"], ["y"])],
        "other",
        [value("x", TensorProto.FLOAT, [1])],
        [value("y", TensorProto.FLOAT, [1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    assert isinstance(model, onnx.ModelProto)
    install_tiny(folder, "fi_FI-tiny-medium", model.SerializeToString())
    with pytest.raises(EngineMissing, match="it is not a Piper voice"):
        said("Hei.", name="fi_FI-tiny-medium")


# In a project


@pytest.fixture
def project(tmp_path: Path) -> Shelf:
    install_all(tmp_path / "voices")
    return Shelf(tmp_path / "shelf", AUDIOBOOK_VOICES=str(tmp_path / "voices"))


ESSAY = "Otsikko\n\nLukija avaa kirjan. Koko päivän [[satoi]], eikä kukaan tullut.\n\n" + "\n\n".join(
    f"Kappale {number} on lyhyt." for number in range(12)
)


def test_auto_uses_an_installed_voice_or_else_espeak(project: Shelf) -> None:
    project.write("texts/fi/a.txt", ESSAY)
    project.write("texts/et/b.txt", "Tere.")
    project.build()
    speakers = [project.record(label)["inputs"]["speaker"] for label in ("fi/a", "et/b")]
    assert [(one["engine"], one["voice"]) for one in speakers] == [
        ("piper", "fi_FI-tiny-medium"),
        ("espeak", "et"),
    ]
    assert project.run("check").code == 0
    words = [
        word
        for chapter in project.record("fi/a")["chapters"]
        for paragraph in chapter["paragraphs"]
        for sentence in paragraph["sentences"]
        for word in sentence["words"]
    ]
    assert len(words) > 40


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_workers_or_how_they_start(project: Shelf, tmp_path: Path) -> None:
    outputs = []
    for jobs, spawn in (("1", {}), ("2", {"AUDIOBOOK_SPAWN": "1"})):
        shelf = Shelf(tmp_path / f"shelf{jobs}", **project.environment)
        shelf.write("texts/fi/a.txt", ESSAY[:120])
        shelf.build("--jobs", jobs, **spawn)
        outputs.append(shelf.outputs())
    assert outputs[0] == outputs[1]


def test_a_passage_begun_in_advance_sounds_like_any_other(folder: Path, tmp_path: Path) -> None:
    install_tiny(folder, "en_US-tiny-medium")
    alone = [digest_of(said(text)) for text in ("Hello there.", "Another one.")]
    engine = PiperEngine()
    store = ClipStore(tmp_path / "store")
    engine.equip(Equipment(store.replies, store.shared, threads=2))
    voice = voice_for(engine, "en")
    engine.prepare(voice)
    passages = [bare_passage((text,), "en") for text in ("Hello there.", "Another one.")]
    signs = [engine.begin(passage, voice, Style()) for passage in passages]
    assert None not in signs
    assert [digest_of(list(engine.speak(passage, voice, Style()))) for passage in passages] == alone


def _below(driver: int) -> dict[int, int]:
    """Return the running descendants of a process, each with its depth, except children that have no children: they read texts."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(stat.parent.name)] = int(parent)
    depths: dict[int, int] = {driver: 0}
    for _ in range(5):
        depths |= {pid: depths[parent] + 1 for pid, parent in parents.items() if parent in depths}
    return {pid: depth for pid, depth in depths.items() if depth != 1 or pid in parents.values()}


@pytest.fixture
def two_cores() -> Iterator[None]:
    """Limit all started processes to two cores."""
    if sys.platform != "linux":
        pytest.skip("needs /proc")
    cores = os.sched_getaffinity(0)
    if len(cores) < 2:
        pytest.skip("there is one core")
    os.sched_setaffinity(0, sorted(cores)[:2])
    yield
    os.sched_setaffinity(0, cores)


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.usefixtures("two_cores")
def test_both_cores_are_used_whatever_the_number_of_workers(project: Shelf, tmp_path: Path) -> None:
    # The driver has a worker, which has a launcher, which has children that speak, or that fork those that speak.
    most: dict[str, list[int]] = {}
    outputs = []
    for jobs in ("0", "1", "2"):
        shelf = Shelf(tmp_path / f"jobs{jobs}", **project.environment)
        for number in range(6):
            shelf.write(f"texts/fi/{number}.txt", f"Numero {number} {'on pitkä luku ' * 40}.")
        most[jobs] = [0] * 6
        for _ in range(3):  # on a busy machine, two may never speak at a moment of looking
            with shelf.start("build", "--quiet", "--force", "--jobs", jobs) as process:
                while process.poll() is None:
                    depths = list(_below(process.pid).values())
                    most[jobs] = [max(most[jobs][depth], depths.count(depth)) for depth in range(6)]
                    time.sleep(0.005)  # else looking takes as much of the two cores as speaking
            assert process.returncode == 0
            if most[jobs][3] >= 2:
                break
        outputs.append(shelf.outputs())
    assert outputs[0] == outputs[1] == outputs[2]
    one, two = most["1"], most["2"]
    assert most["0"][1:3] == one[1:3], "by default, children share what one worker has loaded"
    assert (one[1], two[1]) == (1, 2), "workers"
    assert (one[2], two[2]) == (1, 2), "loaded voices"
    # One worker has two places, and each has a child; two workers have one each.
    assert (one[3] >= 2, one[4] >= 1) == (True, True)
    assert (two[3] >= 2, two[4]) == (True, 0)


@pytest.mark.slow
def test_a_replaced_model_remakes_its_clips(project: Shelf, tmp_path: Path) -> None:
    project.write("texts/fi/a.txt", "Hei.")
    project.build()
    assert project.build()["fi/a"]["state"] == "fresh"
    install_tiny(tmp_path / "voices", "fi_FI-tiny-medium", model_bytes(level=0.3))
    work = project.build()["fi/a"]
    assert (work["state"], work["reasons"]) == ("built", ["voice changed"])


@pytest.mark.slow
def test_a_damaged_voice_fails_its_works_and_no_others(project: Shelf, tmp_path: Path) -> None:
    project.write("texts/fi/a.txt", "Hei.")
    project.write("texts/en/b.txt", "Hello.")
    model = tmp_path / "voices" / "fi_FI-tiny-medium.onnx"
    model.write_bytes(b"no model")
    done = project.run("build", "--json")
    assert done.works["en/b"]["state"] == "built"
    assert done.works["fi/a"]["state"] == "failed"
    assert f"{model}: the voice “fi_FI-tiny-medium” cannot be used" in done.err


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_fresh_book_loads_no_network(project: Shelf) -> None:
    project.write("texts/fi/a.txt", "Hei.")
    project.build()
    for command in (("build",), ("list",), ("voices",)):
        program = [sys.executable, "-X", "importtime", "-m", "audiobook", *command]
        done = subprocess.run(
            program,
            cwd=project.root,
            env=clean_environment(**project.environment),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert imported.isdisjoint({"onnxruntime", "numpy", "piper", "audiobook.engines.piper.speech"})


NOT_INSTALLED = """
import sys
from importlib import metadata
found = metadata.version
def version(name):
    if name == "piper-tts":
        raise metadata.PackageNotFoundError(name)
    return found(name)
metadata.version = version
from audiobook.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.slow
def test_without_the_package_auto_skips_piper_and_naming_it_says_how_to_install_it(project: Shelf) -> None:
    project.write("texts/fi/a.txt", "Hei.")

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", NOT_INSTALLED, *arguments],
            cwd=project.root,
            env=clean_environment(**project.environment),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert ran("build", "--quiet").returncode == 0
    assert project.record("fi/a")["inputs"]["speaker"]["engine"] == "espeak"
    voices = json.loads(ran("voices", "--lang", "fi", "--json").stdout)["voices"]
    assert {voice["engine"] for voice in voices} == {"espeak", "gtts"}
    done = ran("build", "--engine", "piper")
    assert done.returncode == 3
    assert (
        'error: the engine “piper” needs piper-tts\nhint: install it: pip install "audiobook-press[piper]"'
        in done.stderr
    )
