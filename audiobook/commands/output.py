"""Output of commands: one JSON object, or lines for people."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from audiobook.report.base import printable

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
    """Print one line without terminal control characters."""
    print(printable(text))


def print_note(text: str) -> None:
    """Print one line for people to standard error, without terminal control characters."""
    print(printable(text), file=sys.stderr, flush=True)


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 clip", "2 clips"; `many` is for irregular plurals."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows as aligned columns; the first row is the heading."""
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
