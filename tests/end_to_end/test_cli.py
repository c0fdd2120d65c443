"""The command line as people and programs use it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from patience import PATIENCE_S
from tools import Finished, Shelf, clean_environment, run_tool, tool, wait_until

from audiobook.cli import audiobook
from end_to_end.conftest import TEXT_LABELS

COMMANDS = sorted(audiobook.commands)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TEXT = "# A Text\n\n## Begin\n\nIt begins here.\n\n## End\n\nAnd it ends here.\n"
BAR = "━"
APOSTROPHES = "s'" * 220
"""espeak-ng 1.52 aborts on this."""


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A project with one built text. Do not change it."""
    shelf = Shelf(tmp_path_factory.mktemp("built"))
    shelf.write("texts/en/text.md", TEXT)
    shelf.build("--engine", "tone")
    return shelf


@pytest.fixture
def built(built_once: Shelf, tmp_path: Path) -> Shelf:
    """A copy of it that tests may change."""
    return Shelf(shutil.copytree(built_once.root, tmp_path / "built"))


# Help


def test_all_commands_exist() -> None:
    assert {"init", "build", "list", "voices", "play", "check", "clean"} <= set(COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_has_an_example_that_can_be_copied(shelf: Shelf, command: str) -> None:
    done = shelf.run(*filter(None, [command]), "--help")
    assert (done.code, done.err) == (0, "")
    assert shelf.run(*filter(None, [command]), "-h") == done
    assert "\\b" not in done.out
    _, mark, rest = re.split(r"^ *(Examples?:)\n", done.out, maxsplit=1, flags=re.MULTILINE)
    assert mark
    lines = rest.split("\n\n")[0].splitlines()
    assert lines
    assert all(re.match(rf""" +(eval "\$\()?audiobook {command}\b""", line) for line in lines), lines
    assert "Options:" in done.out


def test_the_version_is_the_packages(shelf: Shelf) -> None:
    from audiobook import __version__

    assert shelf.run("--version").out == f"audiobook, version {__version__}\n"


@pytest.mark.slow
def test_the_installed_command_is_the_same_as_the_module(built: Shelf) -> None:
    command = Path(sys.executable).with_name("audiobook")
    if not command.exists():
        pytest.fail("the project is not installed: pip install -e .")
    done = subprocess.run(
        [command, "list", "--json"],
        cwd=built.root,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == built.run("list", "--json").out


def test_a_shell_completion_script_is_printed(shelf: Shelf) -> None:
    done = shelf.run(_AUDIOBOOK_COMPLETE="bash_source")
    assert done.code == 0
    assert "_AUDIOBOOK_COMPLETE=bash_complete" in done.out
    subprocess.run([tool("bash"), "-n"], input=done.out, encoding="utf-8", check=True)
    told = shelf.run(_AUDIOBOOK_COMPLETE="bash_complete", COMP_WORDS="audiobook bu", COMP_CWORD="1")
    assert told.out == "plain,build\n"
    assert shelf.run("completion", "bash").out.strip() == done.out.strip()
    assert shelf.run("completion", "zsh").out.startswith("#compdef audiobook\n")
    assert "powershell_complete" in shelf.run("completion", "powershell").out
    assert 'string split -m 1 ","' in shelf.run("completion", "fish").out, "explanations have commas too"
    assert shelf.run("completion", "tcsh").code == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("play te", "file,te\nplain,text\n"),
        ("build en/", "file,en/\nplain,en/text\n"),
        ("build --lang e", "plain,en\n"),
        ("build --engine es", "plain,espeak\n"),
        ("build --engine t", "\n"),
        ("build --format o", "plain,opus\n"),
        ("build --output o", "dir,o\n"),
        ("publish --to o", "dir,o\n"),
        ("build --engine espeak --lang fi --voice ", "plain,fi\n"),
        ("voices try fi", "plain,fi\n"),
        ("build --engine nobody --voice x", "\n"),
    ],
)
def test_works_languages_engines_and_voices_are_completed(built_once: Shelf, typed: str, told: str) -> None:
    words = f"audiobook {typed}"
    at = str(len(words.split()) - (not words.endswith(" ")))
    done = built_once.run(_AUDIOBOOK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=at)
    assert (done.out, done.err) == (told, "")


