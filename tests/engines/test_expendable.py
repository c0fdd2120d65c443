"""An expendable process speaks like a new one, and may be ended by what it speaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_S

from audiobook.document import Passage, Phonemes, PhonemeSpan, Sentence
from audiobook.engines.base import Style
from audiobook.engines.expendable import expendable, is_expendable
from audiobook.engines.registry import load_engine, voice_for
from audiobook.files import digest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it cannot end a process that hangs")

PASSAGES = [
    ("en", "A first sentence, with a comma. And 1,234 more!", 1.0, 1.0),
    ("fi", "Toinen lause: äänekäs yö, 25 kertaa.", 1.3, 1.0),
    ("en", "Quickly now? “Yes,” she said.", 2.0, 0.7),
    ("ru", "Короткий текст на русском языке.", 1.0, 1.0),
    ("cmn", "我们今天去公园。", 1.0, 1.5),
    ("fa", "این یک متن کوتاه است.", 0.8, 1.0),
    ("en", "A first sentence, with a comma. And 1,234 more!", 1.0, 1.0),
]
SOUNDED = Sentence("A cat sat.", (), (), (PhonemeSpan(2, 3, Phonemes("hələʊ")),))


def spoken_digests() -> list[str]:
    """Speak passages of many languages one after the other, and return the digest of each, with the times of its words."""
    engine = load_engine("espeak")
    digests = []
    for language, text, speed, pitch in PASSAGES:
        sentences = (Sentence(text, (), ()), SOUNDED) if language == "en" else (Sentence(text, (), ()),)
        voice = voice_for(engine, language)
        engine.prepare(voice)
        speeches = engine.speak(Passage(sentences, language), voice, Style(speed, pitch))
        digests += [digest(bytes(speech.pcm.samples) + repr(speech.marks).encode()) for speech in speeches]
    return digests


def children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def in_expendable(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in an expendable interpreter."""
    script = (
        "import sys; sys.path[:0] = ['tests', 'tests/engines']\n"
        "import test_expendable as here\n"
        "from audiobook.engines.expendable import expendable, in_danger, is_worn\n"
        "with expendable(unless=False):\n" + "".join(f"    {line}\n" for line in code.splitlines())
    )
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="children are listed by Linux")
def test_it_speaks_the_same_without_a_child() -> None:
    done = in_expendable("print(*here.spoken_digests())\nprint(*here.children())")
    digests, listed = done.stdout.split("\n")[:2]
    assert digests.split() == spoken_digests()
    assert listed == ""


@pytest.mark.skipif(not hasattr(os, "RTLD_NODELETE"), reason="this system always unloads libraries")
def test_a_library_that_is_never_unloaded_speaks_the_same_in_children() -> None:
    code = (
        "import ctypes, espeakng_loader, os\n"
        "ctypes.CDLL(espeakng_loader.get_library_path(), os.RTLD_NOW | os.RTLD_NODELETE)\n"
        "print(*here.spoken_digests())\nprint(*here.children())"
    )
    digests, listed = in_expendable(code).stdout.split("\n")[:2]
    assert digests.split() == spoken_digests()
    assert listed


def test_what_ended_another_process_is_spoken_in_a_child() -> None:
    with expendable(unless=True):
        assert not is_expendable()
    with expendable(unless=False):
        assert is_expendable()
    assert not is_expendable()


@pytest.mark.parametrize(
    ("code", "limit_s", "ending"),
    [
        ("while True: pass", 0.5, signal.SIGALRM),
        ("__import__('time').sleep(100)", 0.5, signal.SIGALRM),
        ("__import__('os').abort()", PATIENCE_S, signal.SIGABRT),
    ],
)
def test_what_hangs_or_crashes_ends_it_without_a_word(
    code: str, limit_s: float, ending: signal.Signals
) -> None:
    done = in_expendable(
        f"with in_danger({limit_s}):\n    print('last words', file=sys.stderr, flush=True)\n    {code}"
    )
    assert (done.returncode, done.stderr) == (-ending, "")


def test_what_ends_in_time_may_take_long_and_speak_afterwards() -> None:
    code = (
        f"import signal\nwith in_danger({PATIENCE_S}): print(signal.getitimer(signal.ITIMER_REAL)[0] > 0)\n"
        "print(signal.getitimer(signal.ITIMER_REAL))\nprint('words', file=sys.stderr)"
    )
    done = in_expendable(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n(0.0, 0.0)\n", "words\n")


def test_after_many_dangers_it_is_worn() -> None:
    code = "for _ in range(1000):\n    with in_danger(60): pass\n    if is_worn(): break\nprint(_)"
    assert 100 < int(in_expendable("print(is_worn())\n" + code).stdout.split()[1]) < 999
