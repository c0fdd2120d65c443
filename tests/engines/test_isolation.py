"""A child that crashes, hangs, floods or is orphaned causes no further harm."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path

import pytest
from tools import wait_until

from audiobook.document import Kind, Paragraph, Passage
from audiobook.engines.base import Engine, Style, Voice
from audiobook.engines.isolation import Launcher, Limits
from audiobook.engines.registry import load_engine, voice_for
from audiobook.errors import SpeechError
from audiobook.narration.passages import narrate
from audiobook.pipeline.voices.gain import bare_passage

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
LIMITS = Limits(time_s=60.0, memory_bytes=1 << 16)
BRIEF = Limits(time_s=1.0, memory_bytes=1 << 16)
"""For children that never end by themselves."""


def obey(request: bytes, room: mmap.mmap) -> bytes:
    """The task of the children in these tests: do what the request says."""
    match request:
        case b"crash":
            ctypes.string_at(0)
        case b"abort":
            os.abort()
        case b"hang":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(60)
        case b"spin":
            while True:
                pass
        case b"raise":
            raise RuntimeError("as told")
        case b"write":
            room[:4] = b"here"
        case b"long":
            return b"x" * 1_000_000
    return b"did " + request + str(os.getpid()).encode()


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    made = Launcher(obey, LIMITS)
    yield made
    made.close()


def test_every_request_runs_in_its_own_process(launcher: Launcher) -> None:
    answers = {launcher.ask(b"this")[0] for _ in range(5)}

    assert len(answers) == 5
    assert all(answer.startswith(b"did this") for answer in answers)


def test_memory_written_by_a_child_is_visible_to_the_caller(launcher: Launcher) -> None:
    _, room = launcher.ask(b"write")

    assert room[:4] == b"here"


def test_a_long_answer_arrives_complete(launcher: Launcher) -> None:
    assert launcher.ask(b"long")[0] == b"x" * 1_000_000


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (b"crash", "ended by SIGSEGV"),
        (b"abort", "ended by SIGABRT"),
        (b"raise", "ended with code 70"),
    ],
)
def test_a_child_that_fails_is_an_error_and_the_next_one_works(
    launcher: Launcher, order: bytes, said: str
) -> None:
    with pytest.raises(SpeechError, match=said):
        launcher.ask(order)

    assert launcher.ask(b"next")[0].startswith(b"did next")


@pytest.mark.slow
@pytest.mark.parametrize("order", [b"hang", b"spin"])
def test_a_child_that_never_ends_is_killed(order: bytes) -> None:
    brief = Launcher(obey, BRIEF)
    try:
        with pytest.raises(SpeechError, match="longer than 1 s"):
            brief.ask(order)
        wait_until(lambda: _answers(brief, b"next"), "the next child to answer within its second")
    finally:
        brief.close()


def _answers(launcher: Launcher, request: bytes) -> bool:
    """Return whether a child answers; on a busy machine, it may not within a second."""
    try:
        return launcher.ask(request)[0].startswith(b"did " + request)
    except SpeechError:
        return False


@pytest.fixture
def wide_launcher() -> Iterator[Launcher]:
    made = Launcher(obey, LIMITS, slots=2)
    yield made
    made.close()


@pytest.mark.exhaustive
@pytest.mark.slow
def test_each_place_has_a_child_that_works_at_the_same_time(wide_launcher: Launcher) -> None:
    signs = [wide_launcher.begin(order) for order in (b"hang", b"this")]
    assert None not in signs
    assert wide_launcher.begin(b"one more") is None
    # The second one finishes although the first hangs, because nothing waits for the first.
    assert wait([sign for sign in signs if sign]) == [signs[1]]
    answer, _ = wide_launcher.ask(b"this")
    assert answer.startswith(b"did this")


def test_children_that_work_at_the_same_time_have_separate_memory(wide_launcher: Launcher) -> None:
    for order in (b"write", b"this"):
        wide_launcher.begin(order)
    rooms = [wide_launcher.ask(order)[1] for order in (b"write", b"this")]
    assert [room[:4] for room in rooms] == [b"here", b"\0" * 4]


def test_a_request_that_was_begun_and_never_fetched_blocks_no_other(wide_launcher: Launcher) -> None:
    for order in (b"crash", b"this"):
        wide_launcher.begin(order)
    answers = [wide_launcher.ask(b"next")[0] for _ in range(5)]
    assert all(answer.startswith(b"did next") for answer in answers)


@pytest.mark.slow
def test_a_launcher_ends_with_its_parent() -> None:
    code = (
        "import sys, os; sys.path.insert(0, 'tests/engines')\n"
        "from audiobook.engines.isolation import Launcher, Limits\n"
        "def pid(request, room): return str(os.getppid()).encode()\n"
        "launcher = Launcher(pid, Limits(60.0, 4096), slots=2)\n"
        "launcher.begin(b'1')\n"
        "print(launcher.ask(b'2')[0].decode(), launcher.ask(b'1')[0].decode(), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    forking = [Path(f"/proc/{pid}") for pid in done.stdout.split()]

    wait_until(lambda: not any(map(Path.exists, forking)), "the launchers to end")
    assert done.returncode == -signal.SIGKILL
    assert len(set(forking)) == 2


def test_a_working_child_ends_with_the_process_that_requested_it(tmp_path: Path) -> None:
    """A child ends however long its work would take, because nothing waits for its answer any more."""
    code = (
        "import os, time\n"
        "from audiobook.engines.isolation import Launcher, Limits\n"
        "def spin(request, room):\n"
        "    with open('child', 'w') as told: told.write(str(os.getpid()))\n"
        "    os.rename('child', 'spins')\n"
        "    while True: pass\n"
        "launcher = Launcher(spin, Limits(600.0, 4096))\n"
        "launcher.begin(b'1')\n"
        "while not os.path.exists('spins'): time.sleep(0.01)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    child = Path(f"/proc/{(tmp_path / 'spins').read_text()}")

    assert done.returncode == -signal.SIGKILL
    wait_until(lambda: not child.exists(), "the child to end")


def english(text: str) -> tuple[Engine, Voice, Passage]:
    engine = load_engine("espeak")
    (passage,) = narrate(Paragraph(text, Kind.TEXT), "en")
    return engine, voice_for(engine, "en"), passage


def test_text_that_aborts_espeak_fails_alone() -> None:
    engine, voice, bad = english("s'" * 220)
    _, _, good = english("All is well.")
    before = list(engine.speak(good, voice, Style()))

    with pytest.raises(SpeechError, match="SIGABRT"):
        list(engine.speak(bad, voice, Style()))

    assert list(engine.speak(good, voice, Style())) == before


@pytest.mark.slow
def test_text_that_makes_espeak_run_on_is_stopped() -> None:
    engine, voice, _ = english("Any text.")
    passage = bare_passage((" ".join(["9" * 60] * 80),), "en")

    # On a very busy machine, the limit of time comes first.
    with pytest.raises(SpeechError, match=r"more than 20 minutes|took longer than 60 s"):
        list(engine.speak(passage, voice, Style(0.5)))
