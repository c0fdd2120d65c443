"""Our own way to ask: bounded as a whole, and leaving nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from services import KEY, OPENAI, LoopbackService

from audiobook.engines.network.client import Answer, Client, Request
from audiobook.engines.network.manners import Manners
from audiobook.errors import ServiceError, SpeechError

URL = f"https://{OPENAI}/v1/audio/voices"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackService]:
    with LoopbackService() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        yield service


def client(tmp_path: Path, **limits: float) -> Client:
    manners = Manners.of("test", {"backoff_s": 0.01, "rest_s": 0, **limits}, deadline_s=30)
    return Client("the service", manners, tmp_path / "pace.json", "look at the key")


def request(**headers: str) -> Request:
    return Request("GET", URL, headers, secret=KEY)


def body(answer: Answer) -> bytes:
    return answer.body


def test_what_came_is_given_to_who_reads_it(service: LoopbackService, tmp_path: Path) -> None:
    asking = client(tmp_path)
    for _ in range(3):
        assert b"alto" in asking.ask(request(), body)
    assert service.book.tunnels == [OPENAI], "a connection is used again"


@pytest.mark.parametrize("mode", ["drip", "slow header", "silent"])
def test_a_request_has_a_deadline_as_a_whole(mode: str, service: LoopbackService, tmp_path: Path) -> None:
    service.book.mode = mode
    with pytest.raises(ServiceError) as caught:
        client(tmp_path, deadline_s=0.4, attempts=1).ask(request(), body)
    # Silence is noticed by the socket too, which may be the first.
    silent = ["the service did not answer in time"] if mode == "silent" else []
    assert caught.value.message in ["the service took longer than 0.4 s", *silent]


def test_after_one_that_was_given_up_the_next_is_asked_on_a_new_connection(
    service: LoopbackService, tmp_path: Path
) -> None:
    service.book.modes.append("drip")
    assert b"alto" in client(tmp_path, deadline_s=2, attempts=2).ask(request(), body)
    assert service.book.tunnels == [OPENAI, OPENAI]


def test_no_thread_is_left_where_no_request_was_given_up(service: LoopbackService, tmp_path: Path) -> None:
    def asking_threads() -> set[threading.Thread]:
        return {thread for thread in threading.enumerate() if "_send_into" in thread.name}

    before = asking_threads()
    asking = client(tmp_path, attempts=1)
    service.book.modes.extend(["good", "500", "reset", "half"])
    for _ in range(4):
        with suppress(ServiceError):
            asking.ask(request(), body)
        assert asking_threads() <= before


def test_what_is_not_what_was_asked_for_is_not_asked_for_again(
    service: LoopbackService, tmp_path: Path
) -> None:
    def refuse(answer: Answer) -> bytes:
        raise SpeechError("this is not it")

    with pytest.raises(ServiceError) as caught:
        client(tmp_path).ask(request(), refuse)
    assert caught.value.message == "the service: this is not it"
    assert len(service.book.asked) == 1


@pytest.mark.parametrize(("mode", "times"), [("500", 3), ("503", 3), ("404", 1), ("401", 1), ("403", 1)])
def test_only_what_may_pass_is_tried_again(
    mode: str, times: int, service: LoopbackService, tmp_path: Path
) -> None:
    service.book.mode = mode
    with pytest.raises(ServiceError) as caught:
        client(tmp_path, attempts=3).ask(request(), body)
    assert len(service.book.asked) == times
    assert f"answered {mode}" in caught.value.message
    assert (caught.value.hint == "look at the key") == (mode in ("401", "403"))


def test_what_a_service_says_is_shown_without_the_key(service: LoopbackService, tmp_path: Path) -> None:
    service.book.mode = "400"
    with pytest.raises(ServiceError) as caught:
        client(tmp_path).ask(request(Authorization=f"Bearer {KEY}"), body)
    assert caught.value.message == "the service answered 400: “no such voice, Bearer …”"


def test_an_answer_without_end_is_cut_off(service: LoopbackService, tmp_path: Path) -> None:
    service.book.mode = "endless"
    with pytest.raises(ServiceError, match="more than 64 MB"):
        client(tmp_path).ask(request(), body)
    assert len(service.book.asked) == 1


def test_a_netrc_is_not_read(
    service: LoopbackService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {OPENAI} login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client(tmp_path).ask(request(), body)
    assert "Authorization" not in service.book.asked[0].headers


def test_nobody_there_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(ServiceError) as caught:
        client(tmp_path, attempts=2).ask(request(), body)
    assert caught.value.message == "the service cannot be reached through the proxy (2 times)"


def test_a_file_of_authorities_that_is_not_there_is_one_of_our_errors(
    service: LoopbackService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(ServiceError):
        client(tmp_path).ask(request(), body)
    assert not service.book.asked