@pytest.mark.parametrize(
    ("line", "last"),
    [
        ("audiobook play te", "te"),
        ('audiobook play --output "output" te', "te"),
        ("audiobook play 'te", "'te"),
        ("audiobook play ", ""),
    ],
)
def test_powershell_completes_the_last_word(built_once: Shelf, line: str, last: str) -> None:
    given = {"_AUDIOBOOK_COMPLETE": "powershell_complete", "COMP_WORDS": line, "COMP_CWORD": last}
    assert "text\ttext" in built_once.run(**given).out.splitlines()


# JSON


BUILD_FIELDS = {
    "slug": str,
    "language": str,
    "state": str,
    "output": str,
    "duration_s": float,
    "chapters": int,
    "clips_total": int,
    "clips_made": int,
    "reasons": list,
    "problems": list,
}


@pytest.mark.slow
def test_build_json_has_the_documented_fields(shelf: Shelf) -> None:
    shelf.write("texts/en/text.md", TEXT)
    done = shelf.run("build", "--engine", "tone", "--json")
    assert (done.code, done.err) == (0, "")
    (work,) = done.answer["works"]
    assert {name: type(value) for name, value in work.items()} == BUILD_FIELDS
    assert (work["slug"], work["language"], work["state"]) == ("text", "en", "built")
    assert (work["chapters"], work["clips_total"], work["clips_made"]) == (2, 5, 5)
    assert (shelf.root / work["output"]).is_file()
    assert work["duration_s"] == shelf.record("en/text")["duration_s"]
    fresh = shelf.build("--engine", "tone")["en/text"]
    assert fresh == work | {"state": "fresh", "clips_made": 0, "reasons": []}


def test_a_failed_work_has_the_same_json_fields(shelf: Shelf) -> None:
    shelf.write("texts/en/bad.md", b"\xff")
    (work,) = shelf.run("build", "--json").answer["works"]
    assert set(work) == set(BUILD_FIELDS)
    assert (work["state"], work["output"], work["duration_s"]) == ("failed", None, None)
    assert work["problems"] == ["texts/en/bad.md:1: byte 0 is not UTF-8"]


@pytest.mark.parametrize(
    "arguments",
    [("build",), ("build", "--dry-run"), ("build", "--force"), ("list",), ("voices",), ("check",)],
    ids=" ".join,
)
def test_json_is_one_object_and_nothing_else(built: Shelf, arguments: tuple[str, ...]) -> None:
    done = built.run(*arguments, "--json", AUDIOBOOK_ENGINE="tone")
    assert (done.code, done.err) == (0, "")
    assert isinstance(done.answer, dict)
    assert done.out.startswith("{")
    assert done.out.endswith("}\n")


@pytest.mark.slow
def test_a_narrow_output_encoding_stops_no_command(shelf: Shelf) -> None:
    shelf.write("texts/lv/lasitajs.txt", "Lasītājs ≠ 😀\n\nTeksts šeit.\n")
    shelf.build("--engine", "tone")
    for encoding, command in (("ascii", "list"), ("cp1252", "list"), ("ascii", "list --json")):
        done = shelf.run(*command.split(), PYTHONIOENCODING=encoding, PYTHONUTF8="0", AUDIOBOOK_ENGINE="tone")
        assert (done.code, done.err) == (0, ""), (encoding, command)


# A whole project, and exit codes


