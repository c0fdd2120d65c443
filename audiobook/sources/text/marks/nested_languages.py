"""The language of each part of a paragraph in which spans with languages are nested."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from audiobook.document import ForeignText


def innermost(parts: Sequence[ForeignText]) -> tuple[ForeignText, ...]:
    """Return the parts in order and disjoint; where several are nested, the innermost language applies."""
    flat: list[ForeignText] = []
    around: list[ForeignText] = []
    at = 0

    def keep(end: int) -> None:
        nonlocal at
        language = around[-1].language
        if at < end and flat and flat[-1].end == at and flat[-1].language == language:
            flat[-1] = replace(flat[-1], end=end)
        elif at < end:
            flat.append(ForeignText(at, end, language))
        at = max(at, end)

    for part in sorted(parts, key=lambda part: (part.start, -part.end)):
        while around and around[-1].end <= part.start:
            keep(around[-1].end)
            around.pop()
        if around:
            keep(part.start)
        at = part.start
        around.append(part)
    while around:
        keep(around[-1].end)
        around.pop()
    return tuple(flat)
