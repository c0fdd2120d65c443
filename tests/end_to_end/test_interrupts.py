"""Interrupt inside any library call: 130 within two seconds; broad handlers never catch it.

Nothing here measures seconds: one signal must be enough whenever it arrives, and time limits only end tests that hang.
"""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from textwrap import dedent

import pexpect
import pytest
from patience import PATIENCE_S
from sampling import sampled
from tools import Finished, Shelf, alive_in_group, clean_environment, engine_package, finish, png, wait_until

STOPPED = "error: stopped\nhint: finished work is kept; run the same command again to resume\n"
STOPPED_AT_ONCE = "error: stopped\nhint: run the same command again to start over\n"
STOPPED_WITH_FORCE = "error: stopped\nhint: finished books are kept; with --force, the same command starts from the beginning\n"
EARLY = (1, 10)
"""Lines before a command is known: the same for all of them."""
SHARES = range(10, 100, 10)
"""Percentages of the lines of a command, of which some are tried."""

TRACER = '''
import os, signal, sys

left = int(os.environ["STOP_AT"])
count = 0

def trace(frame, event, argument):
    """Send one signal at a line counted from where the command starts to handle signals."""
    global count
    if event == "line" and (count or hasattr(signal.getsignal(signal.SIGTERM), "__self__")):
        count += 1
        if count == left:
            sys.settrace(None)
            tell()
            os.kill(os.getpid(), signal.SIGINT)
    return trace

def tell():
    with open(os.environ["STOP_TOLD"], "w") as told:
        told.write(str(count))

os.register_at_fork(after_in_child=lambda: sys.settrace(None))
if not left:
    import atexit
    atexit.register(tell)
sys.settrace(trace)
'''

READER = '''
import ctypes, hashlib, os, re, signal, threading, time

def stop(number=signal.SIGINT):
    os.kill(os.getpid(), number)

def stop_soon():
    """Stop from outside, since a long call may keep other threads from running."""
    os.system(f"(sleep 0.2; kill -INT {{os.getpid()}}) &")

def work_on():
    while True:
        time.sleep(0.01)

class Dying:
    def __del__(self):
        stop()

class Reader:
    """A reader that is interrupted and resists it."""

    def read(self, source):
{body}
'''


def reader_package(folder: Path, body: str) -> str:
    """Write an installed package with a reader of `.odd` files that runs `body`; return its PYTHONPATH."""
    info = folder / "odd_reader-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "odd_reader.py").write_text(READER.format(body=_indented(body)), "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd_reader\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[audiobook.sources]\nodd = odd_reader:Reader\n", "utf-8")
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])


def _indented(body: str) -> str:
    return "\n".join(f"        {line}" for line in dedent(body).strip().splitlines())


def assert_ends_well(process: subprocess.Popen[str], code: int = 130) -> None:
    """Check that a stopped command printed nothing else and left no process behind."""
    assert_ended_well(process, finish(process), code)


def assert_ended_well(process: subprocess.Popen[str], done: Finished, code: int = 130) -> None:
    progress = [
        line
        for line in done.err.splitlines()
        if re.match(r"\d+ clips? to ", line) or line.startswith(("publishing: ", "output/"))
    ]
    said = "".join(f"{line}\n" for line in done.err.splitlines() if line not in progress)
    assert done.code == code, done
    assert said in (STOPPED, STOPPED_AT_ONCE, STOPPED_WITH_FORCE), done
    wait_until(lambda: not alive_in_group(process.pid), "the end of all that it started")


