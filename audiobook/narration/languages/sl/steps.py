"""What only Slovenian writes: times with "h": "ob 9h", "14h30"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step

_HOUR = re.compile(
    r"(?<![\w.,])(?P<hour>\d{1,2})(?: ?h(?P<minute>[0-5]\d)|(?<=\bob \d) ?h|(?<=\bob \d\d) ?h)(?!\w)"
)


def rewrite_hours(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with such times as others are written: "14.30"."""
    if "h" not in text.text:
        return text
    return text.sub(_HOUR, lambda match: f"{match['hour']}.{match['minute'] or '00'}")


STEPS: Final[Mapping[Place, Sequence[Step]]] = {Place.HOURS: (rewrite_hours,)}
