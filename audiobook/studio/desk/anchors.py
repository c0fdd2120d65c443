"""Finding a sentence of a text again after the text was edited: by its words, and near the place where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from audiobook.book.script import SpokenParagraph
from audiobook.document import Chapter
from audiobook.studio.desk.reading import Reading

_RUN_CHARS: Final = 4
"""Texts are compared by runs of four characters, which also works where words are not separated."""
_LEAST_ALIKE: Final = 0.6
_MOST_CHARS: Final = 1000
"""How much of a text is compared."""


class Anchor(NamedTuple):
    """Where a sentence was.

    Attributes:
        chapter: Title of its chapter.
        paragraph: Number of its paragraph in the chapter, from 1.
        sentence: Number of the sentence in the paragraph, from 1.
        text: The sentence as written.
    """

    chapter: str
    paragraph: int
    sentence: int
    text: str


class Spot(NamedTuple):
    """A sentence of a text as it is now.

    Attributes:
        number: Number of its chapter from 1, among those that are read aloud.
        paragraph: Index of its paragraph in the chapter.
        sentence: Index of the sentence in the paragraph.
        key: Key of the clip with it.
        text: The sentence as written.
    """

    number: int
    paragraph: int
    sentence: int
    key: str
    text: str


def spot_of(reading: Reading, anchor: Anchor) -> Spot | None:
    """Return the sentence that an anchor refers to; None if nothing in the text resembles it."""
    if anchor not in reading.found:
        reading.found[anchor] = _spot_of(reading, anchor)
    spot: Spot | None = reading.found[anchor]
    return spot


def _spot_of(reading: Reading, anchor: Anchor) -> Spot | None:
    wanted = _plain(anchor.text)
    chapters = reading.telling.work.chapters
    place = _unmoved(chapters, anchor, wanted) or _exact(chapters, anchor, wanted)
    place = place or _alike(chapters, anchor, wanted)
    if place is None:
        return None
    number, index = place
    spoken = reading.said(chapters[number - 1].paragraphs[index])
    spots = list(sentences_of(spoken, number, index))
    return max(spots, key=lambda spot: _closeness(spot, anchor, wanted)) if spots else None


def sentences_of(spoken: SpokenParagraph, number: int, index: int) -> Iterator[Spot]:
    """Yield the sentences of a paragraph.

    Args:
        spoken: The paragraph.
        number: Number of its chapter.
        index: Its index in the chapter.
    """
    at = 0
    for passage in spoken.passages:
        for sentence in passage.passage.sentences:
            start, end = sentence.span
            yield Spot(number, index, at, passage.key, spoken.paragraph.text[start:end])
            at += 1


def _unmoved(chapters: Sequence[Chapter], anchor: Anchor, wanted: str) -> tuple[int, int] | None:
    """Return the number of the chapter and the index of the paragraph if the sentence is where it was."""
    index = anchor.paragraph - 1
    for number, chapter in enumerate(chapters, 1):
        if chapter.title == anchor.chapter and 0 <= index < len(chapter.paragraphs):
            text = _plain(chapter.paragraphs[index].text)
            if wanted and wanted in text:
                return number, index
    return None


def _exact(chapters: Sequence[Chapter], anchor: Anchor, wanted: str) -> tuple[int, int] | None:
    """Return the nearest paragraph with the sentence, in its own chapter if possible."""
    found = (
        ((chapter.title != anchor.chapter, abs(index - anchor.paragraph + 1)), (number, index))
        for number, chapter in enumerate(chapters, 1)
        for index, paragraph in enumerate(chapter.paragraphs)
        if wanted and wanted in _plain(paragraph.text)
    )
    return min(found, default=(None, None))[1]


def _alike(chapters: Sequence[Chapter], anchor: Anchor, wanted: str) -> tuple[int, int] | None:
    """Return the paragraph of the same chapter that has most of the sentence."""
    found = [
        (_share(wanted, _plain(paragraph.text)), -abs(index - anchor.paragraph + 1), number, index)
        for number, chapter in enumerate(chapters, 1)
        if chapter.title == anchor.chapter
        for index, paragraph in enumerate(chapter.paragraphs)
    ]
    share, _, number, index = max(found, default=(0.0, 0, 0, 0))
    return (number, index) if share >= _LEAST_ALIKE else None


def _closeness(spot: Spot, anchor: Anchor, wanted: str) -> tuple[bool, float, int]:
    text = _plain(spot.text)
    return text == wanted, _share(wanted, text), -abs(spot.sentence - anchor.sentence + 1)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _share(wanted: str, text: str) -> float:
    """Return how much of a text is also in another, from 0 to 1."""
    runs = _runs(wanted)
    return sum(run in text for run in runs) / len(runs) if runs else 0.0


@lru_cache(maxsize=4)
def _runs(text: str) -> frozenset[str]:
    last = min(len(text), _MOST_CHARS) - _RUN_CHARS
    return frozenset(text[at : at + _RUN_CHARS] for at in range(last + 1))
