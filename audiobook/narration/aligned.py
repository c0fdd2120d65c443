"""Text that records, for each character, where in the original it came from."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from audiobook.document import Phonemes, PhonemeSpan

Replacement = tuple[int, int, str]
"""A part of a text, by its first character and one past its last, and the text that takes its place."""


class AlignedText(msgspec.Struct, frozen=True):
    """A text that keeps the position in the original text of each of its characters.

    Attributes:
        text: The text as it is now.
        starts: For each character, the offset in the original at which its source begins.
        ends: For each character, the offset in the original at which its source ends (exclusive).
        phonemes: Parts with given phonemes, in order and disjoint; they are never replaced.

    Most texts are not changed. Their offsets are a `range`, which takes hardly any memory.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    phonemes: tuple[PhonemeSpan, ...] = ()

    @classmethod
    def original(cls, text: str) -> AlignedText:
        """Return a text that is its own original."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def sub(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> AlignedText:
        """Replace each match.

        Every character of a replacement has the whole match as its origin. A replacement equal to the match changes
        nothing.

        Args:
            pattern: What to look for; empty matches are skipped.
            replacement: The new text; a string is taken literally, without group references.

        Returns:
            The new text; `self` if nothing changed.
        """
        found: list[Replacement] = []
        for match in pattern.finditer(self.text):
            new = replacement if isinstance(replacement, str) else replacement(match)
            start, end = match.span()
            if start < end and new != match.group():
                found.append((start, end, new))
        return self.replaced(found) if found else self

    def replaced(self, replacements: Iterable[Replacement]) -> AlignedText:
        """Replace parts; every character of a replacement has the whole part as its origin.

        Args:
            replacements: Start, end and new text of each, in order, disjoint and not empty; those that touch a part
                with given phonemes are skipped.

        Returns:
            The new text; `self` if nothing is replaced.
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
        """Replace parts, and shift the parts with given phonemes accordingly."""
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

    def with_phonemes(self, spans: Iterable[tuple[int, int, Phonemes]]) -> AlignedText:
        """Return the text with phonemes given for some parts: start, end and phonemes of each, in order."""
        found = tuple(PhonemeSpan(start, end - start, phonemes) for start, end, phonemes in spans)
        return replace(self, phonemes=found) if found else self

    def is_inside_phonemes(self, at: int) -> bool:
        """Return whether a character is inside a part with given phonemes, and not its first character."""
        before = bisect_left(self.phonemes, at, key=attrgetter("start")) - 1
        return before >= 0 and at < self.phonemes[before].end

    def part(self, start: int, end: int) -> AlignedText:
        """Return the characters from `start` to `end` with their origins, and the given phonemes entirely within."""
        first = bisect_left(self.phonemes, start, key=attrgetter("start"))
        last = bisect_right(self.phonemes, end, key=attrgetter("end"))
        spans = tuple(replace(span, start=span.start - start) for span in self.phonemes[first:last])
        starts, ends = _light(self.starts[start:end]), _light(self.ends[start:end])
        return AlignedText(self.text[start:end], starts, ends, spans)


def _light(offsets: Sequence[int]) -> Sequence[int]:
    """Return offsets as a range if they are consecutive."""
    if isinstance(offsets, range) or not offsets:
        return offsets
    rising = range(offsets[0], offsets[0] + len(offsets))
    return rising if array("I", rising) == offsets else offsets
