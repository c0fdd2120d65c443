"""`audiobook publish`: a feed and a site of what is built, here and elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from audiobook.commands.clock import publishing_time
from audiobook.commands.output import print_json, print_line
from audiobook.errors import NothingToDo, OutputMismatch, UsageError
from audiobook.files import locked
from audiobook.pipeline.project import Project
from audiobook.pipeline.run import LOCK_NAME
from audiobook.publish.address import BaseAddress, base_address
from audiobook.publish.publication import FILE_NAME
from audiobook.publish.publishing import Published, publish
from audiobook.publish.shelf import read_shelf
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings

if TYPE_CHECKING:
    from audiobook.commands.send import Destination, Sending


def publish_works(
    root: Path,
    settings: Settings,
    base_url: str | None,
    languages: Sequence[str],
    destination: Destination | None,
    *,
    as_json: bool,
) -> int:
    """Publish all that is built.

    Args:
        root: Folder of the project.
        settings: How.
        base_url: Under which address it will be found; None takes the settings'.
        languages: Tags; empty means all.
        destination: Where it is sent; None keeps it here.
        as_json: Print one JSON object.

    Returns:
        0 when everything is public, 1 when something had to be left out.

    Raises:
        UsageError: There is no address, or it cannot be one; or nothing can be sent there.
        NothingToDo: Nothing is built.
        StorageError: Something cannot be read, written or sent.
        OutputMismatch: Something changed while it was sent.
    """
    address = _address(base_url or settings.publish.base_url)
    output = Project.at(root, settings).output
    is_dry_run = destination is not None and destination.is_dry_run
    with _folder(output, passing=is_dry_run) as made:
        published = _publish(output, made, settings, address, languages)
        sending = _send(published, made, output, destination, as_json=as_json) if destination else None
    feeds = [address.of(path) for path in published.publication.files if path.endswith("/feed.xml")]
    written = () if is_dry_run else published.written
    if as_json:
        answer = {"base_url": address.text, "feeds": feeds, "written": written}
        if sending:
            answer |= {"to": sending.to, "sent": sending.sent, "removed": sending.removed}
        print_json(answer)
    else:
        for feed in feeds:
            print_line(feed)
        print_line(
            f"{len(published.publication.files)} files are public, {len(written)} of them new or changed"
        )
        if sending and not is_dry_run:
            print_line(f"{len(sending.sent)} files sent, {len(sending.removed)} removed")
    return 1 if published.problems else 0


def _address(given: str | None) -> BaseAddress:
    if given is None:
        raise UsageError(
            "publish needs the address under which it will be found",
            hint="try: audiobook publish --base-url https://example.org/books",
        )
    return base_address(given)


@contextmanager
def _folder(output: Path, *, passing: bool) -> Iterator[Path]:
    """Give the folder to publish into: one that passes where nothing shall be written."""
    if not passing:
        yield output
        return
    with TemporaryDirectory() as name:
        if (output / FILE_NAME).is_file():
            shutil.copy(output / FILE_NAME, name)
        yield Path(name)


def _publish(
    output: Path, made: Path, settings: Settings, address: BaseAddress, languages: Sequence[str]
) -> Published:
    reporter = QuietReporter()
    shelf = read_shelf(output, languages)
    if not shelf.editions and not shelf.problems:
        raise NothingToDo(f"nothing is built in {settings.output}/", hint="build first: audiobook build")
    with locked(output / LOCK_NAME, on_wait=lambda who: reporter.warn(f"waiting for {who}")):
        published = publish(shelf, made, address, settings.publish, publishing_time())
    for problem in published.problems:
        reporter.fail(OutputMismatch(problem.message, where=problem.where))
    return published


def _send(
    published: Published, made: Path, output: Path, destination: Destination, *, as_json: bool
) -> Sending:
    from audiobook.commands.send import send_publication  # noqa: PLC0415 - only those who send need it
    from audiobook.publish.sending import Source  # noqa: PLC0415 - only those who send need it

    source = Source(published.publication.files, made, output)
    return send_publication(source, destination, is_whole=not published.problems, quiet=as_json)
