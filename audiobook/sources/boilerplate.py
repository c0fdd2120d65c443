"""The header, licence and footer that Project Gutenberg adds to a book, in formats that do not mark them.

Source: the books themselves, from 2006 on; https://www.gutenberg.org/policy/license.html.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_OPENING = re.compile(r"(?:The |This )?Project Gutenberg(?:'s|’s|\b)|\*\*\*\s?START OF", re.I)
_START = re.compile(
    r"""
    \*{3}\s?START[ ]OF[ ](?:THE|THIS)[ ]PROJECT[ ]GUTENBERG[ ]E-?(?:BOOK|TEXT)  # *** START OF THE PROJECT GUTENBERG EBOOK
    | \*END\*?\s?THE[ ]SMALL[ ]PRINT                                            # *END*THE SMALL PRINT
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HEADER = re.compile(
    r"""
    This[ ]e-?(?:book|text)[ ]is[ ]for[ ]the[ ]use | (?:almost[ ])?no[ ]restrictions | you[ ](?:may|can)[ ]copy[ ]it
    | (?:Title|Author|Translator|Editor|Illustrator|Release[ ]Date|Posting[ ]Date|Language|Character[ ]set[ ]encoding
        |Last[ ]updated|Most[ ]recently[ ]updated|Original[ ]publication|Credits|Produced[ ]by|E-?text[ ]prepared) \b
    | .{0,60}www\.gutenberg\.(?:org|net) | \*{3}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CREDIT = re.compile(
    r"""
    (?: Produced | E-?text[ ]prepared | Transcribed | This[ ]e-?(?:text|book)[ ]was[ ](?:prepared|produced) )
    [ ](?:by|from)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAMED = re.compile(
    r"""
    (?:(?:The[ ])?Project[ ]Gutenberg(?:['’]s)?[ ]E-?(?:book|text)[ ]of|Project[ ]Gutenberg['’]s)[ ]  # The … eBook of
    (?P<title>\S.*?) (?:,[ ]by[ ](?P<author>\S.*?))? \.?\Z               # Emma, by Jane Austen.
    | (?P<before>\S.*?)[ ]?[|—–-][ ]Project[ ]Gutenberg\Z                  # Emma | Project Gutenberg
    """,
    re.IGNORECASE | re.VERBOSE,
)
_END = re.compile(
    r"""
    \*{3}\s?END[ ]OF[ ](?:THE|THIS)[ ]PROJECT[ ]GUTENBERG
    | (?:\*{3}\s?)? End[ ]of[ ](?:the[ ]|this[ ])?Project[ ]Gutenberg(?:'s|’s|\b)
    | \*{5}[ ]?This[ ]file[ ]should[ ]be[ ]named
    | (?:THE[ ])?FULL[ ]PROJECT[ ]GUTENBERG[ ]LICENSE
    | Section[ ]1\.[ ]+General[ ]Terms[ ]of[ ]Use[ ]and[ ]Redistributing
    """,
    re.IGNORECASE | re.VERBOSE,
)
_END_LETTERS: Final = frozenset("*eEtTfFsS")
"""The first letters of `_END`."""
_HEADER_BLOCKS: Final = 60
_LONGEST_LINE_CHARS: Final = 400


BOILERPLATE: Final = "boilerplate"
BOILERPLATE_MESSAGE: Final = "the text that Project Gutenberg adds to a book is not read out"


def find_boilerplate(texts: Sequence[str]) -> tuple[int, int]:
    """Return where the book begins and ends.

    Args:
        texts: The paragraphs of a book, in order.

    Returns:
        The index of the first paragraph of the book, and the index after the last one.
    """
    start = _start(texts)
    end = next((at for at in range(start, len(texts)) if _is_end(texts[at])), len(texts))
    return start, end


def book_named(title: str) -> tuple[str, str | None]:
    """Return the title and the author in the title of a page: `The Project Gutenberg eBook of Emma, by Jane Austen`.

    Args:
        title: The title of the page, on one line.

    Returns:
        The title without the words of Project Gutenberg, and the author named in such a title; None if there is none.
    """
    found = _NAMED.match(title)
    return (found["title"] or found["before"], found["author"]) if found else (title, None)


def has_header(texts: Sequence[str]) -> bool:
    """Return whether a text begins with a header that says where the book starts."""
    return any("*" in text and _START.search(text) for text in texts[:_HEADER_BLOCKS])


def _is_end(text: str) -> bool:
    return text[:1] in _END_LETTERS and _END.match(text, 0, _LONGEST_LINE_CHARS) is not None


def _start(texts: Sequence[str]) -> int:
    head = texts[:_HEADER_BLOCKS]
    opening = next((at for at, text in enumerate(head) if _OPENING.match(text)), None)
    marked = next((at for at, text in enumerate(head) if "*" in text and _START.search(text)), None)
    if marked is not None:
        start = marked + 1
    elif opening is not None:
        start = opening + 1
        while start < len(head) and _HEADER.match(head[start]):
            start += 1
    else:
        return 0
    while start < len(head) and _CREDIT.match(head[start]):
        start += 1
    return start
