"""Upload a publication: only changed files, verified as they are read, feeds last."""

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
from audiobook.publish.upload.ledger import (
    BEGUN,
    FILE_NAME,
    Errand,
    Sent,
    SentFile,
    errand,
    rank,
    read_sent,
)
from audiobook.system.opening import open_to_read

_PIECE_BYTES: Final = 1 << 20
_SAVE_EVERY_S: Final = 20.0
_NAMED_BY_DIGEST = re.compile(
    r"""
      ^assets/[0-9a-f]{8}/
    | \.cover-[0-9a-f]{8}\.jpg$
    | \.read/(?:[0-9]+-[0-9a-f]{8}\.json|[0-9a-f]{8}-[0-9a-f]{8}\.(?:jpg|png))$
    | \.(?:parts|sound)/[A-Za-z0-9_-]+-[0-9a-f]{8}\.(?:mp3|m4b)$  # not captions, which have the digits of the sound
    """,
    re.VERBOSE,
)
_KEPT: Final = "public, max-age=31536000, immutable"
_ASKED_AGAIN: Final = "no-cache"
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where the files of a publication are.

    Attributes:
        files: The public files, in order.
        made: The folder of the files that `publish` made.
        built: The folder of the files that `build` made.
    """

    files: Mapping[str, PublicFile]
    made: Path
    built: Path

    def path(self, name: str) -> Path:
        """Return the local path of a public file."""
        return (self.made if self.files[name].made else self.built) / name


def cache_control(path: str) -> str:
    """Return what caches may do with a public file, as the value of `Cache-Control`."""
    return _KEPT if _NAMED_BY_DIGEST.search(path) else _ASKED_AGAIN


def plan(source: Source, target: Target, warn: Callable[[str], None]) -> tuple[Errand, Sent]:
    """Find out what to send and remove.

    Args:
        source: The publication.
        target: The destination.
        warn: Called with a warning about each file that someone else changed there.

    Returns:
        What to do, and the files uploaded earlier.

    Raises:
        StorageError: The destination cannot be read, or someone else's files are in the way.
    """
    there = target.tags()
    data = target.read(FILE_NAME) if FILE_NAME in there else None
    sent = read_sent(data)
    if data is not None and sent is None:
        warn(f"{FILE_NAME} at {target.shown} is damaged; sending everything again")
    known = sent or Sent()
    if data is None or sent:
        _refuse_strangers(source, known, target, there)
    todo = errand(source.files, known, there)
    for path in todo.changed:
        action = "sending it again" if path in todo.send else "leaving it there"
        warn(f"{path} was changed at {target.shown} by someone else; {action}")
    return todo, known


def _refuse_strangers(source: Source, known: Sent, target: Target, there: Mapping[str, str]) -> None:
    strangers = [path for path in source.files if path in there and path not in known.files]
    if strangers:
        shown = ", ".join(strangers[:_SHOWN]) + (", …" if len(strangers) > _SHOWN else "")
        raise StorageError(
            f"these files were not uploaded by this project: {shown}",
            where=target.shown,
            hint="choose an empty folder, or remove the files first",
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
    """Send changed files, and then remove files that are no longer public if `prune` is set.

    The list of uploaded files is saved at the destination regularly, so that an interrupted upload resumes.

    Args:
        source: The publication.
        target: The destination.
        todo: What to send and remove.
        before: The files uploaded earlier.
        on_sent: Called with the path of each file after it was sent.
        prune: Whether to remove files that are no longer public.
        save_every_s: Seconds between two saves of the list.

    Raises:
        OutputMismatch: A file changed since it was published. Neither it nor any later file is sent.
        StorageError: A file cannot be read, sent or removed.
    """
    if not todo.send and not (prune and todo.remove):
        return
    # Save the paths before sending: if this process is killed, they must not look like someone else's files.
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
        with suppress(StorageError):  # the error being raised is more useful
            log.save()
        raise
    log.save()


class _Log:
    """The list of uploaded files while an upload runs, saved at the destination."""

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
    """Send files in parallel, in any order; the first failure stops the upload."""
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
        "CacheControl": cache_control(path),
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
