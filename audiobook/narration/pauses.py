"""Pauses that a text asks for: sentences and passages end at them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from audiobook.document import Paragraph, Passage, Pause, Sentence
from audiobook.narration.aligned import AlignedText


def paused_spans(
    spans: Iterable[tuple[int, int]], said: AlignedText, paragraph: Paragraph
) -> Iterator[tuple[int, int]]:
    """Yield the spans of sentences, cut where the text asks for a pause inside one."""
    cuts = [bisect_left(said.starts, pause.offset) for pause in paragraph.pauses]
    for start, end in spans:
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        for first, last in pairwise((start, *inside, end)):
            piece = said.text[first:last]
            left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
            if left < right:
                yield first + left, first + right


def between_pauses(passages: Iterable[Passage], pauses: Sequence[Pause]) -> Iterator[Passage]:
    """Split passages at each pause; a pause comes before the first sentence that begins at or after it."""
    at = 0
    for passage in passages:
        group: list[Sentence] = []
        asked = passage.pause_ms
        for sentence in passage.sentences:
            first = at
            while at < len(pauses) and pauses[at].offset <= sentence.span[0]:
                at += 1
            if at > first:
                if group:
                    yield Passage(tuple(group), passage.language, asked, passage.character)
                group, asked = [], pauses[at - 1].length_ms
            group.append(sentence)
        yield Passage(tuple(group), passage.language, asked, passage.character)
