"""Each recipe in `docs/engines.md`, used by real builds with a stand-in for its server, and what the server is asked."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from services import LoopbackService
from tools import Json, Shelf, passages_of

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
def service() -> Iterator[LoopbackService]:
    with LoopbackService() as service:
        yield service


def shelf_of(root: Path, service: LoopbackService, settings: str, languages: list[str]) -> Shelf:
    """Return a project whose requests all reach the stand-in."""
    shelf = Shelf(root, **service.environment)
    shelf.write("audiobook.toml", f"jobs = 1\n{settings}")
    for language in languages:
        shelf.write(f"texts/{language}/letter.txt", TEXTS[language])
    return shelf


@pytest.mark.parametrize("name", ASKED)
def test_a_recipe_asks_its_server_for_what_it_knows(
    name: str, service: LoopbackService, tmp_path: Path
) -> None:
    address, expected = ASKED[name]
    assert tomllib.loads(RECIPES[name])["engines"]["openai"]["base_url"] in address.replace("/dev/", "/v1/")
    settings = RECIPES[name] + ("[voice.en]\nname = 'ryan'\n" if name == "qwen3" else "")
    shelf = shelf_of(tmp_path, service, settings, list(expected))
    shelf.build()
    asked = {asked.text: asked for asked in service.book.asked}
    assert {asked.path for asked in asked.values()} == {address}
    for language, fields in expected.items():
        text = TEXTS[language]
        assert json.loads(asked[text].body) == {**COMMON, "input": text, **fields}
        assert shelf.record(f"{language}/letter")["inputs"]["speaker"]["voice"] == fields["voice"]


def test_words_are_marked_where_the_server_says(service: LoopbackService, tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, service, f"{RECIPES['kokoro']}\n[voice.en]\nspeed = 2.0\n", ["en"])
    shelf.build()
    [(_, [sentence])] = passages_of(shelf.record("en/letter"))
    assert [(start, length) for start, length, _ in sentence["words"]] == [(0, 4), (5, 7), (14, 6)]
    times = [time for _, _, time in sentence["words"]]
    steps = [(after - before) / 24000 for before, after in pairwise(times)]
    letters_s, gap_s = 960 / 24000, 480 / 24000
    assert steps == pytest.approx([(4 * letters_s + gap_s) / 2, (8 * letters_s + gap_s) / 2], abs=0.01)


def test_fields_are_filled_for_each_text_and_speed(service: LoopbackService, tmp_path: Path) -> None:
    fields = """
[engines.openai.fields]
speed = "{speed}"
lang = "{language}"
instructions = "Read {english} ({primary}), not <b>{language}</b>."
options.normalize = false
[voice.pt-BR]
speed = 1.25
"""
    server = (
        "engine = 'openai'\n[engines.openai]\nbase_url = 'http://localhost:8880'\nmodel = 'm'\nvoices = 'a'\n"
    )
    shelf = shelf_of(tmp_path, service, server + fields, [])
    shelf.write("texts/pt-BR/letter.txt", "Bom dia.")
    shelf.build()
    told = json.loads(service.book.asked[-1].body)
    assert (told["speed"], told["lang"], told["options"]) == (1.25, "pt-BR", {"normalize": False})
    assert told["instructions"] == "Read Portuguese (pt), not <b>pt-BR</b>."
    count = len(service.book.asked)
    shelf.build("--force")
    assert len(service.book.asked) == count
    shelf.write(
        "audiobook.toml", f"jobs = 1\n{server}{fields.replace('calm', 'fast').replace('1.25', '1.5')}"
    )
    assert "voice changed" in shelf.build()["pt-BR/letter"]["reasons"]
    assert json.loads(service.book.asked[-1].body)["speed"] == 1.5
