"""The direction of each character of a line. Embeddings and isolates, which titles do not need, are not supported.

Source: Unicode Standard Annex 9, Unicode Bidirectional Algorithm, sections 3.3.2 to 3.4.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "「": "」", "『": "』"}
_STRONG: Final = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
"""The direction that each strong or numeric kind of character gives to neutral characters next to it."""


def runs_rightwards(text: str) -> bool:
    """Return whether a text as a whole runs from right to left; its first directional letter decides (P2, P3)."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def levels(text: str, *, rightwards: bool) -> list[int]:
    """Return the embedding level of each character: even for left to right, odd for right to left.

    Args:
        text: A line, or a text to be broken into lines.
        rightwards: Whether the text runs from right to left as a whole.
    """
    base = "R" if rightwards else "L"
    kinds = [unicodedata.bidirectional(char) or "L" for char in text]
    _settle_weak(kinds, base)
    _settle_brackets(text, kinds, base)
    _settle_neutral(kinds, base)
    if rightwards:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """Return the order in which runs with the given levels are shown, from left to right (L2)."""
    order = list(range(len(run_levels)))
    for level in range(max(run_levels, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and run_levels[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = max(end, at + 1)
    return order


def _settle_weak(kinds: list[str], base: str) -> None:
    """Resolve numbers and the signs that belong to them (W1 to W7)."""
    before, strong = base, base
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kind = before
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        if kind in ("L", "R", "AL"):
            strong = kind
        kinds[at] = before = kind
    for at in range(1, len(kinds) - 1):
        sides = {kinds[at - 1], kinds[at + 1]}
        if (kinds[at] in ("ES", "CS") and sides == {"EN"}) or (kinds[at] == "CS" and sides == {"AN"}):
            kinds[at] = sides.pop()
    for direction in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        near = ""
        for at in direction:
            if kinds[at] == "ET" and near == "EN":
                kinds[at] = "EN"
            near = kinds[at]
    strong = base
    for at, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kinds[at] = "L" if kind == "L" else "R"
        elif kind == "EN":
            kinds[at] = "L" if strong == "L" else "EN"
        elif kind != "AN":
            kinds[at] = "ON"


def _settle_brackets(text: str, kinds: list[str], base: str) -> None:
    """Set a pair of brackets to the direction of its content (N0)."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if char in _PAIRS:
            opened.append((_PAIRS[char], at))
        elif char in _PAIRS.values() and any(wanted == char for wanted, _ in opened):
            while opened[-1][0] != char:
                opened.pop()
            pairs.append((opened.pop()[1], at))
    for first, last in sorted(pairs):
        inside = {_STRONG[kind] for kind in kinds[first + 1 : last] if kind in _STRONG}
        before = next((_STRONG[kind] for kind in reversed(kinds[:first]) if kind in _STRONG), base)
        if inside:
            kinds[first] = kinds[last] = base if base in inside or before == base else before


def _settle_neutral(kinds: list[str], base: str) -> None:
    """Set neutral characters to the direction of both neighbours if they agree, else that of the text (N1, N2)."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == "ON":
            end += 1
        if end > at:
            left = _STRONG[kinds[at - 1]] if at else base
            right = _STRONG[kinds[end]] if end < len(kinds) else base
            kinds[at:end] = [left if left == right else base] * (end - at)
        at = end + 1