@pytest.fixture
def project(shelf: Shelf) -> Shelf:
    """A project with texts of several kinds, one with a cover."""
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    shelf.write("texts/en/one.md", "---\nauthor: Ann\n---\n# One\n\nA text of **three** words.\n")
    shelf.write("texts/en/one.png", png(60, 60))
    shelf.write(
        "texts/en/two.html", "<html><body><h1>Two</h1><p>It was <i>read</i> in 1984.</p></body></html>"
    )
    return shelf


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "early", "tried"),
    [
        ("build --force", EARLY, 2),
        ("list --json", (), 1),
        ("script one --lang en", (), 1),
        ("publish --base-url http://a.example", (), 1),
    ],
)
def test_one_interrupt_at_any_line_stops_a_command(
    project: Shelf, tmp_path: Path, command: str, early: tuple[int, ...], tried: int
) -> None:
    (tmp_path / "tracer").mkdir()
    (tmp_path / "tracer/sitecustomize.py").write_text(TRACER)
    told = tmp_path / "told"
    settings = {"PYTHONPATH": str(tmp_path / "tracer"), "STOP_TOLD": str(told)}
    if command.startswith("publish"):
        project.build()
    assert finish(project.start(*command.split(), STOP_AT="0", **settings)).code == 0
    lines = int(told.read_text())
    points = [*early, *(lines * share // 100 for share in Random(command).sample(SHARES, tried))]
    stopped = 0
    for point in points:
        told.unlink(missing_ok=True)
        process = project.start(*command.split(), STOP_AT=str(point), **settings)
        done = finish(process)
        if told.exists():  # the number of lines depends on timing
            stopped += 1
            assert_ended_well(process, done)
        else:
            assert done.code == 0
    assert stopped >= len(points) // 2
    assert not project.leftovers()
    project.build()


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    sampled(
        [
            """
        while True:
            try:
                stop()
            except Exception:
                pass
        """,
            """
        try:
            stop()
        except BaseException:
            pass
        work_on()
        """,
            """
        Dying()
        work_on()
        """,
            """
        ctypes.CFUNCTYPE(None)(stop)()
        work_on()
        """,
            """
        try:
            stop()
        except BaseException as error:
            raise ValueError("the file is damaged") from error
        """,
            """
        stop_soon()
        hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)
        """,
            """
        stop_soon()
        re.match("(a+)+b", "a" * 60)
        """,
            """
        try:
            stop()
        finally:
            work_on()
        """,
            """
        threading.Thread(target=work_on).start()
        stop()
        """,
        ]
    ),
    ids=[
        "caught as an exception",
        "dropped by a handler",
        "dropped by a destructor",
        "dropped by a callback from C",
        "told as another error",
        "a long call of a library",
        "a long regular expression",
        "clean-up that does not end",
        "a thread that does not end",
    ],
)
def test_one_interrupt_stops_a_library_that_ignores_it(shelf: Shelf, tmp_path: Path, body: str) -> None:
    shelf.write("texts/en/a.odd", "?")
    assert_ends_well(shelf.start("script", "en/a", PYTHONPATH=reader_package(tmp_path / "p", body)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interrupt_of_a_build_ends_the_process_that_reads_texts(
    shelf: Shelf, tmp_path: Path, number: signal.Signals
) -> None:
    shelf.write("texts/en/a.odd", "?")
    body = f"""
    os.kill(os.getppid(), {int(number)})
    work_on()
    """
    process = shelf.start("build", "--engine", "tone", PYTHONPATH=reader_package(tmp_path / "p", body))
    assert_ends_well(process, 128 + number)


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not end the children of a process")
def test_after_the_death_of_a_build_the_process_that_reads_a_text_ends_too(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.write("texts/en/a.odd", "?")
    body = """
    os.kill(os.getppid(), signal.SIGKILL)
    work_on()
    """
    process = shelf.start("build", "--engine", "tone", PYTHONPATH=reader_package(tmp_path / "p", body))
    assert finish(process).code == -signal.SIGKILL
    wait_until(lambda: not alive_in_group(process.pid), "the end of all that it started")


@pytest.mark.slow
def test_a_second_signal_ends_cleanup_at_once(shelf: Shelf, tmp_path: Path) -> None:
    body = """
    try:
        stop(signal.SIGTERM)
    finally:
        time.sleep(0.2)
        stop(signal.SIGINT)
        work_on()
    """
    shelf.write("texts/en/a.odd", "?")
    path = reader_package(tmp_path / "p", body)
    assert_ends_well(shelf.start("script", "en/a", PYTHONPATH=path), 130)  # the first would be 143


@pytest.mark.slow
def test_two_signals_in_the_same_moment_are_one(shelf: Shelf, tmp_path: Path) -> None:
    """`timeout` sends one signal to the process and one to its group."""
    body = """
    try:
        stop()
    finally:
        stop()
        open("cleaned-up", "w").close()
    """
    shelf.write("texts/en/a.odd", "?")
    path = reader_package(tmp_path / "p", body)

    def cleans_up() -> bool:
        assert_ends_well(shelf.start("script", "en/a", PYTHONPATH=path))
        return (shelf.root / "cleaned-up").exists()

    assert any(cleans_up() for _ in range(5)), (
        "on a busy machine, the second signal may come later, but not always"
    )


def test_an_interrupt_ends_the_wait_for_another_build(shelf: Shelf) -> None:
    shelf.write("texts/en/a.txt", "A word.")
    shelf.output.mkdir()
    folder = os.open(shelf.output, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        process = shelf.start("build", "--engine", "tone")
        assert process.stderr
        assert "waiting for it to finish" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert_ends_well(process)
    finally:
        os.close(folder)


def test_an_interrupt_ends_the_wait_for_a_silent_server(shelf: Shelf, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        shelf.write("audiobook.toml", f'[engines.piper]\nbase_url = "{url}"\n')
        process = shelf.start("voices", "install", "fi_FI-harri-medium", AUDIOBOOK_VOICES=str(tmp_path / "v"))
        client, _ = server.accept()
        with client:
            assert client.recv(10)
            assert process.stderr
            assert "name the server of the voices" in process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            assert_ends_well(process, 143)


SLOW_TO_START = """
import subprocess, time
class Popen(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        time.sleep(1)
subprocess.Popen = Popen
"""
"""A machine that is so busy that a program runs long before the call that starts it returns."""


@pytest.mark.slow
@pytest.mark.parametrize("machine", ["", SLOW_TO_START], ids=["quiet", "busy"])
def test_an_interrupted_player_may_restore_the_terminal(shelf: Shelf, tmp_path: Path, machine: str) -> None:
    shelf.write("texts/en/a.txt", "A word.")
    shelf.build("--engine", "tone")
    player = tmp_path / "bin/mpv"
    player.parent.mkdir()
    player.write_text(
        "#!/bin/sh\ntrap 'sleep 2; echo tidied > tidied; exit 0' TERM\nkill -INT $PPID\nwhile :; do sleep 0.1; done\n"
    )
    player.chmod(0o755)
    (player.parent / "sitecustomize.py").write_text(machine)
    path = os.pathsep.join([str(player.parent), os.environ["PATH"]])
    process = shelf.start("play", "a", PATH=path, PYTHONPATH=str(player.parent))
    done = finish(process)  # the player interrupts it at once
    assert (done.code, done.err) == (0, "stopped\n")  # the usual way to end it
    wait_until(lambda: not alive_in_group(process.pid), "the end of the player")
    assert (shelf.root / "tidied").read_text() == "tidied\n"


@pytest.mark.slow
def test_an_interrupted_build_with_force_is_not_said_to_resume(shelf: Shelf, tmp_path: Path) -> None:
    path = engine_package(tmp_path / "guest", "slow", "open('speaks', 'w').close(); time.sleep(600)")
    shelf.write("texts/en/a.txt", "The kaboom.\n")
    process = shelf.start("build", "--engine", "slow", "--force", PYTHONPATH=path)
    wait_until((shelf.root / "speaks").exists, "the engine speaks")
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert (done.code, "with --force, the same command starts from the beginning" in done.err) == (130, True)


@pytest.mark.slow
def test_ctrl_c_on_a_terminal_shows_the_cursor_again(shelf: Shelf, tmp_path: Path) -> None:
    path = engine_package(tmp_path / "guest", "slow", "time.sleep(600)")
    shelf.write("texts/en/a.txt", "A word.\n\nThe kaboom.\n")
    environment = clean_environment(PYTHONPATH=path, TERM="xterm")
    command = ["-m", "audiobook", "build", "--engine", "slow", "--jobs", "2"]
    child = pexpect.spawn(
        sys.executable, command, cwd=shelf.root, env=environment, timeout=PATIENCE_S, encoding="utf-8"
    )
    child.expect_exact("\x1b[?25l")
    child.expect_exact("clips")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    said = child.before or ""
    assert child.exitstatus == 130, said
    assert "\x1b[?25h" in said
    assert said.endswith(STOPPED.replace("\n", "\r\n"))
    assert "Traceback" not in said
    wait_until(lambda: not alive_in_group(child.pid), "the end of all that it started")


@pytest.mark.slow
@pytest.mark.parametrize("times", sampled([1, 10]))
def test_ctrl_c_while_a_server_builds_ends_both(shelf: Shelf, tmp_path: Path, times: int) -> None:
    path = engine_package(tmp_path / "guest", "slow", "open('speaks', 'w').close(); time.sleep(600)")
    shelf.write("audiobook.toml", 'engine = "slow"\n')
    shelf.write("texts/en/a.txt", "The kaboom.\n")
    process = shelf.start("serve", "--watch", "--port", "0", PYTHONPATH=path)
    wait_until((shelf.root / "speaks").exists, "the engine speaks")
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.01)
    done = finish(process)
    assert done.code == 0
    assert "stopped" in done.err.splitlines()
    assert "Traceback" not in done.err
    wait_until(lambda: not alive_in_group(process.pid), "the end of all that it started")
