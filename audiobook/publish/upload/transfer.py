"""A publication is sent elsewhere: what changed, checked on its way, and feeds last."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import storage_error
from audiobook.publish.publication import PublicFile
from audiobook.publish.upload.destination import Target
from audiobook.publish.upload.ledger import BEGUN, FILE_NAME, Errand, Sent, SentFile, errand, rank, read_sent
from audiobook.system.opening import open_to_read

_PIECE_BYTES: Final = 1 << 20
_SAVE_EVERY_S: Final = 20.0
_NAMED_BY_DIGEST = re.compile(r"\.cover-[0-9a-f]{8}\.jpg$|^assets/[0-9a-f]{8}/")
_KEPT: Final = "public, max-age=31536000, immutable"
_ASKED_AGAIN: Final = "no-cache"
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where the files of a publication are.

    Attributes:
        files: What is public, in the order in which it has to come.
        made: The folder of those that publishing made.
        built: The folder of the others.
    """

    files: Mapping[str, PublicFile]
    made: Path
    built: Path

    def path(self, name: str) -> Path:
        """Give where a file is."""
        return (self.made if self.files[name].made else self.built) / name


def plan(source: Source, target: Target, warn: Callable[[str], None]) -> tuple[Errand, Sent]:
    """Say what has to be sent and removed.

    Args:
        source: What is public.
        target: Where it shall be.
        warn: Told what is strange there.

    Returns:
        What to do, and what was sent before.

    Raises:
        StorageError: The target cannot be read, or holds files of somebody else under names of ours.
    """
    there = target.tags()
    data = target.read(FILE_NAME) if FILE_NAME in there else None
    sent = read_sent(data)
    if data is not None and sent is None:
        warn(f"{FILE_NAME} of {target.shown} cannot be read; everything is sent again")
    known = sent or Sent()
    if data is None or sent:
        _refuse_strangers(source, known, target, there)
    todo = errand(source.files, known, there)
    for path in todo.changed:
        becomes = "it is sent again" if path in source.files else "it is left there"
        warn(f"{path} was changed at {target.shown} by somebody else; {becomes}")
    return todo, known


def _refuse_strangers(source: Source, known: Sent, target: Target, there: Mapping[str, str]) -> None:
    strangers = [path for path in source.files if path in there and path not in known.files]
    if strangers:
        shown = ", ".join(strangers[:_SHOWN]) + (", …" if len(strangers) > _SHOWN else "")
        raise StorageError(
            f"there are files that were not sent from here: {shown}",
            where=target.shown,
            hint="send to an empty folder, or remove them there first",
        )


def send(
    source: Source,
    target: Target,
    todo: Errand,
    before: Sent,
    on_sent: Callable[[str], None],
    *,
    prune: bool,
    save_every_s: float = _SAVE_EVERY_S,
) -> None:
    """Send what has to be sent, and then remove what has to be removed if that is wanted.

    What was sent is written down there every now and then, so that a send that was stopped goes on.

    Args:
        source: What is public.
        target: Where it shall be.
        todo: What has to be done.
        before: What was sent before.
        on_sent: Told each path once it is there.
        prune: Whether to remove.
        save_every_s: How often it is written down.

    Raises:
        OutputMismatch: A file is not as it was published; it is not sent, nor is anything after it.
        StorageError: Something cannot be read or sent.
    """
    if not todo.send and not (prune and todo.remove):
        return
    # What is begun is written down first: else it would be taken for somebody else's if this is killed.
    begun = {path: SentFile("", "", BEGUN) for path in todo.send}
    log = _Log(target, begun | before.files, save_every_s)
    log.save()
    try:
        for _, paths in groupby(todo.send, key=lambda path: rank(source.files[path])):
            _send_together(source, target, list(paths), log, on_sent)
        for path in todo.remove if prune else ():
            target.remove(path)
            log.forget(path)
    except BaseException:
        with suppress(StorageError):  # the error that is on its way says more
            log.save()
        raise
    log.save()


class _Log:
    """What is there, as far as it is known; written down there."""

    def __init__(self, target: Target, files: dict[str, SentFile], save_every_s: float) -> None:
        self._target = target
        self._files = files
        self._save_every_s = save_every_s
        self._saved_s = time.monotonic()

    def note(self, path: str, file: SentFile) -> None:
        self._files[path] = file
        if time.monotonic() - self._saved_s > self._save_every_s:
            self.save()

    def forget(self, path: str) -> None:
        del self._files[path]

    def save(self) -> None:
        data = msgspec.json.format(msgspec.json.encode(Sent(files=self._files)), indent=1) + b"\n"
        headers = {"ContentType": "application/json", "CacheControl": _ASKED_AGAIN}
        with self._target.writing(FILE_NAME, len(data), headers) as stream:
            stream.write(data)
        self._saved_s = time.monotonic()


def _send_together(
    source: Source, target: Target, paths: list[str], log: _Log, on_sent: Callable[[str], None]
) -> None:
    """Send files among which no order has to hold; the first that fails ends it."""
    with ThreadPoolExecutor(target.at_once) as pool:
        waiting: dict[Future[SentFile], str] = {}
        rest = iter(paths)
        try:
            while True:
                for path in rest:
                    waiting[pool.submit(_send_one, source, target, path)] = path
                    if len(waiting) >= target.at_once:
                        break
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for one in done:
                    path = waiting.pop(one)
                    log.note(path, one.result())
                    on_sent(path)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            _note_what_was_sent(waiting, log)
            raise


def _note_what_was_sent(waiting: Mapping[Future[SentFile], str], log: _Log) -> None:
    for one, path in waiting.items():
        if one.done() and not one.cancelled() and one.exception() is None:
            log.note(path, one.result())


def _send_one(source: Source, target: Target, path: str) -> SentFile:
    file, where = source.files[path], source.path(path)
    headers = {
        "ContentType": file.type,
        "CacheControl": _KEPT if _NAMED_BY_DIGEST.search(path) else _ASKED_AGAIN,
    }
    state = hashlib.sha256()
    length = 0
    try:
        stream = open_to_read(where)
    except OSError as error:
        raise storage_error(error, where, "reading") from error
    with stream, target.writing(path, file.length_bytes, headers) as out:
        while data := stream.read(_PIECE_BYTES):
            length += len(data)
            if length > file.length_bytes:
                break
            state.update(data)
            out.write(data)
        if length != file.length_bytes or state.hexdigest() != file.sha256:
            raise OutputMismatch("changed since it was published", where=path, hint=file.remedy)
    return SentFile(file.sha256, file.type, target.tag(path))
