"""The options that an OpenAI-compatible server needs, and where its key may be sent."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from audiobook.clips.sealed import SealedFolder
from audiobook.engines.base import ANY_LANGUAGE, Equipment, Option, Style
from audiobook.engines.network.openai import OpenaiEngine, _Sentence
from audiobook.engines.registry import voice_for
from audiobook.errors import EngineMissing
from audiobook.pipeline.voices.gain import bare_passage

RIGHT: dict[str, Option] = {"base_url": "http://localhost:8880/v1", "model": "kokoro", "voices": "af_bella"}


def equipped(tmp_path: Path, **options: Option) -> OpenaiEngine:
    engine = OpenaiEngine()
    engine.equip(Equipment(SealedFolder(tmp_path / "replies"), tmp_path / "shared", RIGHT | options))
    return engine


def refused(tmp_path: Path, **options: Option) -> EngineMissing:
    with pytest.raises(EngineMissing) as caught:
        speak_with(tmp_path, options)
    return caught.value


def speak_with(tmp_path: Path, options: dict[str, Option]) -> None:
    engine = equipped(tmp_path, **options)
    (voice, *_) = engine.voices()
    deque(engine.speak(bare_passage(("One.",), "en"), voice, Style()))


def test_a_voice_speaks_its_named_languages_or_every_language(tmp_path: Path) -> None:
    engine = equipped(tmp_path, voices="zeta, af_bella en-GB , beta+alpha(2) fi  sl, ,")
    assert [(voice.name, voice.language) for voice in engine.voices()] == [
        ("af_bella", "en-GB"),
        ("beta+alpha(2)", "fi"),
        ("beta+alpha(2)", "sl"),
        ("zeta", ANY_LANGUAGE),
    ]
    assert [voice_for(engine, tag, "beta+alpha(2)").language for tag in ("sl", "fi", "en")] == [
        "sl",
        "fi",
        "fi",
    ]


@pytest.mark.parametrize(
    ("given", "base_url"),
    [
        ("http://localhost:8880", "http://localhost:8880/v1"),
        ("http://localhost:8880/", "http://localhost:8880/v1"),
        ("https://api.example/v1/", "https://api.example/v1"),
        ("https://api.example/openai/v1", "https://api.example/openai/v1"),
    ],
)
def test_the_identity_names_server_and_model(given: str, base_url: str, tmp_path: Path) -> None:
    assert equipped(tmp_path, base_url=given).identity.startswith(f"openai {base_url}, kokoro, wav, av ")


@pytest.mark.parametrize("name", ["base_url", "model", "voices"])
def test_a_missing_option_is_an_error_with_an_example(name: str, tmp_path: Path) -> None:
    error = refused(tmp_path, **{name: ""})
    assert error.message == f"openai needs the option “{name}”"
    assert error.hint is not None
    assert f"\n{name} = " in error.hint


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"base_url": "localhost:8880"}, "base_url in [engines.openai] must be an address like http"),
        ({"base_url": "file:///etc/passwd"}, "must be an address like http"),
        ({"base_url": "http://[::1"}, "must be an address like http"),
        ({"base_url": "http://host:99999"}, "must be an address like http"),
        ({"base_url": "http://ho st"}, "must be an address like http"),
        ({"base_url": "https://me:secret@host/v1"}, "must not contain a name, password or query"),
        ({"base_url": "https://host/v1?key=1"}, "must not contain a name, password or query"),
        ({"format": "ogg"}, "openai does not support the format “ogg”"),
        ({"rate_hz": 23000}, "must be a sample rate of MP3"),
        ({"voice": "a"}, "has no option “voice”"),
        ({"fields.voice": "x"}, "“voice” cannot be set in [engines.openai.fields]"),
        ({"fields.lang": "{lang}"}, "unknown placeholder {lang} in [engines.openai.fields]"),
        ({"word_times": "yes"}, "word_times in [engines.openai] must be true or false"),
        ({"model": 4}, "model in [engines.openai] must be text"),
    ],
)
def test_an_invalid_option_is_an_error(options: dict[str, Option], said: str, tmp_path: Path) -> None:
    error = refused(tmp_path, **options)
    assert said in error.message
    assert "secret" not in error.message


def test_a_named_key_that_is_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    assert refused(tmp_path, key_env="MY_KEY").message == "MY_KEY, named in [engines.openai], contains no key"
    assert "the key cannot be read from" in refused(tmp_path, key_file=str(tmp_path / "none")).message
    monkeypatch.setenv("MY_KEY", "a key\nX-Other: b")
    assert refused(tmp_path, key_env="MY_KEY").message == "MY_KEY does not contain a valid key"


def test_a_key_is_sent_over_http_only_to_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "k-1")
    monkeypatch.setenv("OPENAI_API_KEY", "k-2")

    def sent(**options: Option) -> str | None:
        engine = equipped(tmp_path, **options)
        (voice,) = engine.voices()
        return engine._request(_Sentence("One.", "en", voice.name, 1.0)).headers.get("Authorization")

    assert sent() == "Bearer k-2"
    assert sent(key_env="MY_KEY", base_url="http://127.0.0.1:8880") == "Bearer k-1"
    assert sent(base_url="https://api.example/v1") == "Bearer k-2"
    assert sent(base_url="http://kokoro:8880/v1") is None
    error = refused(tmp_path, key_env="MY_KEY", base_url="http://kokoro:8880/v1")
    assert "does not send a key over http" in error.message


def test_a_key_file_is_read_for_each_request(tmp_path: Path) -> None:
    file = tmp_path / "key"
    engine = equipped(tmp_path, key_file=str(file))
    (voice,) = engine.voices()
    for key in ("first", "second"):
        file.write_text(f"{key}\n")
        request = engine._request(_Sentence("One.", "en", voice.name, 1.0))
        assert request.headers["Authorization"] == f"Bearer {key}"
        assert key not in repr(request)
