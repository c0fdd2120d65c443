"""Cutting a clip into excerpts of a few sentences, because the recogniser hears at most 30 s at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from audiobook.clips.clip import ClipSentence
from audiobook.engines.word_times import words_of

_USUAL_S: Final = 12.0
"""Length that an excerpt of several sentences does not exceed. The work grows with the square of the words in it."""
_LONGEST_S: Final = 26.0
"""Length from which a single sentence is cut in two."""
_PAUSES: Final = ",;:)–—"
"""Signs after which a sentence is preferably cut."""


class SentencePart(msgspec.Struct, frozen=True):
    """A sentence, or a part of a very long sentence.

    Attributes:
        sentence: Index of the sentence in its passage.
        start: Index of the part's first character in the text of the sentence.
        text: Text of the part.
        start_samples: When the part begins in the clip.
        end_samples: When the part ends in the clip.
    """

    sentence: int
    start: int
    text: str
    start_samples: int
    end_samples: int


def excerpts(
    sentences: Sequence[ClipSentence], texts: Sequence[str], rate_hz: int
) -> Iterator[list[SentencePart]]:
    """Yield the excerpts of a clip in order: each is a list of adjacent parts, up to 12 s long unless a part is longer.

    Args:
        sentences: Start and end of each sentence in the clip.
        texts: What each sentence should say; as many as `sentences`.
        rate_hz: Sample rate of the clip.
    """
    together: list[SentencePart] = []
    for part in _parts(sentences, texts, rate_hz):
        if together and part.end_samples - together[0].start_samples > _USUAL_S * rate_hz:
            yield together
            together = []
        together.append(part)
    if together:
        yield together


def _parts(sentences: Sequence[ClipSentence], texts: Sequence[str], rate_hz: int) -> Iterator[SentencePart]:
    for index, (sentence, text) in enumerate(zip(sentences, texts, strict=True)):
        whole = SentencePart(index, 0, text, sentence.start_samples, sentence.end_samples)
        yield from _bounded(whole, sentence, int(_LONGEST_S * rate_hz))


def _bounded(part: SentencePart, sentence: ClipSentence, most_samples: int) -> Iterator[SentencePart]:
    """Yield a part, cut into halves for as long as it is longer than `most_samples`.

    The time of a cut is the start of the word there, if the voice reported it. Otherwise it is estimated from the number
    of characters.
    """
    at = _middle(part.text)
    if part.end_samples - part.start_samples <= most_samples or not at:
        yield part
        return
    known = {start: offset for start, _, offset in sentence.marks}
    length = part.end_samples - part.start_samples
    cut = known.get(part.start + at, part.start_samples + length * at // len(part.text))
    cut = min(max(cut, part.start_samples), part.end_samples)
    first = SentencePart(part.sentence, part.start, part.text[:at].rstrip(), part.start_samples, cut)
    second = SentencePart(part.sentence, part.start + at, part.text[at:], cut, part.end_samples)
    if second.start_samples == part.start_samples or first.end_samples == part.end_samples:
        yield part
        return
    yield from _bounded(first, sentence, most_samples)
    yield from _bounded(second, sentence, most_samples)


def _middle(text: str) -> int:
    """Return the index of the word at which a text is best cut in two; 0 if it has only one word.

    This is a word near the middle, after a pause if there is one in the middle third.
    """
    starts = [start for start, _ in words_of(text)][1:]
    if not starts:
        return 0
    after_pause = [start for start in starts if text[:start].rstrip().endswith(tuple(_PAUSES))]
    central = [start for start in after_pause if len(text) / 3 < start < 2 * len(text) / 3]
    return min(central or starts, key=lambda start: abs(2 * start - len(text)))
