"""The cost of an online service besides waiting for it: a book spoken by a server with ready-made speech."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audiobook.audio.pcm import join
from audiobook.engines.base import Style
from audiobook.engines.registry import load_engine, voice_for
from audiobook.pipeline.voices.gain import bare_passage
from bench.book import paragraphs
from bench.measure import time_of

WAIT_S = 0.02
AT_ONCE = 2 * (os.cpu_count() or 1)
"""Number of workers of a build with an online service."""
_SPEECH_S = 200
_SETTINGS = """engine = "openai"

[engines.openai]
base_url = "http://127.0.0.1:{port}/v1"
model = "canned"
voices = "canned"
rate_hz = {rate_hz}
"""


def write_speech(path: Path, language: str) -> int:
    """Write 16-bit samples of speech longer than any sentence, and return the sample rate."""
    engine = load_engine("espeak")
    voice = voice_for(engine, language)
    engine.prepare(voice)
    spoken = []
    for text in paragraphs(language):
        passage = bare_passage((text,), language)
        spoken += [speech.pcm for speech in engine.speak(passage, voice, Style())]
        if sum(pcm.length_s for pcm in spoken) > _SPEECH_S:
            break
    path.write_bytes(bytes(join(spoken, voice.rate_hz).samples))
    return voice.rate_hz


def make_distinct(text: Path) -> None:
    """Add a unique word to every sentence of a book, so that no reply comes from the cache."""
    count = itertools.count(26**3)

    def with_word(found: re.Match[str]) -> str:
        number, letters = next(count), ""
        while number:
            number, letter = divmod(number, 26)
            letters += chr(ord("a") + letter)
        return f" {letters}{found.group()}"

    lines = text.read_text("utf-8").split("\n")
    made = [line if line.startswith("#") else re.sub(r"[.!?](?= |$)", with_word, line) for line in lines]
    text.write_text("\n".join(made), "utf-8")


class Served:
    """A project spoken by a canned server that runs as long as this object."""

    def __init__(self, folder: Path, language: str) -> None:
        make_distinct(folder / "texts" / language / "book.md")
        self.folder = folder
        self.speech = folder / "speech.pcm"
        self.rate_hz = write_speech(self.speech, language)
        script = str(Path(__file__).with_name("canned.py"))
        command = [sys.executable, script, str(self.speech), str(self.rate_hz), str(WAIT_S)]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout
        self.port = int(self.server.stdout.readline())
        settings = _SETTINGS.format(port=self.port, rate_hz=self.rate_hz)
        (folder / "audiobook.toml").write_text(settings)

    def lengths(self) -> list[int]:
        """Return the lengths in samples of all replies since the last call."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/") as answer:
            found: list[int] = json.loads(answer.read())
        return found

    def encode_floor_s(self, lengths: list[int]) -> float:
        """Return the seconds that encoding alone takes."""
        (self.folder / "lengths.json").write_text(json.dumps(lengths))
        script = str(Path(__file__).with_name("encode_floor.py"))
        arguments = [str(self.speech), "lengths.json", str(self.rate_hz), str(os.cpu_count())]
        return time_of([sys.executable, script, *arguments], self.folder)


@contextmanager
def served(folder: Path, language: str) -> Iterator[Served]:
    """Yield a project with a server, and stop the server afterwards."""
    project = Served(folder, language)
    try:
        yield project
    finally:
        project.server.kill()
        project.server.wait()
