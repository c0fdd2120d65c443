"""The process that works for the pages, as the server sees it."""

from __future__ import annotations

import asyncio
import os
import struct
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from audiobook.errors import AudiobookError
from audiobook.system.interpreters import python

LENGTH: Final = struct.Struct(">I")
"""Precedes each message, in both directions."""
_FAREWELL_S: Final = 2.0


class Answered(msgspec.Struct):
    """The answer to a request: a value, or an error in its parts."""

    value: Any = None
    kind: str = ""
    message: str = ""
    hint: str | None = None
    where: str | None = None


class Refused(AudiobookError):
    """A request could not be carried out.

    Attributes:
        kind: Name of the error's class.
    """

    def __init__(
        self, message: str, *, hint: str | None = None, where: str | None = None, kind: str = ""
    ) -> None:
        """Keep the parts separate; see `AudiobookError`."""
        super().__init__(message, hint=hint, where=where)
        self.kind = kind


class DeskProcess:
    """A process at a `desk`: it does one thing after another, and is started again if it ends."""

    def __init__(self, root: Path) -> None:
        """Work on a project; the process starts with the first request."""
        self._root = root
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, duty: str, **given: object) -> Any:  # noqa: ANN401 - answers differ in type
        """Give the process a request, and return its answer.

        Args:
            duty: A name in `desk.__main__.DUTIES`.
            given: Its arguments.

        Raises:
            Refused: It could not be carried out.
        """
        # A page that stops waiting must not leave half an answer for the next one.
        return await asyncio.shield(self._ask(duty, given))

    async def _ask(self, duty: str, given: dict[str, object]) -> Any:  # noqa: ANN401
        try:
            data = msgspec.msgpack.encode((duty, given))
        except (OverflowError, UnicodeEncodeError) as error:  # JSON and addresses can have longer numbers
            raise Refused("the page sent an invalid request", kind="Request") from error
        async with self._turn:
            process = await self._running()
            assert process.stdin
            assert process.stdout
            try:
                process.stdin.write(LENGTH.pack(len(data)) + data)
                await process.stdin.drain()
                (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
                answered = msgspec.msgpack.decode(await process.stdout.readexactly(length), type=Answered)
            except (OSError, asyncio.IncompleteReadError):
                await self._end(process)
                answered = Answered(
                    None, "Ended", "the process that reads texts ended; try again, or check the text"
                )
        if answered.kind:
            raise Refused(answered.message, hint=answered.hint, where=answered.where, kind=answered.kind)
        return answered.value

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *python("-m", "audiobook.studio.desk", os.fspath(self._root)),
                stdin=PIPE,
                stdout=PIPE,
            )
        return self._process

    async def close(self) -> None:
        """End the process."""
        if self._process:
            await self._end(self._process)

    async def _end(self, process: Process) -> None:
        self._process = None
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _FAREWELL_S)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
