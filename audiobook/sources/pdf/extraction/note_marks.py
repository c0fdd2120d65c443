"""Note marks in a PDF: superscript numbers in smaller type, directly after a word or punctuation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final

MARK_START: Final = "\x03"
MARK_END: Final = "\x04"
"""Enclose a note mark. PDF text never contains these control characters."""
_SMALLER: Final = 0.87
_RAISED: Final = 0.12
"""Minimum height of a note mark above the baseline, relative to the word's font size."""
_MAY: Final = re.compile(r".[\d*†‡+\u2212]")
_MARK: Final = re.compile(r"\d{1,3}(?:[,\u2013-]\d{1,3}){0,3}|[*†‡]{1,3}")
_BEHIND: Final = re.compile(r"[.,;:!?…)\]»”“’'\"\u2013\u2014-]*\x02?")
_SUM: Final = re.compile(r"[=+\u2212×·^/<>|∙*_\\]")
_WORD: Final = re.compile(r"[^\W\d_]+$")
_VOWEL: Final = re.compile("[aeiouyäöåąęóāēīū]", re.IGNORECASE)
_BASE: Final = re.compile(r"(?P<currency>[$€£¥₤]?)(?P<number>\d+(?:[.,\u00a0\u202f]\d{3})*)$")
_YEAR: Final = re.compile(r"1\d{3}|20\d\d")
_EXPONENT: Final = re.compile(r"[+\u2212-]?\d{1,3}[+\u2212-]?")
_SUPERSCRIPTS: Final = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_UNITS: Final = frozenset("km cm mm dm nm ha in ft yd mi kg min sin cos tan cot log exp max det".split())
_SHORT: Final = 3


def may_hold_mark(word: str) -> bool:
    """Return whether a word contains a number or sign after another character."""
    return _MAY.search(word) is not None


def is_raised(y: float, size: float, base_y: float, base_size: float) -> bool:
    """Return whether a character is smaller and higher than its word.

    Args:
        y: Baseline of the character, in points from the bottom of the page.
        size: Font size of the character, in points.
        base_y: Baseline of the word, in points from the bottom of the page.
        base_size: Font size of the word, in points.
    """
    return 0 < size <= _SMALLER * base_size and y - base_y >= _RAISED * base_size


def enclose_mark(word: str, raised: Sequence[bool]) -> str:
    """Enclose the note mark of a word in `MARK_START` and `MARK_END`, and write exponents as such.

    Args:
        word: Characters without spaces.
        raised: For each character, whether it is superscript.

    Returns:
        The word with as many characters, apart from the two signs. Raised letters, as in an ordinal, are unchanged.
    """
    parts: list[str] = []
    at = 0
    for is_high, group in groupby(raised):
        end = at + sum(1 for _ in group)
        part, before, after = word[at:end], word[:at], word[end:]
        if is_high and before and _is_mark(before, part, after):
            part = f"{MARK_START}{part}{MARK_END}"
        elif is_high and before and _EXPONENT.fullmatch(part):
            part = part.translate(_SUPERSCRIPTS)
        parts.append(part)
        at = end
    return "".join(parts)


def _is_mark(before: str, mark: str, after: str) -> bool:
    return _MARK.fullmatch(mark) is not None and _BEHIND.fullmatch(after) is not None and _leads_mark(before)


def _leads_mark(before: str) -> bool:
    """Return whether a note mark may follow: after a sentence or a word, but not after a unit, variable or sum."""
    if not before or _SUM.search(before):
        return False
    base = _BASE.search(before)
    if base:
        return (
            bool(base["currency"])
            or not base["number"].isdecimal()
            or _YEAR.fullmatch(base["number"]) is not None
        )
    found = _WORD.search(before)
    if found is None:
        return not before[-1].isalnum() and any(map(str.isalnum, before)) and before[-1] not in "([{„«"
    word = found[0]
    if word.casefold() in _UNITS or len(word) == 1:
        return False
    return len(word) > _SHORT or (_VOWEL.search(word) is not None and not word.isupper())


_SPACE_BEHIND: Final = re.compile(rf"(?<={MARK_END}) (?=[,.)\]])")
_ENCLOSED: Final = re.compile(f"{MARK_START}([^{MARK_END}]*){MARK_END}")


def take_marks(text: str, *, kept: bool) -> tuple[str, int]:
    """Remove the note marks from a text.

    Args:
        text: Text from the child process, with note marks enclosed.
        kept: Whether to keep the marks, as separate words.

    Returns:
        The text, and how many characters were removed.
    """
    if MARK_START not in text:
        return text, 0
    text = _SPACE_BEHIND.sub("", text)
    if kept:
        return _ENCLOSED.sub(r" \1", text), 0
    return _ENCLOSED.sub("", text), sum(len(mark) for mark in _ENCLOSED.findall(text))
