"""The header, licence and footer that Project Gutenberg adds to a text.

Source: the texts themselves; https://www.gutenberg.org/policy/license.html for the wording of the licence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from audiobook.document import Metadata

_START = re.compile(r"\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG E-?(?:BOOK|TEXT)\b", re.I)
_SMALL_PRINT_END = re.compile(r"\*END\*? ?THE SMALL PRINT!", re.I)
_END = re.compile(
    r"""
    \*{3}[ ]?END[ ]OF[ ](?:THE|THIS)[ ]PROJECT[ ]GUTENBERG[ ]E-?(?:BOOK|TEXT)\b  # *** END OF THE PROJECT GUTENBERG EBOOK
    | (?:\*{3}[ ]?)? End[ ]of[ ](?:the[ ]|this[ ])?Project[ ]Gutenberg(?:'s|’s|\b)  # End of Project Gutenberg's Emma
    """,
    re.I | re.X,
)
_CREDIT = re.compile(
    r"""
    (?: Produced | E-?text[ ]prepared | Transcribed | This[ ]e-?text[ ]was[ ](?:prepared|produced) )
    [ ](?:by|from)\b  # Produced by; E-text prepared by; Transcribed from
    """,
    re.I | re.X,
)
_FIELD = re.compile(r"(Title|Author|Language): ?(.*)")
_OTHER_FIELD = re.compile(r"[A-Z][\w ]{2,30}: ")
_LONGEST_HEADER_LINES: Final = 1000
_LONGEST_CREDIT_LINES: Final = 12
_LANGUAGES: Final = {
    "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "finnish": "fi", "french": "fr", "german": "de",
    "hungarian": "hu", "indonesian": "id", "italian": "it", "latvian": "lv", "lithuanian": "lt", "norwegian": "nb",
    "polish": "pl", "portuguese": "pt", "russian": "ru", "slovenian": "sl", "spanish": "es", "swedish": "sv",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """Position of the text itself in a file.

    Attributes:
        start: Index of its first line.
        end: Index after its last line.
        metadata: Metadata from the header.
    """

    start: int
    end: int
    metadata: Metadata


def find_body(lines: list[str]) -> Body | None:
    """Find the text between header and footer.

    Args:
        lines: All lines of the file.

    Returns:
        The position of the text; None if the file has neither a header nor a footer.
    """
    start = _after_header(lines)
    end = next(
        (number for number in range(start, len(lines)) if _END.match(lines[number].lstrip())), len(lines)
    )
    if start == 0 and end == len(lines):
        return None
    return Body(start, end, header_metadata(lines[:start]))


def _after_header(lines: list[str]) -> int:
    """Return the index of the first line after the header; 0 without a header."""
    for number, line in enumerate(lines[:_LONGEST_HEADER_LINES]):
        if _START.match(line.lstrip()):
            # A long title continues on the following lines.
            ends = (
                at + 1
                for at in range(number, min(number + 4, len(lines)))
                if lines[at].rstrip().endswith("***")
            )
            return _after_credit(lines, next(ends, number + 1))
        if _SMALL_PRINT_END.match(line.lstrip()):
            return _after_credit(lines, number + 1)
    return 0


def _after_credit(lines: list[str], start: int) -> int:
    """Return the index of the first line after the paragraph that credits the producers of the file."""
    at = start
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at == len(lines) or not _CREDIT.match(lines[at].strip()):
        return start
    end = at
    while end < len(lines) and lines[end].strip():
        end += 1
    return end if end - at <= _LONGEST_CREDIT_LINES else start


def header_metadata(lines: list[str]) -> Metadata:
    """Return the metadata from the lines `Title:`, `Author:` and `Language:` of a header."""
    found: dict[str, str] = {}
    open_field = ""
    for line in lines:
        field = _FIELD.match(line)
        if field and field[1] not in found:
            open_field = field[1]
            found[open_field] = field[2].strip()
        elif not line.strip() or _OTHER_FIELD.match(line):
            open_field = ""
        elif open_field and line[:1].isspace():
            found[open_field] += f" {line.strip()}"
    author = found.get("Author", "")
    return Metadata(
        title=found.get("Title") or None,
        authors=tuple(name.strip() for name in re.split(r" and |;", author) if name.strip()),
        language=_LANGUAGES.get(found.get("Language", "").lower()),
    )
