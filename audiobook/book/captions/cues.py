"""The cues of captions: sentences, or pieces of long ones, with lines that fit on a screen and the times of their words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final
from unicodedata import category

import msgspec

from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord

LONGEST_LINE_CHARS: Final = 42
"""Maximum length of a line, as for subtitles. Podcasting 2.0 permits 65."""
_MOST_LINES: Final = 2
_WORD = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]+")
_JOINERS: Final = "\u200c\u200d"
_SKIN_TONES: Final = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_CLOSING: Final = frozenset(
    "、。，．：；？！」』）〕】〉》ー…・々ぁぃぅぇぉっゃゅょァィゥェォッャュョ.,;:!?)]}»”’"
)
"""No line begins with one of these if a few more characters of the line before can go with it."""
_MOST_MOVED: Final = 4

Span = tuple[int, int]


class Cue(msgspec.Struct, frozen=True):
    """A piece of a sentence that is shown at once.

    Attributes:
        start_samples: When it appears.
        end_samples: When it disappears.
        paragraph: The paragraph with its text.
        sentence: The sentence with its words.
        lines: For each line, index of its first character in the paragraph's text, and index after its last.
    """

    start_samples: int
    end_samples: int
    paragraph: ParagraphRecord
    sentence: SentenceRecord
    lines: tuple[Span, ...]


def cues_of(chapter: ChapterRecord) -> Iterator[Cue]:
    """Yield the cues of a chapter in order of time; each has at most two lines."""
    for paragraph in chapter.paragraphs:
        for sentence in paragraph.sentences:
            spans = list(_line_spans(paragraph.text, sentence.start, sentence.end))
            groups = [tuple(spans[at : at + _MOST_LINES]) for at in range(0, len(spans), _MOST_LINES)]
            starts = list(_starts(sentence, [group[0][0] for group in groups]))
            times = pairwise([*starts, sentence.end_samples])
            for (start, end), group in zip(times, groups, strict=True):
                yield Cue(start, end, paragraph, sentence, group)


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
        while cut > start + 1 and not _begins_a_letter(text, cut):
            cut -= 1
        earlier = (at for at in range(cut, max(start, cut - _MOST_MOVED), -1) if _begins_a_letter(text, at))
        cut = next((at for at in earlier if text[at] not in _CLOSING), cut)
        yield start, cut
        start = cut
    yield start, end


def _begins_a_letter(text: str, at: int) -> bool:
    """Return whether a character stands alone; an accent or a vowel sign belongs to the one before it."""
    char, before = text[at], text[at - 1]
    return not (category(char).startswith("M") or char in _JOINERS + _SKIN_TONES or before == _JOINERS[1])
