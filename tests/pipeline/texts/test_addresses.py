"""Texts at web addresses: what is fetched and refused, and how it is kept as a file. Servers are on loopback."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from msgspec.structs import replace
from patience import PATIENCE_S

from audiobook.errors import AudiobookError, SourceError, StorageError, UsageError
from audiobook.pipeline.texts.addresses import _folder_name, is_address, keep_addresses
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.texts.fetching import Bounds, fetch
from audiobook.pipeline.texts.named_texts import choose
from audiobook.settings import Settings

ARTICLE = (
    '<html lang="sl"><head><title>Hiša ob reki – Novice</title><meta name=author content="Ana Novak"></head><body><nav>'
    "<a href=/>Domov</a></nav><h1>Hiša ob reki</h1>"
    + "<p>Deževalo je ves dan, in reka je naraščala.</p>" * 8
    + "</body></html>"
)
BOUNDS = Bounds(most_bytes=1 << 20, total_s=PATIENCE_S, silence_s=PATIENCE_S)
ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/article": (200, {"Content-Type": "text/html; charset=utf-8"}, ARTICLE.encode()),
    "/text": (
        200,
        {"Content-Type": "text/plain; charset=windows-1257"},
        "Lietus lija visu dienu, ēkā.".encode("cp1257"),
    ),
    "/notes.md": (200, {"Content-Type": "text/plain"}, b"# Notes\n\nIt rained."),
    "/untold": (200, {}, b"%PDF-1.4"),
    "/binary": (200, {"Content-Type": "application/octet-stream"}, b"MZ\0\0"),
    "/epub": (200, {"Content-Type": "application/epub+zip"}, b"PK\x03\x04"),
    "/moved": (302, {"Location": "/text"}, b""),
    "/loop": (301, {"Location": "/loop"}, b""),
    "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/to-private": (302, {"Location": "http://192.168.0.1/"}, b""),
    "/long": (200, {"Content-Type": "text/plain"}, b"a" * (2 << 20)),
    "/cut": (200, {"Content-Type": "text/plain", "Content-Length": "99"}, b"a"),
    "/said": (200, {"Content-Type": "text/plain", "Content-Language": "lv"}, b"Lietus."),
    "/image": (200, {"Content-Type": "image/png"}, b"a"),
    "/empty": (200, {"Content-Type": "text/html"}, b" \n"),
    "/broken": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, b"no gzip"),
    "/gone": (404, {}, b""),
    "/denied": (403, {}, b""),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        port = self.headers["Host"].rpartition(":")[2]
        path = self.path.partition("?")[0]
        if path == "/to-other-name":
            ANSWERS[path] = (302, {"Location": f"http://localhost:{port}/text"}, b"")
        if path == "/drip":
            self._drip()
            return
        status, headers, body = ANSWERS[path]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(400):
            try:
                self.wfile.write(b"X-%d: a\r\n" % number)
            except OSError:
                return
            time.sleep(0.02)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.fixture
def keep(tmp_path: Path, server: str) -> Callable[..., tuple[list[str], list[str]]]:
    """Keeps addresses, and returns the names and the messages."""

    def run(*paths: str, lang: str | None = None, dry_run: bool = False) -> tuple[list[str], list[str]]:
        messages: list[str] = []
        names, planned = keep_addresses(
            [server + path if path.startswith("/") else path for path in paths],
            [lang] if lang else [],
            tmp_path / "texts",
            Settings(),
            messages.append,
            dry_run=dry_run,
            bounds=BOUNDS,
        )
        return [*names, *(edition.name for edition in planned)], messages

    return run


def kept(tmp_path: Path) -> list[str]:
    return sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.slow
def test_an_article_is_kept_under_its_title_and_is_a_text_of_the_project(
    tmp_path: Path, server: str, keep: Callable[..., tuple[list[str], list[str]]]
) -> None:
    names, messages = keep("other-text", "/article?page=1")
    path = tmp_path / "texts/sl/hiša-ob-reki.html"
    assert names == ["other-text", str(path)]
    assert messages == [f"{server}/article?… saved as texts/sl/hiša-ob-reki.html"]
    page = path.read_text("utf-8")
    assert f'<link rel="canonical" href="{server}/article?page=1">' in page
    assert '<meta name="author" content="Ana Novak">' in page
    catalog = choose(find_texts(tmp_path / "texts"), [str(path)], [], tmp_path / "texts")
    assert [(edition.language, edition.name) for edition in catalog.editions] == [
        ("sl", "texts/sl/hiša-ob-reki.html")
    ]
    path.write_text(page + "<!-- edited -->", "utf-8")
    names, messages = keep("/article?page=1")
    assert names == [str(path)]
    assert "already has the text" in messages[0]
    assert "edited" in path.read_text("utf-8")


def test_texts_in_other_formats_are_kept_as_they_are_and_plain_text_as_utf8(
    tmp_path: Path, keep: Callable[..., tuple[list[str], list[str]]]
) -> None:
    keep("/moved", "/notes.md", "/untold", lang="lv")
    keep("/said")
    assert kept(tmp_path) == [
        "texts/lv/notes.md", "texts/lv/said.txt", "texts/lv/text.txt", "texts/lv/untold.pdf"
    ]  # fmt: skip
    assert (tmp_path / "texts/lv/text.txt").read_text("utf-8") == "Lietus lija visu dienu, ēkā."


def test_another_text_is_never_overwritten_nor_its_output(
    tmp_path: Path, keep: Callable[..., tuple[list[str], list[str]]]
) -> None:
    folder = tmp_path / "texts/lv"
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    (folder / "text-2.txt").symlink_to(tmp_path / "nowhere")
    names, _ = keep("/text", "/notes.md", lang="lv")
    assert [Path(name).name for name in names] == ["text-3.txt", "notes-2.md"]
    assert (folder / "text.txt").read_text() == "mine"
    again, messages = keep("/text", lang="lv")
    assert (again, len(kept(tmp_path))) == (names[:1], 4)
    assert "already has" in messages[0]
    assert keep("/text#end", lang="lv")[0] == again


def test_nothing_is_written_in_a_dry_run_or_without_a_language(
    tmp_path: Path, keep: Callable[..., tuple[list[str], list[str]]]
) -> None:
    names, messages = keep("/text", lang="lv", dry_run=True)
    assert names == ["texts/lv/text.txt"]
    assert "would be saved" in messages[0]
    with pytest.raises(UsageError, match="unknown language") as caught:
        keep("/text")
    assert "--lang" in (caught.value.hint or "")
    assert kept(tmp_path) == []


def test_a_page_of_a_region_goes_to_the_folder_of_its_language_if_that_exists(tmp_path: Path) -> None:
    assert _folder_name(tmp_path, "pt-BR") == "pt-BR"
    (tmp_path / "pt").mkdir()
    assert _folder_name(tmp_path, "pt-BR") == "pt"
    (tmp_path / "pt-BR").mkdir()
    assert _folder_name(tmp_path, "pt-BR") == "pt-BR"


def test_a_folder_that_is_a_link_is_not_followed(
    tmp_path: Path, keep: Callable[..., tuple[list[str], list[str]]]
) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "texts/lv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="link"):
        keep("/text", lang="lv")
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [
        ("/loop", StorageError, "too many redirects"),
        ("/to-file", StorageError, "redirects to an address that is not supported"),
        ("/to-private", StorageError, "not a public address"),
        ("/to-other-name", StorageError, "not a public address"),
        ("/long", StorageError, "longer than 1 MB"),
        ("/cut", StorageError, "interrupted"),
        ("/broken", StorageError, "interrupted"),
        ("/gone", StorageError, "answered 404"),
        ("/denied", StorageError, "answered 403"),
        ("/image", SourceError, "image/png, which is not a supported format"),
        ("/empty", SourceError, "empty page"),
        ("/epub", SourceError, "not a zip archive"),
        ("/binary", SourceError, "not a text, and not in a supported format"),
        ("ftp://a/b", UsageError, "not the address of a web page"),
        ("file:///etc/passwd", UsageError, "not the address of a web page"),
        ("https://", UsageError, "not the address of a web page"),
        ("https://[", UsageError, "not the address of a web page"),
        ("https://user:secret@a/", UsageError, "user name or password"),
        ("http://127.0.0.1:1/", StorageError, "cannot be reached"),
    ],
)
def test_what_cannot_be_fetched_is_an_error_and_nothing_is_kept(
    tmp_path: Path,
    keep: Callable[..., tuple[list[str], list[str]]],
    path: str,
    kind: type[AudiobookError],
    message: str,
) -> None:
    with pytest.raises(kind) as caught:
        keep(path)
    assert message in caught.value.message
    assert "secret" not in str(caught.value)
    assert kept(tmp_path) == []


def test_a_server_that_sends_a_little_now_and_then_is_abandoned(server: str) -> None:
    with pytest.raises(StorageError, match="took longer than"):
        fetch(f"{server}/drip", replace(BOUNDS, total_s=0.3))


def test_certificates_are_verified(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        running.socket = context.wrap_socket(running.socket, server_side=True)
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        address = f"https://127.0.0.1:{running.server_address[1]}/text"
        with pytest.raises(StorageError, match="certificate cannot be trusted"):
            fetch(address, BOUNDS)
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
        assert fetch(address, BOUNDS).media_type == "text/plain"
        running.shutdown()
        thread.join()


def test_only_addresses_are_addresses() -> None:
    assert all(map(is_address, ("https://a", "HTTP://a/b", "ftp://a")))
    assert not any(map(is_address, ("a.txt", "https", "C:\\a", "a/b://c", "-", "")))
