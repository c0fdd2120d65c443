"""Footnotes in plain text: marks such as `[1]`, `{1}` or `[A]`, and the notes that begin with them."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_NUMBER: Final = r"(?:\d{1,4}|[A-Z]{1,2}|\*{1,3})"
_MARK = re.compile(rf"(?<=[\w.,;:!?'\"”’»)_*])\s?(?:\[(?:Footnote )?({_NUMBER})\]|\{{({_NUMBER})\}})")
_RAISED_MARK = re.compile(r"(?<=[\w.,;:!?'\"”’»)])[⁰¹²³⁴-⁹]{1,3}")
_OPENING = re.compile(
    rf"""
    \s*(?: \[(?:Footnote|Note|Fußnote|Fussnote|Anmerkung|Noot|Voetnoot|Nota|Przypis|Alaviite|Note[ ]de[ ]bas[ ]de[ ]page)[ ]
           (?P<named>{_NUMBER})[:.\]]
         | \[(?P<square>{_NUMBER})\][.:]?[ ](?=\S)
         | \{{(?P<curly>{_NUMBER})\}}[.:]?[ ](?=\S)
         | (?P<raised>[⁰¹²³⁴-⁹]{{1,3}})[ ]?(?=[^\W\d_]|["“„«‘'(])
         | (?P<named2>(?:Footnote|Note|Note[ ]de[ ]bas[ ]de[ ]page|Nota|Fußnote|Voetnoot)[ ](?P<bare>\d{{1,4}}))[:.][ ] )
    """,
    re.X,
)
_HEADING = re.compile(
    r"""
    \s*
    (?: FOOTNOTES | NOTES | Footnotes | FUSSNOTEN | FUßNOTEN | Fußnoten | NOTAS | VOETNOTEN | NOTEN | ALAVIITTEET
      | PRZYPISY )
    [.:]?\s*$                                   # FOOTNOTES:
    """,
    re.VERBOSE,
)
_OPENINGS: Final = frozenset("[{FNV⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONGEST_NOTE_LINES: Final = 400
_LEAST_MARKS: Final = 3


class Notes(msgspec.Struct, frozen=True):
    """The notes of a text.

    Attributes:
        bodies: The lines of each note, as slice bounds, in order, disjoint.
        marks: Matches the marks in the text; None if it has none.
    """

    bodies: tuple[tuple[int, int], ...] = ()
    marks: re.Pattern[str] | None = None


def find_notes(lines: list[str], *, is_book: bool) -> Notes:
    """Find the notes of a text and their marks.

    A paragraph that begins with a mark is a note only if the same mark also occurs in the text.

    Args:
        lines: All lines; those already skipped are empty.
        is_book: Whether it is a book of Project Gutenberg, in which a number in brackets is a mark even if its note
            is missing.
    """
    starts = [
        (at, found)
        for at, line in enumerate(lines)
        if (not at or not lines[at - 1].strip() or _OPENING.match(lines[at - 1]))
        and line.lstrip()[:1] in _OPENINGS
        and (found := _OPENING.match(line))
    ]
    marked = _marked(lines) | _raised_marks(lines)
    bodies: list[tuple[int, int]] = []
    for at, found in starts:
        number = found["named"] or found["square"] or found["curly"] or found["raised"] or found["bare"]
        if number not in marked and not found["named"]:
            continue
        if bodies and at < bodies[-1][1]:
            continue
        start = at
        if bodies and not any(line.strip() for line in lines[bodies[-1][1] : at]):
            start = at
        elif (above := _heading_above(lines, at)) is not None:
            start = above
        bodies.append((start, _end(lines, at, is_named=bool(found["named"]))))
    marked -= _raised_marks(lines)
    is_noted = bool(bodies) or (is_book and len(marked) >= _LEAST_MARKS)
    return Notes(tuple(bodies), _MARK if is_noted and marked else None)


def _marked(lines: list[str]) -> set[str]:
    return {
        found[1] or found[2] for line in lines if "[" in line or "{" in line for found in _MARK.finditer(line)
    }


def _raised_marks(lines: list[str]) -> set[str]:
    return {found[0] for line in lines if not line.isascii() for found in _RAISED_MARK.finditer(line)}


def _heading_above(lines: list[str], at: int) -> int | None:
    """Return the line of a heading such as `FOOTNOTES:` right above a note, or None."""
    above = at - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _HEADING.match(lines[above]) else None


def _end(lines: list[str], start: int, *, is_named: bool) -> int:
    """Return the line after a note: after its closing bracket, or at the end of its paragraph."""
    depth = 0
    at = start
    limit = min(len(lines), start + _LONGEST_NOTE_LINES)
    while is_named and at < limit:
        depth += lines[at].count("[") - lines[at].count("]")
        at += 1
        if depth <= 0:
            break
    if is_named and depth <= 0:
        return at
    at = start + 1
    while at < len(lines) and lines[at].strip() and not _OPENING.match(lines[at]):
        at += 1
    return at
