"""The width of texts on a terminal, in columns, and where their lines break."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Final, TextIO

_USUAL: Final = 80
_DUMB: Final = ("", "dumb", "unknown")
_INDENT: Final = "  "
_PIECE: Final = re.compile(
    r"""
    `[^`]*`\S*                                   # a command, with the punctuation after it
    | (?:\baudiobook|\bpip\ install)\ [^;)\n]*\S   # a command without quotes: audiobook voices add FILE
    | \S+
    """,
    re.VERBOSE,
)


_EXACT: Final = re.compile("[`“”]|://|^audiobook |^pip ")
"""Matches a piece that people copy rather than read: a command, a quoted name, an address."""


def columns_of(stream: TextIO) -> int | None:
    """Return the width in columns of the terminal that a stream writes to; None for a file or a pipe."""
    if not stream.isatty():
        return None
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL


def is_drawable(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that can redraw a line; with `TERM=dumb` it cannot."""
    return stream.isatty() and (os.name == "nt" or os.environ.get("TERM", "dumb") not in _DUMB)


def folded(text: str, columns: int | None, *, shortens: bool = False, lead: str = "") -> str:
    """Return a text whose lines break between words; a command stays in one piece, so that it can be copied.

    Args:
        text: The text.
        columns: Width of the terminal; None leaves the text as it is.
        shortens: Whether names and paths that are wider than the terminal are shortened; addresses never are.
        lead: What will be printed in front of the text.
    """
    if columns is None:
        return text
    first, *others = text.split("\n")
    return "\n".join(
        [
            _folded_line(first, columns, lead, shortens=shortens),
            *(_folded_line(line, columns, "", shortens=shortens) for line in others),
        ]
    )


def _folded_line(line: str, columns: int, lead: str, *, shortens: bool) -> str:
    if cell_len(lead) + cell_len(line) <= columns:
        return line
    own = line[: len(line) - len(line.lstrip(" "))]
    indent = f"{_INDENT}{own}"
    lines, now, width = [], own, cell_len(lead) + len(own)
    is_empty = True
    for gap, piece in _pieces(line, columns - len(indent), shortens=shortens):
        space = "" if is_empty else gap
        if not is_empty and width + len(space) + cell_len(piece) > columns:
            lines.append(now)
            now, width, space = indent, len(indent), ""
        now += space + piece
        width += len(space) + cell_len(piece)
        is_empty = False
    return "\n".join((*lines, now))


def _pieces(line: str, columns: int, *, shortens: bool) -> Iterator[tuple[str, str]]:
    """Yield what stays together on a line, and what separates it from the piece before."""
    for piece in _PIECE.findall(line):
        if cell_len(piece) <= columns or _EXACT.search(piece):
            yield " ", piece
        elif shortens:
            yield " ", shortened(piece, columns)
        elif piece.isascii():
            yield " ", piece
        else:  # a language without spaces
            yield " ", piece[0]
            yield from (("", letter) for letter in piece[1:])


def shortened(name: str, columns: int) -> str:
    """Return a name or path with its middle left out if it is too wide; its end tells files apart."""
    if cell_len(name) <= columns:
        return name
    end = name[-max(columns // 3, 1) :]
    while cell_len(end) > max(columns // 2, 1):
        end = end[1:]
    start = name
    while start and cell_len(start) + 1 + cell_len(end) > columns:
        start = start[:-1]
    return f"{start}…{end}"


def cell_len(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len as rich_len  # slow to import, needed only for other letters

    return rich_len(text)
