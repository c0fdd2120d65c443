"""Cutting a clip into excerpts of a few sentences, which are heard one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from audiobook.clips.clip import ClipSentence
from audiobook.engines.word_times import words_of

_USUAL_S: Final = 12.0
"""Usual longest excerpt; the work for a longer one grows with the square of its words."""
_LONGEST_S: Final = 26.0
_PAUSES: Final = ",;:)–—"


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence, or a part of a very long one.

    Attributes:
        sentence: Index of the sentence in its passage.
        start: Index of its first character in the text of the sentence.
        text: Its text.
        start_samples: When it begins in the clip.
        end_samples: When it ends.
    """

    sentence: int
    start: int
    text: str
    start_samples: int
    end_samples: int


def excerpts(sentences: Sequence[ClipSentence], texts: Sequence[str], rate_hz: int) -> Iterator[list[Part]]:
    """Yield the parts of a clip that are heard together: whole sentences up to about 12 s.

    Args:
        sentences: Times of the sentences.
        texts: What each of them says.
        rate_hz: Sample rate of the times.
    """
    together: list[Part] = []
    for part in _parts(sentences, texts, rate_hz):
        if together and part.end_samples - together[0].start_samples > _USUAL_S * rate_hz:
            yield together
            together = []
        together.append(part)
    if together:
        yield together


def _parts(sentences: Sequence[ClipSentence], texts: Sequence[str], rate_hz: int) -> Iterator[Part]:
    for index, (sentence, text) in enumerate(zip(sentences, texts, strict=True)):
        whole = Part(index, 0, text, sentence.start_samples, sentence.end_samples)
        yield from _bounded(whole, sentence, int(_LONGEST_S * rate_hz))


def _bounded(part: Part, sentence: ClipSentence, most_samples: int) -> Iterator[Part]:
    """Yield a part, in halves if it is too long to be heard at once.

    The time of the cut is that of the word if the voice reported it, else it is estimated from the number of characters.
    """
    at = _middle(part.text)
    if part.end_samples - part.start_samples <= most_samples or not at:
        yield part
        return
    known = {start: offset for start, _, offset in sentence.marks}
    length = part.end_samples - part.start_samples
    cut = known.get(part.start + at, part.start_samples + length * at // len(part.text))
    cut = min(max(cut, part.start_samples), part.end_samples)
    first = Part(part.sentence, part.start, part.text[:at].rstrip(), part.start_samples, cut)
    second = Part(part.sentence, part.start + at, part.text[at:], cut, part.end_samples)
    if second.start_samples == part.start_samples or first.end_samples == part.end_samples:
        yield part
        return
    yield from _bounded(first, sentence, most_samples)
    yield from _bounded(second, sentence, most_samples)


def _middle(text: str) -> int:
    """Return where the word begins at which a text is best cut in two, 0 if it has only one word."""
    starts = [start for start, _ in words_of(text)][1:]
    if not starts:
        return 0
    after_pause = [start for start in starts if text[:start].rstrip().endswith(tuple(_PAUSES))]
    central = [start for start in after_pause if len(text) / 3 < start < 2 * len(text) / 3]
    return min(central or starts, key=lambda start: abs(2 * start - len(text)))
