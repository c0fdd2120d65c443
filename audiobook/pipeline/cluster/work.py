"""The task of a Dask worker: pass requests to hands, which it keeps, one for each of its threads."""

from __future__ import annotations

import tempfile
import time
from typing import Final

import msgspec
from distributed import get_worker

from audiobook.engines.interpreter import Interpreter
from audiobook.engines.isolation import Limits
from audiobook.errors import SpeechError
from audiobook.pipeline.cluster.messages import Answer, Reply, Told, packed

_HAND: Final = "audiobook.pipeline.cluster.hand"
_LIMITS: Final = Limits(time_s=4 * 3600.0, memory_bytes=0)
"""Engines have their own, narrower limits."""


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of a `Reply`; the rest is not decoded."""

    refusal: str = ""


_free: Final[list[Interpreter]] = []
"""The hands that no thread uses."""
_requests: Final = msgspec.msgpack.Decoder(list[bytes])
_heads: Final = msgspec.msgpack.Decoder(_Head)


def make(batch: bytes) -> bytes:
    """Answer a batch of requests; the same batch always has the same answer, so it can be given to another worker.

    Args:
        batch: Encoded requests, as a MessagePack array.

    Returns:
        The encoded `Answer`.
    """
    begun_s = time.monotonic()
    try:
        hand = _free.pop()
    except IndexError:
        hand = _new_hand()
    try:
        replies = [_asked(hand, request) for request in _requests.decode(batch)]
    finally:
        _free.append(hand)
    refusals = (_heads.decode(reply).refusal for reply in replies)
    refusal = next(filter(None, refusals), "")
    return packed(Answer(refusal, get_worker().address, time.monotonic() - begun_s, replies))


def _new_hand() -> Interpreter:
    # Dask removes the folder of a worker, even of one that was killed.
    folder = tempfile.mkdtemp(prefix="audiobook-", dir=get_worker().local_directory)
    return Interpreter(_HAND, _LIMITS, folder)


def _asked(hand: Interpreter, request: bytes) -> bytes:
    """Return the reply to a request; if the hand dies, the next request starts another one."""
    try:
        return hand.ask(request)
    except SpeechError as error:
        return packed(Reply(error=Told.of(error)))
