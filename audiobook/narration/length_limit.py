"""How long a passage may be: longer paragraphs become several passages, longer sentences several parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from audiobook.document import Sentence
from audiobook.errors import SpeechError
from audiobook.narration.aligned import AlignedText

MAX_PASSAGE_CHARS: Final = 2000
"""A longer paragraph becomes several passages, so that editing it costs a few minutes of speech at most."""
_CLAUSE_ENDS: Final = ",;:)–—"


def grouped(sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, ...]]:
    """Yield the sentences in groups, each no longer than a passage may be."""
    group: list[Sentence] = []
    length = 0
    for sentence in sentences:
        if group and length + len(sentence.text) > MAX_PASSAGE_CHARS:
            yield tuple(group)
            group, length = [], 0
        group.append(sentence)
        length += len(sentence.text)
    if group:
        yield tuple(group)


def bounded(sentence: AlignedText) -> Iterator[AlignedText]:
    """Cut a sentence that is too long: at the end of a clause, between two words, or at a hyphen, in this order.

    Raises:
        SpeechError: It has no such place; the message has no position.
    """
    start, end = 0, len(sentence.text)
    while end - start > MAX_PASSAGE_CHARS:
        cut, after = _cut(sentence, start)
        yield sentence.part(start, cut)
        start = after
    yield sentence.part(start, end)


def _cut(sentence: AlignedText, start: int) -> tuple[int, int]:
    """Return the end of the part of a sentence that begins at `start`, and the start of the next part."""
    text = sentence.text
    places = [at for at in range(start + MAX_PASSAGE_CHARS, start, -1) if not sentence.is_inside_phonemes(at)]
    spaces = [at for at in places if text[at] == " "]
    clauses = (at for at in spaces if text[at - 1] in _CLAUSE_ENDS and at > start + MAX_PASSAGE_CHARS // 2)
    space = next(clauses, spaces[0] if spaces else None)
    if space is not None:
        return space, space + 1
    hyphen = next((at for at in places if text[at - 1] == "-"), None)
    if hyphen is None:
        raise SpeechError(
            f"{MAX_PASSAGE_CHARS} characters without a space cannot be spoken: “{text[start : start + 40]}…”",
            hint="put spaces between the words, or remove this from the text",
        )
    return hyphen, hyphen
