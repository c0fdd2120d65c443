"""An interpreter answers many requests, and one that crashes or hangs it fails alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import clean_environment, wait_until

from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.document import Passage, Sentence
from audiobook.engines.base import Speech, Style
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.interpreter import Interpreter, in_new_interpreter
from audiobook.engines.isolation import SPAWN_VARIABLE, Limits
from audiobook.engines.registry import voice_for
from audiobook.errors import SpeechError
from audiobook.pipeline.clip_job import Failed, Job
from audiobook.pipeline.voices.outfits import Outfit

LIMITS = Limits(time_s=60.0, memory_bytes=0)
HERE = Path(__file__).parent
ABORTS = "s'" * 220
"""A text that makes espeak-ng abort."""


@pytest.fixture
def interpreter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    made = Interpreter("obedient", LIMITS)
    yield made
    made.close()


def test_one_process_answers_many_requests(interpreter: Interpreter) -> None:
    answers = [interpreter.ask(request) for request in (b"", b"next", b"print", b"long", b"")]

    assert answers.pop(3) == b"x" * 1_000_000
    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("order", "said"), [(b"abort", "ended by SIGABRT"), (b"leave", "with code 3"), (b"raise", "with code 1")]
)
def test_a_request_that_ends_the_process_fails_and_another_process_answers_the_next(
    interpreter: Interpreter, order: bytes, said: str
) -> None:
    before = interpreter.ask(b"")
    with pytest.raises(SpeechError, match=said):
        interpreter.ask(order)

    after = [interpreter.ask(b""), interpreter.ask(b"")]
    assert before not in after
    assert len(set(after)) == 1


def test_a_process_that_ended_between_requests_is_replaced(interpreter: Interpreter) -> None:
    before = interpreter.ask(b"")
    os.kill(int(before), signal.SIGKILL)
    os.waitid(os.P_PID, int(before), os.WEXITED | os.WNOWAIT)

    assert interpreter.ask(b"") != before


def test_a_request_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    with pytest.raises(SpeechError, match="longer than 1 s"):
        in_new_interpreter("obedient", b"hang", Limits(1.0, 0))


def test_a_working_process_ends_with_the_one_that_asked_it(tmp_path: Path) -> None:
    code = (
        "import os, threading, time\n"
        "from audiobook.engines.interpreter import Interpreter\n"
        "from audiobook.engines.isolation import Limits\n"
        "asked = Interpreter('obedient', Limits(600.0, 0))\n"
        "print(asked.ask(b'').decode(), flush=True)\n"
        "threading.Timer(0.1, os.kill, (os.getpid(), 9)).start()\n"
        "asked.ask(b'hang')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=clean_environment(PYTHONPATH=str(HERE)),
        stdout=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    wait_until(lambda: not Path(f"/proc/{int(done.stdout)}").exists(), "the process to end")


def spoken(texts: tuple[str, ...], language: str) -> list[Speech]:
    engine = EspeakEngine()
    passage = Passage(tuple(Sentence(text, (), ()) for text in texts), language)
    return list(engine.speak(passage, voice_for(engine, language), Style()))


def test_a_passage_sounds_as_in_a_forked_process_whatever_was_spoken_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """espeak-ng remembers what it said, so the process that spoke the first passages must forget them."""
    passages = [
        (("The sea was quiet.", "Was it?"), "en"),
        (("The sea was quiet.", "Was it?"), "en"),
        (("Meri oli hiljaa 1234 yötä!",), "fi"),
        (("The sea was quiet.",), "en"),
        (("Czy morze było ciche?",), "pl"),
        (("Meri oli hiljaa 1234 yötä!",), "fi"),
    ]
    forked = [spoken(*passage) for passage in passages]
    monkeypatch.setenv(SPAWN_VARIABLE, "1")
    assert [spoken(*passage) for passage in passages] == forked
    assert [spoken(*passage) for passage in reversed(passages)] == forked[::-1]


def test_the_sentence_that_aborts_espeak_is_named_without_fork_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(SPAWN_VARIABLE, "1")
    voice = voice_for(EspeakEngine(), "en")
    texts = ("All is well.", "So far.", ABORTS, "It ends.")
    job = Job(
        "key",
        tuple(Sentence(text, (), ()) for text in texts),
        "en",
        Outfit("espeak", (), tmp_path, 1),
        Speaker(voice.engine, "any", voice.name, 1.0, 1.0, 1.0, voice.rate_hz),
        Sound(100, 0.0, -3.0, 64, 5),
        tmp_path,
    )
    failed = job.run()
    assert isinstance(failed, Failed)
    assert failed.sentence == 2
    assert "SIGABRT" in failed.error.message
