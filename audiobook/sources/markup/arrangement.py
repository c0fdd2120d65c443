"""Rearranging the blocks of a page that has been read: empty headings are removed, notes moved to their marks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.document import Kind, Paragraph, count_chars
from audiobook.layout import rearranged
from audiobook.sources.markup.pictures.alternative_text import announcement
from audiobook.sources.outline import Block
from audiobook.sources.superscripts import cut

_LABEL = re.compile(r"\s*[\[({]?\s*(?:\d{1,4}|[*†‡§¶‖]{1,4})\s*[\])}]?[.:)]?\s*(?=\S)")
_INITIAL = re.compile(r"[\"'“„«‘¿¡]?[^\W\d_]")
_SIGN = re.compile(r"\d{1,4}")
_LONGEST_HEADING_CHARS: Final = 40


class Arranged(msgspec.Struct, frozen=True):
    """Rearranged blocks.

    Attributes:
        blocks: The blocks.
        places: For each old index, the new index; also for the old index after the last block.
        removed: The old indices of blocks that were removed.
        gaps: The new indices of blocks that followed moved blocks.
        added_chars: Number of characters that are not in the source.
        removed_chars: Number of characters that are no longer in the blocks.
        cut_chars: Number of characters of note marks that were cut from the remaining blocks.
    """

    blocks: list[Block]
    places: Sequence[int]
    removed: frozenset[int] = frozenset()
    gaps: frozenset[int] = frozenset()
    added_chars: int = 0
    removed_chars: int = 0
    cut_chars: int = 0


@cache
def _note_headings() -> frozenset[str]:
    table = tomllib.loads(Path(__file__).with_name("markup.toml").read_text("utf-8"))
    return frozenset(line.strip() for line in table["note_headings"].split("|"))


def with_initial(before: Block, block: Block) -> Block | None:
    """Join a drop capital in a separate paragraph to the paragraph that continues in lower case.

    Returns:
        The joined block; None if they do not belong together.
    """
    text, initial = block.paragraph.text, before.paragraph.text
    if (
        before.level
        or block.level
        or block.paragraph.kind is not Kind.TEXT
        or not _INITIAL.fullmatch(initial)
    ):
        return None
    if not text[:1].islower() or not initial[-1].isupper():
        return None
    joined = _opened(block.paragraph, initial)
    lines = before.paragraph.lines[:1] + tuple(each for each in joined.lines if each[0])
    pictures = (*before.paragraph.pictures, *joined.pictures)
    return replace(block, paragraph=replace(joined, lines=lines, pictures=pictures))


def without_empty_headings(blocks: Sequence[Block], notes_at: set[int]) -> Arranged:
    """Remove the headings that had only notes below them.

    Args:
        blocks: The blocks of a page.
        notes_at: The indices of blocks before which notes were left out; may include the index after the last block.
    """
    removed: set[int] = set()
    after = len(blocks)
    has_notes = False
    for at in reversed(range(len(blocks))):
        has_notes = has_notes or at + 1 in notes_at
        if has_notes and _is_emptied(blocks[at], blocks[after] if after < len(blocks) else None):
            removed.add(at)
        else:
            after, has_notes = at, False
    places = [0]
    for at in range(len(blocks)):
        places.append(places[-1] + (at not in removed))
    kept = [block for at, block in enumerate(blocks) if at not in removed]
    chars = sum(count_chars(blocks[at].paragraph.text) for at in removed)
    return Arranged(kept, places, frozenset(removed), removed_chars=chars)


def _is_emptied(block: Block, after: Block | None) -> bool:
    if block.paragraph.kind is Kind.HEADING:
        return after is None or 0 < after.level <= block.level
    text = block.paragraph.text.strip(" .:[]()*—–-").casefold()
    return len(text) <= _LONGEST_HEADING_CHARS and text in _note_headings()


def notes_at_marks(
    blocks: Sequence[Block], notes: Mapping[int, str], marks: Mapping[str, tuple[str, int]], language: str
) -> Arranged:
    """Move notes after the paragraphs with their marks, and announce each note.

    Args:
        blocks: The blocks of a page.
        notes: The note's `id`, by the index of each block of a note.
        marks: The sign of a note's mark and the index of the block with the mark, by the note's `id`.
        language: BCP 47 tag of the text.
    """
    following: dict[int, list[int]] = {}
    for at, name in notes.items():
        if name in marks and marks[name][1] not in notes:
            following.setdefault(marks[name][1], []).append(at)
    moved = {at for group in following.values() for at in group}
    order = [
        each
        for at in range(len(blocks))
        if at not in moved
        for each in (at, *sorted(following.get(at, ()), key=lambda each: (marks[notes[each]][0], each)))
    ]
    order += sorted(moved.difference(order))
    announced = dict(_announced(blocks, notes, marks, language))
    places = [0] * (len(blocks) + 1)
    places[-1] = len(blocks)
    for place, at in enumerate(order):
        places[at] = place
    added = sum(chars for _, chars, _ in announced.values())
    cut_chars = sum(chars for _, _, chars in announced.values())
    found = [announced[at][0] if at in announced else blocks[at] for at in order]
    stay = (
        next((after for after in range(at, len(blocks)) if after not in moved), len(blocks)) for at in moved
    )
    gaps = frozenset(places[at] for at in stay)
    return Arranged(found, places, gaps=gaps, added_chars=added, removed_chars=cut_chars)


def _announced(
    blocks: Sequence[Block], notes: Mapping[int, str], marks: Mapping[str, tuple[str, int]], language: str
) -> Iterator[tuple[int, tuple[Block, int, int]]]:
    """Yield the first block of each note with an announcement, and the numbers of characters added and removed."""
    word = announcement("note", language)
    seen: set[str] = set()
    for at, name in notes.items():
        if name in seen or not word:
            continue
        seen.add(name)
        paragraph = blocks[at].paragraph
        label = _LABEL.match(paragraph.text)
        sign = _SIGN.search(marks[name][0] if name in marks else label[0] if label else "")
        opening = f"{word} {sign[0]}. " if sign else f"{word}. "
        text = cut(paragraph, [(0, label.end())]) if label else paragraph
        chars = count_chars(label[0]) if label else 0
        yield at, (replace(blocks[at], paragraph=_opened(text, opening)), count_chars(opening), chars)


def _opened(paragraph: Paragraph, opening: str) -> Paragraph:
    """Return a paragraph with a text inserted at its start."""
    by = len(opening)
    styles, cells = rearranged(paragraph.styles, paragraph.cells, by.__add__)
    return replace(
        paragraph,
        text=opening + paragraph.text,
        lines=tuple((offset + by if offset else 0, line) for offset, line in paragraph.lines),
        foreign=tuple(replace(each, start=each.start + by, end=each.end + by) for each in paragraph.foreign),
        sayings=tuple(replace(each, start=each.start + by, end=each.end + by) for each in paragraph.sayings),
        label_chars=0,
        styles=styles,
        cells=cells,
    )
