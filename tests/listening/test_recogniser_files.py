"""The files of the recogniser: found, missing, or downloaded only when asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tools import Shelf

from audiobook.clips.sealed import SealedFolder
from audiobook.errors import EngineMissing, StorageError
from audiobook.listening.model import find_listener
from audiobook.pipeline.voices.replies import Replies
from audiobook.voicebank.fetch import UnexpectedFile
from audiobook.voicebank.recogniser import install_recogniser


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    """A server of files on this computer: its address, its files by name, and the names that were requested."""
    files: dict[str, bytes] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            asked.append(name)
            self.send_response(200 if name in files else 404)
            self.send_header("Content-Length", str(len(files.get(name, b""))))
            self.end_headers()
            self.wfile.write(files.get(name, b""))

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/model", files, asked
        listening.shutdown()


def install(folder: Path, address: str) -> None:
    install_recogniser(folder, lambda _here, _total: None, lambda _holder: None, address)


def test_listening_without_a_model_says_how_to_get_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone", AUDIOBOOK_VOICES=str(tmp_path / "voices"))
    shelf.write("texts/en/one.txt", "A title\n\nA paragraph.\n")
    shelf.build()
    for command in (("check", "--listen"), ("build", "--listen", "--force")):
        done = shelf.run(*command)
        assert done.code == 3
        assert "hint: download its model, 148 MB: audiobook check --listen --download" in done.err
    assert not (tmp_path / "voices").exists()
    assert shelf.run("check", "--download").code == 2


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(EngineMissing, match=r"contains no config\.json") as raised:
        find_listener(str(tmp_path))
    assert str(raised.value).startswith(str(tmp_path))


def test_the_identity_of_a_listener_follows_its_model(tmp_path: Path) -> None:
    identities = set()
    for name, model in (("a", b"1"), ("b", b"2"), ("c", b"1")):
        (tmp_path / name).mkdir()
        for file in ("config.json", "tokenizer.json", "model.bin"):
            (tmp_path / name / file).write_bytes(model)
        identities.add(find_listener(str(tmp_path / name)).identity)
    assert len(identities) == 2


def test_files_that_are_not_the_known_ones_are_refused(
    tmp_path: Path, server: tuple[str, dict[str, bytes], list[str]]
) -> None:
    address, files, asked = server
    with pytest.raises(StorageError, match="404"):
        install(tmp_path, address)
    files["config.json"] = b"{" * 2309
    with pytest.raises(UnexpectedFile):
        install(tmp_path, address)
    assert set(asked) == {"config.json"}
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_response_is_missing_once_while_it_is_renewed_and_can_be_restored(tmp_path: Path) -> None:
    kept = SealedFolder(tmp_path / "replies")
    replies = Replies(kept, SealedFolder(tmp_path / "renewed"))
    replies.put("one", b"before")
    with replies.renewing() as before:
        assert replies.get("one") is None
        replies.put("one", b"after")
        assert replies.get("one") == b"after"
        assert replies.get("two") is None
        replies.put("two", b"new")
    assert [replies.get(name) for name in ("one", "two")] == [b"after", b"new"]
    replies.restore(before)
    assert [kept.get(name) for name in ("one", "two")] == [b"before", b"new"]


def test_a_response_is_renewed_at_most_twice_however_often_its_clips_are_made(tmp_path: Path) -> None:
    folders = [SealedFolder(tmp_path / name) for name in ("replies", "renewed")]
    Replies(*folders).put("one", b"0")
    found = []
    for number in range(1, 4):
        replies = Replies(*folders)  # of another build
        with replies.renewing() as before:
            found.append((replies.get("one"), bool(before)))
            if before:
                replies.put("one", b"%d" % number)
    assert found == [(None, True), (None, True), (b"2", False)]
