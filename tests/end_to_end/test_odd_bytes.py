"""Bytes that are not UTF-8 in environment, flags, addresses.

Names of 300 letters: they work, or give one of our own errors.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from patience import PATIENCE_S
from sampling import sampled
from tools import Finished, Shelf, clean_environment

ODD = b"\xff"
LONG = "a" * 300
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="names here are text")

pytestmark = LINUX_ONLY


@pytest.fixture
def small(shelf: Shelf) -> Shelf:
    shelf.write("texts/en/small.txt", "A small text.\n")
    return shelf


def run(
    shelf: Shelf,
    *arguments: str | bytes,
    environment: Mapping[bytes, bytes] | None = None,
    more: Mapping[bytes, bytes] | None = None,
    memory_kb: int | None = None,
) -> Finished:
    """Run a command with bytes as arguments and environment, optionally with little memory."""
    if environment is None and memory_kb is None:
        words = [word if isinstance(word, str) else os.fsdecode(word) for word in arguments]
        return shelf.run(
            *words, **{os.fsdecode(key): os.fsdecode(value) for key, value in (more or {}).items()}
        )
    inherited = {os.fsencode(key): os.fsencode(value) for key, value in clean_environment().items()}
    limit = f"ulimit -v {memory_kb}; " if memory_kb else ""
    done = subprocess.run(
        ["sh", "-c", f'{limit}exec "$0" -m audiobook "$@"', sys.executable, *arguments],
        cwd=shelf.root,
        env={**(inherited if environment is None else environment), **(more or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


def assert_refused(done: Finished, code: int, *said: str) -> None:
    assert done.code == code, done
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert done.err.count("error: ") == 1
    for words in said:
        assert words in done.err


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    sampled(["AUTHOR", "ENGINE", "TEXTS", "OUTPUT", "STORE", "ENCODING", "JOBS", "VOICES", "SPAWN"], 2),
)
def test_a_variable_that_is_not_text_is_refused_by_its_name(small: Shelf, name: str) -> None:
    variable = f"AUDIOBOOK_{name}"
    done = run(small, "build", more={variable.encode(): b"a" + ODD})
    assert_refused(done, 2, rf"error: {variable} is not valid UTF-8: “a\xff”")
    assert list(small.root.iterdir()) == [small.root / "texts"]


@pytest.mark.parametrize(
    "command",
    sampled(
        [
            "build",
            "build --lang",
            "build --engine",
            "build --voice",
            "build --format",
            "build --encoding",
            "build --texts",
            "build --output",
            "list --lang",
            "script",
            "play",
            "export book --to epub --output",
            "init",
            "publish --base-url",
            "publish --base-url http://a.example --to",
            "serve --host",
            "voices --lang",
            "voices try en",
            "voices install",
            "check --output",
            "clean --output",
            "",
        ],
        4,
    ),
)
def test_a_word_that_is_not_text_is_refused_by_name(small: Shelf, command: str) -> None:
    assert_refused(
        run(small, *command.split(), b"a" + ODD), 2, r"error: “a\xff” is not valid UTF-8", "hint: "
    )
    assert list(small.root.iterdir()) == [small.root / "texts"]


@pytest.mark.slow
def test_a_file_with_an_undecodable_name_is_built_under_a_valid_name(small: Shelf) -> None:
    names = [b"texts/en/caf\xe9.txt", b"loose\xff.txt"]
    for name in names:
        (small.root / os.fsdecode(name)).write_text("Another small text.\n")
    done = run(small, "build", "--engine", "tone", "--json", names[1], "--lang", "en")
    assert (done.code, set(done.works)) == (0, {"en/loose"})
    done = run(small, "build", "--engine", "tone", "--json")
    assert (done.code, set(done.works)) == (0, {"en/caf", "en/small"})
    assert small.record("en/caf")["source"] == "texts/en/caf?.txt"
    assert run(small, "publish", "--base-url", "http://a.example").code == 0
    assert run(small, "check").code == 0


@pytest.mark.slow
def test_an_epub_with_an_undecodable_name_is_replaced(small: Shelf) -> None:
    small.build("--engine", "tone")
    assert run(small, "export", "small", "--to", "epub").code == 0
    small.book("en/small", ".epub").rename(small.root / os.fsdecode(b"caf\xe9.epub"))
    done = run(small, "export", "small", "--to", "epub", "--json", "--output", b"caf\xe9.epub")
    assert (done.code, done.answer["output"]) == (0, r"caf\xe9.epub")


@pytest.mark.slow
def test_a_project_in_a_folder_with_an_undecodable_name_works(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / os.fsdecode(b"shelf" + ODD))
    shelf.write("texts/en/small.txt", "A small text.\n")
    for command in (
        "build --engine tone --json",
        "list --json",
        "publish --base-url http://a.example",
        "check --json",
    ):
        done = run(shelf, *command.split())
        assert (done.code, done.problems) == (0, "")


@pytest.mark.exhaustive
@pytest.mark.slow
def test_an_empty_environment_is_enough(small: Shelf) -> None:
    for command in ("build --quiet", "publish --base-url http://a.example", "voices"):
        done = run(small, *command.split(), environment={})
        assert (done.code, done.problems) == (0, ""), command


@pytest.mark.slow
@pytest.mark.parametrize(
    "variables",
    sampled([{b"LC_ALL": b"C"}, {b"LC_ALL": b"C", b"PYTHONUTF8": b"0", b"PYTHONCOERCECLOCALE": b"0"}]),
)
def test_non_ascii_names_work_in_an_ascii_locale(shelf: Shelf, variables: Mapping[bytes, bytes]) -> None:
    shelf.write("texts/fi/ääni.txt", "Pieni ääni.\n")
    for command in ("build --engine tone", "list", "script --lang fi texts/fi/ääni.txt"):
        done = run(shelf, *command.split(), environment=variables)
        assert done.code == 0, done
        assert "Traceback" not in done.err


@pytest.mark.slow
@pytest.mark.parametrize("long", [LONG, "abcdefg/" * 600], ids=["a long name", "a long path"])
@pytest.mark.parametrize(
    "command",
    sampled(
        [
            "build --texts",
            "build --output",
            "list --output",
            "list --texts",
            "check --output",
            "publish --base-url http://a.example --output",
            "serve --port 0 --output",
            "init",
        ],
        3,
    ),
)
def test_a_path_that_is_too_long_is_reported(small: Shelf, command: str, long: str) -> None:
    assert_refused(run(small, *command.split(), long), 4, long[:250], "File name too long\n")


@pytest.mark.parametrize("name", ["texts", "output", "store"])
def test_a_path_in_the_settings_that_is_too_long_is_reported(small: Shelf, name: str) -> None:
    small.write("audiobook.toml", f'{name} = "{LONG}"\n')
    done = run(small, "build", "--engine", "tone", "--quiet")
    assert_refused(done, 4, LONG, "File name too long\n")


@pytest.mark.slow
def test_an_unknown_name_is_not_treated_as_a_path_or_a_pattern(small: Shelf) -> None:
    small.build("--engine", "tone")
    for command in ("build", "script", "play"):
        for name in (LONG, "a/" * 3000, "*", "../en/small", ""):
            done = run(small, command, name)
            assert done.code == (3 if command == "play" else 2), (command, name, done)
            assert re.match(r"error: (no text named|no built work named|.*: no such file)", done.err), done
            assert "Traceback" not in done.err


@pytest.mark.exhaustive
@pytest.mark.slow
def test_with_little_memory_a_command_succeeds_or_says_why_not(small: Shelf) -> None:
    """Limits from what the interpreter needs to start up to what a build needs: any failure is one of our errors.

    With 30 MB, Python 3.11.2 sometimes never ends while it imports its own modules.
    """
    codes = []
    for memory_kb in range(40_000, 491_000, 75_000):
        done = run(small, "build", "--force", "--jobs", "1", "--quiet", memory_kb=memory_kb)
        codes.append(done.code)
        # hashlib itself logs which of its parts cannot be loaded, before anything of ours runs.
        told = re.sub(r"(?s)^ERROR:root:code for hash .*?(?=^error: )", "", done.err, flags=re.MULTILINE)
        assert "Traceback" not in told, (memory_kb, told)
        assert done.code in (0, 1, 3, 4), (memory_kb, done)
        assert done.code == 0 or told.startswith("error: "), (memory_kb, told)
    assert codes[0] != 0
    assert codes[-1] == 0
