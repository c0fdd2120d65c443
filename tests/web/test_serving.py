"""The real command's responses: ranges, tags, hosts and methods, and only published files."""

import json
import os
import re
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from patience import PATIENCE_S
from tools import Shelf, wait_until
from visitor import Answer, Served, ask, say, served

from audiobook.publish.site.pages import POLICY

BOOK = "/en/first.mp3"


@pytest.fixture
def copy(built_shelf: Shelf, tmp_path: Path) -> Shelf:
    """A copy of the built project that a test may change."""
    shutil.copytree(built_shelf.root, tmp_path / "copy", ignore=shutil.ignore_patterns("site", "site.lock"))
    return Shelf(tmp_path / "copy", AUDIOBOOK_ENGINE="tone")


@pytest.fixture(scope="module")
def changing(built_shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Another copy, served. A test that changes its files puts them back."""
    root = tmp_path_factory.mktemp("changing") / "copy"
    shutil.copytree(built_shelf.root, root, ignore=shutil.ignore_patterns("site", "site.lock"))
    with served(Shelf(root, AUDIOBOOK_ENGINE="tone")) as one:
        yield one


@pytest.fixture(scope="module", autouse=True)
def half_sent(site: Served) -> Iterator[socket.socket]:
    """A request whose header stops in the middle, sent before all tests so that the last need not wait long."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        yield connection


@pytest.fixture
def book(site: Served) -> bytes:
    return site.shelf.book("en/first").read_bytes()


# Files


def test_the_address_is_printed_first_and_serving_changes_nothing_in_the_output(copy: Shelf) -> None:
    before = {name: value for name, value in copy.tree().items() if name.startswith("output")}
    with served(copy) as one:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", one.url)
        assert one.ask("/").status == 200
        code, err = one.stop()
    assert (code, err.splitlines()[:1]) == (0, ["stopped"])
    assert {name: value for name, value in copy.tree().items() if name.startswith("output")} == before


def test_every_published_file_is_served_unchanged(site: Served) -> None:
    folder = site.shelf.root / ".audiobook" / "site"
    files = json.loads((folder / "publication.json").read_bytes())["files"]
    assert {"index.html", "en/feed.xml", "en/first.html", "en/first.mp3", "fi/first.mp3"} <= set(files)
    for path, file in files.items():
        answer = site.ask(f"/{path}")
        where = folder if file["made"] else site.shelf.output
        assert answer.status == 200
        assert answer.body == (where / path).read_bytes()
        assert answer["Content-Type"] == file["type"]
        assert answer["Content-Length"] == str(len(answer.body))
        assert answer["ETag"] == f'"{file["sha256"]}"'


def test_the_feed_has_the_address_it_is_served_at(site: Served) -> None:
    feed = site.ask("/en/feed.xml").body.decode()
    assert re.search(rf"{site.url}en/first\.sound/first-[0-9a-f]{{8}}\.mp3", feed)


@pytest.mark.slow
def test_a_site_with_an_impossible_list_is_made_again(copy: Shelf) -> None:
    edited = '{"files": {"../../precious.txt": {"length_bytes": 1, "made": true}}}'
    copy.write("precious.txt", "precious")
    copy.write(".audiobook/site/publication.json", edited)
    copy.write(".audiobook/site/en/old.html", "old")
    with served(copy) as one:
        assert one.ask("/").status == 200
        err = one.stop()[1]
    assert "publication.json: " in err
    assert "setting it aside and publishing again" in err
    assert (copy.root / "precious.txt").read_text("utf-8") == "precious"
    assert not (copy.root / ".audiobook/site/en/old.html").exists()


def test_a_folder_is_answered_with_its_index(site: Served) -> None:
    assert site.ask("/").body == site.ask("/index.html").body
    assert site.ask("/?from=elsewhere").status == 200
    assert site.ask("/en/").status == 404


# Ranges


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 1),
        ("100-199", 100, 200),
        ("5000-", 5000, None),
        ("-77", -77, None),
        ("10-99999999", 10, None),
    ],
)
def test_a_range_is_answered_with_its_bytes(
    site: Served, book: bytes, asked: str, start: int, end: int | None
) -> None:
    answer = site.ask(BOOK, Range=f"bytes={asked}")
    wanted = book[start:end]
    first = start % len(book)
    assert (answer.status, answer.body) == (206, wanted)
    assert answer["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(book)}"
    assert answer["Content-Length"] == str(len(wanted))
    assert answer["Accept-Ranges"] == "bytes"


def test_several_ranges_are_answered_in_parts(site: Served, book: bytes) -> None:
    answer = site.ask(BOOK, Range="bytes=0-9,100-199,-5")
    assert answer.status == 206
    assert answer["Content-Length"] == str(len(answer.body))
    kind, _, boundary = answer["Content-Type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    _, *parts, end = (b"\r\n" + answer.body).split(f"\r\n--{boundary}".encode())
    assert end == b"--\r\n"
    found = [part.partition(b"\r\n\r\n") for part in parts]
    assert [body for _, _, body in found] == [book[:10], book[100:200], book[-5:]]
    assert f"Content-Range: bytes 100-199/{len(book)}".encode() in found[1][0]


def test_a_range_past_the_end_is_416(site: Served, book: bytes) -> None:
    answer = site.ask(BOOK, Range=f"bytes={len(book)}-")
    assert (answer.status, answer.body) == (416, b"")
    assert answer["Content-Range"] == f"bytes */{len(book)}"


def test_an_invalid_range_gets_the_whole_file(site: Served, book: bytes) -> None:
    for header in ("bytes=9-2", "lines=1-2", "bytes=x", "bytes=" + "0-0," * 1000 + "1-1"):
        answer = site.ask(BOOK, Range=header)
        assert (answer.status, answer.body) == (200, book)


def test_a_range_of_an_older_version_gets_the_whole_new_file(site: Served, book: bytes) -> None:
    tag = site.ask(BOOK)["ETag"]
    assert site.ask(BOOK, Range="bytes=0-9", If_Range=tag).body == book[:10]
    for old in ('"older"', f"W/{tag}", site.ask(BOOK)["Last-Modified"]):
        assert site.ask(BOOK, Range="bytes=0-9", If_Range=old).status == 200


# Tags


def test_a_file_that_the_client_has_is_not_sent_again(site: Served) -> None:
    tag = site.ask(BOOK)["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = site.ask(BOOK, If_None_Match=known)
        assert (answer.status, answer.body, answer["ETag"]) == (304, b"", tag)
    assert site.ask(BOOK, If_None_Match='"other"').status == 200


def test_dates_in_the_request_are_ignored(site: Served) -> None:
    future = "Fri, 01 Jan 2100 00:00:00 GMT"
    assert site.ask(BOOK, If_Modified_Since=future).status == 200
    assert re.match(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$", site.ask(BOOK)["Last-Modified"])


@pytest.mark.parametrize("header", [{}, {"Range": "bytes=0-9"}, {"Range": "bytes=0-9,20-29"}])
def test_head_has_the_headers_of_get_and_no_body(site: Served, header: dict[str, str]) -> None:
    head, get = site.ask(BOOK, "HEAD", **header), site.ask(BOOK, **header)
    assert (head.status, head.body) == (get.status, b"")

    def without_date(answer: Answer) -> list[tuple[str, str]]:
        return sorted((name, value) for name, value in answer.headers.items() if name != "date")

    assert without_date(head) == without_date(get)


# Refusals


@pytest.mark.parametrize(
    "path",
    [
        "/publication.json",
        "/en/first.json",
        "/.audiobook/",
        "/.build.lock",
        "/texts/en/first.md",
        "/../audiobook.toml",
        "/../../../../../../../../etc/passwd",
        "/en/../publication.json",
        "/%2e%2e/publication.json",
        "/en/%2e%2e%2fpublication.json",
        "/%252e%252e/publication.json",
        "/..%5cpublication.json",
        "/en\\first.mp3",
        "/en/first.mp3%00",
        "/en/first.mp3%00.html",
        "/%00",
        "//etc/passwd",
        "//en/first.mp3",
        "/en//first.mp3",
        "/./en/first.mp3",
        "/EN/first.mp3",
        "/en/first.mp3/",
        "/%ff%fe",
        "/C:/Windows/win.ini",
        "/file:///etc/passwd",
        "/en/first.mp3%20",
        "/-/changes",
        "/" + "a/" * 2000,
    ],
)
def test_an_unlisted_path_is_not_found(site: Served, path: str) -> None:
    answer = site.ask(path)
    assert (answer.status, answer.body) == (404, b"not found\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_absolute_and_authority_request_targets_are_refused(site: Served) -> None:
    for target in ("http://evil.example/index.html", "file:///etc/passwd", "*", "evil.example:443"):
        told = say(
            site.port, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        assert re.match(rb"HTTP/1\.1 4\d\d ", told)


def test_a_link_a_pipe_or_a_folder_in_place_of_a_file_is_not_followed(changing: Served) -> None:
    shelf, begin = changing.shelf, len(changing.complaints)
    book = shelf.book("en/second")
    kept = book.read_bytes()
    secret = shelf.write("secret", "x" * len(kept))
    book.unlink()
    book.symlink_to(secret)
    assert changing.ask("/en/second.mp3").status == 503
    book.unlink()
    os.mkfifo(book)
    assert changing.ask("/en/second.mp3").status == 503
    book.unlink()
    book.mkdir()
    assert changing.ask("/en/second.mp3").status == 503
    book.rmdir()
    assert changing.ask("/en/second.mp3").status == 404
    book.write_bytes(kept)
    shutil.move(shelf.output / "fi", shelf.root / "elsewhere")
    (shelf.output / "fi").symlink_to(shelf.root / "elsewhere")
    assert changing.ask("/fi/first.mp3").status == 503
    (shelf.output / "fi").unlink()
    shutil.move(shelf.root / "elsewhere", shelf.output / "fi")
    for path in ("/en/second.mp3", "/fi/first.mp3", BOOK):
        assert changing.ask(path).status == 200
    changing.hear("fi/first.mp3: ")  # the last of the messages
    told = "".join(changing.complaints[begin:])
    assert told.count("en/second.mp3: changed since it was published") == 1


def test_a_file_that_changed_is_not_sent_under_its_old_tag(changing: Served) -> None:
    path = changing.shelf.book("en/first")
    whole = path.read_bytes()
    assert changing.ask(BOOK).body == whole
    same_length = bytearray(whole)
    same_length[5000] ^= 1
    for changed in (bytes(same_length), whole[:-1], whole + b"x", b""):
        path.write_bytes(changed)
        for answer in (
            changing.ask(BOOK),
            changing.ask(BOOK, Range="bytes=0-9"),
            changing.ask(BOOK, "HEAD"),
        ):
            assert answer.status == 503
            assert "ETag" not in answer.headers
            assert answer["Retry-After"]
    path.write_bytes(whole)
    assert changing.ask(BOOK).body == whole


# Hosts, methods, headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST:80", "[::1]:8000", "127.0.0.1:1"])
def test_the_machines_own_names_are_accepted(site: Served, host: str) -> None:
    assert site.ask("/", Host=host).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]", "", "a b", "192.0.2.1"],
)
def test_another_host_name_is_refused(site: Served, host: str) -> None:
    answer = site.ask("/", Host=host)
    assert (answer.status, b"html" in answer.body) == (400, False)


def test_a_request_without_a_host_is_refused(site: Served) -> None:
    assert say(site.port, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert say(site.port, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    twice = b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert say(site.port, twice).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "get"])
def test_nothing_but_get_and_head_is_allowed(site: Served, method: str) -> None:
    answer = site.ask("/", method)
    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD")


def test_a_request_body_is_not_read(site: Served) -> None:
    told = say(site.port, b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\nx")
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in told


@pytest.mark.parametrize("path", ["/", BOOK, "/en/feed.xml", "/nowhere"])
def test_every_response_has_the_security_headers(site: Served, path: str) -> None:
    answer = site.ask(path, Origin="https://evil.example")
    policy = answer["Content-Security-Policy"].split("; ")
    # The page has its own policy, which works on any host; `frame-ancestors` only works in a header.
    assert policy == [*POLICY.split("; "), "frame-ancestors 'none'"]
    assert policy[0] == "default-src 'none'"
    assert all(re.search("'(none|self)'( data:)?$", rule) for rule in policy)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers


# Many, slow and broken clients


def test_a_hundred_clients_are_served_at_once(site: Served, book: bytes) -> None:
    begun = threading.Barrier(100)

    def visit(_: int) -> bytes:
        begun.wait(PATIENCE_S)
        return site.ask(BOOK).body

    with ThreadPoolExecutor(100) as pool:
        assert all(body == book for body in pool.map(visit, range(100)))


def test_malformed_requests_are_refused_and_harm_no_other_client(site: Served) -> None:
    for data in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"\0" * 100 + b"\r\n\r\n", b"x" * 200_000):
        try:
            told = say(site.port, data)
        except ConnectionError:
            continue
        assert told[:12] in (b"", b"HTTP/1.1 400")
    long = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Long: " + b"y" * 2_000_000 + b"\r\n\r\n"
    with suppress(ConnectionError):  # the server may close before it has read everything
        assert say(site.port, long).startswith(b"HTTP/1.1 400")
    assert site.ask("/").status == 200


def test_a_client_that_disconnects_midway_leaves_no_file_open(site: Served) -> None:
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", site.port)) as connection:
            connection.sendall(f"GET {BOOK} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            connection.recv(10)
    assert site.ask("/").status == 200
    folder = Path(f"/proc/{site.process.pid}/fd")
    if folder.is_dir():

        def is_closed() -> bool:
            links = []
            for link in folder.iterdir():
                try:
                    links.append(link.readlink().name)
                except FileNotFoundError:
                    continue
            return "first.mp3" not in links

        wait_until(is_closed, "open files")


# The command itself


def test_serving_with_nothing_built_is_an_error(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("audiobook.toml", "")
    done = shelf.run("serve")
    assert (done.code, done.out) == (3, "")
    assert "hint: run `audiobook build` first" in done.err


def test_a_port_in_use_is_reported_with_a_free_one(copy: Shelf) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = copy.run("serve", "--port", str(port))
    assert (done.code, done.out) == (2, "")
    assert f"error: port {port} is in use" in done.err
    found = re.search(r"hint: choose another one: --port (\d+)", done.err)
    assert found
    assert int(found[1]) > port or int(found[1]) == 0


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "[::1]", "a\nb"])
def test_an_unknown_host_is_an_error(copy: Shelf, host: str) -> None:
    done = copy.run("serve", "--port", "0", "--host", host)
    assert done.code == 2
    assert "--host 127.0.0.1" in done.err


@pytest.mark.slow
def test_a_project_is_served_by_one_server_only(changing: Served) -> None:
    done = changing.shelf.run("serve", "--port", "0")
    assert done.code == 4
    assert "already being served" in done.err


@pytest.mark.slow
def test_sigterm_stops_it_even_with_a_client_that_does_not_read(copy: Shelf) -> None:
    # Larger than any socket's buffer.
    with served(copy) as one, socket.create_connection(("127.0.0.1", one.port)) as connection:
        connection.sendall(f"GET {BOOK} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        code, err = one.stop(signal.SIGTERM)
    assert code == 143
    assert "Traceback" not in err


@pytest.mark.slow
def test_all_interfaces_and_only_some_languages_are_served_on_request(copy: Shelf) -> None:
    with served(copy, "--host", "0.0.0.0", "--lang", "fi") as one:
        assert one.ask("/fi/first.mp3").status == 200
        assert one.ask(BOOK).status == 404
        assert ask(one.port, "/", Host=one.url.split("/")[2]).status == 200
        assert ask(one.port, "/", Host="evil.example").status == 400


@pytest.mark.slow
def test_a_half_sent_header_times_out(half_sent: socket.socket) -> None:
    with suppress(ConnectionResetError):
        assert half_sent.recv(1) == b""
