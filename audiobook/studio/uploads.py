"""Receiving a file from a page, up to a maximum size, into a hidden folder of the texts; removed unless it is kept."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request

from audiobook.errors import AudiobookError
from audiobook.files import LARGEST_SOURCE_BYTES, storage_error
from audiobook.studio.desk_process import Refused
from audiobook.system.locks import is_running

LARGEST_BYTES: Final = LARGEST_SOURCE_BYTES
_PREFIX: Final = ".studio-"
"""Names that begin with a full stop do not count as texts. The number of the process follows."""
_PATIENCE_S: Final = 60.0


class TooLarge(AudiobookError):
    """More bytes were sent than are accepted."""

    @classmethod
    def than(cls, most_bytes: int) -> TooLarge:
        """Return the error that names the limit."""
        return cls(f"this is larger than {most_bytes >> 20 or 1} MB")


class Received(msgspec.Struct, frozen=True):
    """A file that was received completely."""

    path: Path


@asynccontextmanager
async def received(request: Request, texts: Path) -> AsyncIterator[Received]:
    """Receive the body of a request as a file, which exists until the end of the block.

    Args:
        request: The request.
        texts: The texts folder: on the same disk, so that the file can become a text in one step.

    Raises:
        TooLarge: It is larger than any text may be.
        Refused: It was cut off, the sender took too long, or the disk is full.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > LARGEST_BYTES:
        raise TooLarge.than(LARGEST_BYTES)
    try:
        texts.mkdir(parents=True, exist_ok=True)  # it may have been removed while the studio runs
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=texts))
    except OSError as error:
        raise _refused(error, texts) from error
    try:
        path = folder / "received"
        await _write(request, path, texts)
        yield Received(path)
    finally:
        await to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))


async def _write(request: Request, path: Path, texts: Path) -> None:
    length = 0
    pieces = request.stream()
    try:
        with path.open("wb") as file:
            while True:
                try:
                    piece = await asyncio.wait_for(anext(pieces), _PATIENCE_S)
                except StopAsyncIteration:
                    break
                length += len(piece)
                if length > LARGEST_BYTES:
                    raise TooLarge.than(LARGEST_BYTES)
                file.write(piece)
    except OSError as error:
        raise _refused(error, texts) from error
    except (ClientDisconnect, TimeoutError) as error:
        raise Refused("the upload was cut off, so nothing was kept", kind="Cut") from error
    if not length:
        raise Refused("the file is empty", kind="Empty")


def _refused(error: OSError, texts: Path) -> Refused:
    problem = storage_error(error, texts, "writing")
    return Refused(problem.message, hint=problem.hint, where=problem.where, kind="StorageError")


def sweep(texts: Path) -> None:
    """Remove half-received files of killed studios. Another one that runs may be receiving a file for the same project."""
    for folder in texts.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        is_owned = owner.isascii() and owner.isdecimal() and is_running(int(owner))
        if folder.is_dir() and not folder.is_symlink() and not is_owned:
            shutil.rmtree(folder, ignore_errors=True)
