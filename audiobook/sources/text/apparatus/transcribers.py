"""Parts of an electronic text that do not belong to the book: transcribers' notes, errata and publishers' lists."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from audiobook.sources.chapters.vocabulary import phrase_key, vocabulary
from audiobook.sources.text.apparatus.frames import frame_end, is_edge

_BRACKET = re.compile(r"\s*[\[{(]\s*(?=\w)")
_LONGEST_OPENING_CHARS: Final = 60
_MOST_BRACKET_LINES: Final = 300
_MOST_SECTION_LINES: Final = 400
_MOST_BACK_SHARE: Final = 0.2
_LEAST_PRICES: Final = 4
_PRICE = re.compile(
    r"""
    [$£€]\s?\d | \b\d+\s?s\.(?:\s?\d+d\.)? | \b\d+/-|\b(?:cloth|net|8vo|12mo|crown[ ]8vo|gilt|post[ ]8vo)\b
    | \b\d+[.,]\d\d\s?(?:fr|Mk|M\.|kr|zł|fl|f)\b | \b\d+\s?(?:Mark|francs?|ptas?|reis|Smk|pfg|Pf\.)\b | \bPris\b | \bHinta\b
    """,
    re.I | re.X,
)


class Part(msgspec.Struct, frozen=True):
    """Lines that are not read.

    Attributes:
        start: Index of the first line.
        end: Index after the last line.
        reason: The reason that they are counted under.
        message: The problem to report.
    """

    start: int
    end: int
    reason: str
    message: str


def find_apparatus(lines: list[str]) -> list[Part]:
    """Return the parts of a text that are not the book, in order.

    Args:
        lines: All lines; those already skipped are empty.
    """
    parts: list[Part] = []
    at = 0
    while at < len(lines):
        part = _part_at(lines, at)
        if part:
            parts.append(part)
            at = max(part.end, at + 1)
        else:
            at += 1
    last = parts[-1] if parts else None
    advertised = _advertisements(lines)
    if advertised and (last is None or last.end <= advertised.start):
        parts.append(advertised)
    return parts


def _part_at(lines: list[str], at: int) -> Part | None:
    line = lines[at]
    if not line.strip() or (at and lines[at - 1].strip() and not is_edge(lines[at - 1])):
        return None
    if is_edge(line):
        end = frame_end(lines, at)
        opening = next((each.strip(" |") for each in lines[at + 1 : end] if each.strip(" |")), "")
        return _note(at, end) if end > at and _opens_note(opening) else None
    if not _opens_note(line):
        return None
    if _BRACKET.match(line) and (end := _bracket_end(lines, at)):
        return _note(at, end)
    return _note(at, _section_end(lines, at))


def _note(start: int, end: int) -> Part:
    return Part(start, end, "transcriber's notes", "a note of the transcribers is not read out")


def _opens_note(line: str) -> bool:
    """Return whether a line begins a transcriber's note."""
    text = line.strip(" \t[]{}()|*_=#~")
    head = re.split(r"[:.—]|--", text, maxsplit=1)[0]
    return len(head) <= _LONGEST_OPENING_CHARS and _note_key(head) in vocabulary().transcriber


def _note_key(text: str) -> str:
    key = phrase_key(text)
    return key.removesuffix(" on the e-text").removesuffix(" on the etext")


def _bracket_end(lines: list[str], start: int) -> int:
    """Return the line after the bracket that opens at `start`; 0 if it is not closed within reach."""
    depth = 0
    for at in range(start, min(len(lines), start + _MOST_BRACKET_LINES)):
        depth += sum(map(lines[at].count, "[{(")) - sum(map(lines[at].count, "]})"))
        if depth <= 0:
            return at + 1
    return 0


def _section_end(lines: list[str], start: int) -> int:
    """Return the end of a note: of its paragraph, or of the section below a line that is only its heading.

    A section ends before a wider gap than those within it, or before a line in capitals.
    """
    paragraph_end = _paragraph_end(lines, start)
    if not _is_only_heading(lines, start):
        return paragraph_end
    at = start + 1
    within = gap = paragraphs = 0
    while at < min(len(lines), start + _MOST_SECTION_LINES):
        if not lines[at].strip():
            gap += 1
        else:
            paragraphs += gap > 0
            if gap and paragraphs > 1:
                if gap > within + 1 or (gap >= within and _is_heading(lines, at)):
                    return at - gap
                within = max(within, gap)
            gap = 0
        at += 1
    return len(lines) if at == len(lines) else paragraph_end


def _paragraph_end(lines: list[str], start: int) -> int:
    return next((at for at in range(start, len(lines)) if not lines[at].strip()), len(lines))


def _is_only_heading(lines: list[str], start: int) -> bool:
    """Return whether a note begins with a line that names it and says nothing else."""
    named = _note_key(lines[start].strip(" \t[]{}()|*_=#~:.—-")) in vocabulary().transcriber
    return named and not (start + 1 < len(lines) and lines[start + 1].strip())


def _is_heading(lines: list[str], at: int) -> bool:
    line = lines[at].strip()
    alone = at + 1 >= len(lines) or not lines[at + 1].strip()
    return alone and line == line.upper() and any(map(str.isalpha, line)) and len(line) < 90


def _advertisements(lines: list[str]) -> Part | None:
    """Return the publisher's list after the end of a book: lines with prices, or with the names of bindings."""
    end = _last_line(lines)
    if end is None:
        return None
    after = [at for at in range(end + 1, len(lines)) if lines[at].strip()]
    if not after or len(after) > _MOST_BACK_SHARE * sum(1 for line in lines if line.strip()):
        return None
    prices = sum(bool(_PRICE.search(lines[at])) for at in after)
    if prices < max(_LEAST_PRICES, len(after) // 25):
        return None
    return Part(after[0], len(lines), "advertisements", "the publisher's list of books is not read out")


def _last_line(lines: list[str]) -> int | None:
    """Return the index of the line that announces the end of the book."""
    found: list[int] = []
    for at, line in enumerate(lines):
        if len(line) < 60 and line.strip() and phrase_key(line) in vocabulary().ends:
            found.append(at)
    return found[-1] if found else None
