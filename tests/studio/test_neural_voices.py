"""The way through the studio with natural voices: samples, a choice, a build, and a corrected word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import Shelf, decoded, wait_until

from studio.conftest import Studio, studio_of
from studio.test_builds import states
from studio.test_choices import seen, wanted

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

WORK = "/works/en/harbour"
JOE = "piper en_US-joe-medium"
HEART = "kokoro af_heart"
RATE_HZ = 22_050


@pytest.fixture
def natural(tmp_path: Path, real_voices: Path) -> Iterator[Studio]:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_VOICES=str(real_voices))
    shelf.write("texts/en/harbour.md", "# The Harbour\n\nThe ferry reached Kaunas late.\n\nIt was dark.\n")
    with studio_of(shelf) as one:
        yield one


def is_heard(studio: Studio, folder: Path, path: str, **given: object) -> bool:
    """Ask for a sound, and return whether it is a second of speech or more."""
    answer = studio.ask(f"{WORK}/{path}", "POST", json.dumps(given).encode())
    assert answer.status == 200, answer.body
    file = folder / "heard.mp3"
    file.write_bytes(answer.body)
    samples = decoded(file)
    return len(samples) > RATE_HZ and float(abs(samples).max()) > 0.05


def test_natural_voices_are_heard_chosen_and_corrected(natural: Studio, tmp_path: Path) -> None:
    page = natural.ask(WORK).body.decode()
    order = [page.index(f'data-voice="{voice}') for voice in (HEART, JOE, "espeak en", "gtts")]
    assert order == sorted(order)
    for voice in (JOE, HEART):
        assert is_heard(natural, tmp_path, "sample", wanted=wanted(speed=1), voice=voice), voice
    choice = wanted(speed=1, voice=JOE)
    cost = natural.post(f"{WORK}/cost", **choice)
    assert (cost["clips"], cost["wait"].endswith("of speech")) == (3, False), "it has spoken before"
    assert natural.post(f"{WORK}/save", wanted=choice, seen=seen(natural)) == {"status": 200}
    natural.post("/builds", labels=["en/harbour"])
    wait_until(lambda: "en/harbour" not in states(natural), "it is built")
    assert natural.shelf.record("en/harbour")["narrator"] == "Joe"
    word = {"number": 1, "paragraph": 1, "word": "Kaunas", "say": "Cow nass", "phonemes": ""}
    assert is_heard(natural, tmp_path, "hear", **word)
    assert is_heard(natural, tmp_path, "keep", **word, scope="book", before={})
    cost = natural.post(f"{WORK}/cost", **wanted(speed=1, voice=JOE))
    assert (cost["clips"], cost["total"], cost["wait"]) == (0, 3, ""), "it was made when it was heard"
