"""`audiobook serve`: the site and the feeds of what is built, on this machine."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from audiobook.clips.store import ClipStore
from audiobook.commands.clock import publishing_time
from audiobook.commands.output import print_line
from audiobook.document import Problem
from audiobook.errors import (
    AudiobookError,
    NothingToDo,
    OutputMismatch,
    SettingsError,
    StorageError,
    UsageError,
)
from audiobook.publish.address import FEED_NAME, BaseAddress, base_address
from audiobook.publish.publication import FILE_NAME as PUBLICATION_NAME
from audiobook.publish.publication import PublicFile, read_publication
from audiobook.publish.publishing import publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.report.base import QuietReporter
from audiobook.settings import FILE_NAME, Settings, load_settings
from audiobook.system.locks import locked
from audiobook.system.opening import is_there, require_own_folder

_BUILT_SOMETHING: Final = (0, 1)
"""Exit codes of a build after which there may be something new."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said on the command line, which every build is told too.

    Attributes:
        root: Folder of the project.
        environment: `os.environ`, or like it.
        texts: Folder of the texts; None takes the settings'.
        output: Folder of what is made; None takes the settings'.
        languages: Tags; empty means all.
    """

    root: Path
    environment: dict[str, str]
    texts: str | None
    output: str | None
    languages: tuple[str, ...]

    def settings(self) -> Settings:
        """Read the settings as they are now."""
        return load_settings(self.root, {"texts": self.texts, "output": self.output}, self.environment)

    def build_command(self) -> list[str]:
        """Give the command that builds."""
        command = [sys.executable, "-m", "audiobook", "build"]
        for name, folder in (("--texts", self.texts), ("--output", self.output)):
            command += [name, folder] if folder else []
        for language in self.languages:
            command += ["--lang", language]
        return command


def serve_works(choice: Choice, *, port: int, host: str | None, watch: bool) -> int:
    """Serve all that is built, until the process is told to stop.

    Args:
        choice: What, and how.
        port: Where to listen; 0 takes any that is free.
        host: On which interface; None takes the loopback.
        watch: Whether to build again when something changes.

    Returns:
        0.

    Raises:
        NothingToDo: Nothing is built.
        UsageError: It cannot listen there, or there is nothing to watch.
        StorageError: Something cannot be read or written, or the project is being served already.
        Interrupted: It was told to stop.
    """
    from audiobook.web.hosts import LOOPBACK, listen, shown_host

    settings = choice.settings()
    if watch and not (choice.root / settings.texts).is_dir():
        raise UsageError(f"there is no folder {settings.texts}/ to watch", hint="make one: audiobook init")
    name = host or LOOPBACK
    store = ClipStore(choice.root / settings.store)
    store.claim()
    with closing(listen(name, port)) as listener, locked(store.site_lock, on_wait=_refuse):
        _require_own_site(store)
        address = base_address(f"http://{shown_host(name)}:{listener.getsockname()[1]}")
        show = _Show(choice, address, store, is_live=watch)
        files = show.begin()
        for path in ("", *(path for path in files if path.endswith(f"/{FEED_NAME}"))):
            print_line(address.of(path))
        sys.stdout.flush()
        show.run(files, listener, name)
    return 0


def _refuse(_: str) -> NoReturn:
    raise StorageError("this project is being served already", hint="stop that server first")


def _require_own_site(store: ClipStore) -> None:
    """Make sure that the folder of the site is not one of the user's, in which pages would be replaced."""
    site = require_own_folder(store.site)
    if store.is_ours() or not site.is_dir() or is_there(site / PUBLICATION_NAME) or not any(site.iterdir()):
        return
    raise SettingsError(
        "was not made by this program, so nothing is published there",
        where=str(site),
        hint='give the store a folder of its own: store = ".audiobook" in audiobook.toml',
    )


class _Show:
    """What is served: how it is built, published and followed."""

    def __init__(self, choice: Choice, address: BaseAddress, store: ClipStore, *, is_live: bool) -> None:
        self._choice = choice
        self._address = address
        self._store = store
        self._is_live = is_live
        self._reporter = QuietReporter()

    def begin(self) -> dict[str, PublicFile]:
        """Publish what is built; if nothing is, and changes are followed, build it."""
        settings = self._choice.settings()
        shelf = read_shelf(self._choice.root / settings.output, self._choice.languages)
        if not shelf.editions:
            if not self._is_live:
                self._tell(shelf.problems)
                raise NothingToDo(
                    f"nothing is built in {settings.output}/", hint="build first: audiobook build"
                )
            asyncio.run(self._build())
        return self._publish(settings)

    def run(self, files: dict[str, PublicFile], listener: socket.socket, host: str) -> None:
        """Answer requests until told to stop, and follow what changes if that is wanted."""
        from audiobook.web.app import Site, application
        from audiobook.web.changes import Changes
        from audiobook.web.connection import Limits
        from audiobook.web.holdings import Holdings
        from audiobook.web.hosts import trusted_hosts
        from audiobook.web.server import serve
        from audiobook.web.watching import follow

        settings = self._choice.settings()
        output = self._choice.root / settings.output
        holdings = Holdings(files, self._store.site, output)
        changes = Changes(holdings.version()) if self._is_live else None
        site = Site(holdings, self._reporter.warn, changes)

        async def rebuild() -> None:
            if await self._build() not in _BUILT_SOMETHING:
                return
            try:
                found = await asyncio.to_thread(lambda: self._publish(self._choice.settings()))
            except AudiobookError as error:
                self._reporter.fail(error)
                return
            if changes and found != site.holdings.files:
                site.holdings = site.holdings.replaced(found)
                changes.tell(site.holdings.version())

        beside = None
        if changes:
            beside = follow(self._choice.root / settings.texts, self._choice.root / FILE_NAME, rebuild)
        serve(
            application(site, trusted_hosts(host)),
            listener,
            Limits(),
            beside,
            changes.close if changes else None,
        )

    def _publish(self, settings: Settings) -> dict[str, PublicFile]:
        """Publish what is built beside the output, which stays as it is; give the files that are public."""
        shelf = read_shelf(self._choice.root / settings.output, self._choice.languages)
        now = publishing_time()
        try:
            read_publication(self._store.site)
        except OutputMismatch as error:
            if not self._store.is_ours():
                raise
            # Nothing in this folder is kept for anybody: what cannot be believed is published again from nothing.
            self._reporter.warn(f"{self._store.site}: {error}; it is set aside, and the site is made again")
            self._store.set_site_aside()
        done = publish(shelf, self._store.site, self._address, settings.publish, now, live=self._is_live)
        self._tell(done.problems)
        return done.publication.files

    def _tell(self, problems: Iterable[Problem]) -> None:
        """Name the works that are left out."""
        for problem in problems:
            self._reporter.fail(OutputMismatch(problem.message, where=problem.where))

    async def _build(self) -> int:
        """Build in a process of its own, whose words go to standard error; give its exit code."""
        builder = await asyncio.create_subprocess_exec(
            *self._choice.build_command(), cwd=self._choice.root, stdin=asyncio.subprocess.DEVNULL, stdout=2
        )
        try:
            return await builder.wait()
        finally:
            if builder.returncode is None:
                builder.terminate()
                await builder.wait()
