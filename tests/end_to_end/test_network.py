"""Online engines against a loopback service that fails in every way that real ones do."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sampling import sampled
from services import GOOGLE, KEY, OPENAI, LoopbackService, mp3, sound, wav
from tools import Shelf, png, wait_until

from audiobook.clips.sealed import SealedFolder

TEXT = """Kirje

Yksi lause tässä. Toinen lause tässä.

Kolmas lause on täällä. Neljäs lause on viimeinen.
"""
SENTENCES = [
    "Kirje",
    "Yksi lause tässä.",
    "Toinen lause tässä.",
    "Kolmas lause on täällä.",
    "Neljäs lause on viimeinen.",
]
NUMERALS = 3
"""Number of sentences on which the loudness of a voice is measured."""
BRISK = "pause_s = 0\nbackoff_s = 0.01\nattempts = 2\ndeadline_s = 100\npatience_s = 3\nrest_s = 0\n"
OPTIONS = {
    "gtts": BRISK,
    "openai": BRISK + f'base_url = "https://{OPENAI}/v1"\nmodel = "tones"\nvoices = "alto"\n',
}
HOSTS = {"gtts": GOOGLE, "openai": OPENAI}
AGREED = (
    "gtts: Google Translate, through an unofficial interface\n"
    f"openai: the server {OPENAI}\nopenai: the server {OPENAI}, with the key in LOOPBACK_KEY\n"
    f"openai: the server {OPENAI}, with the key in OPENAI_API_KEY\n"
)
ENGINES = pytest.mark.parametrize("engine", sampled(OPTIONS))
ONE_ENGINE = pytest.mark.parametrize("engine", ["gtts"])
"""For behaviour of the shared client."""

FAILURES = {
    "429 1": (2, "answered 429"),
    "500": (2, "answered 500"),
    "html": (1, "the response is "),
    "empty": (1, "the response is empty"),
    "half": (2, "closed the connection in the middle"),
    "reset": (2, ""),
    "redirect": (1, "redirects are not followed"),
    "garbled": (1, ""),
    "short": (1, "too short for "),
}
"""For each failure: the number of requests with two attempts, and the message."""
NAMES = dict(zip(FAILURES, "alku kaari luku muna nalle ranta sauna talo vuori".split(), strict=True))
"""A word for each failure, so that all texts differ."""


@pytest.fixture
def service() -> Iterator[LoopbackService]:
    with LoopbackService() as service:
        yield service
        assert set(service.book.tunnels) <= {GOOGLE, OPENAI}


def project(folder: Path, service: LoopbackService, engine: str, more: str = "", text: str = TEXT) -> Shelf:
    agreed = folder.with_name(f"{folder.name}-configuration")
    shelf = Shelf(folder, **service.environment, AUDIOBOOK_CONFIG=str(agreed))
    shelf.write(f"{agreed}/agreed.txt", AGREED)
    shelf.write("texts/fi/letter.txt", text)
    shelf.write(
        "audiobook.toml", f'engine = "{engine}"\njobs = 1\n{more}\n[engines.{engine}]\n{OPTIONS[engine]}'
    )
    return shelf


def replies(shelf: Shelf) -> list[bytes]:
    """Return the cached replies of the service."""
    folder = SealedFolder(shelf.root / ".audiobook" / "replies")
    return [folder.get(path.name) or b"" for path in folder.folder.glob("*")]


def right_replies(engine: str, texts: list[str]) -> list[bytes]:
    return [mp3(text) if engine == "gtts" else wav(sound(text)) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("engine", sampled(["openai", "gtts"]))
def test_each_failure_is_reported_by_line_and_the_next_build_requests_only_the_rest(
    engine: str, tmp_path: Path, service: LoopbackService
) -> None:
    modes = [*FAILURES] if engine == "gtts" else ["429 1", "html", "half", "short"]
    shelf = project(tmp_path / "failing", service, engine)
    fill(shelf, modes)
    service.book.by_text = {bad(mode): mode for mode in modes}
    done = shelf.run("build", "--json")
    assert done.code == 1
    for mode in modes:
        requests, said = FAILURES[mode]
        [problem] = done.works[f"fi/{slug(mode)}"]["problems"]
        assert problem.startswith(f"texts/fi/{slug(mode)}.txt:4: cannot be spoken: {HOSTS[engine]}"), problem
        assert said in problem
        assert f"“{bad(mode)}”" in problem
        assert f"error: {problem}\nhint: " in done.err
        assert service.book.texts.count(bad(mode)) == requests, mode
        assert service.book.texts.count(good(mode)) == 1, mode
    kept = [asked.text for asked in service.book.asked if asked.mode == "good"]
    assert sorted(replies(shelf)) == sorted(right_replies(engine, kept))
    assert shelf.output_names() == ["fi/letter.cover.jpg", "fi/letter.json", "fi/letter.mp3"]
    assert not shelf.leftovers()

    service.book.by_text.clear()
    service.book.asked.clear()
    works = shelf.build()
    assert {work["state"] for work in works.values()} == {"built", "fresh"}
    assert sorted(service.book.texts) == sorted(bad(mode) for mode in modes)
    unfailing = project(tmp_path / "unfailing", service, engine)
    fill(unfailing, modes[::3])
    unfailing.build()
    assert unfailing.outputs().items() <= shelf.outputs().items()


@pytest.mark.slow
@ONE_ENGINE
@pytest.mark.parametrize("mode", ["drip", "slow header"])
def test_a_service_that_answers_slowly_is_given_up(
    engine: str, mode: str, tmp_path: Path, service: LoopbackService
) -> None:
    shelf = project(tmp_path, service, engine)
    shelf.build()  # a busy machine may miss the short deadline too
    settings = (shelf.root / "audiobook.toml").read_text("utf-8")
    shelf.write("audiobook.toml", settings.replace("deadline_s = 100", "deadline_s = 2"))
    shelf.write("texts/fi/letter.txt", f"{TEXT}\nViides lause.\n")
    service.book.mode = mode
    done = shelf.run("build")
    assert done.code == 1
    assert (
        f"texts/fi/letter.txt:7: cannot be spoken: {HOSTS[engine]} took longer than 2 s (2 times)" in done.err
    )
    service.book.mode = "good"
    shelf.write("audiobook.toml", settings)
    shelf.build()


def fill(shelf: Shelf, modes: list[str]) -> None:
    """Write a text for each mode; its second sentence, on line 4, is the one that fails.

    It has a picture, because to draw a cover for each takes longer than all the rest.
    """
    for mode in modes:
        shelf.write(f"texts/fi/{slug(mode)}.png", png(60, 60))
        shelf.write(f"texts/fi/{slug(mode)}.txt", f"Kirje\n\n{good(mode)}\n{bad(mode)}\n")


def slug(mode: str) -> str:
    return f"mode-{mode.replace(' ', '-')}"


def good(mode: str) -> str:
    return f"Ensimmäinen lause on {NAMES[mode]}."


def bad(mode: str) -> str:
    return f"Toinen on aina {NAMES[mode]} lause."


@pytest.mark.slow
@ONE_ENGINE
def test_a_service_that_asks_for_a_long_wait_is_not_asked_again(
    engine: str, tmp_path: Path, service: LoopbackService
) -> None:
    shelf = project(tmp_path, service, engine)
    shelf.write("texts/fi/second.txt", "Toinen kirje")
    service.book.modes.extend([*["good"] * (NUMERALS + 3), "429 7200"])
    for _ in range(2):
        done = shelf.run("build")
        assert done.code == 1
        assert service.book.texts[NUMERALS:] == SENTENCES[:4]
        assert "hint: try again in 60 minutes; its responses so far are cached" in done.err
    assert "texts/fi/letter.txt:5: cannot be spoken: " in done.err
    assert "is paused: it asked for no requests for 2 hours" in done.err
    _forget_the_rest(shelf)
    service.book.asked.clear()
    shelf.build()
    assert service.book.texts == [*SENTENCES[3:], "Toinen kirje"]


def _forget_the_rest(shelf: Shelf) -> None:
    """Let time pass for a service that asked to wait."""
    for path in shelf.root.glob(".audiobook/shared/*"):
        path.unlink()


@pytest.mark.slow
@ENGINES
@pytest.mark.parametrize("certificate", sampled(["self-signed", "of another host"]))
def test_with_an_invalid_certificate_nothing_is_sent(
    engine: str, certificate: str, tmp_path: Path, service: LoopbackService
) -> None:
    service.book.certificate = certificate
    shelf = project(tmp_path, service, engine)
    done = shelf.run("build")
    assert done.code == 1
    assert (
        f"error: texts/fi/letter.txt: {HOSTS[engine]} has a certificate that cannot be verified" in done.err
    )
    assert not service.book.asked
    assert service.book.tunnels == [HOSTS[engine]]
    assert not replies(shelf)


@pytest.mark.slow
@ENGINES
def test_ssl_cert_file_is_respected(engine: str, tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, engine)
    names = {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "", "SSL_CERT_FILE": str(service.authority_file)}
    assert shelf.build(**names)["fi/letter"]["state"] == "built"


@pytest.mark.slow
@ONE_ENGINE
@pytest.mark.parametrize("form", sampled(["1", "date"]))
def test_a_short_wait_requested_by_the_service_is_respected(
    engine: str, form: str, tmp_path: Path, service: LoopbackService
) -> None:
    service.book.modes.extend([*["good"] * NUMERALS, f"closed {form}"])
    shelf = project(tmp_path, service, engine)
    assert shelf.build()["fi/letter"]["state"] == "built"
    first, second = service.book.asked[NUMERALS : NUMERALS + 2]
    assert first.text == second.text == "Kirje"
    assert second.mode == "good", "the service is still closed"
    assert len(service.book.asked) == NUMERALS + len(SENTENCES) + 1


@pytest.mark.slow
@ENGINES
def test_only_an_edited_sentence_is_requested(engine: str, tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, engine)
    shelf.build()
    service.book.asked.clear()
    shelf.write("texts/fi/letter.txt", TEXT.replace("Toinen lause", "Aivan toinen lause"))
    assert shelf.build()["fi/letter"]["clips_made"] == 1
    assert service.book.texts == ["Aivan toinen lause tässä."]


@pytest.mark.slow
@ENGINES
def test_another_speed_makes_no_requests(engine: str, tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, engine)
    before = shelf.build()["fi/letter"]["duration_s"]
    service.book.asked.clear()
    settings = (shelf.root / "audiobook.toml").read_text("utf-8")
    shelf.write("audiobook.toml", settings + "[voice.fi]\nspeed = 2.0\n")
    assert shelf.build()["fi/letter"]["duration_s"] < before - 1
    assert not service.book.asked


@pytest.mark.exhaustive
@pytest.mark.slow
@ONE_ENGINE
def test_a_service_that_fails_too_often_is_not_asked_for_a_while(
    engine: str, tmp_path: Path, service: LoopbackService
) -> None:
    shelf = project(tmp_path, service, engine)
    settings = (shelf.root / "audiobook.toml").read_text("utf-8")
    shelf.write(
        "audiobook.toml",
        settings.replace("rest_s = 0", "rest_s = 300").replace("attempts = 2", "attempts = 4"),
    )
    shelf.write("texts/fi/second.txt", "Toinen kirje")
    service.book.mode = "500"
    done = shelf.run("build")
    assert done.code == 1
    assert len(service.book.asked) == 6
    assert "error: texts/fi/letter.txt: " in done.err
    assert f"error: texts/fi/second.txt: {HOSTS[engine]} is paused: it failed 6 times in a row" in done.err
    assert "hint: try again in 5 minutes; its responses so far are cached" in done.err
    service.book.mode = "good"
    assert shelf.run("build").code == 1
    assert len(service.book.asked) == 6
    _forget_the_rest(shelf)
    shelf.build()


@pytest.mark.slow
@ONE_ENGINE
def test_all_workers_share_one_rate_limit(engine: str, tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, engine)
    shelf.build()  # so that the voice is known
    service.book.asked.clear()
    settings = (shelf.root / "audiobook.toml").read_text("utf-8")
    shelf.write(
        "audiobook.toml", settings.replace("pause_s = 0", "pause_s = 3600").replace("jobs = 1", "jobs = 4")
    )
    shelf.write("texts/fi/letter.txt", "".join(f"Kappale {number} on tässä.\n\n" for number in range(8)))
    with shelf.start("build") as process:
        wait_until(lambda: bool(service.book.asked), "the first request")
        time.sleep(2)  # enough for those of the others, if they had limits of their own
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert len(service.book.asked) == 1


@ENGINES
def test_a_dry_run_makes_no_requests_and_writes_nothing(
    engine: str, tmp_path: Path, service: LoopbackService
) -> None:
    shelf = project(tmp_path, service, engine)
    before = shelf.tree()
    done = shelf.run("build", "--dry-run", "--json")
    assert done.works["fi/letter"]["clips_made"] == 3
    assert not service.book.tunnels
    assert shelf.tree() == before


@pytest.mark.slow
def test_only_a_named_engine_sends_text_away(tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, "gtts")
    shelf.write("audiobook.toml", f"[engines.gtts]\n{OPTIONS['gtts']}")
    shelf.build()
    shelf.run("voices", "--lang", "fi")
    assert not service.book.tunnels
    done = shelf.run("build", "--engine", "gtts")
    assert "warning: gtts sends the text to Google Translate, through an unofficial interface" in done.err
    assert service.book.asked


def test_a_long_sentence_is_split_for_the_service(tmp_path: Path, service: LoopbackService) -> None:
    long = (
        "Hyvin pitkä lause jatkuu, "
        + "".join(f"ja jatkuu {name}, " for name in NAMES.values())
        + "kunnes se loppuu."
    )
    shelf = project(tmp_path, service, "gtts", text=f"{long}\n")
    service.book.modes.extend([*["good"] * (NUMERALS + 2), "500", "500"])
    assert shelf.run("build").code == 1
    assert len(replies(shelf)) == NUMERALS + 2
    shelf.build()
    good = [asked.text for asked in service.book.asked if asked.mode == "good"][NUMERALS:]
    assert len(good) == len(set(good)) >= 4
    assert all(len(part) <= 100 for part in good)
    assert " ".join(good).replace(",", "").split() == long.replace(",", "").split()


@pytest.mark.slow
def test_requests_to_google_identify_the_program(tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, "gtts")
    shelf.build()
    assert {asked.headers["User-Agent"].partition("/")[0] for asked in service.book.asked} == {"audiobook"}
    service.book.mode = "403"
    shelf.write("texts/fi/letter.txt", TEXT + "\nViides lause.\n")
    done = shelf.run("build")
    assert (
        "texts/fi/letter.txt:7: cannot be spoken: translate.google.com answered 403: access denied"
        in done.err
    )
    assert "user_agent" in done.err


@pytest.mark.slow
def test_the_api_key_is_sent_and_never_shown(tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, "openai")
    shelf.build()
    shelf.write("texts/fi/letter.txt", TEXT + "\nViides lause.\n")
    for mode in ("401", "400", "500", "good"):
        service.book.mode = mode
        done = shelf.run("build", "--json")
        assert done.code == (0 if mode == "good" else 1)
        assert {asked.headers["Authorization"] for asked in service.book.asked} == {f"Bearer {KEY}"}
        if mode == "400":
            assert "answered 400: “no such voice, Bearer …”" in done.err
        assert KEY not in done.err + done.out
    assert not [
        path for path in shelf.root.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("mode", sampled(["as mp3", "streamed"]))
def test_other_audio_formats_are_accepted(mode: str, tmp_path: Path, service: LoopbackService) -> None:
    service.book.mode = mode
    shelf = project(tmp_path, service, "openai")
    assert shelf.build()["fi/letter"]["state"] == "built"


@pytest.mark.slow
@pytest.mark.parametrize("form", sampled(["pcm", "mp3"]))
def test_a_format_can_be_requested(form: str, tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, "openai")
    settings = (shelf.root / "audiobook.toml").read_text("utf-8")
    shelf.write("audiobook.toml", f'{settings}format = "{form}"\n')
    assert shelf.build()["fi/letter"]["state"] == "built"
    expected = [sound(text) if form == "pcm" else mp3(text) for text in service.book.texts]
    assert sorted(replies(shelf)) == sorted(expected)


def test_the_voices_of_a_server_are_listed_if_it_is_named(tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, "openai")
    shelf.run("voices")
    assert not service.book.tunnels
    answer = json.loads(shelf.run("voices", "--engine", "openai", "--json").out)
    assert [voice["voice"] for voice in answer["voices"]] == ["alto", "bass"]
    assert not any(voice["offline"] for voice in answer["voices"])


def test_a_missing_option_is_reported_with_what_to_write(tmp_path: Path, service: LoopbackService) -> None:
    shelf = project(tmp_path, service, "openai")
    shelf.write("audiobook.toml", 'engine = "openai"\n')
    done = shelf.run("build")
    assert done.code == 3
    assert (
        "error: audiobook.toml:1: openai needs the option “base_url”\nhint: add to audiobook.toml:\n[engines.openai]\n"
        in done.err
    )
