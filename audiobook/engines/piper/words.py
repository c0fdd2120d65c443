"""When Piper speaks each word, found by matching the spoken phonemes to the words of the text.

A voice reports how long each phoneme lasts, and its words are separated by spaces. But the sounds between two spaces
are not always one word of the text: "of the" is spoken as one, "23" as several. So each word is also converted to
phonemes separately, and the two sequences of phonemes are aligned.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from audiobook.engines.word_times import WordEvent

_UNHEARD: Final = frozenset("ˈˌːˑ .,:;!?'\"-()")
"""Stress, length and punctuation, which depend on the position of a word."""
_MOST_COMPARED: Final = 1_000_000
"""Limit on the product of the two sequences' lengths; beyond it the comparison would take too long."""


def word_events(
    words: Sequence[tuple[int, int]], alone: Sequence[Sequence[str]], heard: Sequence[tuple[str, int]]
) -> list[WordEvent]:
    """Return when words begin.

    Args:
        words: Start and end index of each word in the sentence.
        alone: The phonemes of each word on its own.
        heard: Each phoneme of the sentence with the sample at which it begins.

    Returns:
        The words that were found, in order; a word spoken together with the word before it is left out.
    """
    spoken = [(phoneme, group) for phoneme, group in _grouped(heard) if phoneme not in _UNHEARD]
    owners = [
        index for index, phonemes in enumerate(alone) for phoneme in phonemes if phoneme not in _UNHEARD
    ]
    written = [phoneme for phonemes in alone for phoneme in phonemes if phoneme not in _UNHEARD]
    if len(spoken) * len(written) > _MOST_COMPARED:
        return []
    matcher = SequenceMatcher(None, written, [phoneme for phoneme, _ in spoken], autojunk=False)
    begins: dict[int, int] = {}
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            begins.setdefault(owners[block.a + step], spoken[block.b + step][1])
    events: list[WordEvent] = []
    for index, sample in sorted(begins.items()):
        if not events or sample > events[-1].sample:
            start, end = words[index]
            events.append(WordEvent(start, end - start, sample))
    return events


def _grouped(heard: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return each phoneme with the sample at which the group of sounds between two spaces begins."""
    grouped: list[tuple[str, int]] = []
    begin: int | None = None
    for phoneme, sample in heard:
        if phoneme == " ":
            begin = None
            continue
        begin = sample if begin is None else begin
        grouped.append((phoneme, begin))
    return grouped
