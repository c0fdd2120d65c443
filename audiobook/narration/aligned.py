"""Text that remembers, character by character, where it came from."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Replacement = tuple[int, int, str]
"""A part of a text, by its first character and one past its last, and what is to stand there."""


@dataclass(frozen=True, slots=True)
class AlignedText:
    """A text and its origin in another one.

    Attributes:
        text: The text as it is now.
        starts: For each character, the offset in the original that it came from.
        ends: For each character, the end (exclusive) of what it came from.

    Most text is as it was: offsets that go up by one are a `range`, which needs no memory.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

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
            replacements: Start, end and new text of each, in order, disjoint, none empty.

        Returns:
            The new text; `self` when nothing is replaced.
        """
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

    def part(self, start: int, end: int) -> AlignedText:
        """Give the characters from `start` to `end`, with their origin."""
        return AlignedText(self.text[start:end], _light(self.starts[start:end]), _light(self.ends[start:end]))


def _light(offsets: Sequence[int]) -> Sequence[int]:
    """Give offsets as a range if they go up by one."""
    if isinstance(offsets, range) or not offsets:
        return offsets
    rising = range(offsets[0], offsets[0] + len(offsets))
    return rising if array("I", rising) == offsets else offsets
