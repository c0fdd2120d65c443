"""Headings in plain text that are underlined with a row of signs, as in reStructuredText and in many README files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from audiobook.sources.chapters.headings import Group, Headings
from audiobook.sources.chapters.pieces import Piece

_RULE = re.compile(r"([=*~^#+\"'`_:.-])\1{2,}")
"""Matches a row of one sign."""
_LONGEST_TITLE_CHARS: Final = 120
_LEAST_SHARE: Final = 0.6
_SLACK_CHARS: Final = 4
_LEAST_HEADINGS: Final = 2
_FRONT_SHARE: Final = 0.3


def find_underlined(pieces: Sequence[Piece]) -> Headings | None:
    """Find the underlined headings of a text. Their signs, in the order of first use, are the levels.

    A heading in signs that no other has is the title, if it is the first.

    Args:
        pieces: The paragraphs of the text.

    Returns:
        The paragraphs with these headings, without their lines of signs; None if the text has fewer than two, or the
        first comes late.
    """
    found = {at: style for at, piece in enumerate(pieces) if (style := _style(piece))}
    if len(found) < _LEAST_HEADINGS or _share_before(pieces, next(iter(found))) > _FRONT_SHARE:
        return None
    styles = list(dict.fromkeys(found.values()))
    used = list(found.values())
    has_title = 0 in found and used.count(used[0]) == 1
    levels = {style: level for level, style in enumerate(styles, 0 if has_title else 1)}
    return Headings(
        [
            group
            for at, piece in enumerate(pieces)
            for group in (
                _groups(piece, levels[found[at]], found[at]) if at in found else (Group(piece.lines),)
            )
        ],
        "underlined",
    )


def _share_before(pieces: Sequence[Piece], at: int) -> float:
    return sum(piece.chars for piece in pieces[:at]) / max(1, sum(piece.chars for piece in pieces))


def _style(piece: Piece) -> str:
    """Return the sign below the first line of a paragraph, twice if it is above it too; "" if it is no heading."""
    texts = [text for _, text in piece.lines[:3]]
    over = bool(_RULE.fullmatch(texts[0]))
    if len(texts) < 2 + over:
        return ""
    title, rule = texts[over : 2 + over]
    if not _RULE.fullmatch(rule) or (over and texts[0][0] != rule[0]):
        return ""
    if len(title) > _LONGEST_TITLE_CHARS or not any(map(str.isalnum, title)):
        return ""
    fits = _LEAST_SHARE * len(title) <= len(rule) and (over or len(rule) <= len(title) + _SLACK_CHARS)
    return rule[0] * (1 + over) if fits else ""


def _groups(piece: Piece, level: int, style: str) -> Iterator[Group]:
    """Yield a heading without its rows of signs, and the text directly below."""
    over = len(style) - 1
    yield Group(piece.lines[over : over + 1], level)
    if rest := piece.lines[over + 2 :]:
        yield Group(rest)
