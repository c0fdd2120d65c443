"""What a document counts with capitals: whether "Part C" follows "Part B", or "Chapter L" follows "Chapter XLIX"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from audiobook.document import Kind, Paragraph

_ALONE: Final = re.compile(r"\W{0,3}(?P<counter>[A-Z]{1,9})\W{0,3}")
_LEADER: Final = re.compile(r"(?<![\w.])[^\W\d_]{2,20}\.?$")
_REACH: Final = 24
_NEIGHBOURS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    letter: (frozenset(letters.split()), frozenset(numerals.split()))
    for letter, letters, numerals in (
        ("I", "H J", "II III"),
        ("V", "U W", "IV VI"),
        ("X", "W Y", "IX XI"),
        ("L", "K M", "XLVIII XLIX LI LII"),
        ("C", "B D", "XCVIII XCIX CI CII"),
    )
}
"""What stands next to a letter in the alphabet, and next to its value among numerals."""
_COUNTERS: Final = re.compile(
    rf"""
    [ ]
    (?P<counter>   # " B" behind "Part"
        {"|".join(sorted({one for pair in _NEIGHBOURS.values() for some in pair for one in some}))}
    )
    (?![\w'’])
    """,
    re.VERBOSE,
)
_NUMERALS: Final = frozenset("IVX")
"""Letters that are numerals where a document shows neither."""


@dataclass(frozen=True, slots=True)
class Series:
    """What follows the words that count in a document.

    Attributes:
        counters: By the word before them in lower case, capitals that follow it; those of headings without one by "".
    """

    counters: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_numeral(self, capitals: str, leader: str) -> bool:
        """Return whether capitals behind a word that counts are a Roman numeral, and not a letter of the alphabet.

        Args:
            capitals: One or more of I, V, X, L and C.
            leader: The word before them; empty for a heading without one.
        """
        if capitals not in _NEIGHBOURS:
            return True
        letters, numerals = _NEIGHBOURS[capitals]
        seen = self.counters.get(leader.lower(), frozenset())
        if not seen.isdisjoint(numerals):
            return True
        return capitals in _NUMERALS and seen.isdisjoint(letters)


NO_SERIES: Final = Series()
"""That of a sentence alone."""


def series_of(paragraphs: Iterable[Paragraph]) -> Series:
    """Return what a document counts."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for paragraph in paragraphs:
        if paragraph.kind is not Kind.TEXT and (alone := _ALONE.fullmatch(paragraph.text)):
            found[""].add(alone["counter"])
        for match in _COUNTERS.finditer(paragraph.text):
            if leader := _LEADER.search(paragraph.text[max(0, match.start() - _REACH) : match.start()]):
                found[leader.group().lower()].add(match["counter"])
    return Series({leader: frozenset(counters) for leader, counters in found.items()})
