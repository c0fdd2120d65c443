"""`audiobook publish`: a feed and a site of what is built."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from audiobook.commands.output import print_json, print_line
from audiobook.errors import NothingToDo, OutputMismatch, UsageError
from audiobook.files import locked
from audiobook.pipeline.project import Project
from audiobook.pipeline.run import LOCK_NAME
from audiobook.publish.address import base_address
from audiobook.publish.publishing import Published, publish
from audiobook.publish.shelf import read_shelf
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings


def publish_works(
    root: Path, settings: Settings, base_url: str | None, languages: Sequence[str], *, as_json: bool
) -> int:
    """Publish all that is built.

    Args:
        root: Folder of the project.
        settings: How.
        base_url: Under which address it will be found; None takes the settings'.
        languages: Tags; empty means all.
        as_json: Print one JSON object.

    Returns:
        0 when everything is public, 1 when something had to be left out.

    Raises:
        UsageError: There is no address, or it cannot be one.
        NothingToDo: Nothing is built.
        StorageError: Something cannot be read or written.
    """
    given = base_url or settings.publish.base_url
    if given is None:
        raise UsageError(
            "publish needs the address under which it will be found",
            hint="try: audiobook publish --base-url https://example.org/books",
        )
    address = base_address(given)
    project = Project.at(root, settings)
    reporter = QuietReporter()
    shelf = read_shelf(project.output, languages)
    if not shelf.editions and not shelf.problems:
        raise NothingToDo(f"nothing is built in {settings.output}/", hint="build first: audiobook build")
    with locked(project.output / LOCK_NAME, on_wait=lambda who: reporter.warn(f"waiting for {who}")):
        done = publish(shelf, project.output, address, settings.publish, datetime.now(UTC))
    for problem in done.problems:
        reporter.fail(OutputMismatch(problem.message, where=problem.where))
    feeds = [address.of(path) for path in done.publication.files if path.endswith("/feed.xml")]
    if as_json:
        print_json({"base_url": address.text, "feeds": feeds, "written": done.written})
    else:
        _print_summary(done, feeds)
    return 1 if done.problems else 0


def _print_summary(done: Published, feeds: list[str]) -> None:
    for feed in feeds:
        print_line(feed)
    print_line(f"{len(done.publication.files)} files are public, {len(done.written)} of them new or changed")
