"""Loading the rules and words of a language before the first paragraph is known."""

from __future__ import annotations

from typing import Final

from audiobook.document import Kind, Paragraph
from audiobook.narration.passages import narrate

_SAMPLE: Final = Paragraph("2. A 1/2: 15.3.2021, 10:30, 5 km.", Kind.TEXT)
"""Numbers, a date, a time and a unit, in which most rules look for something."""


def load_language(language: str) -> None:
    """Load what narration in a language needs, so that it need not be loaded when the first paragraph is narrated.

    Args:
        language: BCP 47 tag.

    Raises:
        WorkError: Its rules fail.
    """
    narrate(_SAMPLE, language)
