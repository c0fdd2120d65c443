"""Builds in the queue: stopped, killed, and seen by every window."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Visit
from patience import PATIENCE_S
from playwright.sync_api import Browser, expect
from tools import Json, Shelf, engine_package, wait_until

from audiobook.studio.builds import reasons
from studio.conftest import Studio, studio_of
from studio.pages import PHONE, assert_fits, press

pytestmark = pytest.mark.exhaustive


def test_the_reason_of_a_failed_command_has_its_hint() -> None:
    said = ["warning: slow", "error: disk full", "hint: free some", "error: no voice"]
    assert reasons(4, said) == ["disk full (free some)", "no voice"]
    assert reasons(-9, ["Traceback"]) == ["the command ended with SIGKILL", "Traceback"]


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Studio]:
    """The studio of two texts that take long to speak."""
    path = engine_package(tmp_path / "guest", "slow", "time.sleep(0.05)", "True")
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="slow", AUDIOBOOK_JOBS="1", PYTHONPATH=path)
    for name in ("one", "two"):
        shelf.write(
            f"texts/en/{name}.md", "\n\n".join(f"Sentence {number} of {name}." for number in range(2000))
        )
    with studio_of(shelf) as one:
        yield one


def states(studio: Studio, *, whole: bool = False) -> Json:
    """Return the first states that a newly opened window gets, or also the progress of the whole queue."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=PATIENCE_S)
    connection.request("GET", "/events", headers={"Cookie": studio.cookie})
    answer = connection.getresponse()
    try:
        while line := answer.readline():
            if line == b"event: builds\n":
                told: Json = json.loads(answer.readline().removeprefix(b"data: "))
                return told if whole else told["works"]
    finally:
        connection.close()
    raise AssertionError


def kill_build(studio: Studio) -> None:
    """Kill the build that runs."""
    found = subprocess.run(
        ["pgrep", "-P", str(studio.process.pid), "-f", "audiobook build"],
        capture_output=True,
        text=True,
        check=True,
    )
    os.kill(int(found.stdout), signal.SIGKILL)


def test_a_build_continues_without_windows_and_after_it_was_stopped_or_killed(slow: Studio) -> None:
    def is_building(label: str, done: int) -> bool:
        told = states(slow).get(label, {})
        return bool(told.get("state") == "building" and told["done"] >= done)

    assert slow.post("/builds", labels=["en/one", "en/two", "en/none"]) == {"status": 200}
    wait_until(lambda: is_building("en/one", 3), "clips are made")
    assert states(slow)["en/two"] == {"state": "waiting", "place": 1}
    queue = states(slow, whole=True)["whole"]
    assert (queue["total"], queue["text"]) == (2, "0 of 2 works finished")
    assert 0 < queue["done"] < 1
    slow.post("/builds", labels=["en/one"], stop=True)
    wait_until(lambda: is_building("en/two", 2), "the next one has its turn")
    assert states(slow)["en/one"]["state"] == "stopped"
    assert states(slow, whole=True)["whole"]["text"].startswith("1 of 2 works finished, about ")
    kept = len(slow.shelf.clips())
    assert kept >= 3
    kill_build(slow)
    wait_until(lambda: states(slow)["en/two"]["state"] == "failed", "it is told")
    assert "SIGKILL; finished clips are kept" in states(slow)["en/two"]["messages"][0]
    slow.post("/builds", labels=["en/two"])
    wait_until(lambda: is_building("en/two", 1), "it goes on")
    assert states(slow)["en/two"]["total"] < 2000


def test_a_build_that_waits_for_one_on_the_command_line_says_so(slow: Studio) -> None:
    other = slow.shelf.start("build", "en/one")
    try:
        wait_until(lambda: len(slow.shelf.clips()) > 0, "it makes clips")
        slow.post("/builds", labels=["en/two"])
        wait_until(lambda: "another build" in states(slow)["en/two"].get("text", ""), "it is told")
    finally:
        os.killpg(other.pid, signal.SIGKILL)
        other.communicate()
    wait_until(lambda: states(slow)["en/two"].get("done", 0) > 0, "it goes on")


def test_two_windows_see_the_same_build_also_when_it_is_killed_under_them(
    slow: Studio, browser: Browser
) -> None:
    visits = [Visit(browser, slow.site) for _ in range(2)]
    for visit in visits:
        visit.page.goto(slow.address)
        visit.page.wait_for_url(slow.site)
        expect(visit.page.locator("#main:not([inert])")).to_be_attached()
    one, two = (visit.page.locator(".work[data-label='en/one']") for visit in visits)
    press(one.locator("button.build"))
    expect(one.locator("button.stop")).to_be_focused()
    for window in (one, two):
        expect(window.locator(".progress-text")).to_contain_text("of 2000 clips")
    slow.shelf.write("texts/en/three.md", "Another text.")
    expect(visits[0].page.locator(".work[data-label='en/three']")).to_be_visible()
    expect(one.locator("button.stop")).to_be_focused()
    kill_build(slow)
    for window in (one, two):
        expect(window.locator(".messages")).to_contain_text("SIGKILL; finished clips are kept")
        expect(window.locator("button.build")).to_be_visible()
    expect(one.locator("button.build")).to_be_focused()
    press(two.locator("button.build"))
    for window in (one, two):
        expect(window.locator(".messages")).to_be_hidden()
        expect(window.locator(".progress-text")).to_contain_text("clips")
    visits[1].close()  # closing the window that started it stops nothing
    wait_until(lambda: states(slow)["en/one"]["done"] >= 2, "it goes on")
    page = visits[0].page
    expect(page.locator("#whole")).to_be_hidden()
    press(page.locator(".work[data-label='en/two'] button.build"))
    expect(page.locator("#whole")).to_contain_text("0 of 2 works finished")
    assert_fits(page, PHONE)
    press(page.locator("#stop-all"))
    for label in ("en/one", "en/two"):
        told = page.locator(f".work[data-label='{label}'] .messages")
        expect(told).to_contain_text("Stopped. Build it again to resume.")
    expect(page.locator("#whole")).to_be_hidden()
    expect(page.locator("#files")).to_be_focused()
    visits[0].close()
