"""Start the studio: listen on this computer only, and open the browser."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
import webbrowser
from contextlib import closing
from pathlib import Path
from typing import Final

from audiobook.commands.output import print_line
from audiobook.errors import StorageError
from audiobook.pipeline.project import Project
from audiobook.settings import FILE_NAME, Settings
from audiobook.studio.uploads import sweep
from audiobook.system.interrupts import interrupts_expected
from audiobook.web.hosts import LOOPBACK, listen

_TOKEN_BYTES: Final = 32
_IDLE_S: Final = 120
"""People think between two clicks, and a browser may not repeat a change if the connection was closed."""


def open_studio(root: Path, settings: Settings, *, port: int, opens: bool) -> int:
    """Run the studio of a project until interrupted.

    Args:
        root: Project folder.
        settings: Its settings.
        port: TCP port on the loopback interface; 0 picks a free one.
        opens: Whether to open the browser.

    Returns:
        0.

    Raises:
        UsageError: The port cannot be used.
        StorageError: The texts folder cannot be created.
        Interrupted: The user or the system stopped it.
    """
    interrupts_expected()
    texts = root / settings.texts
    try:
        texts.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot be created: {error.strerror}", where=str(texts)) from error
    sweep(texts)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with closing(listen(LOOPBACK, port)) as listener:
        port = listener.getsockname()[1]
        address = f"http://{LOOPBACK}:{port}/?token={token}"
        print_line(address)
        sys.stdout.flush()
        if opens:
            webbrowser.open(address)
        _run(root, settings, listener, token, port)
    return 0


def _run(root: Path, settings: Settings, listener: socket.socket, token: str, port: int) -> None:
    from audiobook.studio.app import Studio
    from audiobook.studio.guard import Guard
    from audiobook.studio.outputs import follow_outputs
    from audiobook.web.connection import Limits
    from audiobook.web.server import serve
    from audiobook.web.watching import follow

    project = Project.at(root, settings)
    studio = Studio(root, project.texts, root.resolve().name)
    heard = project.store.heard.folder

    async def notice() -> None:
        studio.events.changed()

    async def beside() -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(follow(project.texts, root / FILE_NAME, notice))
                tasks.create_task(follow_outputs(project.output, heard, studio.events.changed))
                tasks.create_task(studio.builds.run())
        finally:
            await studio.close()

    app = Guard(studio.application(), token, port)
    serve(app, listener, Limits(idle_s=_IDLE_S), beside(), studio.events.close)
