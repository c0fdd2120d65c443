"""What only Indonesian writes: ordinals with a prefix and decades with a suffix: "ke-3", "1990-an"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step

_ORDINAL = re.compile(r"(?<!\w)(?P<ke>[Kk]e)-?(?P<number>\d{1,6})(?P<an>-?an)?(?!\w)")
_DECADE = re.compile(r"(?<![\w.,])(?P<number>\d{2,4})-an(?!\w)")


def verbalize_affixes(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ordinals and decades in words."""
    text = text.sub(_ORDINAL, lambda match: _ordinal(match, grammar))
    return text.sub(_DECADE, lambda match: grammar.cardinal(int(match["number"])) + "an")


def _ordinal(match: re.Match[str], grammar: Grammar) -> str:
    said = grammar.ordinal(int(match["number"])) + ("an" if match["an"] else "")
    return said.capitalize() if match["ke"] == "Ke" else said


STEPS: Final[Mapping[Place, Sequence[Step]]] = {Place.ORDINALS: (verbalize_affixes,)}
