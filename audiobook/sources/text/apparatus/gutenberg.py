"""The header, licence and footer that Project Gutenberg adds to a text.

Source: the texts themselves; https://www.gutenberg.org/policy/license.html for the wording of the licence.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

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
    [\[(_*]{0,3}
    (?: (?:This[ ])?(?:Produced|E-?text[ ](?:prepared|produced)|E-?book[ ](?:prepared|produced)|Transcribed|Digitized|
        Scanned|Prepared|HTML[ ]version|Edited|Proofread|Created|Created[ ]and[ ]produced)
      | This[ ]e-?(?:text|book)[ ]was[ ](?:prepared|produced|created|typed|scanned|transcribed|converted)
      | Prepared[ ]and[ ]edited | Credits:
    )
    [ ](?:by|from|for|at|\w+[ ]by)\b  # Produced by; E-text prepared by; Transcribed from
    | [\[(]?(?:This[ ]file[ ]was[ ]produced[ ]from|Note:[ ]Project[ ]Gutenberg|Note:[ ]Images[ ]of|Updated:[ ])
    | HTML[ ]version[ ]by
    | (?:\*{0,3}|\#)The[ ]Project[ ]Gutenberg[ ]E-?(?:text|book)[ ]of\b  # a header of an older edition
    | Project[ ]Gutenberg(?:'s|’s)[ ]
    """,
    re.I | re.X,
)
_PRODUCER = re.compile(
    r"""
    [\[(_*]{0,3}
    (?: E-?(?:text|book)[ ](?:prepared|produced)[ ]by
      | This[ ]e-?(?:text|book)[ ]was[ ](?:prepared|produced|created|typed|scanned|transcribed|converted)[ ]by
      | Transcribed[ ]from[ ]the[ ]\d{4}\b  # Transcribed from the 1891 edition
      | .*(?:Project[ ]Gutenberg|Distributed[ ]Proofread|\bpgdp\.net|\bpglaf\.org)
    )
    """,
    re.I | re.X,
)
"""A credit that only producers for Project Gutenberg write, so that it is recognised without a header."""
_PRODUCED = re.compile(r"[\[(_*]{0,3}Produced by [A-Z]")
_FIELD = re.compile(r"(Title|Author|Language|Character set encoding): ?(.*)")
_OTHER_FIELD = re.compile(r"[A-Z][\w ]{2,30}: ")
_ENCODING = re.compile(r"Character set(?: encoding)?:\s*([A-Za-z][\w.-]{1,30})\s*$", re.I)
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_HEADER_BYTES: Final = 20_000
_LONGEST_HEADER_LINES: Final = 1000
_SECOND_HEADER_LINES: Final = 400
_LONGEST_CREDIT_LINES: Final = 12
_MOST_CREDITS: Final = 5
_BLANK_AFTER_CREDIT: Final = 3
_MOST_BOOKS: Final = 200
_LANGUAGES: Final = {
    "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en",
    "esperanto": "eo", "estonian": "et", "finnish": "fi", "french": "fr", "galician": "gl", "german": "de", "greek": "el",
    "hebrew": "he", "hungarian": "hu", "icelandic": "is", "indonesian": "id", "italian": "it", "japanese": "ja",
    "latin": "la", "latvian": "lv", "lithuanian": "lt", "norwegian": "nb", "polish": "pl", "portuguese": "pt",
    "romanian": "ro", "russian": "ru", "serbian": "sr", "slovak": "sk", "slovenian": "sl", "spanish": "es", "swedish": "sv",
    "tagalog": "tl", "ukrainian": "uk", "welsh": "cy",
}  # fmt: skip


class Body(msgspec.Struct, frozen=True):
    """The lines that Project Gutenberg added to a file.

    Attributes:
        headers: First and last line, as slice bounds, of each header with its credits.
        footers: First and last line, as slice bounds, of each footer with its licence.
        metadata: Metadata from the first header.
    """

    headers: tuple[tuple[int, int], ...]
    footers: tuple[tuple[int, int], ...]
    metadata: Metadata


