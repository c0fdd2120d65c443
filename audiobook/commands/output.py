"""Output of commands: one JSON object, or lines for people."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from audiobook.log import noted
from audiobook.report.base import printable
from audiobook.report.columns import cell_len, columns_of, folded

_GAP: Final = "  "
_LEAST_COLUMNS: Final = 8
_NOTE: Final = re.compile(r" \([^()]+\)$")
_STEERING: Final = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@contextmanager
def standard_output_kept(*, for_json: bool) -> Iterator[None]:
    """Reserve standard output for one JSON object: anything engines print goes to standard error."""
    if not for_json:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def print_json(answer: dict[str, Any]) -> None:
    """Print one JSON object in UTF-8, with terminal control characters escaped."""
    text = msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
    text = _STEERING.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def print_line(text: str = "") -> None:
    """Print one line without terminal control characters; on a terminal, it breaks between words."""
    noted("info", text)
    print(folded(printable(text), columns_of(sys.stdout)))


def print_result(text: str) -> None:
    """Print one line like `print_line`; names and paths that are wider than the terminal are shortened."""
    noted("info", text)
    print(folded(printable(text), columns_of(sys.stdout), shortens=True))


def print_note(text: str) -> None:
    """Print one line for people to standard error, without terminal control characters."""
    noted("info", text)
    print(folded(printable(text), columns_of(sys.stderr)), file=sys.stderr, flush=True)


def terminal_columns() -> int | None:
    """Return the width of the terminal that standard output is, or None if it is a file or a pipe."""
    return columns_of(sys.stdout)


def print_table(rows: Sequence[tuple[str, ...]], shortened: Collection[int] = ()) -> None:
    """Print rows as aligned columns; the first row is the heading.

    Args:
        rows: The rows, all with the same number of cells.
        shortened: Indices of the columns with names or words, which are shortened if the terminal is too narrow.
    """
    columns = terminal_columns()
    cells = [tuple(printable(cell) for cell in row) for row in rows]
    for line in table_lines(cells if columns is None else fitted(cells, shortened, columns)):
        print(line)


def is_too_wide(rows: Sequence[tuple[str, ...]]) -> bool:
    """Return whether a table is wider than the terminal; a file or a pipe takes any width."""
    columns = terminal_columns()
    return columns is not None and any(cell_len(line) > columns for line in table_lines(rows))


def table_lines(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield each row as a line with aligned columns."""
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def fitted(
    rows: Sequence[tuple[str, ...]], shortened: Collection[int], columns: int
) -> list[tuple[str, ...]]:
    """Return rows for a terminal, shortening the widest of the given columns until the table fits."""
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    spare = columns - sum(widths) - len(_GAP) * (len(widths) - 1)
    while spare < 0:
        widest = max(shortened, key=lambda column: widths[column], default=None)
        if widest is None or widths[widest] <= _LEAST_COLUMNS:
            break
        widths[widest] -= 1
        spare += 1
    return [
        tuple(short(cell, widths[column]) if column in shortened else cell for column, cell in enumerate(row))
        for row in rows
    ]


def short(text: str, columns: int) -> str:
    """Return a text shortened to a number of columns.

    A note in brackets at its end is kept if there is room.
    """
    if cell_len(text) <= columns:
        return text
    note = _NOTE.search(text)
    end = note.group() if note and cell_len(note.group()) <= columns // 2 else ""
    room = columns - cell_len(end) - 1
    kept = text[: len(text) - len(end)]
    while cell_len(kept) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…{end}"
