"""Positions at which a book is cut into chapter files with room tone at both ends, and into a sample for shops.

A clip may begin a file, since its first frame refers to no earlier one; any frame may end it, since none refers to later
ones. So nothing is encoded again.

Source: ACX, "ACX Audio Submission Requirements": 0.5 to 1 s of room tone at the start and 1 to 5 s at the end of a file, and a
sample of 1 to 5 minutes that does not begin with the credits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, frame_samples
from audiobook.book.excerpts.excerpt import FrameSpan
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.works import Record

_LEAST_TAIL_S: Final = 1.2
_MOST_TAIL_S: Final = 1.5
"""Long silence would lower the RMS of a short chapter."""
_SHORT_HEAD_S: Final = 0.55
_SHORT_TAIL_S: Final = (1.06, 1.12)
_LONGEST_SAMPLE_S: Final = 290.0
_SHORTEST_SAMPLE_S: Final = 60.0


class Piece(NamedTuple):
    """The speech of a file: from the sample at which a clip begins to the end of a sentence.

    Attributes:
        chapter: Index of the chapter in which it begins.
        start: The first sample.
        end: The sample at which the last sentence ends.
        has_pause: Whether the chapter ends after it, so that a pause follows.
    """

    chapter: int
    start: int
    end: int
    has_pause: bool = True


def chapter_pieces(record: Record) -> list[Piece]:
    """Return the speech of each chapter, starting at its first sentence."""
    return [Piece(number, *_ends(chapter)) for number, chapter in enumerate(record.chapters)]


def sample_piece(record: Record) -> Piece:
    """Return the speech of the sample: the beginning of the book after the opening credits.

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
    return Piece(1, begin, whole, has_pause=False)


def usual_span(record: Record, piece: Piece) -> FrameSpan:
    """Return the frames of a file: a piece, the pause after it, and room tone."""
    tone = _tone_frames(record)
    last, missing = _tail(record, piece, _LEAST_TAIL_S, _MOST_TAIL_S)
    copies = -(-missing // tone) if tone else 0
    return FrameSpan(
        piece.chapter, piece.start // frame_samples(record.rate_hz), last, tone, (tone,) * copies
    )


def short_span(record: Record, piece: Piece) -> FrameSpan:
    """Return the frames of a file with as little room tone as is accepted, since silence lowers the RMS."""
    step, tone = frame_samples(record.rate_hz), _tone_frames(record)
    last, missing = _tail(record, piece, *_SHORT_TAIL_S)
    copies = [min(tone, missing - at) for at in range(0, missing, tone)] if tone else []
    head = min(tone, -(-int(_SHORT_HEAD_S * record.rate_hz) // step))
    return FrameSpan(piece.chapter, piece.start // step, last, head, tuple(copies))


def paragraph_runs(record: Record, span: FrameSpan) -> list[tuple[int, int]]:
    """Return the frames of each paragraph in the file of a chapter, with the pause after it."""
    step = frame_samples(record.rate_hz)
    spoken = _spoken(record.chapters[span.chapter])
    begins = [paragraph.sentences[0].start_samples // step for paragraph in spoken]
    return list(zip(begins, (*begins[1:], span.end), strict=True))


def _tail(record: Record, piece: Piece, least_s: float, most_s: float) -> tuple[int, int]:
    """Return the frame after the last one of a piece and its pause, and how many frames of room tone it still needs."""
    step, rate_hz = frame_samples(record.rate_hz), record.rate_hz
    # What is decoded from a frame begins 1105 samples later.
    after = -(-(piece.end + STITCH_DELAY_SAMPLES) // step)
    last = after
    if piece.has_pause:
        is_last = piece.chapter == len(record.chapters) - 1
        limit = (
            record.length_samples + STITCH_DELAY_SAMPLES
            if is_last
            else record.chapters[piece.chapter].end_samples
        )
        last = max(after, min(limit // step, (piece.end + int(most_s * rate_hz)) // step))
        last = min(last, limit // step)
    missing = int(least_s * rate_hz) - (last * step - STITCH_DELAY_SAMPLES - piece.end)
    return last, max(0, -(-missing // step))


def _tone_frames(record: Record) -> int:
    """Return the number of frames of room tone at the start of the book."""
    return _ends(record.chapters[0])[0] // frame_samples(record.rate_hz)


def _ends(chapter: ChapterRecord) -> tuple[int, int]:
    """Return when the first sentence of a chapter begins, and when the last one ends."""
    spoken = list(_spoken(chapter))
    return spoken[0].sentences[0].start_samples, _last(spoken[-1]).end_samples


def _spoken(chapter: ChapterRecord) -> Iterator[ParagraphRecord]:
    return (paragraph for paragraph in chapter.paragraphs if paragraph.sentences)


def _last(paragraph: ParagraphRecord) -> SentenceRecord:
    return paragraph.sentences[-1]
