"""Voices are downloaded completely, verified and resumed; nothing else gets into the voices folder."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pexpect
import pytest
import trustme
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tiny_kokoro import NAMES as KOKORO_VOICES
from tiny_kokoro import install_tiny_kokoro
from tiny_voice import config_bytes, install_tiny, model_bytes
from tools import Finished, Json, Shelf, accepts, clean_environment

from audiobook.engines.kokoro.files import kokoro_files
from audiobook.engines.piper.voices import VOICE_NAME, VoiceFiles
from audiobook.errors import SettingsError, StorageError
from audiobook.voicebank.catalogue import installable_voices
from audiobook.voicebank.fetch import Download, Timeouts, fetch_file, require_safe
from audiobook.voicebank.install import Voicebank
from audiobook.voicebank.kokoro import KOKORO, PinnedFile, install_kokoro, remove_kokoro

NAME = "fi_FI-tiny-medium"
PLACE = "fi/fi_FI/tiny/medium"
CARD = b"# Model card for tiny\n\n* License: CC0\n"


@dataclass
class Repository:
    """A repository of voices on this machine, with configurable faults."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and range of each request."""
    cut_after: int | None = None
    """If set, close the connection after this many bytes of a model."""
    ranges: bool = True
    pointed: dict[str, str] = field(default_factory=dict)
    """Redirects by path."""
    type: str = "application/octet-stream"
    pause_s: float = 0.0
    """Seconds to wait after each tenth of a model."""
    unannounced: bool = False
    """Whether to omit the length of a file."""
    url: str = ""

    def put(self, name: str, model: bytes, config: bytes, card: bytes | None = CARD) -> None:
        code, dataset, quality = name.split("-")
        place = f"{code.split('_')[0]}/{code}/{dataset}/{quality}"
        self.files[f"{place}/{name}.onnx"] = model
        self.files[f"{place}/{name}.onnx.json"] = config
        if card is not None:
            self.files[f"{place}/MODEL_CARD"] = card
        listed = {
            path: {"size_bytes": len(data), "md5_digest": hashlib.md5(data).hexdigest()}
            for path, data in self.files.items()
            if path.startswith(place)
        }
        index = json.loads(self.files.get("voices.json", b"{}"))
        index[name] = {"key": name, "name": dataset, "quality": quality, "files": listed, "aliases": []}
        self.files["voices.json"] = json.dumps(index).encode()

    def asked_for(self, suffix: str) -> list[str | None]:
        return [begin for path, begin in self.asked if path.endswith(suffix)]


AUTHORITY = trustme.CA()


def _tenths(data: bytes) -> list[bytes]:
    step = len(data) // 10 + 1
    return [data[at : at + step] for at in range(0, len(data), step)]


@pytest.fixture
def repository(request: pytest.FixtureRequest) -> Iterator[Repository]:
    """The repository; with a parameter, it has a certificate for that host."""
    served = Repository()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, begin = self.path.lstrip("/"), self.headers.get("Range")
            served.asked.append((path, begin))
            if path in served.pointed:
                self._head(302, {"Location": served.pointed[path], "Content-Length": "0"})
                return
            if path not in served.files:
                self._head(404, {"Content-Length": "0"})
                return
            self._give(path, served.files[path], begin if served.ranges else None)

        def _give(self, path: str, data: bytes, begin: str | None) -> None:
            start = int(re.sub(r"\D", "", begin)) if begin else 0
            headers = {"Content-Type": served.type if path.endswith(".onnx") else "text/plain"}
            if served.unannounced:
                headers["Connection"] = "close"
            else:
                headers["Content-Length"] = str(len(data) - start)
            if begin:
                headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self._head(206 if begin else 200, headers)
            cut = served.cut_after if path.endswith(".onnx") else None
            for piece in _tenths(data[start:][:cut]) if served.pause_s else (data[start:][:cut],):
                time.sleep(served.pause_s)
                self.wfile.write(piece)
            self.close_connection = served.unannounced or cut is not None

        def _head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        if certificate := getattr(request, "param", None):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            AUTHORITY.issue_cert(certificate).configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            served.url = served.url.replace("http:", "https:")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        served.put(NAME, model_bytes(), config_bytes("fi_FI"))
        yield served
        server.shutdown()


@pytest.fixture
def shelf(tmp_path: Path, repository: Repository) -> Shelf:
    made = Shelf(tmp_path / "shelf", AUDIOBOOK_VOICES=str(tmp_path / "voices"), NO_PROXY="127.0.0.1")
    made.write("audiobook.toml", f'[engines.piper]\nbase_url = "{repository.url}/"\n')
    return made


