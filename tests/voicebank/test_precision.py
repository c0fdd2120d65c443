"""Which precision of Kokoro is used: the one that was measured to be clearly faster on this computer, else the full one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tiny_kokoro import install_tiny_kokoro, network_bytes

from audiobook.engines.kokoro.engine import KokoroEngine
from audiobook.engines.kokoro.files import MODEL_NAMES, Measured, kokoro_files
from audiobook.engines.registry import voice_for
from audiobook.errors import EngineMissing
from audiobook.voicebank.kokoro import remove_kokoro
from audiobook.voicebank.precision import measure_precisions


def test_auto_uses_what_was_chosen_and_the_voice_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIOBOOK_VOICES", str(tmp_path))
    install_tiny_kokoro(tmp_path, network_bytes(level=0.3), precision="int8")
    install_tiny_kokoro(tmp_path)
    versions = set()
    for chosen in MODEL_NAMES:
        measured = Measured(chosen, {"full": 0.5, "int8": 0.3})
        (tmp_path / "kokoro" / "measured.json").write_bytes(msgspec.json.encode(measured))
        assert kokoro_files(tmp_path, "auto") == kokoro_files(tmp_path, chosen)
        assert measure_precisions(tmp_path) == measured
        versions.add(KokoroEngine().version(voice_for(KokoroEngine(), "en")))
    assert len(versions) == 2
    remove_kokoro(tmp_path, "kokoro-int8")
    assert not (tmp_path / "kokoro" / "measured.json").exists()
    assert kokoro_files(tmp_path, "auto") == kokoro_files(tmp_path, "full")


@pytest.mark.parametrize(
    ("damaged", "why"),
    [("{", "the file is damaged"), (" " * (1 << 20) + "{", "is larger than 1 MB")],
    ids=["damaged", "too long"],
)
def test_a_damaged_measurement_is_named(damaged: str, why: str, tmp_path: Path) -> None:
    install_tiny_kokoro(tmp_path)
    (tmp_path / "kokoro" / "measured.json").write_text(damaged)
    with pytest.raises(EngineMissing, match=f"Kokoro cannot be used: {why}") as caught:
        kokoro_files(tmp_path, "auto")
    assert caught.value.where == str(tmp_path / "kokoro" / "measured.json")


@pytest.mark.slow
def test_networks_are_measured_by_speaking(tmp_path: Path) -> None:
    install_tiny_kokoro(tmp_path)
    measured = measure_precisions(tmp_path)
    assert measured
    assert measured.chosen == "full"
    assert measured.pace.keys() == {"full"}
    assert measured == measure_precisions(tmp_path) == Measured.read(tmp_path / "kokoro")
    install_tiny_kokoro(tmp_path, b"damaged", precision="int8")
    assert measure_precisions(tmp_path) is None
