"""When Piper says each word: phonemes in the order of their sounds, matched to the words that they are of.

A voice tells how long each phoneme sounds, and a space stands between words. But what is said between two spaces is
not always one word of the text: "of the" is said as one, "23" as several. So each word is also put into phonemes on
its own, and the two lines of phonemes are laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from audiobook.engines.word_times import WordEvent

_UNHEARD: Final = frozenset("ˈˌːˑ .,:;!?'\"-()")
"""Stress, length and stops, which a word has or has not by where it stands."""
_MOST_COMPARED: Final = 1_000_000
"""Phonemes of one line times phonemes of the other: more would take longer than it is worth."""


def word_events(
    words: Sequence[tuple[int, int]], alone: Sequence[Sequence[str]], heard: Sequence[tuple[str, int]]
) -> list[WordEvent]:
    """Find when words begin.

    Args:
        words: First character and end of each word in the sentence.
        alone: The phonemes of each word on its own.
        heard: Each phoneme of the sentence with the sample at which it begins.

    Returns:
        The words that were found, in order; one that is said together with the word before it is not among them.
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
    """Give each phoneme with the sample at which what stands between two spaces begins."""
    grouped: list[tuple[str, int]] = []
    begin: int | None = None
    for phoneme, sample in heard:
        if phoneme == " ":
            begin = None
            continue
        begin = sample if begin is None else begin
        grouped.append((phoneme, begin))
    return grouped
