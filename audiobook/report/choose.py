"""Which reporter fits: bars on a terminal, lines in a log, silence where a program listens."""

from __future__ import annotations

import sys

from audiobook.report.base import QuietReporter, Reporter


def choose_reporter(*, quiet: bool) -> Reporter:
    """Give the reporter for this process's standard error.

    Args:
        quiet: Show problems only; also what `--json` wants.
    """
    if quiet:
        return QuietReporter()
    if sys.stderr.isatty():
        from audiobook.report.console import ConsoleReporter

        return ConsoleReporter()
    from audiobook.report.lines import LinesReporter

    return LinesReporter()
