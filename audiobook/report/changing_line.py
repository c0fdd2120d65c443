"""A line on a terminal that changes, and goes away at the end."""

from __future__ import annotations

from typing import Final, TextIO

from audiobook.report.base import printable
from audiobook.report.columns import columns_of, shortened
from audiobook.system.streams import may_be_lost

_ERASE: Final = "\r\x1b[K"


class ChangingLine:
    """Nothing else may be printed to the stream before the line is erased."""

    def __init__(self, stream: TextIO) -> None:
        """Use a terminal that can redraw a line; nothing is drawn yet."""
        self._stream = stream
        self._shows = False

    def draw(self, doing: str, figures: str) -> None:
        """Draw the line again: an activity, which is shortened if the terminal is narrow, and how far it is."""
        # Of a line that is wider than the terminal, only the last row would be erased. Some terminals go to a new row after the last column.
        columns = (columns_of(self._stream) or 0) - len(figures) - 1
        self._print(f"{_ERASE}{shortened(printable(doing), columns)}{figures}")
        self._shows = True

    def erase(self) -> None:
        """Erase the line if it is there."""
        if self._shows:
            self._shows = False
            self._print(_ERASE)

    def _print(self, text: str) -> None:
        with may_be_lost(self._stream):
            print(text, end="", file=self._stream, flush=True)
