"""The client: every request has a total time limit, and leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from services import KEY, OPENAI, LoopbackService

from audiobook.engines.network.client import Answer, Client, Request
from audiobook.engines.network.request_limits import RequestLimits
from audiobook.errors import ServiceError, SpeechError

URL = f"https://{OPENAI}/v1/audio/voices"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackService]:
    with LoopbackService() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        yield service


def client(tmp_path: Path, **limits: float) -> Client:
    manners = RequestLimits.of("test", {"backoff_s": 0.01, "rest_s": 0, **limits}, deadline_s=30)
    return Client("the service", manners, tmp_path / "pace.json", "look at the key")


def request(**headers: str) -> Request:
    return Request("GET", URL, headers, secret=KEY)


def body(answer: Answer) -> bytes:
    return answer.body


def test_the_response_is_passed_to_its_reader(service: LoopbackService, tmp_path: Path) -> None:
    asking = client(tmp_path)
    for _ in range(3):
        assert b"alto" in asking.ask(request(), body)
    assert service.book.tunnels == [OPENAI], "a connection is used again"


@pytest.mark.parametrize("mode", ["drip", "slow header", "silent"])
def test_a_deadline_covers_the_whole_request(mode: str, service: LoopbackService, tmp_path: Path) -> None:
    service.book.mode = mode
    with pytest.raises(ServiceError) as caught:
        client(tmp_path, deadline_s=0.4, attempts=1).ask(request(), body)
    # The socket notices silence too, possibly first.
    silent = ["the service did not answer in time"] if mode == "silent" else []
    assert caught.value.message in ["the service took longer than 0.4 s", *silent]


@pytest.mark.slow
def test_the_request_after_an_abandoned_one_uses_a_new_connection(
    service: LoopbackService, tmp_path: Path
) -> None:
    service.book.modes.append("drip")
    # On a busy machine a later request may miss the deadline too, and is then abandoned like the first.
    assert b"alto" in client(tmp_path, deadline_s=2, attempts=5).ask(request(), body)
    assert len(service.book.tunnels) == len(service.book.asked) > 1


def test_no_thread_is_left_unless_a_request_was_abandoned(service: LoopbackService, tmp_path: Path) -> None:
    def asking_threads() -> set[threading.Thread]:
        return {thread for thread in threading.enumerate() if "_send_into" in thread.name}

    before = asking_threads()
    asking = client(tmp_path, attempts=1)
    service.book.modes.extend(["good", "500", "reset", "half"])
    for _ in range(4):
        with suppress(ServiceError):
            asking.ask(request(), body)
        assert asking_threads() <= before


def test_a_response_of_the_wrong_kind_is_not_requested_again(
    service: LoopbackService, tmp_path: Path
) -> None:
    def refuse(answer: Answer) -> bytes:
        raise SpeechError("this is not it")

    with pytest.raises(ServiceError) as caught:
        client(tmp_path).ask(request(), refuse)
    assert caught.value.message == "the service: this is not it"
    assert len(service.book.asked) == 1


@pytest.mark.parametrize(("mode", "times"), [("500", 3), ("503", 3), ("404", 1), ("401", 1), ("403", 1)])
def test_only_temporary_failures_are_retried(
    mode: str, times: int, service: LoopbackService, tmp_path: Path
) -> None:
    service.book.mode = mode
    with pytest.raises(ServiceError) as caught:
        client(tmp_path, attempts=3).ask(request(), body)
    assert len(service.book.asked) == times
    assert f"answered {mode}" in caught.value.message
    assert (caught.value.hint == "look at the key") == (mode in ("401", "403"))


def test_the_explanation_of_a_service_is_shown_without_the_key(
    service: LoopbackService, tmp_path: Path
) -> None:
    service.book.mode = "400"
    with pytest.raises(ServiceError) as caught:
        client(tmp_path).ask(request(Authorization=f"Bearer {KEY}"), body)
    assert caught.value.message == "the service answered 400: “no such voice, Bearer …”"


def test_an_endless_response_is_cut_off(service: LoopbackService, tmp_path: Path) -> None:
    service.book.mode = "endless"
    with pytest.raises(ServiceError, match="more than 64 MB"):
        client(tmp_path).ask(request(), body)
    assert len(service.book.asked) == 1


def test_a_netrc_file_is_not_read(
    service: LoopbackService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {OPENAI} login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client(tmp_path).ask(request(), body)
    assert "Authorization" not in service.book.asked[0].headers


def test_an_unreachable_service_is_reported_and_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(ServiceError) as caught:
        client(tmp_path, attempts=2).ask(request(), body)
    assert caught.value.message == "the service cannot be reached through the proxy (2 times)"


def test_a_missing_file_of_authorities_is_one_of_our_errors(
    service: LoopbackService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(ServiceError):
        client(tmp_path).ask(request(), body)
    assert not service.book.asked
