"""The sample of a book for shops: where it ends."""

from __future__ import annotations

from itertools import accumulate

import pytest
from records import RATE_HZ, record, sentence

from audiobook.book.excerpts.room_tone import Piece, sample_piece
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord
from audiobook.document import Kind

BEGIN_S = 10


def chapter_of(lengths_s: list[list[int]], begin_s: int) -> ChapterRecord:
    """Return a chapter of paragraphs, each of sentences with these lengths, which follow each other without a pause."""
    paragraphs, at_s = [], begin_s
    for lengths in lengths_s:
        text = "Said. " * len(lengths)
        starts = accumulate(lengths[:-1], initial=at_s)
        said = tuple(
            sentence(text, 6 * number, 6 * number + 5, 1000 * start, 1000 * length)
            for number, (start, length) in enumerate(zip(starts, lengths, strict=True))
        )
        paragraphs.append(ParagraphRecord(Kind.TEXT, "", 1, text, (), ("a" * 64,), said))
        at_s += sum(lengths)
    return ChapterRecord("Chapter", 1, begin_s * RATE_HZ, at_s * RATE_HZ, tuple(paragraphs))


@pytest.mark.parametrize(
    ("lengths_s", "end_s"),
    [
        ([[30, 20], [5]], 55),  # shorter than a minute: all of it
        ([[30, 29], [100, 131], [1]], 290),  # the last paragraph that ends in time
        ([[60], [100, 131]], 60),
        (
            [[30, 29], [100, 132]],
            159,
        ),  # no paragraph ends after a minute and in time: the last sentence that does
        ([[291]], 291),
    ],
)
def test_the_sample_ends_with_a_paragraph_or_else_with_a_sentence(
    lengths_s: list[list[int]], end_s: int
) -> None:
    book = record(chapters=(chapter_of(lengths_s, BEGIN_S),))
    assert sample_piece(book) == Piece(1, BEGIN_S * RATE_HZ, (BEGIN_S + end_s) * RATE_HZ, has_pause=False)
