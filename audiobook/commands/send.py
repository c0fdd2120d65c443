"""`audiobook publish --to`: what was published is sent elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from audiobook.commands.output import print_line
from audiobook.publish.upload.destination import Target
from audiobook.publish.upload.transfer import Source, plan, send
from audiobook.report.base import QuietReporter


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a publication is sent, and how.

    Attributes:
        place: `s3://…`, `sftp://…`, or a folder.
        prune: Whether what was sent once and is public no more is removed there.
        is_dry_run: Whether it is only said what would be done; nothing is written, here or there.
    """

    place: str
    prune: bool
    is_dry_run: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent and removed, or would be.

    Attributes:
        to: Where, without a password.
        sent: Paths, in order.
        removed: Paths.
    """

    to: str
    sent: tuple[str, ...]
    removed: tuple[str, ...]


def send_publication(source: Source, destination: Destination, *, is_whole: bool, quiet: bool) -> Sending:
    """Send what changed since the last time.

    Args:
        source: What is public.
        destination: Where to.
        is_whole: Whether no work had to be left out; else nothing is removed, since it may come back.
        quiet: Whether to show problems only.

    Returns:
        What was done, or in a dry run would be.

    Raises:
        UsageError: Nothing can be sent there.
        StorageError: Something cannot be read or sent.
        OutputMismatch: Something changed since it was published.
    """
    reporter = QuietReporter()
    target = Target(destination.place)
    todo, before = plan(source, target, reporter.warn)
    prune = destination.prune and is_whole
    if destination.prune and not is_whole:
        reporter.warn("nothing is removed there, because works were left out")
    done = Sending(target.shown, todo.send, todo.remove if prune else ())
    if destination.is_dry_run:
        for verb, paths in (("send", done.sent), ("remove", done.removed)):
            for path in () if quiet else paths:
                print_line(f"would {verb} {path}")
        return done
    progress = _Progress(source, todo.send, quiet=quiet)
    send(source, target, todo, before, progress.tell, prune=prune)
    return done


class _Progress:
    """Shows each file that was sent."""

    def __init__(self, source: Source, paths: tuple[str, ...], *, quiet: bool) -> None:
        self._source = source
        self._total = len(paths)
        self._count = 0
        self._quiet = quiet

    def tell(self, path: str) -> None:
        self._count += 1
        size = self._source.files[path].length_bytes
        if not self._quiet:
            print_line(f"{self._count} of {self._total}: {path}, {size / 1e6:.1f} MB")
