"""Marks of notes in a PDF: raised numbers in smaller type, right behind a word or a full stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

MARK_START: Final = "\x03"
MARK_END: Final = "\x04"
"""What stands round a mark; no control character comes out of a PDF itself."""
_SMALLER: Final = 0.8
_RAISED: Final = 0.12
"""How much higher than its word a mark stands, in sizes of the word's letters."""
_MAY: Final = re.compile(r"[^\W\d_][^\w\s]{0,4}[\d*†‡]|\d[.!?…][^\w\s]{0,3}[\d*†‡]")
_MARK: Final = re.compile(r"\d{1,3}(?:[,\u2013-]\d{1,3}){0,3}|[*†‡]{1,3}")
_BEHIND: Final = re.compile(r"[.,;:!?…)\]»”“’'\"\u2013\u2014-]*\x02?")
_SUM: Final = re.compile(r"[=+\u2212×·^/<>|∙*_\\]")
_WORD: Final = re.compile(r"[^\W\d_]+$")
_VOWEL: Final = re.compile("[aeiouyäöåąęóāēīū]", re.IGNORECASE)
_UNITS: Final = frozenset("km cm mm dm nm ha in ft yd mi kg min sin cos tan cot log exp max det".split())
_SHORT: Final = 3


def may_hold_mark(word: str) -> bool:
    """True for a word in which a number or sign follows letters or the end of a sentence."""
    return _MAY.search(word) is not None


def is_raised(y: float, size: float, base_y: float, base_size: float) -> bool:
    """Whether a character is set smaller and higher than the word it stands in.

    Args:
        y: Where it stands, in points from the bottom.
        size: Its size in points.
        base_y: Where the word stands.
        base_size: Size of the word's letters.
    """
    return 0 < size <= _SMALLER * base_size and y - base_y >= _RAISED * base_size


def enclose_mark(word: str, raised: Sequence[bool]) -> str:
    """Put `MARK_START` and `MARK_END` round the mark of a note.

    Args:
        word: Characters without space.
        raised: Whether each of them is set smaller and higher.

    Returns:
        The word as it is where what is raised is no mark: an exponent, an ordinal's ending, a part of a formula.
    """
    start = next((at for at, is_high in enumerate(raised) if is_high), 0)
    end = next((at for at in range(start, len(raised)) if not raised[at]), len(raised))
    before, mark, after = word[:start], word[start:end], word[end:]
    if any(raised[end:]) or not (_MARK.fullmatch(mark) and _BEHIND.fullmatch(after) and _leads_mark(before)):
        return word
    return f"{before}{MARK_START}{mark}{MARK_END}{after}"


def _leads_mark(before: str) -> bool:
    """True for the end of a sentence, or a word that has no exponent: no unit, variable or part of a sum."""
    if not before or _SUM.search(before):
        return False
    found = _WORD.search(before)
    if found is None:
        return not before[-1].isalnum() and any(map(str.isalnum, before)) and before[-1] not in "([{„«"
    word = found[0]
    if word.casefold() in _UNITS or len(word) == 1:
        return False
    return len(word) > _SHORT or (_VOWEL.search(word) is not None and not word.isupper())


_ENCLOSED: Final = re.compile(f"{MARK_START}([^{MARK_END}]*){MARK_END}")


def take_marks(text: str, *, kept: bool) -> tuple[str, int]:
    """Take the marks out of a text.

    Args:
        text: As the child gives it.
        kept: They stay, as words of their own.

    Returns:
        The text, and how many characters were left out.
    """
    if MARK_START not in text:
        return text, 0
    if kept:
        return _ENCLOSED.sub(r" \1", text), 0
    return _ENCLOSED.sub("", text), sum(len(mark) for mark in _ENCLOSED.findall(text))
