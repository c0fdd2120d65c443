"""Choose a reporter: bars on a terminal, lines in a log, or problems only."""

from __future__ import annotations

import sys

from audiobook.report.base import QuietReporter, Reporter
from audiobook.report.columns import is_drawable


def choose_reporter(*, quiet: bool) -> Reporter:
    """Return a reporter that suits the standard error of this process.

    Args:
        quiet: Print problems only.
    """
    if quiet:
        return QuietReporter()
    if is_drawable(sys.stderr):
        from audiobook.report.console import ConsoleReporter  # 40 ms, needed only on a terminal

        return ConsoleReporter()
    from audiobook.report.lines import LinesReporter

    return LinesReporter()
