"""`audiobook serve`: serve the website and the feeds of built works on this computer."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from audiobook.clips.store import ClipStore
from audiobook.commands.output import print_line
from audiobook.commands.publishing.clock import publishing_time
from audiobook.document import Problem
from audiobook.errors import (
    AudiobookError,
    NothingToDo,
    OutputMismatch,
    SettingsError,
    StorageError,
    UsageError,
)
from audiobook.log import log
from audiobook.publish.address import FEED_NAME, BaseAddress, base_address
from audiobook.publish.publication import FILE_NAME as PUBLICATION_NAME
from audiobook.publish.publication import PublicFile, read_publication
from audiobook.publish.publishing import publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.report.base import QuietReporter
from audiobook.settings import FILE_NAME, Settings, load_settings
from audiobook.system.interpreters import audiobook
from audiobook.system.interrupts import interrupts_expected
from audiobook.system.locks import locked
from audiobook.system.opening import is_there, require_own_folder

_BUILT_SOMETHING: Final = (0, 1)
"""Exit codes of builds that may have made something new."""


class Choice(msgspec.Struct, frozen=True):
    """Command-line options, which are passed on to every build.

    Attributes:
        root: Project folder.
        environment: Environment variables, as in `os.environ`.
        texts: Texts folder; None uses the settings.
        output: Output folder; None uses the settings.
        languages: Language tags; empty means all.
    """

    root: Path
    environment: dict[str, str]
    texts: str | None
    output: str | None
    languages: tuple[str, ...]

    def settings(self) -> Settings:
        """Load the current settings."""
        return load_settings(self.root, {"texts": self.texts, "output": self.output}, self.environment)

    def build_command(self) -> list[str]:
        """Return the `audiobook build` command line."""
        command = audiobook("build")
        for name, folder in (("--texts", self.texts), ("--output", self.output)):
            command += [name, folder] if folder else []
        for language in self.languages:
            command += ["--lang", language]
        return [*command, *log.arguments()]


def serve_works(choice: Choice, *, port: int, host: str | None, watch: bool) -> int:
    """Serve all built works until interrupted.

    Args:
        choice: Command-line options.
        port: TCP port; 0 picks a free one.
        host: Address to listen on; None means loopback.
        watch: Whether to rebuild when a text changes.

    Returns:
        0.

    Raises:
        NothingToDo: No built work was found.
        UsageError: The address cannot be used, or there is no texts folder to watch.
        StorageError: A file cannot be read or written, or the project is already being served.
        Interrupted: The user or the system stopped the server.
    """
    interrupts_expected()
    from audiobook.web.hosts import LOOPBACK, listen, shown_host  # slow to import

    settings = choice.settings()
    if watch and not (choice.root / settings.texts).is_dir():
        raise UsageError(
            f"{settings.texts}/: no such folder to watch", hint="create a project with `audiobook init`"
        )
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
    raise StorageError("this project is already being served", hint="stop the other server first")


def _require_own_site(store: ClipStore) -> None:
    """Refuse a site folder that contains files of the user, which might be overwritten."""
    site = require_own_folder(store.site)
    if store.is_ours() or not site.is_dir() or is_there(site / PUBLICATION_NAME) or not any(site.iterdir()):
        return
    raise SettingsError(
        "was not made by audiobook, so nothing is published there",
        where=str(site),
        hint='choose a separate folder in audiobook.toml, for example: store = ".audiobook"',
    )


class _Show:
    """The served publication: builds, publishes and watches it."""

    def __init__(self, choice: Choice, address: BaseAddress, store: ClipStore, *, is_live: bool) -> None:
        self._choice = choice
        self._address = address
        self._store = store
        self._is_live = is_live
        self._reporter = QuietReporter()

    def begin(self) -> dict[str, PublicFile]:
        """Publish the built works; when watching and nothing is built yet, build first."""
        settings = self._choice.settings()
        shelf = read_shelf(self._choice.root / settings.output, self._choice.languages)
        if not shelf.editions:
            if not self._is_live:
                self._tell(shelf.problems)
                raise NothingToDo(f"no built works in {settings.output}/", hint="run `audiobook build` first")
            asyncio.run(self._build())
        return self._publish(settings)

    def run(self, files: dict[str, PublicFile], listener: socket.socket, host: str) -> None:
        """Answer requests until interrupted, and rebuild on changes when watching."""
        from audiobook.web.app import Site, application  # slow to import
        from audiobook.web.changes import Changes  # slow to import
        from audiobook.web.connection import Limits  # slow to import
        from audiobook.web.holdings import Holdings  # slow to import
        from audiobook.web.hosts import trusted_hosts  # slow to import
        from audiobook.web.server import serve  # slow to import
        from audiobook.web.watching import follow  # slow to import

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
        """Publish the built works into the store, leaving the output folder alone, and return the public files."""
        shelf = read_shelf(self._choice.root / settings.output, self._choice.languages)
        now = publishing_time()
        try:
            read_publication(self._store.site)
        except OutputMismatch as error:
            if not self._store.is_ours():
                raise
            # Nothing in this folder needs to be preserved, so a damaged list is replaced by a new publication.
            self._reporter.warn(f"{self._store.site}: {error}; setting it aside and publishing again")
            self._store.set_site_aside()
        # Open pages are reloaded, so nobody needs the previous versions.
        publishing = msgspec.structs.replace(settings.publish, keep_old_days=0, fast_start=False)
        done = publish(shelf, self._store.site, self._address, publishing, now, live=self._is_live)
        self._tell(done.problems)
        return done.publication.files

    def _tell(self, problems: Iterable[Problem]) -> None:
        """Report the works that were left out."""
        for problem in problems:
            self._reporter.fail(OutputMismatch(problem.message, where=problem.where))

    async def _build(self) -> int:
        """Build in a separate process that prints to standard error, and return its exit code."""
        builder = await asyncio.create_subprocess_exec(
            *self._choice.build_command(), stdin=asyncio.subprocess.DEVNULL, stdout=2
        )
        try:
            return await builder.wait()
        finally:
            if builder.returncode is None:
                builder.terminate()
                await builder.wait()
