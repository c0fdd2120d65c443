"""Notes that are typed into the text: paragraphs that begin with the sign of a mark above them, without any link."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from msgspec.structs import replace

from audiobook.document import Kind, count_chars
from audiobook.sources.markup.arrangement import Arranged
from audiobook.sources.outline import Block
from audiobook.sources.superscripts import cut

_UP: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_OPENING = re.compile(
    rf"""
    \[(?P<number>\d{{1,3}}|[*†‡]{{1,3}})\] [.:]? \s? (?=\S)
    | (?: (?P<raised>[{_UP}]{{1,3}}) | (?P<sign>\*{{1,3}}|[†‡]{{1,2}}) ) \s? (?=[^\W_]|["“„«‘'(])
    """,
    re.VERBOSE,
)
_MARK = re.compile(
    rf"""
    (?<=[\w.,;:!?…'"”’»)\]])
    (?: \s? \[(?P<number>\d{{1,3}}|[*†‡]{{1,3}})\] (?![(\[:])
      | (?P<raised>[{_UP}]{{1,3}})
      | (?P<sign>\*{{1,3}}|[†‡]{{1,2}}) (?=[\s.,;:!?)"”’»]|\Z) )
    """,
    re.VERBOSE,
)
_FIRST_SIGNS: Final = frozenset(f"[{_UP}*†‡")
_EMPHASIS = re.compile(r"(?<!\S)\*{1,3}\w")


def without_typed_notes(
    blocks: Sequence[Block], signs: AbstractSet[str], *, marks: bool = True
) -> Arranged | None:
    """Remove typed notes and their marks. A paragraph is a note only if the same sign follows a word above it.

    Args:
        blocks: The blocks of a page.
        signs: The signs of raised marks on the page, which have already been left out.
        marks: Whether marks in brackets, stars and daggers are removed too; raised digits are found later.

    Returns:
        The remaining blocks, with only the notes in `removed`; None if there are no notes.
    """
    openings = {
        at: found
        for at, block in enumerate(blocks)
        if block.paragraph.text[:1] in _FIRST_SIGNS and (found := _opening(block))
    }
    if not openings:
        return None
    first_signs = {sign[0] for sign in openings.values()}
    removed: set[int] = set()
    cuts: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    waiting: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for at, block in enumerate(blocks):
        sign = openings.get(at, "")
        if sign and (sign in waiting or sign.strip("[]") in signs):
            removed.add(at)
            for marked, start, end in waiting.pop(sign, []):
                cuts[marked].append((start, end))
        elif not block.level and any(first in block.paragraph.text for first in first_signs):
            _find_marks(at, block.paragraph.text, waiting)
    if not removed:
        return None
    return _arranged(blocks, removed, cuts if marks else {})


def _opening(block: Block) -> str:
    """Return the sign that a block begins with, with its brackets; empty for other blocks."""
    if block.level or block.paragraph.kind is not Kind.TEXT:
        return ""
    found = _OPENING.match(block.paragraph.text)
    return _sign(found) if found else ""


def _sign(found: re.Match[str]) -> str:
    return f"[{found['number']}]" if found["number"] else found["raised"] or found["sign"]


def _find_marks(at: int, text: str, waiting: defaultdict[str, list[tuple[int, int, int]]]) -> None:
    is_emphatic = bool(_EMPHASIS.search(text))
    for found in _MARK.finditer(text):
        if not (found["sign"] and is_emphatic):
            waiting[_sign(found)].append(
                (at, found.start(), found.start() if found["raised"] else found.end())
            )


def _arranged(blocks: Sequence[Block], removed: set[int], cuts: dict[int, list[tuple[int, int]]]) -> Arranged:
    kept: list[Block] = []
    places = [0]
    cut_chars = 0
    for at, block in enumerate(blocks):
        if at not in removed:
            text = block.paragraph.text
            spans = sorted(span for span in cuts.get(at, ()) if span[0] < span[1])
            cut_chars += sum(count_chars(text[start:end]) for start, end in spans)
            kept.append(replace(block, paragraph=cut(block.paragraph, spans)) if spans else block)
        places.append(len(kept))
    chars = sum(count_chars(blocks[at].paragraph.text) for at in removed)
    gaps = frozenset(places[at] for at in removed)
    return Arranged(kept, places, frozenset(removed), gaps, removed_chars=chars, cut_chars=cut_chars)