def test_a_project_from_init_to_clean(shelf: Shelf) -> None:
    begun = shelf.run("init")
    assert begun.code == 0
    assert shelf.run("init", "other").out.endswith("next, in other, run: audiobook build\n")
    assert "next, run: audiobook build\n" in begun.out
    assert "created texts/en/a-first-listen.md\n" in begun.out

    built = shelf.run("build")
    assert (built.code, built.out) == (0, "1 built\n")
    assert re.search(
        r"^output/en/a-first-listen.mp3: new; (\d+) of \1 clips made; 0:\d\d, 2 chapters$", built.err, re.M
    )

    listed = shelf.run("list")
    assert listed.code == 0
    heading, row, files = listed.out.splitlines()
    assert heading == "LANGUAGE  WORK            STATE  LENGTH  CHAPTERS  SPOKEN  LEFT OUT  TITLE OR REASON"
    assert re.fullmatch(r"en +a-first-listen +fresh +0:\d\d +2 +\d\d.\d % +marks \d+ +A First Listen", row)
    assert files == "Files: output/LANGUAGE/WORK.mp3"

    assert shelf.run("check").out == "1 of 1 work OK\n"

    clips = len(shelf.clips())
    path = shelf.root / "texts/en/a-first-listen.md"
    path.write_text(path.read_text("utf-8").replace("Change this text", "Change the text"), "utf-8")
    assert re.search(r" stale .* text changed$", shelf.run("list").out, re.M)
    assert "text changed; 1 of" in shelf.run("build").err
    assert len(shelf.clips()) == clips + 1
    assert shelf.run("clean", "--unused").out.startswith("1 clip deleted, ")
    assert len(shelf.clips()) == clips
    assert shelf.run("build").out == "1 fresh\n"

    books = shelf.outputs()
    assert shelf.run("clean").out.startswith(f"{clips} clips deleted, ")
    assert not (shelf.root / ".audiobook").exists()
    assert shelf.outputs() == books
    assert shelf.run("build").out == "1 fresh\n"


def test_init_keeps_existing_files_and_refuses_an_existing_project(shelf: Shelf) -> None:
    mine = shelf.write("texts/en/a-first-listen.md", "Mine.\n")
    assert shelf.run("init").code == 0
    assert mine.read_text("utf-8") == "Mine.\n"
    done = shelf.run("init")
    assert done.code == 2
    assert "already contains a project\nhint: run `audiobook build` to build it\n" in done.err


def test_init_makes_a_folder_of_any_name(shelf: Shelf) -> None:
    assert shelf.run("init", "my shelf/of books").code == 0
    assert (shelf.root / "my shelf/of books/audiobook.toml").is_file()


def test_all_built_gives_exit_0(built: Shelf) -> None:
    assert built.run("build", "--engine", "tone").code == 0


@pytest.mark.parametrize(("options", "told"), [((), ""), (("--dry-run",), "(nothing was written)\n")])
def test_without_a_work_to_count_there_is_no_empty_line(
    shelf: Shelf, options: tuple[str, ...], told: str
) -> None:
    shelf.write("texts/loose.txt", "Hei.")
    done = shelf.run("build", *options)
    assert (done.code, done.out) == (1, told)


