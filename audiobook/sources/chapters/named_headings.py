"""Headings without numbers: short lines in capitals, bold or centred, spread over the document with prose between."""

from __future__ import annotations

from collections import Counter
from typing import Final

from audiobook.sources.chapters.contents import Contents
from audiobook.sources.chapters.lines import is_alone
from audiobook.sources.chapters.pieces import (
    PROSE_END,
    Document,
    Piece,
    is_capitals,
    is_clause,
    is_prose,
    is_short,
    is_title_line,
    line_key,
)
from audiobook.sources.chapters.series import median_chars, spread
from audiobook.sources.chapters.vocabulary import phrase_key, vocabulary

_LONGEST_NAME_CHARS: Final = 140
_MOST_TIMES: Final = 2
_MOST_FRONT: Final = 40
_WIDEST_GAP: Final = 8
_LEAST_NAMES: Final = 3
_LEAST_CHARS: Final = 900
_LONG_CHARS: Final = 20_000
_LEAST_SPREAD: Final = 0.25
_LONGEST_CHAPTER_CHARS: Final = 100_000
_WIDE_GAP: Final = 2
_LONGEST_LOOSE_CHARS: Final = 70


def find_names(document: Document, contents: Contents) -> list[int]:
    """Return the pieces that are headings without a number, in order; empty if no consistent ones are found."""
    first = _first_prose(document)
    keys = {at: line_key(piece.text) for at, piece in enumerate(document.pieces) if is_short(piece)}
    times = Counter(keys.values())
    confirmed = [
        at
        for at, piece in enumerate(document.pieces)
        if at not in document.contents
        and _is_confirmed(piece, keys.get(at, ""), contents)
        and _stands_alone(document, at)
    ]
    sure = set(confirmed)
    candidates = [
        at
        for at, piece in enumerate(document.pieces)
        if at not in document.contents
        and _is_name(piece)
        and (times[keys.get(at, "")] <= _MOST_TIMES or at in sure)
        and (at >= first or _opens_text(document, at, first))
    ]
    candidates_known = set(candidates)
    if len(confirmed) >= _LEAST_NAMES and _is_spread(document, confirmed, sure=True):
        gap = sorted(document.pieces[at].gap for at in confirmed)[len(confirmed) // 2]
        alike = all(is_capitals(document.pieces[at].lines[0][1]) for at in confirmed) and gap > _WIDE_GAP
        others = [
            at
            for at in candidates
            if is_alone(document.pieces[at].text) or (alike and document.pieces[at].gap >= gap)
        ]
        return sorted({*confirmed, *others})
    loose = [
        at
        for at, piece in enumerate(document.pieces)
        if at in candidates_known or (at >= first and at not in document.contents and _is_loose_name(piece))
    ]
    for chosen in (*_by_gap(document, candidates), loose):
        headings = _first_of_groups(document, chosen)
        if len(headings) >= _least(document, headings) and _is_spread(document, headings, sure=False):
            return headings
    return []


def _first_prose(document: Document) -> int:
    """Return the number of the first piece of prose; title pages come before it."""
    for at, piece in enumerate(document.pieces):
        if at in document.contents:
            continue
        is_text = is_prose(piece) and len(piece.text) > 60
        if is_text or (document.chars < _LONG_CHARS and not _is_name(piece)):
            return at
    return len(document.pieces)


def _opens_text(document: Document, at: int, first: int) -> bool:
    """Return whether a piece before the first prose is its heading, rather than a part of a title page."""
    piece = document.pieces[at]
    if is_alone(piece.text):
        return True
    if first - at > _MOST_FRONT:
        return False
    between = [each for each in range(at + 1, first) if each not in document.contents]
    return not any(
        document.pieces[each].gap >= piece.gap or _is_name(document.pieces[each]) for each in between
    ) and (at > 0 or piece.is_marked)


def _is_confirmed(piece: Piece, key: str, contents: Contents) -> bool:
    """Return whether a piece, or its first line, is an entry of the table of contents.

    Args:
        piece: The piece.
        key: The key of all its lines; empty if it is too long for a heading.
        contents: The table of contents.
    """
    if not contents.entries or is_clause(piece.text):
        return False
    return len(key) > 2 and (key in contents.entries or line_key(piece.lines[0][1]) in contents.entries)


def _stands_alone(document: Document, at: int) -> bool:
    """Return whether a piece is followed by text or a heading, and is not itself a sentence of the text."""
    return not is_prose(document.pieces[at]) or document.pieces[at].text.count(" ") < 8


def _is_name(piece: Piece) -> bool:
    text = piece.text.strip("_*=~ ")
    if len(text) > _LONGEST_NAME_CHARS or len(piece.lines) > 3 or phrase_key(text) in vocabulary().ends:
        return False
    if text[:1] in '“„«»"‘[({—–-+|' and not piece.is_marked:
        return False
    if (
        any(is_clause(line) for _, line in piece.lines)
        or max(map(len, phrase_key(text).split()), default=0) < 3
    ):
        return False
    if is_capitals(piece.lines[0][1]) and len(piece.lines) > 1:
        return all(is_title_line(line) for _, line in piece.lines[1:])
    return is_capitals(text) or is_alone(text) or (piece.is_marked and any(map(str.isalnum, text)))


def _is_loose_name(piece: Piece) -> bool:
    """Return whether a piece stands alone below a wide gap, like lower-case titles of scenes and stories."""
    text = piece.text
    return (
        piece.gap > _WIDE_GAP
        and len(piece.lines) == 1
        and len(text) <= _LONGEST_LOOSE_CHARS
        and text.lstrip("_*=#[(")[:1].isupper()
        and not is_clause(text)
        and not PROSE_END.search(text.rstrip("."))
        and phrase_key(text) not in vocabulary().ends
    )


def _by_gap(document: Document, candidates: list[int]) -> list[list[int]]:
    """Return sets of candidates to try in turn: those after wide gaps if there are enough, then all."""
    gaps = {min(document.pieces[at].gap, _WIDEST_GAP) for at in candidates if at}
    choices = []
    for gap in sorted(gaps, reverse=True):
        wide = [at for at in candidates if document.pieces[at].gap >= gap or at == 0]
        if gap > _WIDE_GAP and len(wide) >= max(_LEAST_NAMES, 0.25 * len(candidates)):
            choices.append(wide)
    return [*choices, candidates]


def _first_of_groups(document: Document, candidates: list[int]) -> list[int]:
    """Return the candidates that are not subtitles, which directly follow another candidate."""
    headings: list[int] = []
    last = -2
    for at in candidates:
        follows = last == at - 1
        last = at
        if not (follows and document.pieces[at].gap <= document.pieces[headings[-1]].gap):
            headings.append(at)
    return headings


def _least(document: Document, headings: list[int]) -> int:
    are_marked = any(is_alone(document.pieces[at].text) or document.pieces[at].is_marked for at in headings)
    return 2 if are_marked else _LEAST_NAMES


def _is_spread(document: Document, headings: list[int], *, sure: bool) -> bool:
    if len(headings) < 2:
        return False
    ends = [*headings[1:], len(document.pieces)]
    with_prose = sum(
        any(not _is_name(document.pieces[each]) for each in range(at + 1, min(end, at + 12)))
        for at, end in zip(headings, ends, strict=True)
    )
    if with_prose < 0.7 * len(headings):
        return False
    if not sure and document.chars > _LONGEST_CHAPTER_CHARS * len(headings):
        return False
    if document.chars > _LONG_CHARS and not sure and median_chars(document, headings) < _LEAST_CHARS:
        return False
    return spread(document, headings) >= _LEAST_SPREAD
