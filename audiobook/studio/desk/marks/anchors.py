"""Finding a sentence of a text again after the text was edited: by its words, and near the place where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from audiobook.book.script import SpokenParagraph
from audiobook.document import Kind, Paragraph
from audiobook.pipeline.scripts.scripting import NarratedText
from audiobook.studio.desk.script.reading import Reading

_RUN_CHARS: Final = 4
"""Texts are compared by runs of four characters, which also works where words are not separated."""
_LEAST_ALIKE: Final = 0.6
_MOST_TRIES: Final = 1000
"""How often a part of longer words is passed over in a paragraph; marks and texts can be from a stranger."""
_MOST_CHARS: Final = 1000
"""How much of a text is compared."""


class Anchor(NamedTuple):
    """Where a sentence was.

    Attributes:
        chapter: Title of its chapter in the text. That of a chapter that is read aloud is understood too.
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
    parts = _parts(reading.narration)
    own = [part for part in parts if part.title == anchor.chapter]
    own += [part for part in _spoken(reading.narration) if part.title == anchor.chapter]
    place = _unmoved(own, anchor, wanted) or _exact(parts, own, anchor, wanted)
    place = place or _alike(own, anchor, wanted) or _heading(own, anchor)
    if place is None:
        return None
    number, index = place
    spoken = reading.said(reading.paragraph(number, index))
    spots = list(sentences_of(spoken, number, index))
    return max(spots, key=lambda spot: _closeness(spot, anchor, wanted)) if spots else None


def origin_of(narration: NarratedText, number: int, index: int) -> tuple[str, int]:
    """Return the title, in the text, of the chapter with a paragraph, and the number of the paragraph in it from 1.

    Args:
        narration: The text.
        number: Number of the chapter that is read aloud.
        index: Index of the paragraph in that.
    """
    title, first = next((title, first) for title, first, end in narration.origins[number - 1] if index < end)
    return title, index - first + 1


class _Part(NamedTuple):
    """A chapter in which a sentence is searched: one of the text, or one that is read aloud.

    Attributes:
        title: Its title.
        number: Number of the chapter that is read aloud.
        first: Index of its first paragraph in that chapter.
        paragraphs: Its paragraphs.
    """

    title: str
    number: int
    first: int
    paragraphs: Sequence[Paragraph]


def _parts(narration: NarratedText) -> list[_Part]:
    """Return the chapters of the text, whether they are renamed and merged or not."""
    return [
        _Part(title, number, first, chapter.paragraphs[first:end])
        for number, (chapter, origins) in enumerate(
            zip(narration.work.chapters, narration.origins, strict=True), 1
        )
        for title, first, end in origins
    ]


def _spoken(narration: NarratedText) -> Iterator[_Part]:
    """Yield the chapters that are read aloud; the doubts of a recogniser refer to their titles."""
    for number, chapter in enumerate(narration.work.chapters, 1):
        yield _Part(chapter.title, number, 0, chapter.paragraphs)


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


def _unmoved(own: Sequence[_Part], anchor: Anchor, wanted: str) -> tuple[int, int] | None:
    """Return the number of the chapter and the index of the paragraph if the sentence is where it was."""
    index = anchor.paragraph - 1
    for part in own:
        if 0 <= index < len(part.paragraphs):
            paragraph = part.paragraphs[index]
            is_renamed = paragraph.kind is Kind.HEADING and paragraph.is_added
            if _has(paragraph, wanted) or (is_renamed and wanted == _plain(part.title)):
                return part.number, part.first + index
    return None


def _exact(
    parts: Sequence[_Part], own: Sequence[_Part], anchor: Anchor, wanted: str
) -> tuple[int, int] | None:
    """Return the nearest paragraph with the sentence, in its own chapter if possible."""
    found = (
        ((is_other, abs(index - anchor.paragraph + 1)), (part.number, part.first + index))
        for is_other, some in ((False, own), (True, parts))
        for part in some
        for index, paragraph in enumerate(part.paragraphs)
        if _has(paragraph, wanted)
    )
    return min(found, default=(None, None))[1]


def _has(paragraph: Paragraph, wanted: str) -> bool:
    """Return whether words are in a paragraph: not as a part of longer words."""
    text = _plain(paragraph.text)
    at = -1
    for _ in range(_MOST_TRIES if wanted else 0):
        at = text.find(wanted, at + 1)
        if at < 0:
            break
        end = at + len(wanted)
        edges = (text[at - 1 : at] + wanted[:1], wanted[-1:] + text[end : end + 1])
        if not any(len(edge) == 2 and edge.isalnum() for edge in edges):
            return True
    return False


def _alike(own: Sequence[_Part], anchor: Anchor, wanted: str) -> tuple[int, int] | None:
    """Return the paragraph of the same chapter that has most of the sentence."""
    found = [
        (
            _share(wanted, _plain(paragraph.text)),
            -abs(index - anchor.paragraph + 1),
            part.number,
            part.first + index,
        )
        for part in own
        for index, paragraph in enumerate(part.paragraphs)
    ]
    share, _, number, index = max(found, default=(0.0, 0, 0, 0))
    return (number, index) if share >= _LEAST_ALIKE else None


def _heading(own: Sequence[_Part], anchor: Anchor) -> tuple[int, int] | None:
    """Return the heading in the place of an earlier one that had another title."""
    index = anchor.paragraph - 1
    for part in own:
        if 0 <= index < len(part.paragraphs) and part.paragraphs[index].kind is Kind.HEADING:
            return part.number, part.first + index
    return None


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
