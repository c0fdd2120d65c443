"""Publishing: a preview, the publication in the output folder, and sending it where the user has sent it before."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec

from audiobook.studio.builds import reasons, stop_process
from audiobook.studio.desk_process import Refused
from audiobook.system.interpreters import audiobook

_FAREWELL_S: Final = 5.0
_MOST_SHOWN: Final = 200


class Publishing:
    """Runs `serve` for the preview, and `publish`, one at a time. Closing a window stops nothing."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        """Start without a preview.

        Args:
            tell: Called with the current activity, and the result of the last command.
        """
        self._tell = tell
        self._turn = asyncio.Lock()
        self._server: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._drain: asyncio.Task[bytes] | None = None
        self.state: dict[str, Any] = {"doing": "", "done": "", "answer": None, "messages": []}
        tell(self.state)

    async def preview(self) -> dict[str, Any]:
        """Serve the works as they are built now, and return the addresses of the site and of its feeds.

        Raises:
            Refused: The command cannot serve them.
        """
        async with self._turn:  # of two requested at once, the second ends the first
            return await self._previewed()

    async def _previewed(self) -> dict[str, Any]:
        await self._end(self._server)
        process = self._server = await _started("serve", "--port", "0")
        assert process.stdout
        assert process.stderr
        site = (await process.stdout.readline()).decode().strip()
        if not site:
            said = (await process.stderr.read()).decode("utf-8", "replace").splitlines()
            raise Refused("; ".join(reasons(await process.wait(), said)), kind="Publishing")
        feeds = []
        with suppress(TimeoutError):
            while line := await asyncio.wait_for(process.stdout.readline(), 0.2):
                feeds.append(line.decode().strip())
        self._drain = asyncio.create_task(
            process.stderr.read()
        )  # otherwise it would block when the pipe is full
        return {"site": site, "feeds": feeds}

    def begin(self, doing: str, *options: str) -> None:
        """Run the `publish` command.

        Args:
            doing: `publish`, `look` or `send`.
            options: Its options.

        Raises:
            Refused: It is already running.
        """
        if self._task and not self._task.done():
            raise Refused(
                "another publication is in progress", hint="wait until it has finished", kind="Publishing"
            )
        self._say(doing=doing, done="", answer=None, messages=[])
        self._task = asyncio.create_task(self._run(doing, options))

    async def _run(self, doing: str, options: tuple[str, ...]) -> None:
        try:
            process = self._process = await _started("publish", "--json", *options)
            out, err = await process.communicate()
        except OSError as error:
            self._say(doing="", done=doing, messages=[f"the command cannot be started: {error.strerror}"])
            return
        said = err.decode("utf-8", "replace").splitlines()
        try:
            answer = msgspec.json.decode(out)
        except msgspec.DecodeError:
            self._say(doing="", done=doing, messages=reasons(process.returncode or 0, said))
            return
        self._say(doing="", done=doing, answer=_short(answer), messages=answer["problems"])

    def _say(self, **changes: object) -> None:
        self.state = self.state | changes
        self._tell(self.state)

    async def close(self) -> None:
        """End the preview and a running publication, which continues the next time."""
        await asyncio.gather(self._end(self._server), self._end(self._process))
        if self._task:
            await asyncio.wait([self._task], timeout=_FAREWELL_S)

    async def _end(self, process: Process | None) -> None:
        stop_process(process)
        if process:
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _FAREWELL_S)


async def _started(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *audiobook(*arguments), stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )


def _short(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer for a page: the numbers of files, and the first of them."""
    shown = {key: value for key, value in answer.items() if not isinstance(value, list)}
    for key, value in answer.items():
        if isinstance(value, list):
            shown[key] = value[:_MOST_SHOWN]
            shown[f"{key}_count"] = len(value)
    return shown