def install(shelf: Shelf, *arguments: str) -> Finished:
    return shelf.run("voices", "install", NAME, *arguments)


def folder_of(shelf: Shelf) -> Path:
    return shelf.root.parent / "voices"


def whole_files(shelf: Shelf) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in folder_of(shelf).glob("*")
        if path.name.startswith(NAME) and path.is_file()
    }


def listed(data: bytes) -> Json:
    md5, sha256 = hashlib.md5(data).hexdigest(), hashlib.sha256(data).hexdigest()
    return {"size_bytes": len(data), "md5_digest": md5, "sha256": sha256}


def receipt(shelf: Shelf, name: str = NAME) -> Json:
    found: Json = json.loads((folder_of(shelf) / f"{name}.installed.json").read_bytes())
    return found


def assert_refused(shelf: Shelf, *messages: str) -> Finished:
    done = install(shelf)
    assert done.code == 4, done.err
    for message in messages:
        assert message in done.err
    assert whole_files(shelf) == {}
    return done


@pytest.mark.slow
def test_a_voice_is_installed_with_its_card_and_speaks(shelf: Shelf, repository: Repository) -> None:
    done = install(shelf)
    assert done.code == 0, done.err
    assert (
        f"warning: the settings of this project name the server of the voices: {repository.url}" in done.err
    )
    assert f"installed {NAME}: {folder_of(shelf) / NAME}.onnx\n  # Model card for tiny\n" in done.out
    assert "  * License: CC0\n" in done.out
    files = whole_files(shelf)
    assert json.loads(files.pop(f"{NAME}.installed.json")) == {
        "model": listed(model_bytes()),
        "config": listed(config_bytes("fi_FI")),
        "card": listed(CARD),
    }
    assert files == {
        f"{NAME}.onnx": repository.files[f"{PLACE}/{NAME}.onnx"],
        f"{NAME}.onnx.json": repository.files[f"{PLACE}/{NAME}.onnx.json"],
        f"{NAME}.MODEL_CARD": CARD,
    }
    assert not list(folder_of(shelf).glob(".*.part"))
    shelf.write("texts/fi/a.txt", "Hei.")
    shelf.build()
    assert shelf.record("fi/a")["inputs"]["speaker"]["voice"] == NAME


def test_an_installed_voice_is_not_downloaded_again(shelf: Shelf, repository: Repository) -> None:
    install(shelf)
    assert install(shelf).code == 0
    assert len(repository.asked_for(".onnx")) == 1
    (folder_of(shelf) / f"{NAME}.onnx").write_bytes(b"damaged")
    assert install(shelf).code == 0
    assert len(repository.asked_for(".onnx")) == 2
    assert whole_files(shelf)[f"{NAME}.onnx"] == model_bytes()


def test_json_lists_what_was_installed_and_removed(shelf: Shelf) -> None:
    (installed,) = install(shelf, "--json").answer["installed"]
    assert installed == {
        "voice": NAME,
        "language": "fi-FI",
        "quality": "medium",
        "rate_hz": 22050,
        "model": str(folder_of(shelf) / f"{NAME}.onnx"),
        "sha256": hashlib.sha256(model_bytes()).hexdigest(),
        "card": CARD.decode().strip(),
    }
    size = sum(map(len, whole_files(shelf).values()))
    (removed,) = shelf.run("voices", "remove", NAME, "--json").answer["removed"]
    assert removed == {"voice": NAME, "freed_bytes": size}
    assert whole_files(shelf) == {}
    again = shelf.run("voices", "remove", NAME)
    assert (again.code, again.err) == (2, f"error: the voice “{NAME}” is not installed\n")


def test_a_wrong_digest_is_refused_and_nothing_is_kept(shelf: Shelf, repository: Repository) -> None:
    path = f"{PLACE}/{NAME}.onnx"
    repository.files[path] = repository.files[path][:-1] + b"?"
    assert_refused(
        shelf, f"{repository.url}/{path}: the digest of the downloaded file differs from the one in the index"
    )
    assert shelf.run("voices", "--engine", "piper").code == 3
    assert not list(folder_of(shelf).glob(".*.onnx.part"))


