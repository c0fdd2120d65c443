"""Answering the requests of an `Interpreter` on standard input and output. This module imports little, to start fast.

A request is sent as its length and its bytes. An answer is sent as a flag (whether this process answers more requests),
its length and its bytes.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Final, NoReturn

from audiobook.system.interrupts import leave_interrupts_to_parent

REQUEST: Final = struct.Struct("<I")
ANSWER: Final = struct.Struct("<?I")

_PIECE_BYTES: Final = 1 << 20


def serve(answer: Callable[[bytes], bytes], renew: Callable[[], bool]) -> NoReturn:
    """Answer requests until standard input is closed, then exit at once, even during a request.

    Args:
        answer: Called with each request. It may crash or hang, because another process watches this one.
        renew: Called after each answer. Returns whether all state of the request is gone, so that the next answer does
            not depend on it. Otherwise this process ends.
    """
    code = 1
    try:
        leave_interrupts_to_parent()
        writing = os.dup(1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library may print
        requests: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=_read_all, args=(requests,), daemon=True).start()
        lasts = True
        while lasts:
            answered = answer(requests.get())
            lasts = renew()
            _write(writing, ANSWER.pack(lasts, len(answered)))
            _write(writing, answered)
        code = 0
    finally:
        # Exit without cleaning up: libraries may fail at shutdown, or still use memory that Python would free.
        os._exit(code)


def serve_once(answer: Callable[[bytes], bytes]) -> NoReturn:
    """Answer one request, then exit; see `serve`."""
    serve(answer, lambda: False)


def _read_all(requests: SimpleQueue[bytes]) -> None:
    try:
        while True:
            (length,) = REQUEST.unpack(_read(REQUEST.size))
            requests.put(_read(length))
    finally:
        os._exit(0)  # the process that sends requests has ended


def _read(length: int) -> bytes:
    pieces: list[bytes] = []
    while length:
        piece = os.read(0, min(length, _PIECE_BYTES))
        if not piece:
            raise EOFError
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left[:_PIECE_BYTES]) :]
