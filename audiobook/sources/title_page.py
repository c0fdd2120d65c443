"""Recognising the paragraphs of a title page: title, author, translator and publisher, before the first sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from audiobook.document import Kind, Paragraph
from audiobook.sources.title_text import title_text

_TITLE_WITHIN: Final = 10
_LONGEST_CHARS: Final = 500
_LONGEST_LINE_CHARS: Final = 120
_MAKER = re.compile(
    r"""
    \A(?: (?:written|edited|translated|illustrated|retold|published|printed)[ ]by | by | von | par | por | door | av | af | przez
        | kirjoittanut | suomentanut | herausgegeben | übersetzt | traduit | traducido )\s+\w  # By Jane Austen
    | © | \b(?:copyright | all[ ]rights[ ]reserved | ltd | & \s co ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Matches a line of a title page that names who made the book."""
_SENTENCE_END = re.compile(r"[a-zà-öø-ÿа-я)][.!?…。][\"'”’»)]*$")


def says_title(paragraphs: Iterable[Paragraph], title: str) -> bool:
    """Return whether one of the first few paragraphs consists of exactly the title."""
    words = title_text(title).casefold().rstrip(".")
    return any(
        title_text(paragraph.text).casefold().rstrip(".") == words
        for paragraph in islice(paragraphs, _TITLE_WITHIN)
    )


def names_maker(paragraphs: Iterable[Paragraph]) -> bool:
    """Return whether one of the paragraphs names an author, a translator or a publisher as title pages do."""
    return any(_MAKER.search(paragraph.text) for paragraph in paragraphs)


def may_be_title_page(paragraphs: Sequence[Paragraph]) -> bool:
    """Return whether paragraphs are only the short lines of a title page, without a heading or a sentence."""
    texts = [paragraph.text for paragraph in paragraphs if paragraph.kind is not Kind.BREAK]
    return (
        sum(map(len, texts)) <= _LONGEST_CHARS
        and not any(paragraph.kind is Kind.HEADING for paragraph in paragraphs)
        and all(len(text) <= _LONGEST_LINE_CHARS for text in texts)
        and not any(_SENTENCE_END.search(text) and text.count(" ") > 3 for text in texts)
        and not all(_SENTENCE_END.search(text) for text in texts)
    )


def has_only_headings(paragraphs: Iterable[Paragraph], title: str) -> bool:
    """Return whether paragraphs have no text, only headings that a title page has: the title, or a maker."""
    return all(
        paragraph.kind in (Kind.TITLE, Kind.BREAK)
        or (paragraph.kind is Kind.HEADING and (says_title([paragraph], title) or names_maker([paragraph])))
        for paragraph in paragraphs
    )
