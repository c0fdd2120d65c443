"""Without extras there is no PyAV: books in MP3 do not need it, everything else says so first."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from services import LoopbackService
from tools import Shelf, png

INSTALL = 'pip install "audiobook-press[formats]"'
TEXT = "Kirje\n\nYksi lause tässä. Toinen lause tässä.\n"


@pytest.fixture
def bare(tmp_path: Path) -> Shelf:
    """A project with a short text, in which `import av` fails."""
    customized = tmp_path / "customized"
    customized.mkdir()
    (customized / "sitecustomize.py").write_text("import sys\nsys.modules['av'] = None\n", "utf-8")
    configuration = str(tmp_path / "configuration")
    shelf = Shelf(tmp_path / "shelf", PYTHONPATH=str(customized), AUDIOBOOK_CONFIG=configuration)
    shelf.write("audiobook.toml", 'engine = "espeak"\n')
    shelf.write("texts/fi/letter.txt", TEXT)
    shelf.write("texts/fi/letter.png", png(60, 60))  # to draw a cover takes longer than the rest
    return shelf


def test_a_book_is_built_checked_listed_and_published_and_stays_fresh_when_the_extra_is_added(
    bare: Shelf,
) -> None:
    bare.build()
    for command in ("check", "list", "publish --base-url http://localhost/", "play --help"):
        done = bare.run(*command.split())
        assert (done.code, done.problems) == (0, ""), command
    del bare.environment["PYTHONPATH"]
    assert bare.build()["fi/letter"]["state"] == "fresh"


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("build --format m4b", "M4B, Opus and FLAC files need"),
        ("build --format opus --dry-run", "M4B, Opus and FLAC files need"),
        ("build --format flac", "M4B, Opus and FLAC files need"),
        ("build --preset acx", "files at 44100 Hz with a voice at 22050 Hz need"),
        ("build --engine gtts", "the voices of gtts need"),
        ("check --acx letter.mp3", "measurements for ACX need"),
        ("voices try fi Hei -o hei.wav", "WAV files need"),
    ],
)
def test_whatever_needs_more_says_so_before_anything_is_spoken(bare: Shelf, command: str, what: str) -> None:
    bare.write("letter.mp3", b"")
    done = bare.run(*command.split())
    assert done.code == 3
    assert f"error: {what} the extra “formats”\nhint: install it: {INSTALL}" in done.err
    assert done.err.count("error:") == 1
    assert not list(bare.root.glob(".audiobook/notes/loudness-*"))
    assert not bare.clips()


def test_a_format_that_a_work_has_stays_until_its_text_changes(bare: Shelf) -> None:
    without = bare.environment.pop("PYTHONPATH")
    bare.build("--format", "opus")
    bare.environment["PYTHONPATH"] = without
    assert bare.build()["fi/letter"]["state"] == "fresh"
    bare.write("texts/fi/letter.txt", TEXT + "Kolmas.\n")
    done = bare.run("build")
    assert done.code == 3
    assert f"{INSTALL}, or make only the MP3: --format mp3" in done.err
    assert bare.build("--format", "mp3")["fi/letter"]["state"] == "built"


def define(shelf: Shelf, channels: int = 1, rate_hz: int = 22050) -> None:
    """Define a program that writes a tone in some form of WAV."""
    frames = f"bytes(range(0, 252, 3)) * {2 * channels} * 300"
    write = (
        "import sys, wave; f = wave.open(sys.argv[1], 'wb'); "
        f"f.setparams(({channels}, 2, {rate_hz}, 0, 'NONE', '')); f.writeframes({frames})"
    )
    run = [sys.executable, "-I", "-S", "-c", write, "{wav}"]
    path = f"{shelf.environment['AUDIOBOOK_CONFIG']}/commands.toml"
    shelf.write(path, f"[own]\nrun = {run}\nlanguage = 'fi'\n")


def test_a_program_that_writes_usual_wav_files_needs_nothing_more(bare: Shelf) -> None:
    define(bare, channels=2)
    assert bare.build("--engine", "command")["fi/letter"]["state"] == "built"


def test_a_program_that_must_be_resampled_or_stretched_is_refused_with_what_to_do(bare: Shelf) -> None:
    define(bare, rate_hz=16000)
    done = bare.run("build", "--engine", "command")
    assert done.code == 3
    assert "WAV files at 16000 Hz instead of 22050 Hz need the extra “formats”" in done.err
    assert f"hint: install it: {INSTALL}, or set rate_hz = 16000 for this voice" in done.err
    assert not bare.clips()
    define(bare, rate_hz=22050)
    bare.write("audiobook.toml", "[voice.fi]\nspeed = 1.5\n")
    done = bare.run("build", "--engine", "command")
    assert (done.code, done.err.count("other speeds of this voice need the extra “formats”")) == (3, 1)
    assert not bare.clips()


def test_a_server_that_sends_wav_files_is_enough_and_mp3_is_refused_before_a_request(bare: Shelf) -> None:
    with LoopbackService() as service:
        bare.environment |= service.environment
        options = 'base_url = "https://voice.test/v1"\nmodel = "tones"\nvoices = "alto"\npause_s = 0\n'
        bare.write("audiobook.toml", f'[engines.openai]\n{options}format = "mp3"\n')
        done = bare.run("build", "--engine", "openai")
        assert (done.code, service.book.asked) == (3, [])
        assert f'hint: install it: {INSTALL}, or set format = "wav" in [engines.openai]' in done.err
        bare.write("audiobook.toml", f"[engines.openai]\n{options}")
        assert bare.build("--engine", "openai")["fi/letter"]["state"] == "built"


def test_doctor_names_the_extra_that_is_missing(bare: Shelf) -> None:
    findings = bare.run("doctor", "--json").answer["findings"]
    [extras] = [each for each in findings if each["subject"] == "extras"]
    assert (extras["level"], extras["message"]) == ("note", "not installed: formats")
    assert INSTALL in extras["hint"]
