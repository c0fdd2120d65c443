"""Paragraphs as HTML, for the page with the whole text that needs no JavaScript."""

from __future__ import annotations

from html import escape

from audiobook.book.record import ParagraphRecord
from audiobook.document import Kind
from audiobook.languages import direction


def paragraph_html(paragraph: ParagraphRecord, level: int) -> str:
    """Return a paragraph as HTML.

    Args:
        paragraph: The paragraph.
        level: Depth of its chapter in the table of contents, from 1.
    """
    if paragraph.kind is Kind.HEADING:
        element = attributes = f"h{min(level + 1, 6)}"
    else:
        element = "p"
        attributes = "p" if paragraph.kind is Kind.TEXT else f'p class="{paragraph.kind.value}"'
    return f"<{attributes}>{_runs(paragraph)}</{element}>"


def _runs(paragraph: ParagraphRecord) -> str:
    text = paragraph.text
    html, done = [], 0
    for start, end, tag in paragraph.foreign:
        html.append(escape(text[done:start]))
        html.append(f'<span lang="{escape(tag)}" dir="{direction(tag)}">{escape(text[start:end])}</span>')
        done = end
    return "".join((*html, escape(text[done:])))