@pytest.mark.parametrize("change", [-1, 1])
def test_a_wrong_length_is_refused_before_the_download(
    shelf: Shelf, repository: Repository, change: int
) -> None:
    path = f"{PLACE}/{NAME}.onnx"
    listed = len(repository.files[path])
    repository.files[path] = (repository.files[path] + b"?")[: listed + change]
    assert_refused(shelf, f"has {listed + change} bytes, but the index lists {listed}")


def test_an_endless_file_is_not_read_to_its_end(shelf: Shelf, repository: Repository) -> None:
    path = f"{PLACE}/{NAME}.onnx"
    repository.files[path] += bytes(10_000_000)
    repository.unannounced = True
    assert_refused(shelf, "is longer than")


def test_an_interrupted_download_is_resumed(shelf: Shelf, repository: Repository) -> None:
    repository.cut_after = 700
    done = assert_refused(shelf, "the connection was interrupted")
    assert "hint: run the same command again; the download resumes" in done.err
    assert [path.stat().st_size for path in folder_of(shelf).glob(".*.onnx.part")] == [700]
    assert_refused(shelf, "the connection was interrupted")
    repository.cut_after = None
    assert install(shelf).code == 0
    assert repository.asked_for(".onnx") == [None, "bytes=700-", "bytes=1400-"]
    assert whole_files(shelf)[f"{NAME}.onnx"] == model_bytes()


def test_without_byte_ranges_an_interrupted_download_starts_over(
    shelf: Shelf, repository: Repository
) -> None:
    repository.cut_after = 700
    assert_refused(shelf, "the connection was interrupted")
    repository.cut_after, repository.ranges = None, False
    assert install(shelf).code == 0
    assert whole_files(shelf)[f"{NAME}.onnx"] == model_bytes()


def test_a_partial_file_of_another_model_is_detected(shelf: Shelf, repository: Repository) -> None:
    folder_of(shelf).mkdir()
    (folder_of(shelf) / f".{NAME}.onnx.part").write_bytes(b"x" * 1000)
    assert_refused(shelf, "differs from the one in the index")
    assert install(shelf).code == 0
    assert repository.asked_for(".onnx") == ["bytes=1000-", None]


@pytest.mark.parametrize("repository", ["127.0.0.1"], indirect=True)
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_certificate_of_a_trusted_authority_is_accepted(
    shelf: Shelf, tmp_path: Path, variable: str
) -> None:
    authority = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(authority))
    environment = {"REQUESTS_CA_BUNDLE": "", "SSL_CERT_FILE": ""} | {variable: str(authority)}
    done = shelf.run("voices", "install", NAME, **environment)
    assert done.code == 0, done.err


@pytest.mark.parametrize("repository", ["127.0.0.1"], indirect=True)
def test_a_certificate_of_an_unknown_authority_is_refused(shelf: Shelf, repository: Repository) -> None:
    assert_refused(shelf, "the server's certificate cannot be trusted")
    assert repository.asked == []


@pytest.mark.parametrize("repository", ["other.example"], indirect=True)
def test_a_certificate_of_another_host_is_refused(
    shelf: Shelf, repository: Repository, tmp_path: Path
) -> None:
    authority = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(authority))
    done = shelf.run("voices", "install", NAME, REQUESTS_CA_BUNDLE=str(authority))
    assert (done.code, "the server's certificate cannot be trusted" in done.err) == (4, True)
    assert repository.asked == []


def wanted(tmp_path: Path, repository: Repository) -> Download:
    data = model_bytes()
    url = f"{repository.url}/{PLACE}/{NAME}.onnx"
    return Download(url, tmp_path / "x", len(data), hashlib.md5(data).hexdigest())


@pytest.mark.parametrize(
    ("patience", "message"),
    [
        (Timeouts(silence_s=0.1), "the server did not answer in time"),
        (Timeouts(window_s=0.1, least_bytes=1_000_000), "the download is too slow"),
    ],
    ids=["silence", "drip"],
)
def test_a_silent_server_times_out(
    tmp_path: Path, repository: Repository, patience: Timeouts, message: str
) -> None:
    repository.pause_s = 0.3 if patience.silence_s < 1 else 0.05
    with pytest.raises(StorageError, match=message):
        fetch_file(wanted(tmp_path, repository), lambda _: None, patience)
    assert not (tmp_path / "x").exists()


def test_progress_is_reported_up_to_the_full_size(tmp_path: Path, repository: Repository) -> None:
    progress: list[int] = []
    repository.pause_s = 0.05
    fetch_file(wanted(tmp_path, repository), progress.append)
    assert progress == sorted(progress)
    assert progress[-1] == len(model_bytes())
    assert len(progress) > 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a Unix terminal")
