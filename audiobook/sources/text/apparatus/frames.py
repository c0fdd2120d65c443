"""Frames and tables drawn with `+`, `-` and `|`."""

from __future__ import annotations

import re

_EDGE = re.compile(r"\s*[+|](?=[| ]*[-=+_])[-=+|_ ]*[+|]\s*$")
_FRAMED = re.compile(r"(\s*)\|(.*)\|\s*$")


def is_edge(line: str) -> bool:
    """Return whether a line is the upper or lower edge of a frame, or a rule of a table."""
    return bool(_EDGE.match(line)) and len(line.strip()) > 2


def without_frame(line: str) -> str:
    """Return a line without the frame around it; the cells of a table become a list with commas."""
    if is_edge(line):
        return ""
    framed = _FRAMED.match(line)
    if not framed:
        return line
    cells = [cell.strip() for cell in framed[2].split("|")]
    return framed[1] + ", ".join(cell for cell in cells if cell)


def frame_end(lines: list[str], start: int) -> int:
    """Return the index after the frame whose upper edge is at `start`; `start` if it is not closed."""
    at = start + 1
    while at < len(lines) and _FRAMED.match(lines[at]) and not is_edge(lines[at]):
        at += 1
    return at + 1 if at > start + 1 and at < len(lines) and is_edge(lines[at]) else start
