"""Nobody but the studio's own pages changes anything, and nothing lands outside the texts folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from patience import PATIENCE_S
from tools import wait_until

from audiobook.studio.uploads import sweep
from studio.conftest import TALE, Studio

BUILD = b'{"labels": ["en/harbour"]}'
TOO_LARGE = str((512 << 20) + 1)


def test_requests_without_token_or_from_other_pages_are_refused(studio: Studio) -> None:
    before = studio.shelf.tree()
    name, _, token = studio.cookie.partition("=")
    evil = f"evil.example:{studio.port}"
    foreign = f"http://127.0.0.1:{studio.port + 1}"
    refused = {
        # A name that was made to lead here: the page has it as its origin too.
        "foreign name": {"Host": evil, "Origin": f"http://{evil}"},
        "other port": {"Host": foreign.removeprefix("http://"), "Origin": foreign},
        "foreign page": {"Origin": "https://evil.example"},
        "page of another server here": {"Origin": foreign},
        "page in a frame": {"Origin": "null"},
        "no page": {"Origin": ""},
        "page of the same site": {"Sec_Fetch_Site": "same-site"},
        "no token": {"Cookie": ""},
        "half a token": {"Cookie": f"{name}={token[:-1]}"},
        "empty token": {"Cookie": f"{name}="},
        "damaged cookie": {"Cookie": f"{name}=\xff; [=;"},
    }
    for path in ("/builds", "/texts?name=x.md&language=en"):
        for what, headers in refused.items():
            assert studio.ask(path, "POST", BUILD, **headers).status == 403, (path, what)
    for path in (
        "/",
        "/shelf",
        "/events",
        "/works/en/harbour",
        "/assets/studio.js",
        "/?token=",
        f"/shelf?token={token}",
    ):
        assert studio.ask(path, Cookie="").status == 403, path
        assert studio.ask(path, Origin="https://evil.example").status == 403, path
        assert studio.ask(path, Host=evil).status == 403, path
    assert studio.ask("/builds", "GET").status == 405
    assert studio.shelf.tree() == before


def test_the_first_address_gives_a_cookie_that_no_script_and_no_other_site_sees(studio: Studio) -> None:
    answer = studio.ask(studio.address.removeprefix(studio.site.rstrip("/")), Cookie="")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(answer["set-cookie"].split("; "))
    policy = studio.ask("/")["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert studio.ask("/")["cache-control"] == "no-store"


def test_a_text_lands_in_the_folder_of_its_language_whatever_its_name_is(studio: Studio) -> None:
    names = {
        "../../up.md": "up.md",
        "..\\..\\back.md": "back.md",
        "/etc/cron.d/root.md": "root.md",
        "C:\\Windows\\win.md": "win.md",
        ".hidden.md": "hidden.md",
        "con.md": "con_.md",
        "nul\0l.md": "null.md",
        "a/../..md": "text.md",
    }
    before = set(studio.shelf.tree())
    for number, name in enumerate(names):
        done = studio.add(name, f"# Number {number}\n\nThis is a text.\n".encode(), "en")
        assert done["status"] == 200, (name, done)
    made = set(studio.shelf.tree()) - before
    assert made == {f"texts/en/{name}" for name in names.values()}
    for name in made:
        (studio.shelf.root / name).unlink()


def test_a_text_is_read_before_it_is_kept_and_never_replaces_another(studio: Studio) -> None:
    before = studio.shelf.tree()
    assert studio.add("harbour.md", TALE.encode(), "en") == {
        "status": 200,
        "label": "en/harbour",
        "is_new": False,
        "address": "/works/en/harbour",
    }
    another = studio.add("harbour.md", b"# Another\n\nText.\n", "en")
    assert another["status"] == 409
    assert "there already" in another["message"]
    for name, language in (("Harbour.html", "en"), ("(harbour).md", "EN"), ("harbour.en.txt", "")):
        twin = studio.add(name, b"Another text.\n", language)
        assert twin["status"] == 409, (name, twin)
        assert twin["hint"].startswith("rename your file and add it again")
        assert "would have the same name as that of texts/en/harbour.md" in twin["message"]
    assert studio.add("broken.epub", b"PK nothing")["status"] == 422
    assert studio.add("program.exe", b"MZ")["status"] == 422
    assert studio.add("empty.md", b"", "en")["status"] == 422
    assert studio.add("odd.md", b"Text.", "../..")["status"] == 422
    assert studio.add(
        "unknown.txt", "Tämä on kirja, joka ei kerro mitään, mutta se on hyvä, kun sen lukee.".encode()
    ) == {"status": 200, "label": None, "guess": "fi"}
    assert studio.shelf.tree().keys() == before.keys()


def is_hidden(path: Path) -> bool:
    return path.name.startswith(".")


def test_half_received_files_of_killed_studios_are_removed_but_not_those_of_running_ones(
    tmp_path: Path,
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for owner in (str(ended.pid), str(os.getpid()), "x"):
        (tmp_path / f".studio-{owner}-abc").mkdir()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f".studio-{os.getpid()}-abc"]


def test_an_upload_that_is_too_large_or_cut_off_leaves_nothing(studio: Studio) -> None:
    texts = studio.shelf.root / "texts"
    before = set(studio.shelf.tree())
    assert studio.ask("/texts?name=x.md", "POST", b"x", Content_Length=TOO_LARGE).status == 413
    head = (
        f"POST /texts?name=x.md&language=en HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nOrigin: {studio.site.rstrip('/')}\r\n"
        f"Cookie: {studio.cookie}\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", studio.port), timeout=PATIENCE_S) as connection:
        connection.sendall(head.encode() + b"# Half")
        wait_until(lambda: any(map(is_hidden, texts.iterdir())), "it is being received")
    wait_until(lambda: not any(map(is_hidden, texts.iterdir())), "it is removed")
    assert set(studio.shelf.tree()) == before
    assert studio.ask("/builds", "POST", b"x" * (1 << 18) + b"xx").status == 413
