"""Answers on standard output: one JSON object, or lines for people."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from audiobook.report.base import printable


def print_json(answer: dict[str, Any]) -> None:
    """Print one JSON object and nothing else."""
    text = msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_line(text: str = "") -> None:
    """Print one line, without what could steer a terminal."""
    print(printable(text))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns as wide as they need; the first row is the heading."""
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
