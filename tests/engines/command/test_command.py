"""Programs of the user speak; projects cannot define them; whatever a program does, the error says where."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_program
from tiny_program import define_commands
from tools import Shelf, tool, wait_until

from audiobook.engines.base import Style
from audiobook.engines.command.engine import CommandEngine, encoded
from audiobook.errors import EngineMissing, ServiceError
from audiobook.pipeline.voices.gain import bare_passage

PYTHON = f"run = ['{sys.executable}', '-I', '-S', "
TINY = f"run = ['sh', '{tiny_program.SHELL_PROGRAM}']\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "shelf", AUDIOBOOK_CONFIG=str(tmp_path / "configuration"))
    made.write("texts/fi/letter.txt", "Kirje\n\nYksi lause.\nToinen lause. Kolmas pommi tässä.\n")
    return made


def define(shelf: Shelf, definitions: str) -> Path:
    return shelf.write(f"{shelf.environment['AUDIOBOOK_CONFIG']}/commands.toml", definitions)


def engine_of(tmp_path: Path, definitions: str, monkeypatch: pytest.MonkeyPatch) -> CommandEngine:
    (tmp_path / "commands.toml").write_text(definitions, "utf-8")
    monkeypatch.setenv("AUDIOBOOK_CONFIG", str(tmp_path))
    return CommandEngine()


def test_a_book_is_built_by_a_command_and_again_when_its_definition_changes(shelf: Shelf) -> None:
    define_commands(define(shelf, "").parent, ["fi"])
    assert shelf.build("--engine", "command")["fi/letter"]["state"] == "built"
    assert shelf.record("fi/letter")["inputs"]["speaker"]["voice"] == "tiny-fi"
    assert shelf.build("--engine", "command")["fi/letter"]["state"] == "fresh"
    define(shelf, f"[tiny-fi]\nlanguage = 'fi'\nversion = '2'\n{TINY}")
    assert shelf.build("--engine", "command")["fi/letter"]["reasons"] == ["voice changed"]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("author = 'A'\n\n[engines.command]\nrun = ['sh', '-c', 'touch ran']\n", 3),
        ("[engines.command.x]\nrun = ['sh']\n", 1),
        ("engines.command.run = 'sh'\n", 1),
        ("[commands.x]\nrun = ['sh']\n", 1),
    ],
)
def test_a_project_that_defines_a_command_is_refused(settings: str, line: int, shelf: Shelf) -> None:
    shelf.write("audiobook.toml", settings)
    done = shelf.run("build", "--engine", "command")
    assert done.code == 2
    assert f"audiobook.toml:{line}: a project cannot define commands" in done.err
    assert shelf.environment["AUDIOBOOK_CONFIG"] in done.err
    assert not (shelf.root / "ran").exists()


def test_a_program_in_the_folder_of_a_project_never_runs(shelf: Shelf) -> None:
    define(shelf, "[mine]\nrun = ['tts']\nlanguage = 'fi'\n")
    shelf.write("tts", "#!/bin/sh\ntouch ran\n").chmod(0o755)
    done = shelf.run("build", "--engine", "command", PATH=f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert done.code == 3
    assert "commands.toml:1: the program “tts” of the command “mine” was not found" in done.err
    assert not (shelf.root / "ran").exists()


def test_text_comes_by_file_and_standard_input_and_never_as_an_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    program = f"""
import os, sys
sys.path.insert(0, {str(Path(tiny_program.__file__).parent)!r})
import tiny_program
_, text, wav, voice = sys.argv
given = open(text, "rb").read()
assert given == sys.stdin.buffer.read()
assert (text, wav) == (os.environ["AUDIOBOOK_TEXT"], os.environ["AUDIOBOOK_WAV"])
assert os.path.dirname(text) == os.getcwd()
open({str(seen)!r}, "ab").write(voice.encode() + b": " + given)
open(wav, "wb").write(tiny_program.wav(tiny_program.sound(given.decode("latin-1"))))
"""
    code = tmp_path / "program.py"
    code.write_text(program, "utf-8")
    definition = (
        f"{PYTHON}'{code}', '{{text}}', '{{wav}}', '{{voice}} x']\nlanguage = 'fi'\nvoice = '$(id) \"v\"'\n"
    )
    engine = engine_of(tmp_path, f"[a]\nencoding = 'latin-1'\n{definition}", monkeypatch)
    [voice] = engine.voices()
    text = "-o $(id) 'Ää' – “λ”"
    [speech] = engine.speak(bare_passage((text,), "fi"), voice, Style())
    assert speech.pcm.length_s > 1
    assert seen.read_bytes().decode("latin-1") == '$(id) "v" x: -o $(id) \'Ää\' - "l"\n'


def test_a_character_that_an_encoding_lacks_is_transliterated() -> None:
    assert encoded("Don’t — “ž” 語", "ascii") == b'Don\'t - "z" Yu'
    assert encoded("Sää €", "iso-8859-15") == "Sää €".encode("iso-8859-15")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo first >&2; echo no such voice >&2; exit 3", "sh ended with code 3: “no such voice”"),
        ("kill -9 $$", "sh was ended by SIGKILL"),
        ("true", "it wrote no sound"),
        ("cat", "what it wrote is not a WAV file"),
        ("printf 'RIFF....WAVE'", "the audio is not a valid wav file"),
        ("yes", "it wrote more than"),
        ("yes >&2", "it wrote more than"),
    ],
)
def test_a_program_that_fails_is_an_error(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_of(tmp_path, f"[a]\nrun = ['sh', '-c', \"{script}\"]\nlanguage = 'fi'\n", monkeypatch)
    [voice] = engine.voices()
    with pytest.raises(ServiceError) as caught:
        list(engine.speak(bare_passage(("Yksi.",), "fi"), voice, Style()))
    assert caught.value.message.startswith(f"the command “a” failed: {said}")
    assert f"{tmp_path / 'commands.toml'}:1" in str(caught.value.hint)


def test_a_sentence_that_fails_is_named_by_its_line(shelf: Shelf) -> None:
    check = f"grep -q pommi {{text}} && exit 9; exec sh {tiny_program.SHELL_PROGRAM}"
    define(shelf, f"[a]\nrun = ['sh', '-c', '{check}']\nlanguage = 'fi'\n")
    done = shelf.run("build", "--engine", "command")
    assert done.code == 1
    assert (
        "error: texts/fi/letter.txt:4: cannot be spoken: the command “a” failed: sh ended with code 9"
        in done.err
    )


def test_a_program_that_hangs_is_ended_with_everything_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = tmp_path / "pid"
    script = f"sleep 600 & echo $! > {pid}.part; mv {pid}.part {pid}; wait"
    for limit_s in (1, 10, 100):  # on a busy machine, it may not have started anything within a second
        definition = f"[a]\nrun = ['sh', '-c', '{script}']\nlanguage = 'fi'\ndeadline_s = {limit_s}\n"
        engine = engine_of(tmp_path, definition, monkeypatch)
        [voice] = engine.voices()
        with pytest.raises(ServiceError, match=f"sh took longer than {limit_s} s"):
            list(engine.speak(bare_passage(("Yksi.",), "fi"), voice, Style()))
        if pid.exists():
            break
    process = Path("/proc") / pid.read_text().strip() / "stat"
    wait_until(lambda: not process.exists() or ") Z " in process.read_text(), "the child of the program ends")


@pytest.mark.parametrize(
    ("definition", "line", "said"),
    [
        ("[a]\nlanguage = 'fi'", 1, "“a” needs `use` or `run`"),
        ("[a]\nlanguage = 3\nrun = ['x']", 2, "language must be a string"),
        ("[b]\nrun = ['x']\nlanguage = 'fi'\n[a]\nrun = 'x'", 5, "run must be a list of strings"),
        ("[a]\nuse = 'festivl'", 2, "there is no built-in definition “festivl”"),
        ("[a]\nuse = 'flite'\nrun = ['x']", 3, "a command has either `use` or `run`"),
        ("[a]\nuse = 'say'\nlanguage = 'fi'", 1, "“a” needs `voice`"),
        ("[a]\nuse = 'sapi'\nlanguage = 'fi'", 1, "“a” needs `voice`"),
        ("[a]\nrun = ['./x']\nlanguage = 'fi'", 2, "the program “./x” is neither a name nor a full path"),
        ("[a]\nrun = ['x', '{txt}']\nlanguage = 'fi'", 2, "unknown placeholder {txt}"),
        ("[a]\nrun = ['x']\nlanguage = 'finnish'", 3, "“finnish” is not a language code"),
        ("[a]\nrun = ['x']", 1, "“a” needs a language"),
        ("[a]\nrun = ['x']\nlanguage = 'fi'\nrate_hz = 23000", 4, "rate_hz must be a sample rate of MP3"),
        ("[a]\nrun = ['x']\nlanguage = 'fi'\nencoding = 'hex'", 4, "unknown encoding “hex”"),
        ("[a]\nrun = ['x']\nlanguage = 'fi'\nencodin = 'x'", 4, "unknown setting “encodin”"),
        ("\n[a", 2, "not valid TOML"),
        ("a = 1", 1, "“a” must be a table"),
    ],
)
def test_a_wrong_definition_is_named_by_its_line(
    definition: str, line: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineMissing) as caught:
        engine_of(tmp_path, definition, monkeypatch).voices()
    assert caught.value.where == f"{tmp_path / 'commands.toml'}:{line}"
    assert caught.value.message.startswith(said)


@pytest.mark.parametrize(
    ("program", "voice", "text"),
    [
        pytest.param(
            "text2wave",
            "use = 'festival'\nvoice = 'suo_fi_lj_diphone'\nlanguage = 'fi'\n",
            "Hyvää päivää – “lukija”.",
            marks=pytest.mark.slow,
        ),
        ("flite", "use = 'flite'\nvoice = 'slt'\n", "Don’t go – “stay” a while."),
    ],
)
def test_festival_in_finnish_and_flite_speak_at_every_pace(
    program: str, voice: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(program)
    engine = engine_of(tmp_path, f"[a]\n{voice}", monkeypatch)
    [chosen] = engine.voices()

    def spoken(speed: float) -> bytes:
        [speech] = engine.speak(bare_passage((text,), chosen.language), chosen, Style(speed))
        return bytes(speech.pcm.samples)

    once = spoken(1.0)
    assert once == spoken(1.0)
    assert 0.03 * len(text) < len(once) / 2 / chosen.rate_hz < 0.15 * len(text)
    assert 1.6 * len(once) < len(spoken(0.5)) < 2.4 * len(once)


@pytest.mark.slow
def test_the_folder_of_a_killed_process_is_removed(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    left, kept = (tmp_path / f"audiobook-command-{pid}-x" for pid in (dead.pid, os.getpid()))
    for folder in (left, kept):
        folder.mkdir()
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_CONFIG=str(tmp_path), TMPDIR=str(tmp_path))
    define_commands(tmp_path, ["fi"])
    shelf.write("texts/fi/letter.txt", "Yksi.\n")
    shelf.build("--engine", "command")
    assert [path.name for path in tmp_path.glob("audiobook-command-*")] == [kept.name]