def test_a_terminal_shows_a_bar_after_a_second(shelf: Shelf, repository: Repository) -> None:
    repository.pause_s = 0.06
    command = ["-m", "audiobook", "voices", "install", NAME]
    environment = clean_environment(**shelf.environment, TERM="xterm-256color")
    screen = pexpect.run(
        f"{sys.executable} {' '.join(command)}", cwd=str(shelf.root), env=environment, encoding="utf-8"
    )
    assert re.search(rf"{NAME} .*━", screen), screen
    assert f"installed {NAME}" in screen


def test_an_unreachable_server_is_reported(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", '[engines.piper]\nbase_url = "http://127.0.0.1:9"\n')
    assert_refused(shelf, "cannot reach ")


def test_a_voice_missing_from_the_server_is_reported(shelf: Shelf, repository: Repository) -> None:
    del repository.files[f"{PLACE}/{NAME}.onnx"]
    done = assert_refused(shelf, "the server answered 404")
    assert "hint: list the voices to install: audiobook voices --installable" in done.err


def test_a_name_missing_from_the_index_suggests_similar_ones(shelf: Shelf) -> None:
    done = shelf.run("voices", "install", "fi_FI-tinny-medium")
    assert done.code == 2
    assert done.err.endswith(
        f"\nerror: the repository has no voice “fi_FI-tinny-medium”\nhint: did you mean {NAME}?\n"
    )


def test_an_invalid_voice_name_is_not_requested(shelf: Shelf, repository: Repository) -> None:
    for name in ("../../etc/passwd", "fi_FI-../x-medium", "", "a" * 300):
        done = shelf.run("voices", "install", name)
        assert (done.code, f"error: “{name}” is not a voice name" in done.err) == (2, True), name
    assert repository.asked == []


def test_a_web_page_is_not_accepted_as_a_model(shelf: Shelf, repository: Repository) -> None:
    repository.type = "text/html; charset=utf-8"
    assert_refused(shelf, "the server answered with a web page")


@pytest.mark.slow
def test_an_invalid_index_is_refused(shelf: Shelf, repository: Repository) -> None:
    for index in (b"<html>", b"[]", b'{"x": {"files": 3}}', b"{}", b"\xff\xfe"):
        repository.files["voices.json"] = index
        assert_refused(shelf, f"{repository.url}/voices.json: ", "index")


def test_redirects_are_followed_and_their_loops_are_not(shelf: Shelf, repository: Repository) -> None:
    path = f"{PLACE}/{NAME}.onnx"
    repository.files["elsewhere"] = repository.files[path]
    repository.pointed[path] = f"{repository.url}/{path}"
    assert_refused(shelf, "too many redirects, more than 5")
    assert len(repository.asked_for(".onnx")) == 6
    repository.pointed[path] = "/elsewhere"
    assert install(shelf).code == 0


@pytest.mark.parametrize("target", ["http://192.0.2.1/x", "ftp://127.0.0.1/x", "file:///etc/passwd"])
def test_a_redirect_to_an_unverified_server_is_refused(
    shelf: Shelf, repository: Repository, target: str
) -> None:
    repository.pointed[f"{PLACE}/{NAME}.onnx"] = target
    done = install(shelf)
    assert done.code == 2
    assert f"not an address to download voices from: '{target}'" in done.err
    assert whole_files(shelf) == {}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "ftp://example.org",
        "https://user:secret@example.org",
        "https://",
        "javascript:1",
        "https://exa mple.org",
        "https://example.org\n",
        "https://[::1",
        "",
    ],
)
def test_an_invalid_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        require_safe(url)


