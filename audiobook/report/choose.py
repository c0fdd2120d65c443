"""The choice of a reporter: bars on a terminal, lines in a log, problems only, or events for another program."""

from __future__ import annotations

import sys

from audiobook.log import log
from audiobook.report.base import QuietReporter, Reporter
from audiobook.report.columns import is_drawable


def choose_reporter(*, quiet: bool, events: bool = False) -> Reporter:
    """Return a reporter that suits the standard error of this process.

    Args:
        quiet: Print problems only.
        events: Print events to standard output, for another program.
    """
    if events:
        from audiobook.report.events import EventsReporter

        return EventsReporter()
    if quiet:
        return QuietReporter()
    if is_drawable(sys.stderr) and not log.is_verbose:  # bars and lines would mix
        from audiobook.report.console import ConsoleReporter  # 40 ms, needed only on a terminal

        return ConsoleReporter()
    from audiobook.report.lines import LinesReporter

    return LinesReporter()
