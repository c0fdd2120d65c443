"""The alternative texts of pictures that are read, each once, after the paragraph with its picture."""

from __future__ import annotations

from typing import Final

from audiobook.document import Kind, Paragraph
from audiobook.sources.markup.page import Page
from audiobook.sources.markup.pictures.alternative_text import announcement, is_sentence

PICTURES: Final = "pictures"


class Descriptions:
    """The descriptions on a page."""

    def __init__(self, page: Page) -> None:
        """Create the descriptions of a page."""
        self._page = page
        self._held: list[tuple[Paragraph, str]] = []
        self._placed: dict[int, str] = {}

    @property
    def are_held(self) -> bool:
        """Whether descriptions wait for their paragraph to end."""
        return bool(self._held)

    @property
    def are_placed(self) -> bool:
        """Whether a description has been placed whose caption may follow."""
        return bool(self._placed)

    def hold(self, description: str, line: int) -> str:
        """Keep a description until its paragraph ends.

        Only one that is a sentence, wanted and not announced before.

        Args:
            description: The alternative text, on one line.
            line: Line number of the picture; 0 for formats without line numbers.

        Returns:
            What will be read; empty if the description is left out.
        """
        name = description.casefold()
        if (
            f"-{PICTURES}" in self._page.narrate
            or not is_sentence(description)
            or name in self._page.read_descriptions
        ):
            return ""
        self._page.read_descriptions.add(name)
        announced = announcement("picture", self._page.language)
        text = f"{announced}: {description}" if announced else description
        lines = ((0, line),) if line else ()
        self._held.append((Paragraph(text, Kind.TEXT, lines, self._page.place), description))
        return text

    def take(self) -> list[tuple[Paragraph, str]]:
        """Return and forget the descriptions that were kept, with their contents."""
        held, self._held = self._held, []
        return held

    def place(self, at: int, description: str) -> None:
        """Record the index of the block with a description."""
        self._placed[at] = description

    def twin(self, at: int, caption: str) -> str:
        """Return the description in a block if the caption after it says the same; empty otherwise."""
        description = self._placed.pop(at, "")
        is_same = description.casefold().strip(" .") == caption.casefold().strip(" .")
        return description if is_same else ""
