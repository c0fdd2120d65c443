"""A loopback stand-in for online services that can fail in every way that real ones do.

It acts as the proxy in `HTTPS_PROXY`: every connection through it reaches a TLS server with a certificate of the
tests' own authority, so the program requests the same addresses as in real use. It answers like Google Translate and
like an OpenAI-compatible server. `python tests/services.py` runs one until its standard input ends.
"""

from __future__ import annotations

import base64
import io
import json
import re
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time
import wave
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import trustme

from audiobook.audio.mp3.lame import EncoderSettings, encode
from audiobook.audio.pcm import Pcm
from audiobook.engines.tone import tone

RATE_HZ: Final = 24000
GOOGLE: Final = "translate.google.com"
OPENAI: Final = "voice.test"
KEY: Final = "sk-0123456789-never-to-be-seen"
_LETTER_SAMPLES: Final = 960
_SILENCE_SAMPLES: Final = 2400
_CLOSED_S: Final = 0.95
"""How long a service stays closed that asks for a wait of at least a second; its clock and the client's may differ a little."""
_HTML: Final = b"<!doctype html><html><body>Our systems have detected unusual traffic.</body></html>"
_DRIP_S: Final = 0.05


@dataclass(frozen=True)
class Asked:
    """One complete request."""

    host: str
    path: str
    text: str
    mode: str
    headers: dict[str, str]
    at_s: float
    body: bytes = b""


@dataclass
class Book:
    """How the service should answer, and the requests it received."""

    modes: deque[str] = field(default_factory=deque)
    """Answers for the next requests; when empty, `by_text` and `mode` apply."""
    by_text: dict[str, str] = field(default_factory=dict)
    """Answers for requests with these words."""
    mode: str = "good"
    certificate: str = "good"
    """`good`; or `self-signed`, `of another host`."""
    delay_s: float = 0.0
    opens_s: float = 0.0
    """Until this monotonic time, every request is answered with 429; see the mode `closed`."""
    asked: list[Asked] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)
    """Hosts requested from the proxy."""

    @property
    def texts(self) -> list[str]:
        """The texts of all requests, in order."""
        return [asked.text for asked in self.asked]


@lru_cache(maxsize=4096)
def sound(text: str) -> bytes:
    """Return samples for a text: a tone for each word, with silence around."""
    words = b"".join(tone(word, len(word) * _LETTER_SAMPLES) + bytes(960) for word in text.split())
    return bytes(2 * _SILENCE_SAMPLES) + words + bytes(2 * _SILENCE_SAMPLES)


@lru_cache(maxsize=4096)
def mp3(text: str) -> bytes:
    """Return the sound as MP3 in the format of Google: 24 kHz, mono, 64 kbit/s."""
    return encode([Pcm(sound(text), RATE_HZ)], RATE_HZ, EncoderSettings(64, 7)).data


def wav(samples: bytes, *, streamed: bool = False) -> bytes:
    """Return samples as a WAV file; the header of a streamed one declares the maximum length."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes(samples)
    data = file.getvalue()
    unknown = struct.pack("<I", 0xFFFFFFFF)
    return data[:4] + unknown + data[8:40] + unknown + data[44:] if streamed else data


def envelope(data: bytes) -> bytes:
    """Return an MP3 wrapped as an answer of Google's `batchexecute`."""
    inner = json.dumps([base64.b64encode(data).decode()])
    calls = [["wrb.fr", "jQ1olc", inner, None, None, None, "generic"], ["di", 58], ["af.httprm", 57, "1", 2]]
    line = json.dumps(calls, separators=(",", ":")).replace("=", "\\u003d")
    return b")]}'\n\n" + line.encode() + b"\n"