def test_some_failed_gives_exit_1(built: Shelf) -> None:
    built.write("texts/en/bad.txt", b"\xff")
    assert built.run("build", "--engine", "tone").code == 1
    assert built.run("list").code in (0, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bild",), "no command “bild”"),
        (("build", "--nonsense"), "no option --nonsense"),
        (("build", "--jobs", "257"), "--jobs"),
        (("build", "--jobs", "many"), "--jobs must be a whole number from 0 to 256, not “many”\n"),
        (("build", "--speed", "9"), "--speed must be a number from 0.5 to 3, not “9”\n"),
        (("build", "--format", "wav"), "unknown format “wav”"),
        (("build", "--lang", "eng"), "“eng” is not a language code\nhint: did you mean en?"),
        (("build", "--lang", "sv"), "no texts in “sv”"),
        (("build", "texd"), "no text named “texd”\nhint: did you mean text?"),
        (("build", "/no/such/file.md"), "/no/such/file.md: no such file\n"),
        (("build", "missing.md"), "missing.md: no such file\n"),
        (
            ("list", "https://a.example/b"),
            "https://a.example/b is not kept here\nhint: fetch it with `audiobook build https:",
        ),
        (("build", "texts"), "texts is a folder\nhint: to build all texts in it, run `audiobook build`"),
        (
            ("build", "texts/en"),
            "texts/en is a folder\nhint: to build the texts in it, run `audiobook build --lang en`",
        ),
        (("build", "output/en"), "output/en is a folder\nhint: it contains no texts"),
        (("build", "--lang", "english"), "“english” is not a language code\nhint: did you mean en?"),
        (("list", "--lang", "suomi"), "“suomi” is not a language code\nhint: did you mean fi?"),
        (("voices", "--lang", "pt_BR"), "“pt_BR” is not a language code\nhint: did you mean pt-BR?"),
        (("play", "text", "--lang", "xyzzy"), "is not a language code\nhint: use a code such as en"),
        (("play",), "WORK"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_use_gives_exit_2(built: Shelf, arguments: tuple[str, ...], said: str) -> None:
    done = built.run(*arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_an_unsupported_file_is_refused_with_a_way_to_convert_it(built: Shelf) -> None:
    built.write("book.lit", "x")
    done = built.run("build", "book.lit", "--lang", "en")
    assert done.code == 1
    assert done.err.startswith("error: book.lit: .lit is not supported\nhint: convert it: `ebook-convert ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            "\nengin = 'x'\n",
            "audiobook.toml:2: unknown setting “engin”\nhint: did you mean engine or engines?",
        ),
        ("[audio]\nkbits = 'many'\n", "audiobook.toml:2: audio.kbits"),
        ("[audio\n", "audiobook.toml:1: not valid TOML"),
        ("jobs = -1\n", "audiobook.toml:1: jobs"),
    ],
)
def test_wrong_settings_give_exit_2_and_name_the_line(built: Shelf, settings: str, said: str) -> None:
    built.write("audiobook.toml", settings)
    done = built.run("build")
    assert done.code == 2
    assert f"error: {said}" in done.err


@pytest.mark.parametrize("command", ["build", "list", "check"])
def test_nothing_to_do_gives_exit_3_and_says_what_to_do(shelf: Shelf, command: str) -> None:
    done = shelf.run(command)
    assert done.code == 3
    assert re.fullmatch(r"error: .+\nhint: .+\n", done.err)
    assert done.out == ""


def test_a_file_that_cannot_be_written_gives_exit_4(built: Shelf) -> None:
    built.write("blocked", "")
    assert built.run("build", "--engine", "tone", "--output", "blocked").code == 4


def test_a_file_anywhere_can_be_built(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write("audiobook.toml", "")
    path = tmp_path / "elsewhere" / "My Essay.txt"
    path.parent.mkdir()
    path.write_text("One essay.\n", "utf-8")
    assert shelf.run("build", str(path)).code == 2
    (label,) = shelf.build(str(path), "--lang", "sl", "--engine", "tone")
    assert label == "sl/my-essay"
    assert str(tmp_path) not in shelf.book(label, ".json").read_text("utf-8")


def test_the_environment_overrides_settings_and_flags_override_both(shelf: Shelf) -> None:
    shelf.write("texts/en/text.md", TEXT)
    shelf.write("audiobook.toml", 'author = "From the file"\nengine = "espeak"\n')
    shelf.build("--engine", "tone", AUDIOBOOK_AUTHOR="From the environment", AUDIOBOOK_ENGINE="nobody")
    inputs = shelf.record("en/text")["inputs"]
    assert (inputs["authors"], inputs["speaker"]["engine"]) == (["From the environment"], "tone")


def test_voices_are_listed_by_language(shelf: Shelf) -> None:
    done = shelf.run("voices", "--lang", "pt", "--json")
    languages = {voice["language"] for voice in done.answer["voices"]}
    assert {"pt", "pt-BR"} <= languages <= {"pt", "pt-BR", "pt-PT", "mul"}
    assert shelf.run("voices", "--engine", "espeek").code == 3


# Playing


STUB = """#!/bin/sh
for each in "$@"; do echo "$each"; done > "$STUB_SAID"
exit 7
"""


def stub(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(STUB, "utf-8")
    (folder / name).chmod(0o755)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the player")
@pytest.mark.parametrize("player", ["mpv", "ffplay", "xdg-open"])
def test_play_uses_the_installed_player(built: Shelf, tmp_path: Path, player: str) -> None:
    stub(tmp_path / "programs", player)
    said = tmp_path / "said"
    done = built.run("play", "text", PATH=f"{tmp_path / 'programs'}", STUB_SAID=str(said))
    assert (done.code, done.err) == (7, "")
    assert (built.root / said.read_text("utf-8").splitlines()[-1]).samefile(built.book("en/text"))


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the player")
def test_play_prefers_mpv(built: Shelf, tmp_path: Path) -> None:
    for player in ("xdg-open", "ffplay", "mpv"):
        stub(tmp_path / "programs", player)
    said = tmp_path / "said"
    built.run("play", "text", "--lang", "en", PATH=f"{tmp_path / 'programs'}", STUB_SAID=str(said))
    assert "--no-video" in said.read_text("utf-8").splitlines()


def test_play_says_what_to_install_when_there_is_no_player(built: Shelf, tmp_path: Path) -> None:
    done = built.run("play", "text", PATH=str(tmp_path))
    assert done.code == 4
    assert re.search(r"^error: no audio player found\nhint: install mpv", done.err)


def test_play_reports_a_missing_work_or_edition(built: Shelf) -> None:
    nothing = built.run("play", "texd")
    assert (nothing.code, "did you mean text?" in nothing.err) == (3, True)
    assert built.run("play", "text", "--lang", "fi").code == 3
    built.write("texts/fi/text.md", TEXT)
    built.build("--engine", "tone")
    several = built.run("play", "text")
    assert (several.code, "--lang en" in several.err) == (2, True)
    built.book("en/text").unlink()
    assert built.run("play", "text", "--lang", "en").code == 3


# Terminal output


def many_paragraphs(shelf: Shelf, count: int) -> None:
    text = "\n\n".join(f"Paragraph {number} of many is read aloud now." for number in range(count))
    shelf.write("texts/en/many.txt", text)


def on_terminal(shelf: Shelf, *arguments: str) -> tuple[int, str]:
    """Run a command on a terminal and return its exit code and all its output."""
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "audiobook", *arguments],
        cwd=str(shelf.root),
        env=clean_environment(TERM="xterm-256color"),
        encoding="utf-8",
        dimensions=(30, 100),
        timeout=PATIENCE_S,
    )
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus or 0), str(child.before)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_bars_on_a_terminal_are_removed_at_the_end(shelf: Shelf) -> None:
    many_paragraphs(shelf, 60)
    code, sent = on_terminal(shelf, "build")
    assert code == 0
    assert BAR in sent
    assert re.search(r"en/many.*\d+/60 clips", sent)
    assert "× real time" in sent
    assert re.search(r"\d:\d\d left", sent)
    after = sent[sent.rindex(BAR) :]
    assert "\x1b[2K" in after, "the last bar is not erased"
    assert "\x1b[?25h" in after, "the cursor stays hidden"
    assert "output/en/many.mp3: new; 60 of 60 clips made" in sent


