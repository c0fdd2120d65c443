"""Cutting phonemes into pieces, because the cost of a pass through a network grows with the square of their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_CLAUSE_STOPS: Final = frozenset(",;:—")


def pieces(clause: list[str], most: int) -> Iterator[list[str]]:
    """Yield phonemes in pieces of limited length, cut after a comma if possible, or else between words, or else anywhere.

    Args:
        clause: All phonemes, in order.
        most: Maximum number of phonemes in a piece.
    """
    while len(clause) > most:
        half = range(most, most // 2, -1)
        end = next((at for at in half if clause[at - 1] in _CLAUSE_STOPS), None)
        end = end or next((at for at in half if clause[at - 1] == " "), most)
        yield clause[:end]
        clause = clause[end:]
    if clause:
        yield clause
