"""How Indonesian reads numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from audiobook.narration.grammar.base import Place, Step
from audiobook.narration.grammar.forms import PLAIN, Form
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import library_words
from audiobook.narration.languages.id.steps import STEPS


class Indonesian(Neutral):
    """Indonesian. Numbers have one form, and ordinals a prefix."""

    steps: ClassVar[Mapping[Place, Sequence[Step]]] = STEPS

    def cardinal(self, number: int, form: Form = PLAIN) -> str:
        """Return a cardinal, with "seribu" for one thousand."""
        words = library_words(number, self.tag)
        return words.replace("satu ribu", "seribu") if number < 2000 else words

    def ordinal(self, number: int, form: Form = PLAIN) -> str:
        """Return an ordinal: "pertama", "kedua"."""
        return "pertama" if number == 1 else "ke" + self.cardinal(number)

    def ruler(self, number: int, name: str, before: str, suffix: str) -> str:
        """Return the ordinal with its prefix, the first one too: "Elizabeth kesatu"."""
        return "ke" + self.cardinal(number)
