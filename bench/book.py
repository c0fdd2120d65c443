"""A book of a given length, made from the texts of the project; no paragraph repeats."""

from __future__ import annotations

import re
from pathlib import Path

TEXTS = Path(__file__).parents[1] / "texts"
_SPOKEN_CHARS_A_SECOND = 13.5
"""Approximate speed of espeak-ng in Finnish, with our pauses."""
_PARAGRAPHS_A_CHAPTER = 12


def paragraphs(language: str) -> list[str]:
    """Return every prose paragraph of the texts in a language."""
    found = []
    for path in sorted((TEXTS / language).iterdir()):
        for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
            text = " ".join(block.split())
            if len(text) > 200 and not text.startswith(("#", "-", ">")):
                found.append(text)
    return found


def write_book(path: Path, language: str, length_s: float) -> int:
    """Write a book in Markdown and return the number of paragraphs.

    Each paragraph begins with its number, so that none is repeated.
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


def edit_one_paragraph(path: Path) -> None:
    """Add a sentence to a paragraph in the middle of such a book."""
    lines = path.read_text("utf-8").split("\n")
    middle = next(at for at in range(len(lines) // 2, len(lines)) if lines[at].startswith("Kappale"))
    lines[middle] += " Tämä lause on uusi."
    path.write_text("\n".join(lines), "utf-8")