@pytest.mark.exhaustive
@pytest.mark.slow
def test_no_part_of_a_bar_remains_on_the_screen(shelf: Shelf, tmp_path: Path) -> None:
    many_paragraphs(shelf, 80)
    shelf.write("texts/en/aborts.txt", f"Fine.\n\n{APOSTROPHES}\n\nFine again.\n")
    socket = str(tmp_path / "tmux")
    command = f"'{sys.executable}' -m audiobook build; echo ended $?; sleep 60"
    server = ("-S", socket, "-f", os.devnull)
    environment = [
        f"-e{key}={value}" for key, value in clean_environment().items() if key.startswith("PYTHON")
    ]
    start = ("new-session", "-d", "-x", "100", "-y", "30", "-c", str(shelf.root), *environment, command)
    run_tool("tmux", *server, *start)
    screens: list[str] = []

    def ended() -> bool:
        screens.append(run_tool("tmux", *server, "capture-pane", "-p").stdout)
        return re.search(r"^ended \d", screens[-1], re.MULTILINE) is not None

    try:
        wait_until(ended, "the build ends")
    finally:
        run_tool("tmux", *server, "kill-server")
    assert any(BAR in screen and "/80 clips" in screen for screen in screens)
    lines = screens[-1].strip().splitlines()
    assert lines[0].startswith("error: texts/en/aborts.txt:3: cannot be spoken: ")
    assert [line for line in lines if line.startswith("hint: ")]
    built = re.compile(r"✔ output/en/many.mp3: new; 80 of 80 clips made; \d:\d\d, 1 chapter")
    assert len(list(filter(built.fullmatch, lines))) == 1
    assert "1 built, 1 failed" in lines
    assert lines[-1] == "ended 1"
    assert BAR not in screens[-1]


