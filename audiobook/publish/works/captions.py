"""WebVTT captions of a work: the spoken text in timed cues with lines that fit on a screen.

Source: WebVTT (W3C), sections 4.1 (file structure) and 4.2 (cue text).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from audiobook.book.record import ChapterRecord, ParagraphRecord, Record, SentenceRecord

LONGEST_LINE_CHARS: Final = 65
"""Maximum length of a line. Source: Podcasting 2.0, transcripts."""
_MOST_LINES: Final = 2
_WORD = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]+")
_UNSHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_NO_START = re.compile("[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u200c\u200d\ufe00-\ufe0f]")
"""Combining characters, which belong to the letter before them; no line may start with one."""
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_NO_NAME: Final = str.maketrans({"&": "+", "<": "(", ">": ")"})

Span = tuple[int, int]


def captions(record: Record, chapters: Sequence[ChapterRecord]) -> bytes:
    """Return the captions of a work, or of a part of it.

    Args:
        record: Record of the work.
        chapters: Consecutive chapters to include; times count from the start of the first.

    Returns:
        A WebVTT file. Each sentence is one cue, or several if it needs more than two lines.
    """
    begin = chapters[0].start_samples
    voice = _UNSHOWN.sub(" ", record.narrator.translate(_NO_NAME)).strip()
    spoken_by = f"<v {voice}>" if voice else ""
    pieces = ["WEBVTT\n"]
    last_ms = 0
    for start, end, lines in _cues(chapters):
        last_ms = max(last_ms, (start - begin) * 1000 // record.rate_hz)
        end_ms = max(last_ms + 1, (end - begin) * 1000 // record.rate_hz)
        shown = "\n".join(lines)
        pieces.append(f"\n{_time(last_ms)} --> {_time(end_ms)}\n{spoken_by}{shown}\n")
    return "".join(pieces).encode()


def _time(at_ms: int) -> str:
    seconds, ms = divmod(at_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def _cues(chapters: Sequence[ChapterRecord]) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the start and end in samples and the lines of each cue, in order of time."""
    for chapter in chapters:
        for paragraph in chapter.paragraphs:
            for sentence in paragraph.sentences:
                spans = list(_line_spans(paragraph.text, sentence.start, sentence.end))
                groups = [spans[at : at + _MOST_LINES] for at in range(0, len(spans), _MOST_LINES)]
                starts = list(_starts(sentence, [group[0][0] for group in groups]))
                times = pairwise([*starts, sentence.end_samples])
                for (start, end), group in zip(times, groups, strict=True):
                    yield start, end, [_line(paragraph, span) for span in group]


def _starts(sentence: SentenceRecord, firsts: Sequence[int]) -> Iterator[int]:
    """Yield the start of each of a sentence's cues in samples.

    A cue starts with its first word. A cue that starts within a word gets a share of the word's time by its letters.
    """
    word_ends = [start + length for start, length, _ in sentence.words]
    points = [
        (sentence.start, sentence.start_samples),
        *((start, samples) for start, _, samples in sentence.words),
        (sentence.end, sentence.end_samples),
    ]
    for number, first in enumerate(firsts):
        if number == 0:
            yield sentence.start_samples
            continue
        at = 1 + bisect_left(word_ends, first + 1)
        if at <= len(word_ends) and points[at][0] >= first:
            yield points[at][1]
            continue
        at = min(at, len(word_ends))
        (start, begin), (end, finish) = points[at], points[at + 1]
        yield begin + int(min(1.0, (first - start) / max(1, end - start)) * (finish - begin))


def _line_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the lines of a part of a text: line breaks are kept, and long lines are wrapped between words."""
    line: Span | None = None
    for word in _WORD.finditer(text, start, end):
        for first, last in _pieces(text, *word.span()):
            if line and last - line[0] <= LONGEST_LINE_CHARS and "\n" not in text[line[1] : first]:
                line = line[0], last
                continue
            if line:
                yield line
            line = first, last
    if line:
        yield line


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield pieces of a word that fit on a line; text without spaces, such as Chinese, is one long word."""
    while end - start > LONGEST_LINE_CHARS:
        cut = start + LONGEST_LINE_CHARS
        while cut > start + 1 and _NO_START.match(text, cut):
            cut -= 1
        yield start, cut
        start = cut
    yield start, end


def _line(paragraph: ParagraphRecord, span: Span) -> str:
    """Return a line as cue text: escaped, with parts in other languages tagged."""
    start, end = span
    pieces: list[str] = []
    for first, last, language in paragraph.foreign:
        if start < last and first < end:
            opens, closes = max(first, start), min(last, end)
            pieces += (_shown(paragraph.text[start:opens]), f"<lang {language}>")
            pieces += (_shown(paragraph.text[opens:closes]), "</lang>")
            start = closes
    return "".join((*pieces, _shown(paragraph.text[start:end])))


def _shown(text: str) -> str:
    return _UNSHOWN.sub(" ", text).translate(_ESCAPES)
