"""A book of a wanted length, made from the project's own texts; no paragraph comes twice."""

from __future__ import annotations

import re
from pathlib import Path

TEXTS = Path(__file__).parents[1] / "texts"
_SPOKEN_CHARS_A_SECOND = 13.5
"""How much espeak-ng says in Finnish, with our pauses; the length is what it says, not exact."""
_PARAGRAPHS_A_CHAPTER = 12


def paragraphs(language: str) -> list[str]:
    """Return every prose paragraph of the language's texts."""
    found = []
    for path in sorted((TEXTS / language).iterdir()):
        for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
            text = " ".join(block.split())
            if len(text) > 200 and not text.startswith(("#", "-", ">")):
                found.append(text)
    return found


def write_book(path: Path, language: str, length_s: float) -> int:
    """Write a book in Markdown and give how many paragraphs it has.

    Each paragraph begins with its number, so that none is a repetition of another.
    """
    source = paragraphs(language)
    lines = ["# Mittauskirja", ""]
    chars = number = 0
    while chars < length_s * _SPOKEN_CHARS_A_SECOND:
        if number % _PARAGRAPHS_A_CHAPTER == 0:
            lines += [f"## Luku {number // _PARAGRAPHS_A_CHAPTER + 1}", ""]
        number += 1
        text = f"Kappale {number}. {source[number % len(source)]}"
        chars += len(text)
        lines += [text, ""]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), "utf-8")
    return number