def find_body(lines: list[str]) -> Body | None:
    """Find the headers and footers in a text. A file may contain several books, or a header inside another.

    Args:
        lines: All lines of the file.

    Returns:
        The added lines; None if there are none.
    """
    start = _after_header(lines, 0) or _after_lone_credits(lines)
    headers = [(0, start)] if start else []
    footers: list[tuple[int, int]] = []
    at = start
    while (end := _next_footer(lines, at)) is not None:
        again = _next_header(lines, end)
        if again is None or len(footers) > _MOST_BOOKS:
            footers.append((end, len(lines)))
            break
        footers.append((end, again))
        at = _after_header(lines, again)
        headers.append((again, at))
    if not headers and not footers:
        return None
    return Body(tuple(headers), tuple(footers), header_metadata(lines[:start]))


def _next_footer(lines: list[str], start: int) -> int | None:
    return next((at for at in range(start, len(lines)) if _END.match(lines[at].lstrip())), None)


def _next_header(lines: list[str], start: int) -> int | None:
    """Return the line after `start` that begins another book in the file."""
    return next((at for at in range(start, len(lines)) if _START.match(lines[at].lstrip())), None)


def _after_header(lines: list[str], first: int) -> int:
    """Return the index of the first line after the header; `first` without a header.

    Older files have their own header below the newer one: the last one within reach counts.
    """
    found = first
    limit = min(len(lines), first + _LONGEST_HEADER_LINES)
    at = first
    while at < limit:
        line = lines[at].lstrip()
        if _START.match(line):
            # A long title continues on the following lines.
            ends = (
                each + 1
                for each in range(at, min(at + 4, len(lines)))
                if lines[each].rstrip().endswith("***")
            )
            found = next(ends, at + 1)
            limit = min(limit, found + _SECOND_HEADER_LINES)
        elif _SMALL_PRINT_END.search(line):
            found = at + 1
            limit = min(limit, found + _SECOND_HEADER_LINES)
        elif found > first and _END.match(line):
            break
        at += 1
    return _after_credits(lines, found) if found > first else first


def _after_lone_credits(lines: list[str]) -> int:
    """Return the index of the line after the credits at the start of a file without header; 0 if there are none."""
    first = next((at for at, line in enumerate(lines[:_LONGEST_CREDIT_LINES]) if line.strip()), None)
    if first is None:
        return 0
    end = _after_credit(lines, first)
    credit = " ".join(line.strip() for line in lines[first:end])
    # "Produced by" may also begin a text of its own: the credit stands apart from the text.
    blank = sum(not line.strip() for line in lines[end : end + _BLANK_AFTER_CREDIT])
    is_apart = blank == _BLANK_AFTER_CREDIT and _PRODUCED.match(credit)
    return _after_credits(lines, end) if is_apart or (credit and _PRODUCER.match(credit)) else 0


def _after_credits(lines: list[str], start: int) -> int:
    """Return the index of the first line after the paragraphs that credit the producers of the file."""
    for _ in range(_MOST_CREDITS):
        after = _after_credit(lines, start)
        if after == start:
            break
        start = after
    return start


def _after_credit(lines: list[str], start: int) -> int:
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


def declared_encoding(data: bytes) -> tuple[str, int] | None:
    """Return the encoding that the header names, and the number of its line; None if it names none.

    Args:
        data: The file's bytes.
    """
    lines = data[:_HEADER_BYTES].decode("latin-1").splitlines()
    if not any("project gutenberg" in line.lower() for line in lines[:60]):
        return None
    for number, line in enumerate(lines, 1):
        if found := _ENCODING.match(line):
            return found[1].lower(), number
        if _START.match(line):
            return None
    return None


def agrees_with(data: bytes, encoding: str) -> bool:
    """Return whether bytes can be a text in an encoding: all of them are characters, and none a control character.

    Args:
        data: The file's bytes.
        encoding: Name of the encoding; an unknown one agrees with nothing.
    """
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        return False
    return not _CONTROL.search(text)
