"""The paragraphs of a plain text: what separates them, blank lines or the ends of lines.

Most texts have blank lines between paragraphs. In others each paragraph is one long line, and blank lines, if any,
separate chapters or scenes. In a third kind the lines are wrapped and no blank line separates anything; there a
paragraph ends with a short line, or before an indented one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Final

import msgspec

from audiobook.sources.chapters.pieces import Line, Piece

_SPACED_WORDS = re.compile(
    r"(?<!\S)[^\W\d_](?>(?: [^\W\d_](?!\w)){1,30})(?: {2,8}[^\W\d_](?>(?: [^\W\d_](?!\w)){1,30})){1,12}"
)
"""Matches words within a line in which a space follows each letter, with wider gaps between the words."""
_LETTERS = re.compile(r"[^\W\d_](?: [^\W\d_]){1,40}(?:\s{2,}[^\W\d_](?: [^\W\d_]){1,40}){1,20}")
"""Matches a line of several words in which a space follows each letter."""
_SENTENCE_END = re.compile(r"[.!?…:;。！？؟۔।*][\"'“”„»«’)\]_*]*$")
_SPEECH = re.compile(r"[-–—―_]{1,2}\s?[\"“„»«]?(\w)|[\"“„»«‘'¿¡]+(\w)|[-–—―]$")
"""Matches the beginning of a line that may begin a speech, with its first letter."""
_LONG_LINE_CHARS: Final = 150
_LEAST_LONG_CHARS: Final = 90
"""Average length of lines from which each may be a paragraph."""
_LONGEST_VERSE_CHARS: Final = 75
_NARROWEST_CHARS: Final = 40
_WIDEST_CHARS: Final = 140
_LEAST_LINES: Final = 4
_FEW_LINES: Final = 40
_RARE_BLANK_LINES: Final = 14
"""Average number of lines between blank ones from which blank lines may separate more than paragraphs."""
_MOST_MEASURED: Final = 5000
_FILLED: Final = 0.9
_SHORT: Final = 0.85
_MOST_INDENTED: Final = 0.6
_LEAST_INDENTED: Final = 0.01


class _Wrapping(msgspec.Struct, frozen=True):
    """Statistics on the breaks of lines that another line follows directly.

    Attributes:
        width: Length in characters that nearly no line exceeds.
        count: Number of those lines.
        filled: Share of them that had no room for the next word.
        running: Share of the filled ones that end within a sentence, before a small letter.
        long: Share of their characters that are in lines longer than any wrapped line.
    """

    width: int
    count: int
    filled: float
    running: float
    long: float


def paragraphs_of(lines: Sequence[str]) -> list[Piece]:
    """Group the lines of a text into paragraphs.

    Args:
        lines: All lines; those that do not belong to the book are empty.
    """
    groups = list(_groups(lines))
    if not groups:
        return []
    count = sum(len(piece.lines) for piece in groups)
    is_unbroken = len(groups) == 1
    is_rarely_broken = is_unbroken or count > _RARE_BLANK_LINES * len(groups)
    if not is_rarely_broken and sum(piece.chars for piece in groups) < _LEAST_LONG_CHARS * count:
        return groups
    wrapping = _measured(groups)
    if is_rarely_broken and _is_wrapped(wrapping, is_unbroken):
        return [part for piece in groups for part in _unwrapped(piece, lines, wrapping.width)]
    if is_unbroken or (wrapping.long > 0.5 and wrapping.filled < 0.3):
        return [part for piece in groups for part in _line_by_line(piece, is_unbroken=is_unbroken)]
    return groups


def _groups(lines: Sequence[str]) -> Iterator[Piece]:
    """Yield the lines between blank lines."""
    found: list[Line] = []
    gap = 0
    is_first = True
    for number, line in enumerate(lines, 1):
        if text := _words(line):
            found.append((number, text))
            continue
        if found:
            yield Piece(tuple(found), gap)
            found, gap, is_first = [], 0, False
        gap += not is_first
    if found:
        yield Piece(tuple(found), gap)


def _measured(groups: Sequence[Piece]) -> _Wrapping:
    lengths = sorted(len(text) for piece in groups for _, text in piece.lines)
    width = lengths[int(len(lengths) * 0.95)]
    following = ((one, other) for piece in groups for (_, one), (_, other) in pairwise(piece.lines))
    pairs = list(islice(following, _MOST_MEASURED))
    filled = [(one, other) for one, other in pairs if _reach(one, other) >= _FILLED * width]
    running = sum(not _SENTENCE_END.search(one) and other[:1].islower() for one, other in filled)
    chars = sum(len(one) for one, _ in pairs)
    long = sum(len(one) for one, _ in pairs if len(one) > _LONG_LINE_CHARS)
    return _Wrapping(
        width,
        len(pairs),
        len(filled) / max(len(pairs), 1),
        running / max(len(filled), 1),
        long / max(chars, 1),
    )


def _reach(line: str, after: str) -> int:
    """Return how long a line would be with the first word of the next one."""
    return len(line) + 1 + len(after.split(" ", 1)[0])


def _is_wrapped(wrapping: _Wrapping, is_unbroken: bool) -> bool:
    """Return whether lines were wrapped at a fixed width, and paragraphs are not separated by blank lines.

    In a text with some blank lines, short lines show that blank lines separate larger units than paragraphs.
    """
    if not _NARROWEST_CHARS <= wrapping.width <= _WIDEST_CHARS or wrapping.count < _LEAST_LINES - 1:
        return False
    least = 0.6 if wrapping.count < _FEW_LINES else 0.3
    return least <= wrapping.filled and (is_unbroken or wrapping.filled < 0.97) and wrapping.running >= 0.35


def _line_by_line(piece: Piece, *, is_unbroken: bool) -> Iterator[Piece]:
    """Yield each line as a paragraph; a stanza between blank lines stays whole."""
    if not is_unbroken and _is_stanza([text for _, text in piece.lines]):
        yield piece
        return
    for at, line in enumerate(piece.lines):
        yield Piece((line,), piece.gap if not at else int(is_unbroken))


def _is_stanza(lines: Sequence[str]) -> bool:
    return (
        len(lines) > 1
        and max(map(len, lines)) <= _LONGEST_VERSE_CHARS
        and not any(map(_SPEECH.match, lines))
        and 2 * sum(bool(_SENTENCE_END.search(line)) for line in lines) <= len(lines)
    )


def _unwrapped(piece: Piece, lines: Sequence[str], width: int) -> Iterator[Piece]:
    """Yield the paragraphs of wrapped lines without blank lines between them."""
    indented = _indented(piece, lines)
    start = 0
    for at in range(1, len(piece.lines) + 1):
        if at == len(piece.lines) or _begins(piece, at, width, indented):
            yield Piece(piece.lines[start:at], piece.gap if not start else 1)
            start = at


def _indented(piece: Piece, lines: Sequence[str]) -> set[int]:
    """Return the indices of indented lines if indents mark the first lines of paragraphs; otherwise an empty set."""
    indents = [len(line) - len(line.lstrip()) for line in (lines[number - 1] for number, _ in piece.lines)]
    least = min(indents)
    found = {at for at, indent in enumerate(indents) if indent > least}
    if not _LEAST_INDENTED * len(indents) <= len(found) <= _MOST_INDENTED * len(indents):
        return set()
    after = sum(at == 0 or bool(_SENTENCE_END.search(piece.lines[at - 1][1])) for at in found)
    return found if after >= 0.7 * len(found) else set()


def _begins(piece: Piece, at: int, width: int, indented: set[int]) -> bool:
    """Return whether a line begins a paragraph: after a short line, set in, or with a speech."""
    before, line = piece.lines[at - 1][1], piece.lines[at][1]
    ended = bool(_SENTENCE_END.search(before))
    if at in indented:
        return ended or not line[:1].islower()
    if _reach(before, line) < _SHORT * width:
        return ended or not line[:1].islower()
    if not ended:
        return False
    speech = None if indented else _SPEECH.match(line)
    return speech is not None and (speech[1] or speech[2] or "").isupper()


def _words(line: str) -> str:
    """Return a line with one space between words. If its letters are spaced, wider gaps separate the words."""
    if "  " in (text := line.strip()):
        if _LETTERS.fullmatch(text):
            return _joined(text)
        text = _SPACED_WORDS.sub(lambda match: _joined(match.group()), text)
    return " ".join(text.split())


def _joined(letters: str) -> str:
    return " ".join(word.replace(" ", "") for word in re.split(r"\s{2,}", letters))