def captioned(text: str) -> bytes:
    """Return sound and the times of its words as Kokoro-FastAPI does, with a sign and a word that the text does not have."""
    at, stamps = _SILENCE_SAMPLES / RATE_HZ, []
    for word in text.split():
        end = at + len(word) * _LETTER_SAMPLES / RATE_HZ
        stamps.append({"word": word.strip(",.“”"), "start_time": at, "end_time": end})
        stamps.append({"word": ",", "start_time": end, "end_time": end})
        at = end + 480 / RATE_HZ
    stamps.insert(2, {"word": "dollars", "start_time": at, "end_time": at})
    audio = base64.b64encode(wav(sound(text))).decode()
    return json.dumps({"audio": audio, "audio_format": "audio/wav", "timestamps": stamps}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackService
    host = ""
    timeout = 20

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_CONNECT(self) -> None:
        self.host = self.path.partition(":")[0]
        self.server.book.tunnels.append(self.host)
        self.send_response(200, "Connection established")
        self.end_headers()
        try:
            self.connection = self.server.context(self.host).wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            self.close_connection = True  # it did not like the certificate
            return
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def finish(self) -> None:
        for stream in (self.wfile, self.rfile, self.connection):
            with suppress(OSError):
                stream.close()

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(_google_text(body) if "batchexecute" in self.path else json.loads(body)["input"], body)

    def _answer(self, text: str, body: bytes = b"") -> None:
        book = self.server.book
        with self.server.lock:
            now_s = time.monotonic()
            if now_s < book.opens_s:
                mode = "429 1"
            else:
                mode = book.modes.popleft() if book.modes else book.by_text.get(text, book.mode)
            if mode.startswith("closed "):
                book.opens_s = now_s + _CLOSED_S
            host = self.host or self.headers.get("Host", "")
            book.asked.append(Asked(host, self.path, text, mode, dict(self.headers), now_s, body))
        time.sleep(book.delay_s)
        try:
            self._play(mode, text, body)
        except (OSError, ssl.SSLError):
            self.close_connection = True

    def _good(self, text: str, body: bytes, sounds: bytes | None = None) -> tuple[str, bytes]:
        if self.path.endswith("/audio/voices"):
            return "application/json", json.dumps(
                {"voices": ["alto", {"id": "bass", "name": "Bass"}]}
            ).encode()
        if "batchexecute" in self.path:
            return "application/json; charset=utf-8", envelope(mp3(text) if sounds is None else sounds)
        if self.path.endswith("/dev/captioned_speech"):
            return "application/json", captioned(text)
        wanted = json.loads(body)["response_format"]
        if wanted == "mp3":
            return "audio/mpeg", mp3(text)
        return ("audio/pcm", sound(text)) if wanted == "pcm" else ("audio/wav", wav(sound(text)))

    def _play(self, mode: str, text: str, body: bytes) -> None:
        if mode.isdigit():
            message = {"error": {"message": f"no such voice, {self.headers.get('Authorization', '')}"}}
            self._send(int(mode), "application/json", json.dumps(message).encode())
        elif mode.startswith(("429 ", "closed ")):
            wait = mode.partition(" ")[2].replace("date", formatdate(time.time() + 2, usegmt=True))
            self._send(429, "text/html", _HTML, {"Retry-After": wait})
        elif mode == "html":
            self._send(200, "text/html", _HTML)
        elif mode == "empty":
            self._send(200, "application/json", b"")
        elif mode == "redirect":
            self._send(307, "text/html", b"", {"Location": f"https://{self.host}{self.path}"})
        elif mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif mode == "silent":
            time.sleep(3)
            self.close_connection = True
        elif mode == "slow header":
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"o" * 100:
                self._drip(bytes([byte]))
        elif mode == "endless":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            for _ in range(100):
                self.wfile.write(bytes(1 << 20))
        elif mode == "garbled":
            self._send(200, *self._good(text, body, b"This is no sound at all." * 40))
        elif mode == "short":
            self._send(200, *self._good("a", body, mp3("")))
        elif mode == "as mp3":
            self._send(200, "audio/mpeg", mp3(text))
        elif mode == "streamed":
            self._send_chunks("audio/wav", wav(sound(text), streamed=True))
        else:
            self._send_good(mode, *self._good(text, body))

    def _send_good(self, mode: str, kind: str, data: bytes) -> None:
        """Send a good answer: complete, half of it, or very slowly."""
        if mode == "good":
            self._send(200, kind, data)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if mode == "half":
            self.wfile.write(data[: len(data) // 2])
        elif mode == "drip":
            for byte in data[:100]:
                self._drip(bytes([byte]))
        else:
            raise ValueError(f"there is no mode {mode}")
        self.close_connection = True

    def _drip(self, piece: bytes) -> None:
        self.wfile.write(piece)
        time.sleep(_DRIP_S)

    def _send(self, status: int, kind: str, data: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _send_chunks(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(data), 4000):
            piece = data[start : start + 4000]
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")


def _google_text(body: bytes) -> str:
    """Return the text of a request to Google's `batchexecute`."""
    [asked] = parse_qs(body.decode())["f.req"]
    [[[rpc, parameters, _, _]]] = json.loads(asked)
    assert rpc == "jQ1olc"
    text, language, _, _ = json.loads(parameters)
    assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]+)?", language)
    assert len(text) <= 100
    return str(text)


class LoopbackService(ThreadingHTTPServer):
    """The service, as a context manager that stops it on exit."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.book = Book()
        self.lock = threading.Lock()
        self._authority = trustme.CA()
        self._folder = tempfile.TemporaryDirectory(prefix="audiobook-authority-")
        self.authority_file = Path(self._folder.name) / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.authority_file))
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""

    def __enter__(self) -> LoopbackService:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
        self._folder.cleanup()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that send all requests of the program here."""
        proxy = f"http://127.0.0.1:{self.port}"
        return {
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
            "REQUESTS_CA_BUNDLE": str(self.authority_file),
            "SSL_CERT_FILE": "",
            "OPENAI_API_KEY": KEY,
        }

    def context(self, host: str) -> ssl.SSLContext:
        """Return the certificate for a host."""
        kind = self.book.certificate
        with self.lock:
            if (host, kind) not in self._contexts:
                authority = trustme.CA() if kind == "self-signed" else self._authority
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                authority.issue_cert("elsewhere.test" if kind == "of another host" else host).configure_cert(
                    context
                )
                self._contexts[host, kind] = context
            return self._contexts[host, kind]


if __name__ == "__main__":
    with LoopbackService() as service:
        print(json.dumps(service.environment), flush=True)  # noqa: T201
        sys.stdin.read()