def test_a_pipe_receives_no_escape_codes(shelf: Shelf) -> None:
    many_paragraphs(shelf, 5)
    done = shelf.run("build", "--engine", "tone", TERM="xterm-256color")
    assert not CONTROL.search(done.out + done.err)
    assert done.err.splitlines()[-1].startswith("output/en/many.mp3: new; 5 of 5 clips made")
    assert "\r" not in done.out + done.err


@pytest.mark.slow
def test_quiet_prints_nothing_on_success(shelf: Shelf) -> None:
    shelf.write("texts/en/text.md", TEXT)
    done = shelf.run("build", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    shelf.write("texts/en/bad.txt", b"\xff")
    done = shelf.run("build", "--quiet")
    assert (done.code, done.out) == (1, "")
    assert re.fullmatch("error: texts/en/bad.txt:1: byte 0 is not UTF-8\nhint: .+\n", done.err)


EVIL = "Evil \x1b[31mred\x07 \x1b]0;title\x07 \u202egnp \x9b2J\x7f"


def said_by(shelf: Shelf, *arguments: str) -> Finished:
    done = shelf.run(*arguments, AUDIOBOOK_ENGINE="tone")
    assert not CONTROL.search(done.out + done.err), arguments
    return done


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be given there")
def test_control_characters_never_reach_the_terminal(shelf: Shelf) -> None:
    shelf.write("texts/en/titled.md", f"# {EVIL}\n\nA word.\n\n```\ncode\n```\n")
    shelf.write(f"texts/en/{EVIL}.txt", "A word.\n")
    shelf.write(f"texts/en/{EVIL}-bad.txt", b"\xff")
    shelf.write(f"texts/en/{EVIL}-none.xyz", "A word.\n")
    assert "2 built, 1 failed" in said_by(shelf, "build").out
    said_by(shelf, "build", "--dry-run")
    said_by(shelf, "list")
    said_by(shelf, "check")
    for path in shelf.output.glob("*/*.mp3"):
        path.unlink()
    said_by(shelf, "check")
    for command in ("build", "play"):
        said_by(shelf, command, EVIL)
    for option in ("--engine", "--voice", "--lang", "--format", "--jobs"):
        said_by(shelf, "build", option, EVIL)
    said_by(shelf, "build", f"--{EVIL}")
    said_by(shelf, EVIL)
    said_by(shelf, "voices", "--lang", EVIL)
    said_by(shelf, "voices", "--engine", EVIL)


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be given there")
def test_control_characters_are_escaped_in_json(shelf: Shelf) -> None:
    shelf.write("texts/en/titled.md", f"# {EVIL}\n\nA word.\n")
    shelf.write(f"texts/en/{EVIL}.txt", b"\xff")
    (problem,) = said_by(shelf, "build", "--json").works["en/evil-31mred-0-title-gnp-2j"]["problems"]
    assert problem == f"texts/en/{EVIL}.txt:1: byte 0 is not UTF-8"
    said_by(shelf, "list", "--json")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.slow
def test_control_characters_never_reach_a_terminal_with_bars(shelf: Shelf) -> None:
    shelf.write("texts/en/titled.md", f"# {EVIL}\n\nA word.\n")
    shelf.write(f"texts/en/{EVIL}.txt", b"\xff")
    code, sent = on_terminal(shelf, "build", "--engine", "tone")
    assert code == 1
    for evil in ("\x1b[31mred", "\x07", "\x1b]0;", "\u202e", "\x9b"):
        assert evil not in sent


@pytest.mark.slow
def test_a_closed_pipe_is_not_an_error(built: Shelf) -> None:
    with built.start("list") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, "")


