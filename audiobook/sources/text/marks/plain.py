"""Marks in plain text, replaced by codes: braces with one of our keys, and lines of colons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from audiobook.sources.text.marks.attributes import read_attributes
from audiobook.sources.text.marks.codes import Codes, without_codes

_BRACE = re.compile(r"\\?\{")
_LINE = re.compile(r"^[ \t]{0,3}:{3,}[ \t]*(\{.*\})?[ \t]*$", re.MULTILINE)
_BRACKET = re.compile(r"[\[\]]|\n[ \t]*\n")
"""Matches brackets, and blank lines, over which they do not reach."""
_FARTHEST: Final = 4000
"""How far back from `]{` the opening bracket may be, in characters."""


def hide_marks(text: str, codes: Codes) -> str:
    """Return a plain text with its marks replaced by codes, and the same lines."""
    text = without_codes(text)
    if "{" not in text:
        return text
    changes = [*_lines(text, codes), *_braces(text, codes)]
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(changes):
        if start >= done:
            pieces += (text[done:start], new, "\n" * text.count("\n", start, end))
            done = end
    return "".join(pieces) + text[done:]


def _lines(text: str, codes: Codes) -> Iterator[tuple[int, int, str]]:
    """Yield the lines of colons that begin or end a container."""
    depth = 0
    for found in _LINE.finditer(text):
        attributes = read_attributes(text, found.start(1)) if found[1] else None
        if attributes and attributes.known:
            depth += 1
            yield *found.span(), codes.container(attributes)
        elif not found[1] and depth:  # without an open container, it is a line of signs
            depth -= 1
            yield *found.span(), codes.container_end()


def _braces(text: str, codes: Codes) -> Iterator[tuple[int, int, str]]:
    openings = _openings(text) if "]{" in text else {}
    for found in _BRACE.finditer(text):
        at = found.end() - 1
        attributes = read_attributes(text, at)
        if attributes is None or not attributes.known:
            continue
        if found.start() < at:
            yield found.start(), at, ""  # an escaped brace is text
            continue
        start = openings.get(at - 1)
        if start is None or at - 1 - start >= _FARTHEST:
            yield at, attributes.end, codes.point(attributes)
        else:
            opening, closing = codes.span(attributes)
            yield start, start + 1, opening
            yield at - 1, attributes.end, closing


def _openings(text: str) -> dict[int, int]:
    """Return the index of the opening bracket for each closing one that has one in the same paragraph."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "[":
            opened.append(bracket.start())
        elif bracket[0] != "]":
            opened.clear()
        elif opened:
            found[bracket.start()] = opened.pop()
    return found