def test_an_address_must_use_https_or_this_machine() -> None:
    for url in ("https://example.org/x", "http://localhost:8000", "http://[::1]:8000", "http://127.0.0.1/"):
        assert accepts(partial(require_safe, url)), url


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from audiobook.cli import run
sys.exit(run(["voices", "install", sys.argv[2], "--accept-changed"]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_is_reported_and_existing_files_stay(shelf: Shelf, repository: Repository) -> None:
    install(shelf)
    before = whole_files(shelf)
    repository.put(NAME, model_bytes(level=0.3), config_bytes("fi_FI"))
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, "1000", NAME],
        cwd=shelf.root,
        env=clean_environment(**shelf.environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 4
    assert re.search(r"error: \S+\.onnx: writing failed: File too large", done.stderr), done.stderr
    assert whole_files(shelf) == before


def test_newer_files_are_installed_when_the_known_ones_are_gone(shelf: Shelf, repository: Repository) -> None:
    install(shelf)
    repository.put(NAME, model_bytes(level=0.3), config_bytes("fi_FI"))
    shelf.run("voices", "remove", NAME)
    done = install(shelf)
    assert done.code == 0, done.err
    assert whole_files(shelf)[f"{NAME}.onnx"] == model_bytes(level=0.3)


def test_a_voice_without_a_card_is_installed_too(shelf: Shelf, repository: Repository) -> None:
    name = "sl_SI-tiny-low"
    repository.put(name, model_bytes(), config_bytes("sl_SI", quality="low"), card=None)
    done = shelf.run("voices", "install", name, "--json")
    assert done.code == 0, done.err
    assert done.answer["installed"][0]["card"] == ""


# Pinning (promises: wrong responses are never kept; the user's own files are not replaced)

SHIPPED = "fi_FI-harri-medium"


@pytest.mark.slow
def test_a_mirror_cannot_replace_a_shipped_voice(shelf: Shelf, repository: Repository) -> None:
    repository.put(SHIPPED, model_bytes(), config_bytes("fi_FI"))
    shelf.run("voices", "--installable", "--refresh")
    for arguments in ((), ("--refresh",), ()):
        done = shelf.run("voices", "install", SHIPPED, *arguments)
        assert (done.code, f"error: {SHIPPED} has changed at {repository.url}: " in done.err) == (4, True), (
            done.err
        )
        assert f"audiobook voices install {SHIPPED} --accept-changed" in done.err
        assert [path.name for path in folder_of(shelf).glob(f"*{SHIPPED}*")] == []
    known: list[Json] = shelf.run("voices", "--installable", "--json").answer["installable"]
    assert [voice["size_bytes"] for voice in known if voice["voice"] == SHIPPED] == [63201294]


@pytest.mark.slow
def test_an_accepted_changed_voice_is_pinned_too(shelf: Shelf, repository: Repository) -> None:
    repository.put(SHIPPED, model_bytes(), config_bytes("fi_FI"))
    assert shelf.run("voices", "install", SHIPPED, "--accept-changed").code == 0
    for damage in (b"damaged", None):
        if damage:
            (folder_of(shelf) / f"{SHIPPED}.onnx").write_bytes(damage)
        assert shelf.run("voices", "install", SHIPPED).code == 0
        assert receipt(shelf, SHIPPED)["model"] == listed(model_bytes())
        assert (folder_of(shelf) / f"{SHIPPED}.onnx").read_bytes() == model_bytes()
    repository.put(SHIPPED, model_bytes(level=0.3), config_bytes("fi_FI"))
    assert shelf.run("voices", "install", SHIPPED, "--refresh").code == 4
    assert (folder_of(shelf) / f"{SHIPPED}.onnx").read_bytes() == model_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("changed", ["model", "config", "card"])
def test_a_voice_that_was_installed_is_not_replaced_by_another(
    shelf: Shelf, repository: Repository, changed: str
) -> None:
    install(shelf)
    before = whole_files(shelf)
    files = {"model": model_bytes(), "config": config_bytes("fi_FI"), "card": CARD}
    other = {
        "model": model_bytes(level=0.3),
        "config": config_bytes("fi_FI", dataset="b"),
        "card": b"No rights.",
    }
    repository.put(NAME, **(files | {changed: other[changed]}))
    (folder_of(shelf) / f"{NAME}.onnx").write_bytes(b"damaged")
    for arguments in ((), ("--refresh",)):
        done = install(shelf, *arguments)
        if changed == "model" or arguments:
            assert (done.code, f"{NAME} has changed" in done.err) == (4, True), done.err
    assert install(shelf, "--accept-changed").code == 0
    after = whole_files(shelf)
    names = {"model": f"{NAME}.onnx", "config": f"{NAME}.onnx.json", "card": f"{NAME}.MODEL_CARD"}
    assert {name for name in after if after[name] != before[name]} == {
        names[changed],
        f"{NAME}.installed.json",
    }
    assert receipt(shelf)[changed] == listed(other[changed])


def test_files_with_the_right_md5_and_the_wrong_sha256_are_refused(
    tmp_path: Path, repository: Repository
) -> None:
    data = model_bytes()
    one = Download(
        f"{repository.url}/{PLACE}/{NAME}.onnx",
        tmp_path / "x",
        len(data),
        hashlib.md5(data).hexdigest(),
        "0" * 64,
    )
    with pytest.raises(StorageError, match="differs from the one in the index"):
        fetch_file(one, lambda _: None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_voice_that_changed_since_it_was_installed_does_not_speak(shelf: Shelf) -> None:
    install(shelf)
    shelf.write("texts/fi/a.txt", "Hei.")
    others = {".onnx": model_bytes(level=0.3), ".onnx.json": config_bytes("fi_FI", dataset="other")}
    for suffix, other in others.items():
        path = folder_of(shelf) / f"{NAME}{suffix}"
        whole = path.read_bytes()
        path.write_bytes(other)
        done = shelf.run("build")
        assert done.code == 3
        assert f"{path}: the voice “{NAME}” has changed since it was installed" in done.err
        assert f"audiobook voices install {NAME}; to keep your change, delete " in done.err
        path.write_bytes(whole)
    path.write_bytes(other)
    (folder_of(shelf) / f"{NAME}.installed.json").unlink()
    shelf.build()


@pytest.mark.slow
def test_a_damaged_receipt_is_reported_and_written_again(shelf: Shelf) -> None:
    install(shelf)
    shelf.write("texts/fi/a.txt", "Hei.")
    for data in (b"", b"{}", b"\xff", b"[" * 5000, b'{"model": {"size_bytes": -1}}'):
        (folder_of(shelf) / f"{NAME}.installed.json").write_bytes(data)
        done = shelf.run("build")
        assert (done.code, "the receipt of its installation is damaged" in done.err) == (3, True), data[:9]
        assert install(shelf).code == 0, data[:9]
        assert receipt(shelf)["model"] == listed(model_bytes()), data[:9]
    shelf.build()


SIZES = st.integers() | st.floats() | st.text(max_size=5) | st.none()
NAMES = st.sampled_from([NAME, "../../x", "fi_FI-..-medium", "fi_FI-" + "ä" * 60 + "-medium", ""]) | st.text(
    max_size=30
)
PATHS = (
    st.builds("{}{}".format, st.sampled_from(["", "../", "/etc/", "a/"]), NAMES.map("{}.onnx".format))
    | st.text()
)
LISTED = st.fixed_dictionaries({"size_bytes": SIZES, "md5_digest": st.just("0" * 32) | st.text(max_size=40)})


def _entry(name: str, place: str, more: Json) -> tuple[str, Json]:
    """Return a voice of an index that can be installed, if its name is that of a voice."""
    whole = {"size_bytes": 1, "md5_digest": "0" * 32}
    return name, {"files": {f"{place}{name}.onnx": whole, f"{place}{name}.onnx.json": whole} | more}


ENTRIES = st.builds(
    _entry,
    NAMES | st.from_regex(VOICE_NAME, fullmatch=True),
    st.sampled_from(["", "../", "/etc/", "a/"]),
    st.dictionaries(PATHS, LISTED, max_size=2),
)
INDEXES = (
    st.dictionaries(
        NAMES, st.fixed_dictionaries({"files": st.dictionaries(PATHS, LISTED | SIZES)}) | SIZES, max_size=4
    )
    | st.lists(ENTRIES, max_size=4).map(dict)
).map(json.dumps)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(index=INDEXES.map(str.encode) | st.binary(max_size=100))
@example(b"[" * 10_000)
@example(
    json.dumps({NAME: {"files": {f"{NAME}.onnx": {"size_bytes": 2**70, "md5_digest": "0" * 32}}}}).encode()
)
def test_any_index_gives_valid_voices_or_one_of_our_errors(repository: Repository, index: bytes) -> None:
    repository.files["voices.json"] = index
    with tempfile.TemporaryDirectory() as name:
        try:
            known = Voicebank(Path(name), repository.url).known(refresh=True)
        except StorageError:
            assert list(Path(name).iterdir()) == []
            return
        for voice in known.values():
            assert voice.is_complete
            assert VoiceFiles(Path(name), voice.name).model.parent == Path(name)
            assert ".." not in voice.address.split("/")


# Listing installable voices


def test_installable_voices_are_listed_offline(shelf: Shelf, repository: Repository) -> None:
    listed: list[Json] = shelf.run("voices", "--installable", "--json").answer["installable"]
    languages = {voice["language"].split("-")[0] for voice in listed}
    assert languages == {"en", "fi", "id", "lv", "pl", "sl", "mul"}
    harri = next(voice for voice in listed if voice["voice"] == "fi_FI-harri-medium")
    assert harri == {
        "voice": "fi_FI-harri-medium",
        "language": "fi-FI",
        "quality": "medium",
        "size_bytes": 63201294,
        "licence": "CC0",
        "is_installed": False,
    }
    shown = shelf.run("voices", "--installable", "--lang", "fi").out
    assert "fi_FI-harri-medium  fi-FI     medium   63 MB  CC0           no" in shown
    assert repository.asked == []


def test_the_index_is_downloaded_on_request_and_saved(shelf: Shelf, repository: Repository) -> None:
    done = shelf.run("voices", "--installable", "--lang", "eo")
    assert (done.code, "hint: use `--refresh` to download the current list" in done.err) == (3, True)
    for arguments in (("--refresh",), ()):
        voices = shelf.run("voices", "--installable", "--json", *arguments).answer["installable"]
        assert [voice["voice"] for voice in voices] == [NAME, "kokoro", "kokoro-int8"]
    assert [path for path, _ in repository.asked] == ["voices.json"]


def test_the_shipped_catalogue_is_valid(tmp_path: Path) -> None:
    voices = installable_voices(tmp_path)
    assert list(voices) == sorted(voices)
    for voice in voices.values():
        assert VOICE_NAME.fullmatch(voice.name)
        files = (voice.model, voice.config, voice.card)
        assert all(file and file.is_valid for file in files) or not any(files)
    digests = [file.md5_digest for voice in voices.values() for file in (voice.model, voice.card) if file]
    assert len(set(digests)) == len(digests)


def test_names_in_an_index_cannot_leave_the_folder(shelf: Shelf, repository: Repository) -> None:
    index = json.loads(repository.files["voices.json"])
    index["../../x"] = index[NAME]
    index["fi_FI-evil-medium"] = {
        "files": {"../../../fi_FI-evil-medium.onnx": {"size_bytes": -1, "md5_digest": "x"}}
    }
    repository.files["voices.json"] = json.dumps(index).encode()
    listed = shelf.run("voices", "--installable", "--refresh", "--json").answer["installable"]
    assert [voice["voice"] for voice in listed] == [NAME, "kokoro", "kokoro-int8"]


# Trying a voice


@pytest.mark.slow
def test_a_line_can_be_written_with_any_voice(shelf: Shelf) -> None:
    install_tiny(folder_of(shelf), NAME)
    for voice, engine, name, magic in (
        (NAME, "piper", "line.wav", b"RIFF"),
        ("fi", "espeak", "line.mp3", b"ID3"),
    ):
        done = shelf.run("voices", "try", voice, "Hyvää päivää. Mitä kuuluu?", "--output", name)
        assert (done.code, done.out, done.err) == (0, f"{voice} ({engine}): {name}\n", "")
        assert (shelf.root / name).read_bytes().startswith(magic)
    for voice, engine in (("tone", "tone"), ("fi-FI", "espeak")):
        done = shelf.run(
            "voices", "try", voice, "One.", "--engine", engine, "--lang", "fi", "--output", "a.wav"
        )
        assert done.code == 0, done.err


def test_a_line_replaces_only_files_that_this_program_made(shelf: Shelf) -> None:
    for name in ("line.mp3", "LINE.WAV"):
        command = ("voices", "try", "tone", "One.", "--engine", "tone", "--output", name)
        assert [shelf.run(*command).code for _ in range(2)] == [0, 0], name
        if name == "LINE.WAV":
            with wave.open(str(shelf.root / name)) as sound:
                assert sound.getnframes() > sound.getframerate()  # a second, with the pauses around the word
        others = shelf.write(name, "RIFF" + 8 * "x" + "somebody else's")
        done = shelf.run(*command)
        assert (done.code, done.err) == (
            1,
            f"error: {name}: was not made by audiobook, so it is not replaced\n"
            "hint: move it elsewhere, or choose another name\n",
        )
        assert others.read_text("utf-8").endswith("somebody else's")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("named", "voice", "line"),
    [
        ("fi", "fi (espeak)", "Vuonna 1990 oli toisin. Mitä kuuluu?"),
        ("en", "en_US-tiny-medium (piper)", "In 1990, how was kuuluu?"),
    ],
)
def test_a_line_sounds_exactly_as_in_a_book(shelf: Shelf, named: str, voice: str, line: str) -> None:
    """With a voice of the name, as of espeak-ng for Finnish, or with the voice of the language."""
    install_tiny(folder_of(shelf), "en_US-tiny-medium")
    shelf.write("audiobook.toml", f"[voice.{named}]\nspeed = 1.4\nvolume = 0.5\n[pauses]\nsentence = 900\n")
    shelf.write(f"texts/{named}/lexicon.toml", '[words]\n"kuuluu" = "kuulostaa"\n')
    shelf.write(f"texts/{named}/line.txt", line)
    done = shelf.run("voices", "try", named, line, "--output", "tried.mp3")
    assert (done.code, done.out, done.err) == (0, f"{voice}: tried.mp3\n", "")
    shelf.build()
    assert (shelf.root / "tried.mp3").read_bytes() == shelf.book(f"{named}/line").read_bytes()


@pytest.mark.slow
def test_a_line_is_played_by_a_player_to_its_end(shelf: Shelf, tmp_path: Path) -> None:
    player = tmp_path / "bin" / "mpv"
    player.parent.mkdir()
    player.write_text(
        '#!/bin/sh\nshift\ncp "$1" played.mp3\necho ALSA noise >&2\necho noise\nexit $CODE\n', "utf-8"
    )
    player.chmod(0o755)
    path = f"{player.parent}:/usr/bin:/bin"
    done = shelf.run("voices", "try", "fi", "Hei.", PATH=path, CODE="7")
    assert (done.code, done.out, done.err) == (7, "", "error: mpv ended with code 7: noise\n")
    done = shelf.run("voices", "try", "fi", "Hei.", PATH=path, CODE="0")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert (shelf.root / "played.mp3").read_bytes().startswith(b"ID3")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("so", "Hei."), 3, "no voice named “so” on this computer\nhint: to look for a voice to install: "),
        (("english", "Hi."), 3, "no voice named “english” on this computer\nhint: did you mean en?"),
        (
            ("en_US-joe-medium", "Hi."),
            3,
            "no voice named “en_US-joe-medium” on this computer\n"
            "hint: install it: audiobook voices install en_US-joe-medium",
        ),
        (("fi", "…"), 2, "the line contains no text to read aloud"),
        (("fi", "Hei.", "--output", "x.ogg"), 2, "cannot write x.ogg"),
        (("fi", "Hei.", "--engine", "none"), 3, "no engine named “none”"),
    ],
    ids=["language", "name of a language", "known voice", "nothing", "format", "engine"],
)
def test_a_line_that_cannot_be_spoken_is_refused_with_the_reason(
    shelf: Shelf, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = shelf.run("voices", "try", *arguments)
    assert (done.code, f"error: {message}" in done.err) == (code, True)


# Kokoro


def test_kokoro_is_downloaded_once_checked_and_removed(tmp_path: Path, repository: Repository) -> None:
    made = install_tiny_kokoro(tmp_path / "release").parent
    files = [made / "voices-v1.0.bin", made / "kokoro-v1.0.onnx"]
    repository.files |= {path.name: path.read_bytes() for path in files}
    pinned = [
        PinnedFile(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in files
    ]
    progress: list[tuple[int, int]] = []
    folder = tmp_path / "voices"

    def install() -> Path:
        return install_kokoro(
            folder, pinned, lambda *done: progress.append(done), lambda _: None, repository.url
        )

    model = install()
    assert model.read_bytes() == files[1].read_bytes()
    assert progress[-1] == (sum(each.size_bytes for each in pinned),) * 2
    assert kokoro_files(folder, "auto").voice_names() == list(KOKORO_VOICES)
    asked = len(repository.asked)
    assert install() == model
    assert len(repository.asked) == asked
    assert remove_kokoro(folder, "kokoro") == progress[-1][1]
    assert not model.exists()
    assert not (model.parent / "voices-v1.0.bin").exists()


@pytest.mark.slow
def test_kokoro_is_pinned_to_its_release(tmp_path: Path, repository: Repository, shelf: Shelf) -> None:
    shelf.write("audiobook.toml", f'[engines.kokoro]\nbase_url = "{repository.url}"\n')
    for file in KOKORO["kokoro-int8"]:
        repository.files[file.name] = b"another file"
    done = shelf.run("voices", "install", "kokoro-int8")
    assert done.code == 4
    assert not (tmp_path / "voices" / "kokoro" / "voices-v1.0.bin").exists()
    (listed,) = [
        voice
        for voice in shelf.run("voices", "--installable", "--lang", "it", "--json").answer["installable"]
        if voice["voice"] == "kokoro"
    ]
    assert (listed["size_bytes"], listed["licence"], listed["is_installed"]) == (
        353746785,
        "Apache-2.0",
        False,
    )
