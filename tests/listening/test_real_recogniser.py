"""Listening with the real recogniser to a real voice, in which faults were planted. Only CI has both."""

from __future__ import annotations

import io
import json
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from tools import Json, Shelf

from audiobook.audio.decode import decode
from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES
from audiobook.clips.store import ClipStore
from audiobook.listening.hearing import Hearing
from audiobook.listening.model import find_listener

pytestmark = pytest.mark.slow

RIGHT = (
    "A newspaper van stopped, waited, and drove on along the wet street.",
    "I read the morning paper at the kitchen table.",
    "Nobody had opened that heavy door for years.",
    "The rain stopped slowly, but the gutter still had a great deal to tell.",
    "Somebody was whistling on the stairs below.",
)
WRONG = (
    RIGHT[0],
    "I read the paper at the kitchen table.",
    "Nobody had opened that heavy heavy door for years.",
    "The rain stopped slowly.",
    "Three green apples lay in a basket.",
)
FAULTS: tuple[list[str], ...] = ([], ["missing"], ["doubled"], ["missing"], ["missing"])
JOE = '[voice.en]\nengine = "piper"\nname = "en_US-joe-medium"\n'


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, real_voices: Path, real_recogniser: Path) -> Shelf:
    """A project in which the right and the wrong sentences are spoken by Piper."""
    shelf = Shelf(
        tmp_path_factory.mktemp("listening") / "shelf", AUDIOBOOK_VOICES=str(real_voices), AUDIOBOOK_JOBS="1"
    )
    shelf.write("audiobook.toml", f'{JOE}[listen]\nmodel = "{real_recogniser}"\n')
    for name, sentences in (("right", RIGHT), ("wrong", WRONG)):
        shelf.write(f"texts/en/{name}.md", "\n\n".join(("---\ntitle: T\n---", *sentences)))
    shelf.build()
    return shelf


def keys(shelf: Shelf, name: str) -> list[str]:
    chapters = shelf.record(f"en/{name}")["chapters"]
    found = [key for chapter in chapters for paragraph in chapter["paragraphs"] for key in paragraph["clips"]]
    return found[1:]  # without the title


def heard(shelf: Shelf, name: str) -> Json:
    """Listen to a work, and return what was heard."""
    answer = shelf.run("check", "--listen", name, "--json").works[f"en/{name}"]["heard"]
    assert isinstance(answer, dict)
    return answer


@pytest.mark.exhaustive
def test_planted_faults_are_found_and_listed_worst_first(shelf: Shelf) -> None:
    store = ClipStore(shelf.root / ".audiobook")
    own = {key: store.get(key) for key in keys(shelf, "right")}
    for key, other in zip(own, keys(shelf, "wrong"), strict=True):
        clip = store.get(other)
        assert clip
        store.put(key, clip)

    first = heard(shelf, "right")
    kept = {path: path.stat().st_mtime_ns for path in shelf.root.glob(".audiobook/heard/*")}
    assert (first["clips"], first["not_heard"]) == (len(RIGHT) + 1, 0)
    found = {one["where"]: one for one in first["differences"]}
    lines = [f"texts/en/right.md:{5 + 2 * number}" for number in range(len(RIGHT))]
    assert [
        [fault["kind"] for sentence in found[line]["sentences"] for fault in sentence["faults"]]
        if line in found
        else []
        for line in lines
    ] == list(FAULTS)
    strengths = [one["strength"] for one in first["differences"]]
    assert strengths == sorted(strengths, reverse=True)

    assert heard(shelf, "right") == first
    assert kept == {path: path.stat().st_mtime_ns for path in shelf.root.glob(".audiobook/heard/*")}
    checked = shelf.run("check", "--listen", "right")
    assert checked.code == 0
    assert f"{lines[1]}: missing “morning”\n  text:  {RIGHT[1]}\n  heard: I read the paper" in checked.out
    assert "right: 4 of 6 passages do not sound like the text" in checked.err
    for key, clip in own.items():
        assert clip
        store.put(key, clip)


@pytest.mark.exhaustive  # it looks at what the test above has heard
def test_words_are_heard_when_the_voice_says_that_it_speaks_them(shelf: Shelf, real_recogniser: Path) -> None:
    [key] = keys(shelf, "right")[:1]
    [path] = shelf.root.glob(f".audiobook/heard/{key}-*")
    hearing = msgspec.msgpack.decode(path.read_bytes().rpartition(b"\n")[0], type=Hearing)
    shape = ClipStore(shelf.root / ".audiobook").shape(key)
    assert shape
    own = {start: at for start, _, at in shape.sentences[0].marks}
    words = hearing.sentences[0].words
    assert [RIGHT[0][start : start + length] for start, length, _ in words] == [
        word.strip(",.") for word in RIGHT[0].split()
    ]
    distances_ms = [abs(at - own[start]) * 1000 / shape.rate_hz for start, _, at in words if start in own]
    # A dozen words; `bench.listening --faults` measures hundreds.
    assert np.median(distances_ms) <= 75
    assert np.percentile(distances_ms, 75) <= 150


@pytest.mark.exhaustive
def test_a_service_is_asked_again_for_what_does_not_sound_right(
    shelf: Shelf, tmp_path: Path, real_recogniser: Path
) -> None:
    store = ClipStore(shelf.root / ".audiobook")
    right, wrong = (wav(store, keys(shelf, name)[1]) for name in ("right", "wrong"))
    with service([wrong, wrong, right, right]) as (address, asked):
        other = Shelf(tmp_path / "shelf", AUDIOBOOK_JOBS="1")
        other.write(
            "audiobook.toml",
            f'engine = "openai"\n[engines.openai]\nbase_url = "{address}/v1"\nmodel = "m"\nvoices = "v"\n'
            f'[listen]\nmodel = "{real_recogniser}"\n',
        )
        other.write("texts/en/one.md", f"---\ntitle: T\n---\n\n{RIGHT[1]}\n")
        done = other.run("build", "--listen", "--json")
    assert done.code == 0, done.err
    assert [text for text in asked if text == RIGHT[1]] == [RIGHT[1]] * 3
    [sentence] = other.record("en/one")["chapters"][0]["paragraphs"][1]["sentences"]
    shown = [RIGHT[1][start : start + length] for start, length, _ in sentence["words"]]
    assert shown == RIGHT[1].rstrip(".").split()
    assert other.record("en/one")["inputs"]["listener"] == find_listener(str(real_recogniser)).identity
    assert other.run("build", "--listen", "--json").works["en/one"]["state"] == "fresh"


def wav(store: ClipStore, key: str) -> bytes:
    """Return a clip as a WAV file."""
    clip = store.get(key)
    assert clip
    rate_hz = clip.shape.rate_hz
    pcm = decode(clip.data, "mp3", rate_hz, 60).part(
        STITCH_DELAY_SAMPLES, STITCH_DELAY_SAMPLES + clip.shape.speech_samples
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(bytes(pcm.samples))
    return file.getvalue()


@contextmanager
def service(answers: list[bytes]) -> Iterator[tuple[str, list[str]]]:
    """Run a speech server that answers the sentence with one sound after the other, and anything else with the last."""
    asked: list[str] = []
    rest = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
            asked.append(text)
            sound = next(rest) if text == RIGHT[1] else answers[-1]
            self.send_response(200)
            self.send_header("Content-Type", "audio/wav")
            self.send_header("Content-Length", str(len(sound)))
            self.end_headers()
            self.wfile.write(sound)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
