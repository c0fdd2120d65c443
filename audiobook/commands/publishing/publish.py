"""`audiobook publish`: create feeds and a website from built works, and upload them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiobook.book.record.works import records_in
from audiobook.commands.output import print_json, print_line, print_result
from audiobook.commands.publishing.clock import publishing_time
from audiobook.commands.publishing.unpublished_changes import UnpublishedChanges, unpublished_changes
from audiobook.engines.isolation import can_fork
from audiobook.errors import NothingToDo, OutputMismatch, UsageError
from audiobook.log import detail
from audiobook.pipeline.destinations import remember
from audiobook.pipeline.project import Project
from audiobook.publish.address import FEED_NAME, BaseAddress, base_address
from audiobook.publish.feed.categories import category
from audiobook.publish.feed.channel import check_settings
from audiobook.publish.publishing import Published, publish
from audiobook.publish.upload.address import require_separate, upload_address
from audiobook.publish.works.shelf import Shelf, read_shelf
from audiobook.report.base import QuietReporter, counted
from audiobook.report.steps import Steps
from audiobook.settings import Settings, errors_located, worker_count

if TYPE_CHECKING:
    from audiobook.commands.publishing.send import Destination, Sending


def publish_works(
    root: Path,
    settings: Settings,
    base_url: str | None,
    destination: Destination | None,
    *,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    force: bool = False,
    prune: bool = False,
) -> int:
    """Publish all built works.

    Args:
        root: Project folder.
        settings: Project settings.
        base_url: Public address; None uses the one in the settings.
        destination: Where to upload; None uploads nothing.
        dry_run: Write and upload nothing.
        as_json: Print one JSON object.
        quiet: Print problems only.
        force: Also overwrite files that this project did not publish.
        prune: Remove superseded files at once.

    Returns:
        0 if everything was published, 1 if some works were left out.

    Raises:
        UsageError: The address is missing or invalid, or the destination cannot be used.
        NothingToDo: No built work was found.
        StorageError: A file cannot be read, written or uploaded.
        OutputMismatch: A file changed during the upload.
    """
    address = _address(base_url, settings)
    now = publishing_time()
    project = Project.at(root, settings)
    _require_possible(project, root, settings, destination)
    reporter = QuietReporter()
    is_silent = quiet or as_json
    with _lock(project, reporter, dry_run=dry_run):
        shelf = _shelf(project, settings)
        changes = unpublished_changes(shelf, project.texts)
        with Steps("publishing", 2 * len(shelf.editions), quiet=is_silent) as steps:
            processes = worker_count(settings) if can_fork() else 1
            to_output = partial(
                publish,
                dry_run=dry_run,
                replace=force,
                prune=prune,
                gone=changes.textless,
                processes=processes,
                on_work=steps.step,
            )
            published = to_output(shelf, project.output, address, settings.publish, now)
    for message in changes.messages(published.publication.moves):
        reporter.warn(message)
    for path in published.written:
        detail(f"published {path}")
    for problem in published.problems:
        reporter.fail(OutputMismatch(problem.message, where=problem.where))
    if prune and published.problems:
        reporter.warn("--prune removed nothing, because some works were left out")
    sending = _send(published, project.output, destination, quiet=is_silent) if destination else None
    if destination and not dry_run:
        remember(root, destination.place)
    if as_json:
        print_json(_answer(published, changes, address, sending))
    elif not quiet:
        _print_summary(published, address, sending, dry_run=dry_run)
    return 1 if published.problems else 0


def _require_possible(
    project: Project, root: Path, settings: Settings, destination: Destination | None
) -> None:
    """Fail before anything is locked if the destination cannot be used or nothing is built."""
    if destination:
        own = (project.texts, project.output, project.store.folder)
        require_separate(upload_address(destination.place), root, own)
    if not records_in(project.output):
        raise _nothing(settings)


def _shelf(project: Project, settings: Settings) -> Shelf:
    """Return the built works; fail if there are none."""
    shelf = read_shelf(project.output)
    if not shelf.editions and not shelf.problems:
        raise _nothing(settings)
    return shelf


def _nothing(settings: Settings) -> NothingToDo:
    return NothingToDo(f"no built works in {settings.output}/", hint="run `audiobook build` first")


def _feeds(published: Published, address: BaseAddress) -> list[str]:
    return [address.of(path) for path in published.publication.files if path.endswith(f"/{FEED_NAME}")]


def _answer(
    published: Published,
    changes: UnpublishedChanges,
    address: BaseAddress,
    sending: Sending | None,
) -> dict[str, Any]:
    answer = {
        "base_url": address.text,
        "feeds": _feeds(published, address),
        "written": published.written,
        "withdrawn": published.withdrawn,
        "stale": changes.stale,
        "unbuilt": changes.unbuilt,
        "textless": changes.textless,
        "problems": [str(problem) for problem in published.problems],
    }
    if sending:
        answer |= {"to": sending.to, "sent": sending.sent, "removed": sending.removed}
    return answer


def _print_summary(
    published: Published,
    address: BaseAddress,
    sending: Sending | None,
    *,
    dry_run: bool,
) -> None:
    for feed in _feeds(published, address):
        print_line(feed)
    if dry_run and not sending:
        for verb, paths in (("write", published.written), ("withdraw", published.withdrawn)):
            for path in paths:
                print_result(f"would {verb} {path}")
        print_line(f"{counted(len(published.written), 'file')} would be written (nothing was written)")
        return
    count, changed = len(published.publication.files), 0 if dry_run else len(published.written)
    gone = f"; {len(published.withdrawn)} withdrawn" if published.withdrawn and not dry_run else ""
    print_line(f"{counted(count, 'public file')}, {changed} new or changed{gone}")
    if sending and not dry_run:
        print_line(f"{counted(len(sending.sent), 'file')} uploaded, {len(sending.removed)} removed")


def _address(flag: str | None, settings: Settings) -> BaseAddress:
    """Return the public address, after checking the other settings of feeds; errors name the line of a setting."""
    with errors_located(settings, "publish", "category"):
        category(settings.publish.category)
    with errors_located(settings, "publish", "email"):
        check_settings(settings.publish)
    if flag:
        return base_address(flag)
    if settings.publish.base_url is None:
        raise UsageError(
            "publish needs the public address of the site",
            hint="add it, for example `--base-url https://example.org/books`",
        )
    with errors_located(settings, "publish", "base_url"):
        return base_address(settings.publish.base_url)


def _lock(project: Project, reporter: QuietReporter, *, dry_run: bool) -> AbstractContextManager[object]:
    """Lock the output folder against builds, unless nothing is written."""
    if dry_run:
        return nullcontext()
    return project.locked_output(lambda who: reporter.warn(f"waiting for {who}"))


def _send(published: Published, output: Path, destination: Destination, *, quiet: bool) -> Sending:
    from audiobook.commands.publishing.send import send_publication
    from audiobook.publish.upload.ledger import without_duplicates
    from audiobook.publish.upload.transfer import Source

    source = Source(without_duplicates(published.publication.files), output, output)
    return send_publication(source, destination, is_whole=not published.problems, quiet=quiet)
