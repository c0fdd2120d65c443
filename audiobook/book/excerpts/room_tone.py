"""Positions at which a book is cut into chapter files with room tone at both ends, and into a sample for shops.

A clip may begin a file, since its first frame refers to no earlier one; any frame may end it, since none refers to later
ones. So nothing is encoded again.

Source: ACX, "ACX Audio Submission Requirements": 0.5 to 1 s of room tone at the start and 1 to 5 s at the end of a file, and a
sample of 1 to 5 minutes that does not begin with the credits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, frame_samples
from audiobook.book.excerpts.excerpt import FrameSpan
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.works import Record

_LEAST_TAIL_S: Final = 1.2
_MOST_TAIL_S: Final = 1.5
"""Long silence would lower the RMS of a short chapter."""
_LONGEST_SAMPLE_S: Final = 290.0
_SHORTEST_SAMPLE_S: Final = 60.0


def chapter_spans(record: Record) -> list[FrameSpan]:
    """Return the range of frames of each chapter, starting at its first sentence."""
    return [_span(record, number, *_ends(chapter)) for number, chapter in enumerate(record.chapters)]


def sample_span(record: Record) -> FrameSpan:
    """Return the frames of the sample: the beginning of the book after the opening credits.

    It ends with a paragraph if one ends after the first and before the fifth minute, else with a sentence.
    """
    chapters = record.text_chapters
    begin, _ = _ends(chapters[0])
    latest = begin + int(_LONGEST_SAMPLE_S * record.rate_hz)
    paragraphs = [_last(each).end_samples for chapter in chapters for each in _spoken(chapter)]
    sentences = [
        sentence.end_samples
        for chapter in chapters
        for paragraph in _spoken(chapter)
        for sentence in paragraph.sentences
    ]
    whole = max((end for end in paragraphs if end <= latest), default=0)
    if whole - begin < _SHORTEST_SAMPLE_S * record.rate_hz:
        whole = max((end for end in sentences if end <= latest), default=sentences[0])
    return _span(record, 1, begin, whole, has_pause=False)


def _span(record: Record, chapter: int, start: int, end: int, *, has_pause: bool = True) -> FrameSpan:
    """Return the frames from a sample at which a clip begins to the end of a sentence, and of the pause after it.

    Args:
        record: Record of the book.
        chapter: Index of the chapter in which they begin.
        start: The first sample.
        end: The sample at which the last sentence ends.
        has_pause: Whether the chapter ends after it, so that a pause follows.
    """
    step, rate_hz = frame_samples(record.rate_hz), record.rate_hz
    tone = _ends(record.chapters[0])[0] // step
    # What is decoded from a frame begins 1105 samples later.
    after = -(-(end + STITCH_DELAY_SAMPLES) // step)
    last = after
    if has_pause:
        is_last = chapter == len(record.chapters) - 1
        limit = (
            record.length_samples + STITCH_DELAY_SAMPLES if is_last else record.chapters[chapter].end_samples
        )
        last = max(after, min(limit // step, (end + int(_MOST_TAIL_S * rate_hz)) // step))
        last = min(last, limit // step)
    missing = int(_LEAST_TAIL_S * rate_hz) - (last * step - STITCH_DELAY_SAMPLES - end)
    copies = -(-missing // (tone * step)) if missing > 0 and tone else 0
    return FrameSpan(chapter, start // step, last, tone, copies)


def _ends(chapter: ChapterRecord) -> tuple[int, int]:
    """Return when the first sentence of a chapter begins, and when the last one ends."""
    spoken = list(_spoken(chapter))
    return spoken[0].sentences[0].start_samples, _last(spoken[-1]).end_samples


def _spoken(chapter: ChapterRecord) -> Iterator[ParagraphRecord]:
    return (paragraph for paragraph in chapter.paragraphs if paragraph.sentences)


def _last(paragraph: ParagraphRecord) -> SentenceRecord:
    return paragraph.sentences[-1]
