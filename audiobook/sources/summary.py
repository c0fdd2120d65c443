"""Cleaning the description of a text into plain paragraphs."""

from __future__ import annotations

import re
from typing import Final

from audiobook.document import is_speakable
from audiobook.errors import SourceError
from audiobook.sources.title_text import plain_line, shorten

MAX_SUMMARY_CHARS: Final = 4000
_MAX_READ_CHARS: Final = 16 * MAX_SUMMARY_CHARS
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*+\n\s*+")
_MARKUP = re.compile(r"<[A-Za-z/!]|&[A-Za-z#]")


def plain_summary(text: str) -> str | None:
    """Clean a plain-text description.

    Args:
        text: The description; blank lines separate its paragraphs.

    Returns:
        One line per paragraph with a blank line between paragraphs, without invisible characters, at most
        `MAX_SUMMARY_CHARS` characters; None if it contains no words.
    """
    lines = "\n".join(text[:_MAX_READ_CHARS].splitlines()).strip()
    paragraphs = [plain_line(paragraph) for paragraph in _PARAGRAPH_END.split(lines)]
    summary = shorten("\n\n".join(filter(None, paragraphs)), MAX_SUMMARY_CHARS)
    return summary if is_speakable(summary) else None


def marked_up_summary(text: str, language: str) -> str | None:
    """Clean a description that may contain HTML, as in EPUB; see `plain_summary`.

    Args:
        text: The description as written in the file.
        language: BCP 47 tag of the text.
    """
    if not _MARKUP.search(text[:_MAX_READ_CHARS]):
        return plain_summary(text)
    from audiobook.sources.markup.blocks import read_markup  # takes 15 ms, and every build loads this module
    from audiobook.sources.markup.page import Page
    from audiobook.sources.markup.tree import parse_html

    try:
        body = parse_html(text[:_MAX_READ_CHARS], "")
    except SourceError:
        return plain_summary(text)  # nested so deeply that it cannot be meant as HTML
    blocks = read_markup(body, Page("", "", language)).blocks
    spoken = [block.paragraph.text for block in blocks if is_speakable(block.paragraph.text)]
    return plain_summary("\n\n".join(text.replace("\n", " ") for text in spoken))
