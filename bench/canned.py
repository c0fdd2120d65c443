"""An OpenAI-compatible server with ready-made speech: it answers each sentence after a wait, with speech of its length.

Its arguments are a file of 16-bit samples, their rate, and the wait in seconds. It prints its port; `GET /` returns the
lengths in samples of all replies since the last `GET /`.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from pathlib import Path

_CHARS_A_SECOND = 13.5


class _Canned(asyncio.Protocol):
    """One connection; requests must have a Content-Length header."""

    def __init__(self, samples: bytes, rate_hz: int, wait_s: float, lengths: list[int]) -> None:
        self.samples = samples
        self.rate_hz = rate_hz
        self.wait_s = wait_s
        self.lengths = lengths
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        if head.startswith(b"GET"):
            self.received = b""
            self._send(b"application/json", json.dumps(self.lengths).encode())
            self.lengths.clear()
            return
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        if len(body) >= length:
            self.received = b""
            asyncio.get_running_loop().call_later(self.wait_s, self._say, json.loads(body)["input"])

    def _say(self, text: str) -> None:
        count = min(int(len(text) / _CHARS_A_SECOND * self.rate_hz), len(self.samples) // 2)
        self.lengths.append(count)
        form = struct.pack("<IHHIIHH", 16, 1, 1, self.rate_hz, self.rate_hz * 2, 2, 16)
        header = b"RIFF" + struct.pack("<I", 36 + count * 2) + b"WAVEfmt " + form + b"data"
        self._send(b"audio/wav", header + struct.pack("<I", count * 2), memoryview(self.samples)[: count * 2])

    def _send(self, kind: bytes, *pieces: bytes | memoryview) -> None:
        length = sum(map(len, pieces))
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, length)
        self.transport.writelines([head, *pieces])


async def serve(samples: bytes, rate_hz: int, wait_s: float) -> None:
    lengths: list[int] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Canned(samples, rate_hz, wait_s, lengths), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    path, rate, wait = sys.argv[1:]
    asyncio.run(serve(Path(path).read_bytes(), int(rate), float(wait)))
