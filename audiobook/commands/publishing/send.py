"""`audiobook publish --to`: upload the publication."""

from __future__ import annotations

import msgspec

from audiobook.commands.output import print_result
from audiobook.publish.upload.remote_folder import RemoteFolder
from audiobook.publish.upload.transfer import Source, plan_upload, send
from audiobook.report.base import QuietReporter
from audiobook.report.sizes import size_in_words


class Destination(msgspec.Struct, frozen=True):
    """Where and how to upload a publication.

    Attributes:
        place: `s3://…`, `sftp://…`, or a folder.
        prune: Whether to remove uploaded files that are no longer public.
        is_dry_run: Whether to only print what would be done.
    """

    place: str
    prune: bool
    is_dry_run: bool


class Sending(msgspec.Struct, frozen=True):
    """What was uploaded and removed, or would be in a dry run.

    Attributes:
        to: The destination, without a password.
        sent: Uploaded paths, in order.
        removed: Removed paths.
    """

    to: str
    sent: tuple[str, ...]
    removed: tuple[str, ...]


def send_publication(source: Source, destination: Destination, *, is_whole: bool, quiet: bool) -> Sending:
    """Upload what changed since the last time.

    Args:
        source: The public files.
        destination: Where to upload.
        is_whole: Whether every work was published. If not, nothing is removed, since a missing work may come back.
        quiet: Print problems only.

    Returns:
        What was done, or would be in a dry run.

    Raises:
        UsageError: The destination cannot be used.
        StorageError: A file cannot be read or uploaded.
        OutputMismatch: A file changed since it was published.
    """
    reporter = QuietReporter()
    remote = RemoteFolder(destination.place)
    plan, ledger = plan_upload(source, remote, reporter.warn)
    prune = destination.prune and is_whole
    done = Sending(remote.shown, plan.send, plan.remove if prune else ())
    if destination.is_dry_run:
        for verb, paths in (("send", done.sent), ("remove", done.removed)):
            for path in () if quiet else paths:
                print_result(f"would {verb} {path}")
        return done
    progress = _Progress(source, plan.send, quiet=quiet)
    send(source, remote, plan, ledger, progress.print, prune=prune)
    return done


class _Progress:
    """Prints a line for each uploaded file."""

    def __init__(self, source: Source, paths: tuple[str, ...], *, quiet: bool) -> None:
        self._source = source
        self._total = len(paths)
        self._count = 0
        self._quiet = quiet

    def print(self, path: str) -> None:
        self._count += 1
        size = self._source.files[path].length_bytes
        if not self._quiet:
            print_result(f"{self._count} of {self._total}: {path}, {size_in_words(size)}")
