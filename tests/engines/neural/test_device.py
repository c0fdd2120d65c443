"""The device that runs a network: the processor, or another one, for which a new interpreter loads it.

CI has no other devices. "Azure", which each onnxruntime has, leaves all calculations to the processor, so it
shows
that the other way of speaking gives the same speech.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_kokoro import install_tiny_kokoro, network_bytes

from audiobook.clips.store import ClipStore
from audiobook.engines.base import Equipment, Style
from audiobook.engines.kokoro.engine import KokoroEngine, _voices
from audiobook.engines.neural.device import available_providers
from audiobook.engines.neural.isolated import Source
from audiobook.engines.neural.session import network
from audiobook.engines.registry import voice_for
from audiobook.errors import EngineMissing
from audiobook.pipeline.voices.gain import bare_passage

needs_no_device = pytest.mark.skipif(bool(available_providers()), reason="onnxruntime has another device")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A voices folder with a tiny Kokoro, which the engine uses."""
    monkeypatch.setenv("AUDIOBOOK_VOICES", str(tmp_path / "voices"))
    install_tiny_kokoro(tmp_path / "voices")
    return tmp_path


def engine_on(device: str, folder: Path) -> KokoroEngine:
    engine = KokoroEngine()
    store = ClipStore(folder / "store")
    engine.equip(Equipment(store.replies, store.shared, {"device": device}))
    return engine


@needs_no_device
def test_auto_is_the_processor_where_there_is_nothing_else(folder: Path) -> None:
    voice = voice_for(KokoroEngine(), "en")
    versions = {engine_on(device, folder).version(voice) for device in ("auto", "cpu")}
    assert versions == {KokoroEngine().version(voice)}
    assert engine_on("auto", folder).note(voice) == ""


@needs_no_device
def test_a_gpu_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(EngineMissing, match="supports none"):
        engine_on("gpu", folder).version(voice_for(KokoroEngine(), "en"))
    with pytest.raises(EngineMissing, match="must be cpu, auto or gpu") as caught:
        engine_on("Auto", folder)
    assert caught.value.hint == "did you mean auto?"


def test_a_device_that_onnxruntime_silently_replaces_is_noticed() -> None:
    with (
        pytest.warns(UserWarning, match="Nosuch"),
        pytest.raises(RuntimeError, match="could not load Nosuch"),
    ):
        network(network_bytes(), "Nosuch")


@pytest.mark.slow
def test_a_new_interpreter_speaks_for_another_device(folder: Path) -> None:
    voice = voice_for(KokoroEngine(), "en")
    engine = engine_on("cpu", folder)
    files = engine.files()
    source = Source((str(files.model), str(files.styles), ""), "Azure")
    passage = bare_passage(("Hello there.",), "en")
    assert _voices.begin(source, passage, voice, Style(), 2)
    assert list(_voices.speak(source, passage, voice, Style(), 2)) == list(
        engine.speak(passage, voice, Style())
    )
