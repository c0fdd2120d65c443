"""Each recipe in `docs/engines.md`, used with a stand-in for its server that checks the requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from services import LoopbackService
from tools import Json, Shelf, passages_of

from audiobook.clips.sealed import SealedFolder
from audiobook.engines.base import Equipment, Speech, Style
from audiobook.engines.network.captioned import Timestamp, captioned, marks_of
from audiobook.engines.network.openai import OpenaiEngine
from audiobook.engines.registry import voice_for
from audiobook.errors import SpeechError
from audiobook.pipeline.voices.gain import bare_passage
from audiobook.settings import load_settings

TOLD = (Path(__file__).parents[3] / "docs" / "engines.md").read_text("utf-8")
RECIPES = dict(
    zip(
        ("kokoro", "supertonic", "chatterbox", "qwen3"),
        re.findall(
            r"^```toml\n(.*?)^```",
            TOLD.partition("### Servers on your computer")[2],
            re.MULTILINE | re.DOTALL,
        ),
        strict=False,
    )
)
TEXTS = {
    "en": "Good morning, reader.",
    "fi": "Hyvää huomenta.",
    "fr": "Bonjour.",
    "lv": "Labrīt.",
    "id": "Selamat pagi.",
    "pl": "Dzień dobry.",
    "sl": "Dobro jutro.",
}
COMMON = {"response_format": "wav"}
ASKED: dict[str, tuple[str, dict[str, Json]]] = {
    "kokoro": (
        "http://localhost:8880/dev/captioned_speech",
        {
            "en": {"model": "kokoro", "voice": "af_heart", "stream": False, "return_timestamps": True},
            "fr": {"model": "kokoro", "voice": "ff_siwis", "stream": False, "return_timestamps": True},
        },
    ),
    "supertonic": (
        "http://localhost:7788/v1/audio/speech",
        {
            language: {"model": "supertonic-3", "voice": "F1", "lang": language}
            for language in ("fi", "pl", "lv", "id", "sl")
        },
    ),
    "chatterbox": (
        "http://localhost:4123/v1/audio/speech",
        {
            "fi": {
                "model": "chatterbox-multilingual-v2",
                "voice": "maija",
                "exaggeration": 0.4,
                "temperature": 0.6,
            }
        },
    ),
    "qwen3": (
        "http://localhost:8091/v1/audio/speech",
        {
            language: {
                "model": "Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice",
                "voice": voice,
                "task_type": "CustomVoice",
                "language": name,
                "instructions": "Read calmly, like a book.",
                "seed": 1,
            }
            for language, voice, name in (("en", "ryan", "English"), ("fr", "vivian", "French"))
        },
    ),
}
"""For each recipe, the address, and what it is asked for a text in each language, besides the text and the format."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackService]:
    """A stand-in that receives all requests of this process."""
    with LoopbackService() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        yield service


def engine_of(folder: Path, settings: str) -> OpenaiEngine:
    """Return the engine with the options in the text of `audiobook.toml`."""
    (folder / "audiobook.toml").write_text(settings, "utf-8")
    options = load_settings(folder, {}, {}).engines["openai"]
    engine = OpenaiEngine()
    engine.equip(Equipment(SealedFolder(folder / "replies"), folder / "shared", options))
    return engine


def say(engine: OpenaiEngine, text: str, language: str, speed: float = 1.0) -> Speech:
    """Let the engine's voice for a language speak a text."""
    [speech] = engine.speak(bare_passage((text,), language), voice_for(engine, language), Style(speed))
    return speech


@pytest.mark.parametrize("name", ASKED)
def test_a_recipe_asks_its_server_for_what_it_knows(
    name: str, service: LoopbackService, tmp_path: Path
) -> None:
    address, expected = ASKED[name]
    engine = engine_of(tmp_path, RECIPES[name])
    for language, fields in expected.items():
        speech = say(engine, TEXTS[language], language)
        assert speech.pcm.length_s > 0.3
        asked = service.book.asked[-1]
        assert asked.path == address
        assert json.loads(asked.body) == {**COMMON, "input": TEXTS[language], **fields}


@pytest.mark.slow
def test_a_book_marks_words_where_the_server_says(service: LoopbackService, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, **service.environment)
    shelf.write("audiobook.toml", f"jobs = 1\n{RECIPES['kokoro']}\n[voice.en]\nspeed = 2.0\n")
    shelf.write("texts/en/letter.txt", TEXTS["en"])
    shelf.build("--engine", "openai")
    [(_, [sentence])] = passages_of(shelf.record("en/letter"))
    assert [(start, length) for start, length, _ in sentence["words"]] == [(0, 4), (5, 7), (14, 6)]
    times = [time for _, _, time in sentence["words"]]
    steps = [(after - before) / 24000 for before, after in pairwise(times)]
    letters_s, gap_s = 960 / 24000, 480 / 24000
    assert steps == pytest.approx([(4 * letters_s + gap_s) / 2, (8 * letters_s + gap_s) / 2], abs=0.01)


def test_fields_are_filled_for_each_text_and_speed(service: LoopbackService, tmp_path: Path) -> None:
    server = "[engines.openai]\nbase_url = 'http://localhost:8880'\nmodel = 'm'\nvoices = 'a'\n"
    fields = """
[engines.openai.fields]
speed = "{speed}"
lang = "{language}"
instructions = "Read {english} ({primary}) calmly."
options.normalize = false
"""
    engine = engine_of(tmp_path, server + fields)
    slow, fast = say(engine, "Bom dia.", "pt-BR", 1.25), say(engine, "Bom dia.", "pt-BR", 1.5)
    assert len(slow.pcm) == len(fast.pcm), "the server sets the pace"
    requests = [json.loads(asked.body) for asked in service.book.asked]
    assert [one["speed"] for one in requests] == [1.25, 1.5]
    assert (requests[0]["lang"], requests[0]["options"]) == ("pt-BR", {"normalize": False})
    assert requests[0]["instructions"] == "Read Portuguese (pt) calmly."
    say(engine, "Bom dia.", "pt-BR", 1.25)
    assert len(service.book.asked) == 2, "the response was cached"
    other = engine_of(tmp_path, server + fields.replace("calmly", "fast"))
    assert other.identity != engine.identity
    say(other, "Bom dia.", "pt-BR", 1.25)
    assert len(service.book.asked) == 3


@pytest.mark.parametrize(
    "body",
    [b"", b"RIFF", b"[]", b'{"audio": "%"}', b'{"audio": 1}', b'{"audio": "", "timestamps": [{"word": 1}]}'],
)
def test_a_response_without_sound_and_times_is_an_error(body: bytes) -> None:
    with pytest.raises(SpeechError, match="not speech with timestamps"):
        captioned(body)


def test_times_that_do_not_fit_the_text_are_left_out() -> None:
    stamps = [
        ("Hello", 0.1),
        ("dollars", 0.2),
        ("-", 0.3),
        ("WORLD", 0.4),
        ("again", float("nan")),
        ("again", 9.0),
    ]
    timestamps = [Timestamp(word, start, start) for word, start in stamps]
    marks = marks_of("“Hello”, world: again.", timestamps, 1000, 1000)
    assert [(mark.start, mark.offset_samples) for mark in marks][:2] == [(1, 100), (9, 400)]
