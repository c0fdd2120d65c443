"""How gTTS is used, and how responses of the service are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import gtts
import pytest
from services import envelope

from audiobook.clips.sealed import SealedFolder
from audiobook.engines.base import Equipment, Option
from audiobook.engines.network.gtts import GttsEngine, mp3_of
from audiobook.errors import EngineMissing, SpeechError


def equipped(tmp_path: Path, **options: Option) -> GttsEngine:
    engine = GttsEngine()
    engine.equip(Equipment(SealedFolder(tmp_path / "replies"), tmp_path / "shared", options))
    return engine


def test_it_speaks_the_languages_of_gtts_but_not_slovenian(tmp_path: Path) -> None:
    voices = equipped(tmp_path).voices()
    assert len(voices) == 69
    tags = {voice.language for voice in voices}
    assert {"fi", "lv", "pl", "id", "en", "he", "jv"} <= tags
    assert "sl" not in tags
    assert not any(voice.offline for voice in voices)


def test_gtts_still_builds_requests_as_expected() -> None:
    asking = gtts.gTTS("Yksi. " * 40, lang="fi", tld="com", lang_check=False)
    parts, packed = asking._tokenize(asking.text), asking._prepare_requests()
    assert len(parts) == len(packed) > 1
    for prepared in packed:
        assert prepared.method == "POST"
        assert prepared.url == "https://translate.google.com/_/TranslateWebserverUi/data/batchexecute"
        assert prepared.body.startswith("f.req=%5B%5B%5B%22jQ1olc%22")
        assert prepared.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_the_sound_is_found_in_a_response() -> None:
    data = bytes(range(256))
    assert mp3_of(envelope(data)) == data


LINE = json.loads(envelope(b"sound").split(b"\n")[2])


def changed(change: Callable[[list[list[object]]], object]) -> bytes:
    line = json.loads(json.dumps(LINE))
    change(line)
    return b")]}'\n\n" + json.dumps(line).encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the response is empty"),
        (b"\n \n", "the response is empty"),
        (b"<!doctype html><HTML><body>Sorry</body></html>", "the response is a web page"),
        (b")]}'\n\n[]\n", "the response contains no sound"),
        (envelope(b"sound")[:60], "is truncated"),
        (envelope(b"sound" * 40).split(b'",null')[0], "is truncated"),
        (changed(lambda line: line[0].__setitem__(2, None)), "is truncated, or its format has changed"),
        (changed(lambda line: line[0].__setitem__(2, "[]")), "is truncated, or its format has changed"),
        (changed(lambda line: line[0].__setitem__(2, '["not base64!"]')), "its format has changed"),
        (changed(lambda line: line.__setitem__(0, ["jQ1olc"])), "its format has changed"),
    ],
)
def test_a_response_without_sound_is_recognised(body: bytes, said: str) -> None:
    with pytest.raises(SpeechError) as caught:
        mp3_of(body)
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tld": "com/../evil"}, "tld in [engines.gtts] must be the last part of a host name"),
        ({"tld": 5}, "tld in [engines.gtts] must be text"),
        ({"user_agent": "a\r\nX-Other: b"}, "user_agent in [engines.gtts] must be one line"),
        ({"pause": 1}, "[engines.gtts] has no option “pause”"),
        ({"pause_s": "long"}, "pause_s in [engines.gtts] must be a number"),
        ({"deadline_s": -1}, "deadline_s in [engines.gtts] must be a number"),
    ],
)
def test_an_invalid_option_is_an_error(options: dict[str, Option], said: str, tmp_path: Path) -> None:
    with pytest.raises(EngineMissing) as caught:
        equipped(tmp_path, **options)
    assert said in caught.value.message
