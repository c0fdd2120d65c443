"""With `serve --watch`, a text is edited and the page is updated."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from patience import PATIENCE_S
from tools import Shelf, alive_in_group, wait_until
from visitor import Served, served

TEXT = "# A title\n\nIt is said here.\n\nAnd this too.\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A project that has not been built."""
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/one.md", TEXT)
    return shelf


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A project that was not built before it was served. Each test leaves its files as they were."""
    shelf = Shelf(tmp_path_factory.mktemp("watched") / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/one.md", TEXT)
    with served(shelf, "--watch") as one:
        yield one


@contextmanager
def listening(one: Served) -> Iterator[socket.socket]:
    """Listen for changes for the duration of the block."""
    with socket.create_connection(("127.0.0.1", one.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /-/changes HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard = b""
        while b"retry: " not in heard:
            heard += connection.recv(4096)
        assert heard.startswith(b"HTTP/1.1 200 ")
        assert b"content-type: text/event-stream" in heard
        yield connection


def hear(connection: socket.socket) -> bytes:
    """Wait for the next event."""
    heard = b""
    while b"event: changed" not in heard:
        data = connection.recv(4096)
        assert data, heard
        heard += data
    return heard


def titles(one: Served) -> bytes:
    return one.ask("/").body


def complaints_since(one: Served, begin: int) -> str:
    return "".join(one.complaints[begin:])


@pytest.mark.slow
def test_an_unbuilt_project_is_built_first_and_pages_hear_of_an_edit(watched: Served) -> None:
    shelf = watched.shelf
    with listening(watched) as changes:
        before = watched.ask("/en/one.mp3")
        assert before.status == 200
        assert b"A title" in titles(watched)
        shelf.write("texts/en/one.md", TEXT.replace("A title", "Another title"))
        shelf.write("texts/en/two.md", TEXT)
        hear(changes)
        wait_until(lambda: watched.ask("/en/two.mp3").status == 200, "the new text")
        assert b"Another title" in titles(watched)
        assert b"Another title" in watched.ask("/en/one.html").body
        after = watched.ask("/en/one.mp3")
        assert after.status == 200
        assert after["ETag"] != before["ETag"]
        assert shelf.record("en/one")["title"] == "Another title"


@pytest.mark.slow
def test_editor_files_and_files_outside_the_texts_start_no_build(watched: Served) -> None:
    watched.hear("built\n")  # the first build
    begin = len(watched.complaints)
    with listening(watched) as changes:
        for name in ("notes.txt", "texts/en/.one.md.swp", "texts/en/one.md~"):
            watched.shelf.write(name, "x")
        time.sleep(1)  # longer than changes count as one burst
        watched.shelf.write("texts/en/one.md", TEXT.replace("It is said", "It was said"))
        hear(changes)  # after any build that began earlier
    wait_until(lambda: "built" in complaints_since(watched, begin), "the report of the build")
    told = complaints_since(watched, begin)
    assert len(re.findall(r"\b(?:built|fresh)$", told, re.MULTILINE)) == 1, told


@pytest.mark.slow
def test_settings_are_watched_too(watched: Served) -> None:
    with listening(watched) as changes:
        settings = watched.shelf.write("audiobook.toml", '[publish]\ntitle = "Seen at once"\n')
        hear(changes)
        assert b"Seen at once" in watched.ask("/en/feed.xml").body
        settings.unlink()
        hear(changes)


@pytest.mark.slow
def test_a_burst_of_changes_is_built_in_its_final_state_and_not_once_per_change(watched: Served) -> None:
    begin = len(watched.complaints)
    with listening(watched) as changes:
        for number in range(20):
            watched.shelf.write("texts/en/one.md", TEXT.replace("A title", f"Number {number}"))
        hear(changes)
        wait_until(lambda: b"Number 19" in titles(watched), "the last change")
    wait_until(lambda: "text changed" in complaints_since(watched, begin), "the report of the build")
    assert complaints_since(watched, begin).count("text changed") < 20


@pytest.mark.slow
def test_a_reconnecting_page_hears_of_missed_changes(watched: Served) -> None:
    for seen, is_missed in (("elsewhere", True), (version(watched), False)):
        asked = f"GET /-/changes HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {seen}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", watched.port), timeout=PATIENCE_S) as connection:
            connection.sendall(asked.encode())
            if is_missed:
                hear(connection)
                continue
            connection.settimeout(0.5)
            heard = b""
            with suppress(TimeoutError):
                while True:
                    heard += connection.recv(4096)
            assert b"event: changed" not in heard


@pytest.mark.slow
def test_a_broken_text_is_reported_and_the_old_version_stays(watched: Served) -> None:
    begin = len(watched.complaints)
    shelf = watched.shelf
    with listening(watched) as changes:
        book = watched.ask("/en/one.mp3").body
        settings = shelf.write("audiobook.toml", "nonsense = 1\n")
        wait_until(lambda: "nonsense" in complaints_since(watched, begin), "the fault in the settings")
        settings.unlink()
        shelf.write("texts/en/one.md", b"\xff\xfe\x00broken")
        wait_until(lambda: "texts/en/one.md:1" in complaints_since(watched, begin), "the broken text")
        assert watched.ask("/en/one.mp3").body == book
        shelf.write("texts/en/one.md", TEXT.replace("here", "there"))
        hear(changes)
        assert watched.ask("/en/one.mp3").body not in (b"", book)
    assert "Traceback" not in complaints_since(watched, begin)


def version(one: Served) -> str:
    """Return the version that a page gets when it starts to listen."""
    with socket.create_connection(("127.0.0.1", one.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /-/changes HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard = b""
        while not (found := re.search(rb"^id: (\w+)\n", heard, re.MULTILINE)):
            heard += connection.recv(4096)
        return found[1].decode()


@pytest.mark.exhaustive
@pytest.mark.slow
def test_texts_in_another_folder_are_watched_until_stopping_ends_listeners_and_a_running_build(
    shelf: Shelf,
) -> None:
    (shelf.root / "texts").rename(shelf.root / "elsewhere")
    flags = ("--texts", "elsewhere", "--output", "made", "--lang", "en")
    with served(shelf, "--watch", *flags) as one, listening(one) as changes:
        shelf.write("elsewhere/en/one.md", TEXT.replace("A title", "Elsewhere"))
        hear(changes)
        assert b"Elsewhere" in titles(one)
        assert (shelf.root / "made" / "en" / "one.mp3").is_file()
        long = "\n\n".join(f"It is said for the {n}th time." for n in range(3000))
        shelf.write("elsewhere/en/long.md", long)
        wait_until(lambda: len(alive_in_group(one.process.pid)) > 1, "a build")
        code, err = one.stop()
        while changes.recv(4096):
            pass
    assert code == 0
    assert "Traceback" not in err
    wait_until(lambda: not alive_in_group(one.process.pid), "all processes to end")


def test_a_missing_folder_cannot_be_watched(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "empty")
    shelf.write("audiobook.toml", "")
    done = shelf.run("serve", "--watch", "--port", "0")
    assert done.code == 2
    assert "audiobook init" in done.err
