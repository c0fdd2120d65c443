"""Text that remembers, character by character, where it came from."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from audiobook.document import Phonemes, PhonemeSpan

Replacement = tuple[int, int, str]
"""A part of a text, by its first character and one past its last, and what is to stand there."""


@dataclass(frozen=True, slots=True)
class AlignedText:
    """A text and its origin in another one.

    Attributes:
        text: The text as it is now.
        starts: For each character, the offset in the original that it came from.
        ends: For each character, the end (exclusive) of what it came from.
        phonemes: Parts that are said by their sounds, in order, disjoint: nothing replaces them any more.

    Most text is as it was: offsets that go up by one are a `range`, which needs no memory.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    phonemes: tuple[PhonemeSpan, ...] = ()

    @classmethod
    def original(cls, text: str) -> AlignedText:
        """Give a text that is its own original."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def sub(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> AlignedText:
        """Replace each match.

        What a match is replaced by came, all of it, from all that the match came from. A replacement
        equal to the match changes nothing.

        Args:
            pattern: What to look for; empty matches are passed over.
            replacement: What to put there; a string is taken as it is, without group references.

        Returns:
            The new text; `self` when nothing changed.
        """
        found: list[Replacement] = []
        for match in pattern.finditer(self.text):
            new = replacement if isinstance(replacement, str) else replacement(match)
            start, end = match.span()
            if start < end and new != match.group():
                found.append((start, end, new))
        return self.replaced(found)

    def replaced(self, replacements: Iterable[Replacement]) -> AlignedText:
        """Replace parts; what a part is replaced by came, all of it, from all that the part came from.

        Args:
            replacements: Start, end and new text of each, in order, disjoint, none empty; those that touch what is
                said by its sounds are passed over.

        Returns:
            The new text; `self` when nothing is replaced.
        """
        if self.phonemes:
            return self._around_phonemes(replacements)
        pieces: list[str] = []
        starts, ends = array("I"), array("I")
        done = 0
        for start, end, new in replacements:
            pieces += (self.text[done:start], new)
            starts.extend((*self.starts[done:start], *[self.starts[start]] * len(new)))
            ends.extend((*self.ends[done:start], *[self.ends[end - 1]] * len(new)))
            done = end
        if not done:
            return self
        pieces.append(self.text[done:])
        starts.extend(self.starts[done:])
        ends.extend(self.ends[done:])
        return AlignedText("".join(pieces), starts, ends)

    def _around_phonemes(self, replacements: Iterable[Replacement]) -> AlignedText:
        """Replace parts, and move what is said by its sounds along with the text around it."""
        kept: list[Replacement] = []
        at = 0
        for start, end, new in replacements:
            while at < len(self.phonemes) and self.phonemes[at].end <= start:
                at += 1
            if at == len(self.phonemes) or self.phonemes[at].start >= end:
                kept.append((start, end, new))
        moved: list[PhonemeSpan] = []
        at = shift = 0
        for span in self.phonemes:
            while at < len(kept) and kept[at][1] <= span.start:
                start, end, new = kept[at]
                shift += len(new) - (end - start)
                at += 1
            moved.append(replace(span, start=span.start + shift))
        return replace(replace(self, phonemes=()).replaced(kept), phonemes=tuple(moved))

    def sounding(self, spans: Iterable[tuple[int, int, Phonemes]]) -> AlignedText:
        """Give the text with parts that are said by their sounds: start, end and sounds of each, in order."""
        found = tuple(PhonemeSpan(start, end - start, phonemes) for start, end, phonemes in spans)
        return replace(self, phonemes=found) if found else self

    def sounds_at(self, at: int) -> bool:
        """Whether a character, other than the first, is in a part that is said by its sounds."""
        before = bisect_left(self.phonemes, at, key=attrgetter("start")) - 1
        return before >= 0 and at < self.phonemes[before].end

    def part(self, start: int, end: int) -> AlignedText:
        """Give the characters from `start` to `end`, with their origin, and the sounds of what lies in them whole."""
        first = bisect_left(self.phonemes, start, key=attrgetter("start"))
        last = bisect_right(self.phonemes, end, key=attrgetter("end"))
        spans = tuple(replace(span, start=span.start - start) for span in self.phonemes[first:last])
        starts, ends = _light(self.starts[start:end]), _light(self.ends[start:end])
        return AlignedText(self.text[start:end], starts, ends, spans)


def _light(offsets: Sequence[int]) -> Sequence[int]:
    """Give offsets as a range if they go up by one."""
    if isinstance(offsets, range) or not offsets:
        return offsets
    rising = range(offsets[0], offsets[0] + len(offsets))
    return rising if array("I", rising) == offsets else offsets