def test_help_does_not_load_what_only_building_needs(shelf: Shelf) -> None:
    code = "import sys; from audiobook.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shelf.root,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {
        "av",
        "mutagen",
        "rich",
        "lameenc",
        "pydub",
        "sentencex",
        "langcodes",
        "msgspec",
        "numpy",
        "markdown_it",
    }
    assert not heavy & set(done.stderr.split())


def test_all_texts_of_the_project_are_listed(texts_built: Shelf) -> None:
    works = texts_built.run("list", "--json").works
    assert sorted(works) == TEXT_LABELS
    assert all(work["state"] == "fresh" and work["title"] for work in works.values())


# Encodings


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1257", "ISO-8859-13"])
def test_the_suggested_encoding_builds_the_text(shelf: Shelf, encoding: str) -> None:
    text = "Lasītājs, kas klausās\n\nVisērtākie ir vidējie bērni, jo viņi prot būt plastiski.\n"
    shelf.write("texts/lv/teksts.txt", text.encode(encoding))
    refused = shelf.run("build", "--engine", "tone")
    assert refused.code == 1
    assert "texts/lv/teksts.txt:1: byte 3 is not UTF-8" in refused.err
    shown = re.search(r"try: --encoding (\S+)", refused.err)
    assert shown
    shelf.build("--engine", "tone", "--encoding", shown.group(1))
    assert shelf.record("lv/teksts")["title"] == "Lasītājs, kas klausās"
    assert shelf.run("list", "--encoding", encoding).code == 0


def test_an_encoding_that_does_not_exist_is_wrong_use(shelf: Shelf) -> None:
    done = shelf.run("build", "--encoding", "cp12577")
    assert done.code == 2
    assert "unknown encoding “cp12577”" in done.err
    assert "cp1257" in done.err


# Standard input


@pytest.mark.slow
def test_a_text_on_standard_input_is_built(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", "")
    command = ("build", "-", "--lang", "fi", "--engine", "tone", "--json")
    text = "Otsikko\n\nHän tuli. Hän lähti.\n".encode()
    assert shelf.run_with_input(text, *command).works["fi/standard-input"]["state"] == "built"
    assert shelf.record("fi/standard-input")["title"] == "Otsikko"
    assert shelf.run_with_input(text, *command).works["fi/standard-input"]["state"] == "fresh"
    assert shelf.run_with_input(text + b"!", *command).works["fi/standard-input"]["reasons"] == [
        "text changed"
    ]
    assert shelf.run("check").code == 0


@pytest.mark.slow
def test_an_error_in_standard_input_has_a_line_number(shelf: Shelf) -> None:
    done = shelf.run_with_input(b"a\n\n\xe4iti, \xe4idin", "build", "-", "--lang", "fi", "--engine", "tone")
    assert done.code == 1
    assert "standard-input.txt:3: byte 3 is not UTF-8" in done.err
    assert "--encoding" in done.err


@pytest.mark.parametrize("languages", [(), ("--lang", "fi", "--lang", "sl")])
@pytest.mark.slow
def test_standard_input_needs_one_language(shelf: Shelf, languages: tuple[str, ...]) -> None:
    done = shelf.run_with_input(b"A text.", "build", "-", *languages)
    assert done.code == 2
    assert "unknown language of standard input" in done.err


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_standard_input_is_refused(shelf: Shelf, data: bytes) -> None:
    done = shelf.run_with_input(data, "build", "-", "--lang", "fi", "--engine", "tone")
    assert done.code == 1
    assert "contains no text to read aloud" in done.err


@pytest.mark.slow
def test_a_pdf_on_standard_input_is_detected_by_its_bytes(shelf: Shelf) -> None:
    done = shelf.run_with_input(b"%PDF-1.7\n", "build", "-", "--lang", "fi", "--engine", "tone")
    assert done.code == 1
    assert "standard-input.pdf: is not a readable PDF file" in done.err
