"""`audiobook doctor` on sound and broken set-ups: what it finds, what it suggests, and what it leaves alone."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import espeakng_loader
import pytest
from sampling import sampled
from tiny_voice import install_tiny
from tools import Finished, Json, Shelf, run_bound_by_modes

from audiobook.engines.piper.voices import VoiceFiles
from audiobook.voicebank.install import write_receipt

pytestmark = pytest.mark.slow


def found(done: Finished, subject: str, level: str) -> list[Json]:
    """Return the findings about a subject at a level, and check that each problem has a hint."""
    findings: list[Json] = done.answer["findings"]
    assert all(each["hint"] for each in findings if each["level"] in ("warning", "error")), findings
    return [each for each in findings if (each["subject"], each["level"]) == (subject, level)]


def test_a_store_is_measured_and_its_damage_counted_while_nothing_is_changed(shelf: Shelf) -> None:
    shelf.write("texts/fi/walk.txt", "Kävely\n\nTässä se on.\n\nJa lisää.\n")
    shelf.build("--engine", "espeak", "--format", "opus")
    first, second, *_ = shelf.clips()
    first.write_bytes(first.read_bytes()[:-1] + b"\0")
    second.write_bytes(second.read_bytes()[:50])
    before = shelf.tree()
    done = shelf.run("doctor", "--json", AUDIOBOOK_ENGINE="espeak")
    assert (done.code, done.answer["can_build"], done.err) == (0, True, "")
    assert found(done, "voice fi", "ok"), done.answer
    (damage,) = found(done, "cached clips", "warning")
    assert damage["facts"]["damaged"] == 2
    (clips,) = found(done, "cached clips", "ok")
    sizes = sum(path.stat().st_size for path in shelf.clips())
    assert (clips["facts"]["clips"], clips["facts"]["clip_bytes"]) == (len(shelf.clips()), sizes)
    assert shelf.tree() == before


@pytest.mark.parametrize("lost", sampled(["phontab", "en_dict", "."]))
def test_lost_data_of_the_built_in_engine_means_that_no_book_can_be_built(shelf: Shelf, lost: str) -> None:
    """The library itself would end the process."""
    package = shelf.root / "packages" / "espeakng_loader"
    shutil.copytree(Path(espeakng_loader.__file__).parent, package)
    path = package / "espeak-ng-data" / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    shelf.write("texts/en/walk.txt", "A Walk\n\nHere it is.\n")
    environment = {"PYTHONPATH": str(package.parent), "PYTHONNODEBUGRANGES": "1"}  # another interpreter
    done = shelf.run("doctor", "--json", **environment)
    assert (done.code, done.answer["can_build"]) == (1, False)
    assert found(done, "voice en", "error"), done.answer
    assert "Traceback" not in done.err


def test_a_voice_that_differs_from_the_installed_one_is_named(shelf: Shelf) -> None:
    folder = shelf.root / "voices"
    for name in ("fi_FI-tiny-medium", "pl_PL-tiny-medium"):
        install_tiny(folder, name)
        write_receipt(VoiceFiles(folder, name), {})
    model = folder / "fi_FI-tiny-medium.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"\0")
    shelf.write("texts/fi/walk.txt", "Kävely\n")
    done = shelf.run("doctor", "--json", AUDIOBOOK_VOICES=str(folder))
    (damage,) = found(done, "voices", "warning")
    assert "fi_FI-tiny-medium" in damage["message"]
    assert "audiobook voices install fi_FI-tiny-medium" in damage["hint"]
    (intact,) = found(done, "voices", "ok")
    assert (intact["facts"]["intact"], intact["facts"]["installed"]) == (1, 2)
    assert found(done, "voice fi", "error"), "a build would refuse this voice"
    assert done.code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_wrong_settings_and_an_output_that_cannot_be_written_are_both_found(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", "speed = 3\n")
    shelf.write("texts/en/walk.txt", "A Walk\n")
    shelf.output.mkdir()
    shelf.output.chmod(0o555)
    shelf.environment["LC_ALL"] = "C"
    shelf.environment["PATH"] = "/nowhere:" + str(Path(shutil.which("setpriv") or "/usr/bin/setpriv").parent)
    done = run_bound_by_modes(shelf, "doctor", "--json")
    shelf.output.chmod(0o755)
    assert done.code == 1
    assert found(done, "settings", "error")
    assert found(done, "output", "error"), done.answer
    assert found(done, "locale", "ok")
