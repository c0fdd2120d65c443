"""The task of a Dask worker: it passes requests to clip makers, of which it keeps one for each of its threads."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from typing import Final

import msgspec
from distributed import get_worker

from audiobook.engines.interpreter import Interpreter
from audiobook.engines.isolation import Limits
from audiobook.errors import SpeechError
from audiobook.pipeline.cluster.messages import NEW, SUSPECT, Answer, ErrorParts, Reply, packed
from audiobook.system.processor_time import processor_s

_CLIP_MAKER: Final = "audiobook.pipeline.cluster.clip_maker"
_LIMITS: Final = Limits(time_s=4 * 3600.0, memory_bytes=0)
"""A last resort: engines have stricter limits of their own."""


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of a `Reply`. The rest is not decoded here."""

    refusal: str = ""


_MOST_SHARED: Final = 16
"""By how many programs a core can be shared. A batch that took longer than that has waited for something else."""
_free: Final[list[Interpreter]] = []
"""The clip makers that no thread is using."""
_requests: Final = msgspec.msgpack.Decoder(list[bytes])
_heads: Final = msgspec.msgpack.Decoder(_Head)


def make(batch: bytes) -> bytes:
    """Return the answer to a batch of requests. It is the same on every worker, so a batch can be submitted again.

    Args:
        batch: A MessagePack array of encoded `Request`s.

    Returns:
        An encoded `Answer`.
    """
    try:
        clip_maker = _free.pop()
    except IndexError:
        clip_maker = _new_clip_maker()
    work = _Work(clip_maker)
    try:
        replies = [_reply(clip_maker, request) for request in _requests.decode(batch)]
        taken_s = work.taken_s()
    finally:
        _free.append(clip_maker)
    refusals = (_heads.decode(reply).refusal for reply in replies)
    refusal = next(filter(None, refusals), "")
    return packed(Answer(refusal, get_worker().address, taken_s, replies))


class _Work:
    """Measures the work of a clip maker, which does not depend on how busy its computer is with other programs."""

    def __init__(self, clip_maker: Interpreter) -> None:
        """Begin to measure."""
        self._clip_maker = clip_maker
        self._process = clip_maker.process_id
        self._begun_s = time.monotonic()
        self._before_s = processor_s(self._process) if self._process else None

    def taken_s(self) -> float:
        """Return the processor time since the beginning, in seconds; the elapsed time if it is not known."""
        elapsed_s = time.monotonic() - self._begun_s
        process = self._clip_maker.process_id
        after_s = processor_s(process) if process else None
        if after_s is None:
            return elapsed_s
        before_s = self._before_s if process == self._process else None  # it is replaced if it dies
        return max(after_s - (before_s or 0.0), elapsed_s / _MOST_SHARED)


def _new_clip_maker() -> Interpreter:
    # Dask removes a worker's folder, even if the worker was killed.
    folder = tempfile.mkdtemp(prefix="audiobook-", dir=get_worker().local_directory)
    return Interpreter(_CLIP_MAKER, _LIMITS, folder)


def _reply(clip_maker: Interpreter, request: bytes) -> bytes:
    """Return the reply to a request. If the process dies twice, the reply is an error."""
    with suppress(SpeechError):
        return clip_maker.ask(NEW + request)
    try:
        return clip_maker.ask(SUSPECT + request)
    except SpeechError as error:
        return packed(Reply(error=ErrorParts.of(error)))
