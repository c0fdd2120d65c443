"""Telling letters from numerals by their series: "Part C" after "Part B", "Chapter L" after "Chapter XLIX"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

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
"""For each letter, its neighbours in the alphabet, and the numerals next to its value."""
_COUNTERS: Final = re.compile(
    rf"""
    [ ]
    (?P<counter>   # " B" after "Part"
        {"|".join(sorted({one for pair in _NEIGHBOURS.values() for some in pair for one in some}))}
    )
    (?![\w'’])
    """,
    re.VERBOSE,
)
_NUMERALS: Final = frozenset("IVX")
"""Letters that count as numerals if a document shows neither."""


class Series(msgspec.Struct, frozen=True):
    """The letters and numerals that follow each counting word, such as "Part", in a document.

    Attributes:
        counters: The capitals after each word, by the word in lower case; "" for headings without a word.
    """

    counters: Mapping[str, frozenset[str]] = msgspec.field(default_factory=dict)

    def is_numeral(self, capitals: str, leader: str) -> bool:
        """Return whether capitals after a counting word are a Roman numeral, and not a letter of the alphabet.

        Args:
            capitals: One or more of I, V, X, L and C.
            leader: The word before them; "" for a heading without one.
        """
        if capitals not in _NEIGHBOURS:
            return True
        letters, numerals = _NEIGHBOURS[capitals]
        seen = self.counters.get(leader.lower(), frozenset())
        if not seen.isdisjoint(numerals):
            return True
        return capitals in _NUMERALS and seen.isdisjoint(letters)


NO_SERIES: Final = Series()
"""The series of a single sentence."""


def series_of(paragraphs: Iterable[Paragraph]) -> Series:
    """Return the series of a document."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for paragraph in paragraphs:
        if paragraph.kind is not Kind.TEXT and (alone := _ALONE.fullmatch(paragraph.text)):
            found[""].add(alone["counter"])
        for match in _COUNTERS.finditer(paragraph.text):
            if leader := _LEADER.search(paragraph.text[max(0, match.start() - _REACH) : match.start()]):
                found[leader.group().lower()].add(match["counter"])
    return Series({leader: frozenset(counters) for leader, counters in found.items()})
