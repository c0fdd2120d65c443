"""The text of a book for the tag of its MP3: as a whole, and in pieces with their times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.settings import Mp3Settings


def lyrics(chapters: Iterable[ChapterRecord], settings: Mp3Settings) -> str:
    """Return the whole text of chapters, with a blank line between paragraphs; empty unless the settings want it."""
    if not settings.lyrics:
        return ""
    return "\n\n".join(paragraph.text for chapter in chapters for paragraph in chapter.paragraphs)


def timed_lyrics(
    chapters: Iterable[ChapterRecord], rate_hz: int, settings: Mp3Settings
) -> list[tuple[str, int]]:
    """Return the spoken text of chapters in sentences or words, with their times; empty unless the settings want it.

    Args:
        chapters: Consecutive chapters.
        rate_hz: Unit of their times.
        settings: Which pieces to return.

    Returns:
        For each piece its text and when it begins, in milliseconds from the start of the first chapter, rounded down.
        Each sentence begins with a line feed.
    """
    if settings.sylt is None:
        return []
    rest = iter(chapters)
    first = next(rest)
    return [
        (text, (at - first.start_samples) * 1000 // rate_hz)
        for chapter in chain((first,), rest)
        for paragraph in chapter.paragraphs
        for sentence in paragraph.sentences
        for text, at in _pieces(paragraph, sentence, by_words=settings.sylt == "word")
    ]


def _pieces(
    paragraph: ParagraphRecord, sentence: SentenceRecord, *, by_words: bool
) -> Iterator[tuple[str, int]]:
    """Yield (text, start in samples) of a sentence or of its words, each with the signs and spaces after it."""
    starts = [(sentence.start, sentence.start_samples)]
    if by_words:
        for first, _, at in sentence.words:
            if first > starts[-1][0] and at >= starts[-1][1]:
                starts.append((first, at))
    for (first, at), (end, _) in pairwise([*starts, (sentence.end, 0)]):
        line = "\n" if first == sentence.start else ""
        yield line + paragraph.text[first:end].replace("\n", " "), at
