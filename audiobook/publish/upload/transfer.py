"""Upload a publication: only changed files, each checked against its digest while it is read, and the feeds last."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import storage_error
from audiobook.publish.publication import PublicFile
from audiobook.publish.upload.ledger import (
    BEGUN,
    FILE_NAME,
    Ledger,
    UploadedFile,
    UploadPlan,
    read_ledger,
    upload_order,
    upload_plan,
)
from audiobook.publish.upload.remote_folder import RemoteFolder
from audiobook.system.opening import open_to_read

_PIECE_BYTES: Final = 1 << 20
_SAVE_EVERY_S: Final = 20.0
_NAMED_BY_DIGEST = re.compile(
    r"""
      ^assets/[0-9a-f]{8}/
    | \.cover-[0-9a-f]{8}\.jpg$
    | \.read/(?:[0-9]+-[0-9a-f]{8}\.json|[0-9a-f]{8}-[0-9a-f]{8}\.(?:jpg|png))$
    | \.(?:parts|sound)/[A-Za-z0-9_-]+-[0-9a-f]{8}\.(?:mp3|m4b)$  # not captions: the digits are those of the sound
    """,
    re.VERBOSE,
)
"""Paths with a digest of the file's content, so that the file at a path never changes."""
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_REVALIDATED: Final = "no-cache"
_MOST_NAMED: Final = 3
"""How many files a message names."""


class Source(msgspec.Struct, frozen=True):
    """The public files of a publication, and where they are on this computer.

    Attributes:
        files: The public files by path, in the order they were published.
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
    """Return the `Cache-Control` header of a public file, by its path in the publication."""
    return _IMMUTABLE if _NAMED_BY_DIGEST.search(path) else _REVALIDATED


def plan_upload(
    source: Source, remote: RemoteFolder, warn: Callable[[str], None]
) -> tuple[UploadPlan, Ledger]:
    """Return what to send to a destination and what to remove there.

    Args:
        source: The publication.
        remote: The destination.
        warn: Called with a warning if the ledger is damaged, and about each file that someone else changed.

    Returns:
        The plan, and the ledger: the files uploaded earlier.

    Raises:
        StorageError: The destination cannot be read, or contains files of the same names that were not uploaded by
            this project.
    """
    tags = remote.tags()
    data = remote.read(FILE_NAME) if FILE_NAME in tags else None
    found = read_ledger(data)
    if data is not None and found is None:
        warn(f"{FILE_NAME} at {remote.shown} is damaged; sending everything again")
    ledger = found or Ledger()
    if data is None or found:
        _refuse_foreign_files(source, ledger, remote, tags)
    plan = upload_plan(source.files, ledger, tags)
    for path in plan.changed:
        action = "sending it again" if path in plan.send else "leaving it there"
        warn(f"{path} was changed at {remote.shown} by someone else; {action}")
    return plan, ledger


def _refuse_foreign_files(
    source: Source, ledger: Ledger, remote: RemoteFolder, tags: Mapping[str, str]
) -> None:
    foreign = [path for path in source.files if path in tags and path not in ledger.files]
    if foreign:
        shown = ", ".join(foreign[:_MOST_NAMED]) + (", …" if len(foreign) > _MOST_NAMED else "")
        raise StorageError(
            f"these files were not uploaded by this project: {shown}",
            where=remote.shown,
            hint="choose an empty folder, or remove the files first",
        )


def send(
    source: Source,
    remote: RemoteFolder,
    plan: UploadPlan,
    ledger: Ledger,
    on_sent: Callable[[str], None],
    *,
    prune: bool,
    save_every_s: float = _SAVE_EVERY_S,
) -> None:
    """Send changed files; then, if `prune` is set, remove files that are no longer public.

    The ledger is saved at the destination regularly, so that an interrupted upload can resume.

    Args:
        source: The publication.
        remote: The destination.
        plan: What to send and remove.
        ledger: The files uploaded earlier.
        on_sent: Called with the path of each file after it was sent.
        prune: Whether to remove files that are no longer public.
        save_every_s: Least number of seconds between two saves of the ledger.

    Raises:
        OutputMismatch: A file changed since it was published. Neither this file nor any page or feed after it is sent.
        StorageError: A file cannot be read, sent or removed.
    """
    if not plan.send and not (prune and plan.remove):
        return
    # Save the paths before sending: if this process is killed, they must not look like someone else's files.
    begun = {path: UploadedFile("", "", BEGUN) for path in plan.send}
    log = _SavedLedger(remote, begun | ledger.files, save_every_s)
    log.save()
    try:
        for _, paths in groupby(plan.send, key=lambda path: upload_order(source.files[path])):
            _send_together(source, remote, list(paths), log, on_sent)
        for path in plan.remove if prune else ():
            remote.remove(path)
            log.forget(path)
    except BaseException:
        with suppress(StorageError):  # the error being raised is more useful
            log.save()
        raise
    log.save()


class _SavedLedger:
    """The ledger while an upload runs, saved at the destination at intervals."""

    def __init__(self, remote: RemoteFolder, files: dict[str, UploadedFile], save_every_s: float) -> None:
        self._remote = remote
        self._files = files
        self._save_every_s = save_every_s
        self._saved_s = time.monotonic()

    def add(self, path: str, file: UploadedFile) -> None:
        self._files[path] = file
        if time.monotonic() - self._saved_s > self._save_every_s:
            self.save()

    def forget(self, path: str) -> None:
        del self._files[path]

    def save(self) -> None:
        data = msgspec.json.format(msgspec.json.encode(Ledger(files=self._files)), indent=1) + b"\n"
        headers = {"ContentType": "application/json", "CacheControl": _REVALIDATED}
        with self._remote.writing(FILE_NAME, len(data), headers) as stream:
            stream.write(data)
        self._saved_s = time.monotonic()


def _send_together(
    source: Source,
    remote: RemoteFolder,
    paths: list[str],
    log: _SavedLedger,
    on_sent: Callable[[str], None],
) -> None:
    """Send files in parallel, in any order. The first failure stops the upload."""
    with ThreadPoolExecutor(remote.parallel_uploads) as pool:
        waiting: dict[Future[UploadedFile], str] = {}
        rest = iter(paths)
        try:
            while True:
                for path in rest:
                    waiting[pool.submit(_send_file, source, remote, path)] = path
                    if len(waiting) >= remote.parallel_uploads:
                        break
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for upload in done:
                    path = waiting.pop(upload)
                    log.add(path, upload.result())
                    on_sent(path)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            _add_completed(waiting, log)
            raise


def _add_completed(waiting: Mapping[Future[UploadedFile], str], log: _SavedLedger) -> None:
    for upload, path in waiting.items():
        if upload.done() and not upload.cancelled() and upload.exception() is None:
            log.add(path, upload.result())


def _send_file(source: Source, remote: RemoteFolder, path: str) -> UploadedFile:
    file, local = source.files[path], source.path(path)
    headers = {
        "ContentType": file.type,
        "CacheControl": cache_control(path),
    }
    state = hashlib.sha256()
    length = 0
    try:
        stream = open_to_read(local)
    except OSError as error:
        raise storage_error(error, local, "reading") from error
    with stream, remote.writing(path, file.length_bytes, headers) as out:
        while data := stream.read(_PIECE_BYTES):
            length += len(data)
            if length > file.length_bytes:
                break
            state.update(data)
            out.write(data)
        if length != file.length_bytes or state.hexdigest() != file.sha256:
            raise OutputMismatch("changed since it was published", where=path, hint=file.remedy)
    return UploadedFile(file.sha256, file.type, remote.tag(path))
