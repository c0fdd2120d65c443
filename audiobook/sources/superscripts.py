"""The meaning of raised characters: a note mark, a verse number, a power, a fraction, or the end of a word."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from operator import attrgetter
from typing import Final

from msgspec.structs import replace

from audiobook.document import ForeignText, Paragraph, Saying
from audiobook.layout import rearranged

SEEN_CHARS: Final = 60
"""How many characters before and after raised characters decide their meaning."""
_HIGH: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ"
_LOW: Final = "0123456789+-()n"
_RAISE: Final = str.maketrans(_LOW + "−–", _HIGH + "⁻⁻")
_LOWER: Final = str.maketrans(_HIGH, _LOW)
_DIGITS_UP: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RUN: Final = re.compile(rf"[{_HIGH}]+(?:[,;˒\u2013-]\s?[{_DIGITS_UP}]+){{0,8}}")
"""Raised characters of Unicode."""
_BRACKETED: Final = re.compile(r"\[[^\[\]]{1,30}\]|\((?:\d{1,4}|[a-z]|[ivx]{2,6}|[*†‡]{1,3})\)")
_SIGNS: Final = re.compile(r"[*†‡§¶‖#⁂✝※]{1,4}|[①-⑳㉑-㉟㊱-㊿❶-❿]|[※注註]\d{1,3}")
_NUMBERS: Final = re.compile(
    r"""
    [*†‡]?\d{1,4}[a-z*†‡]?                                          # 12a
    (?:\s?(?:[,;/]|[\u2013\u2014-])\s?\d{1,4}[a-z]?){0,8}\.?        # , 13–15
    """,
    re.VERBOSE,
)
_SIGNED: Final = re.compile(r"[+−–-]\s?(?:\d{1,4}|n)|(?:\d{0,3}n|n[+−-]\d)")
_ROMAN: Final = re.compile(r"(?=[ivx]{2})x{0,3}(?:ix|iv|v?i{0,3})")
_CLOSING: Final = frozenset(".,;:!?…»›”’\"'“‘]}。、，．：；！？」』）—–")
_SUM: Final = frozenset("=+×*/·^÷<>≈≤≥±∙−")
_TOKEN: Final = re.compile(r"\S+$")
_WORD: Final = re.compile(r"[^\W\d_]+$")
_AMOUNT: Final = re.compile(r"(?P<sign>[$£€¥₹₽₩]\s?)?(?P<number>\d(?:[\d.,'’\u00a0\u202f]*\d)?)$")
_NAMED: Final = re.compile(r"(?:[A-Za-zÀ-ɏͰ-ӿ]|[0-9,;])\s+[^\W\d_a-zà-ÿ]\w+\.?\s$")
"""Matches a name before a number, as in "on January 10"; not the first word of a sentence."""
_FORMULA: Final = re.compile(r"\([^()]{0,40}\)$")
_LONG_WORD: Final = re.compile(r"[^\W\d_]{3}")
_VOWEL: Final = re.compile("[aeiouyäöåąęóāēīūéèàùáíúőűøæœаеёиоуыэюяіїє]", re.IGNORECASE)
_UNITS: Final = frozenset("m cm mm km dm hm dam nm µm μm Å м см км мм дм".split())
_UNITS_BEHIND_NUMBERS: Final = frozenset(
    "in ft yd mi mile miles foot feet inch inches metre metres meter meters s sec min kg g px A".split()
)
_FUNCTIONS: Final = frozenset("sin cos tan cot sec csc log ln exp sinh cosh tanh".split())
_LONE_WORDS: Final = frozenset(
    "I A a à e é è y o O ó i í w z u v k s U В в к К с С и И а А я Я о О у У і ő".split()
)
"""Letters that are words in some language; any other single letter is a variable."""
_ELEMENTS: Final = frozenset(
    "H He Li Be B C N F Na P S Cl Ar K Ca Fe Co Kr Sr Tc Xe Cs Rn Ra Th U Np Pu Am".split()
)
_ELEMENT: Final = re.compile(r"[A-Z][a-z]?(?![^\W\d_])")
_SYMBOLIC: Final = re.compile(r"[A-Za-z\u0370-\u03ff]")
_EXPONENTS: Final = frozenset("nxkm")
_SERIES: Final = frozenset("abcdefghijklm")
_ENDINGS: Final = frozenset("eèo")
_SHORT_WORD: Final = 3
_SMALL_POWERS: Final = frozenset("23")


class Raised(Enum):
    """What raised characters mean."""

    NOTE = "note mark"
    VERSE = "verse number"
    POWER = "power"
    FRACTION = "fraction"
    TEXT = "text"
    """Part of a word or a number, such as the ending of an ordinal."""


def meaning(before: str, mark: str, after: str, *, is_next: bool = False) -> Raised:
    """Return what raised characters mean, judged by the text around them.

    Args:
        before: The text before them in their paragraph; white space at its end counts.
        mark: The raised characters, in their usual form.
        after: The text after them.
        is_next: Whether they are the number that follows the previous note mark.
    """
    mark = mark.strip()
    if not mark:
        return Raised.TEXT
    if _BRACKETED.fullmatch(mark):
        word = _WORD.search(before)
        is_argument = mark[0] == "(" and word is not None and len(word[0]) == 1
        return Raised.POWER if is_argument else Raised.NOTE
    if _SIGNS.fullmatch(mark):
        return Raised.NOTE
    if _NUMBERS.fullmatch(mark):
        return _of_number(before, mark, after, is_next=is_next)
    if _SIGNED.fullmatch(mark):
        return Raised.POWER if before[-1:].isalnum() or before[-1:] == ")" else Raised.TEXT
    return _of_letters(before, mark) if mark.isalpha() else Raised.TEXT


def superscript(mark: str) -> str | None:
    """Return a mark in raised characters of Unicode; None if they do not exist for it."""
    raised = "".join(mark.split()).translate(_RAISE)
    return raised if all(character in _HIGH for character in raised) else None


def _of_number(before: str, mark: str, after: str, *, is_next: bool) -> Raised:
    last = before[-1:]
    if not last.strip():
        return _apart(before, mark, after)
    if last == ")":
        return Raised.POWER if _is_formula(before) else Raised.NOTE
    if last in _CLOSING or last in "%°‰$£€¥₹₽":
        return Raised.NOTE
    if last.isdigit():
        return _behind_digits(before, mark, after, is_next=is_next)
    if last.isalpha():
        return _behind_letters(before, mark, after, is_next=is_next)
    return Raised.TEXT


def _apart(before: str, mark: str, after: str) -> Raised:
    """Return the meaning of a number after a space, or at the start of a paragraph."""
    if after[:1] in ("/", "⁄"):
        return Raised.TEXT
    element = _ELEMENT.match(after)
    if element and mark.isdigit() and element[0] in _ELEMENTS:
        return Raised.TEXT
    if after[:1].isalpha() or (after[:1] in tuple("“„«‘\"'¿¡([") and after[1:2].isalpha()):
        return Raised.VERSE
    if not before.strip():
        return Raised.VERSE
    return Raised.NOTE


def _is_formula(before: str) -> bool:
    found = _FORMULA.search(before)
    if found is None or " " in found[0].strip("() ").replace(" + ", "+").replace(" − ", "−"):
        return False
    has_sign = any(sign in found[0] for sign in _SUM)
    return has_sign or not _LONG_WORD.search(found[0])


def _behind_digits(before: str, mark: str, after: str, *, is_next: bool) -> Raised:
    if after[:1] in ("/", "⁄"):
        return Raised.FRACTION
    found = _AMOUNT.search(before)
    if found is None or found["sign"] or not mark.isdigit():
        return Raised.NOTE
    in_front = before[: found.start()]
    if _is_in_sum(in_front, after):
        return Raised.POWER
    if _NAMED.search(in_front) or (is_next and found["number"] != "10"):
        return Raised.NOTE
    return Raised.POWER if found["number"] in ("10", "2") else Raised.NOTE


def _is_in_sum(in_front: str, after: str) -> bool:
    left, right = in_front.rstrip()[-1:], after.lstrip()[:1]
    return left in _SUM or right in _SUM


def _behind_letters(before: str, mark: str, after: str, *, is_next: bool) -> Raised:
    found = _WORD.search(before)
    word = found[0] if found else ""
    in_front = before[: -len(word)] if word else before
    if not mark.isdigit():
        return Raised.NOTE
    has_number = in_front.rstrip()[-1:].isdigit() or in_front[-1:] in ("/", "·")
    if mark in _SMALL_POWERS and (
        word in _UNITS or (has_number and (word in _UNITS_BEHIND_NUMBERS or len(word) <= 2))
    ):
        return Raised.POWER
    if word in _FUNCTIONS:
        return Raised.POWER
    is_symbol = len(word) <= 2 and all(map(_SYMBOLIC.match, word))
    if is_symbol and _is_in_sum(in_front, after):
        return Raised.POWER
    if len(word) == 1:
        return Raised.POWER if is_symbol and word not in _LONE_WORDS else Raised.NOTE
    if is_next or len(word) > _SHORT_WORD or not all(map(_SYMBOLIC.match, word)):
        return Raised.NOTE
    if not _VOWEL.search(word) or (word.isupper() and mark in _SMALL_POWERS):
        return Raised.POWER
    return Raised.NOTE


def _of_letters(before: str, mark: str) -> Raised:
    last = before[-1:]
    if not last.strip():
        return Raised.TEXT
    is_sign = (len(mark) == 1 and mark in _SERIES) or bool(_ROMAN.fullmatch(mark))
    if last.isdigit():
        number = re.search(r"\d+$", before)
        digits = number[0] if number else ""
        if len(mark) == 1 and mark in _EXPONENTS:
            return Raised.POWER
        return Raised.NOTE if is_sign and (len(digits) > 2 or mark not in "aeod") else Raised.TEXT
    if last in _CLOSING or last == ")":
        token = (_TOKEN.search(before) or [""])[0].strip(".,")
        is_short = (
            last == "." and (token.isdigit() or len(token) <= _SHORT_WORD) and mark in ("a", "e", "o", "er")
        )
        return Raised.NOTE if is_sign and not is_short else Raised.TEXT
    word = (_WORD.search(before) or [""])[0]
    if len(word) == 1 and mark in _EXPONENTS and word not in _LONE_WORDS:
        return Raised.POWER
    if len(word) >= _SHORT_WORD and word.islower() and is_sign and mark not in _ENDINGS and mark not in "del":
        return Raised.NOTE
    return Raised.TEXT


def without_note_marks(paragraph: Paragraph) -> tuple[Paragraph, int]:
    """Remove note marks that are written in raised characters of Unicode.

    Args:
        paragraph: The paragraph.

    Returns:
        The paragraph, and how many characters were removed.
    """
    text = paragraph.text
    if text.isascii() or not any(map(text.__contains__, _DIGITS_UP)):
        return paragraph, 0
    cuts: list[tuple[int, int]] = []
    for found in _RUN.finditer(text):
        before, after = (
            text[max(0, found.start() - SEEN_CHARS) : found.start()],
            text[found.end() :][:SEEN_CHARS],
        )
        plain = found[0].translate(_LOWER).replace("˒", ",")
        if before.strip() and meaning(before, plain, after) is Raised.NOTE:
            start = found.start() - (before[-1:] == " " and after[:1] in ("", " ", ".", ","))
            cuts.append((start, found.end()))
    if not cuts:
        return paragraph, 0
    removed = sum(len(text[start:end].strip()) for start, end in cuts)
    return cut(paragraph, cuts), removed


def with_sayings(paragraph: Paragraph, sayings: Sequence[Saying]) -> Paragraph:
    """Return a paragraph with more pronunciations; those it has already win."""
    taken = [(each.start, each.end) for each in paragraph.sayings]
    free = [each for each in sayings if all(each.end <= start or each.start >= end for start, end in taken)]
    return replace(paragraph, sayings=tuple(sorted((*paragraph.sayings, *free), key=attrgetter("start"))))


def cut(paragraph: Paragraph, cuts: list[tuple[int, int]]) -> Paragraph:
    """Return a paragraph without the given spans (start, end), which are in order and disjoint."""
    kept: list[str] = []
    starts: list[int] = []
    lost = [0]
    at = 0
    for start, end in cuts:
        kept.append(paragraph.text[at:start])
        starts.append(start)
        lost.append(lost[-1] + end - start)
        at = end
    kept.append(paragraph.text[at:])

    def moved(offset: int) -> int:
        number = bisect_right(starts, offset)
        if not number:
            return offset
        return max(offset, cuts[number - 1][1]) - lost[number]

    foreign = (ForeignText(moved(each.start), moved(each.end), each.language) for each in paragraph.foreign)
    sayings = (replace(each, start=moved(each.start), end=moved(each.end)) for each in paragraph.sayings)
    spoken = (replace(each, start=moved(each.start), end=moved(each.end)) for each in paragraph.spoken)
    styles, cells = rearranged(paragraph.styles, paragraph.cells, moved)
    return replace(
        paragraph,
        text="".join(kept),
        lines=tuple((moved(offset), line) for offset, line in paragraph.lines),
        foreign=tuple(each for each in foreign if each.start < each.end),
        sayings=tuple(each for each in sayings if each.start < each.end),
        pauses=tuple(replace(each, offset=moved(each.offset)) for each in paragraph.pauses),
        label_chars=moved(paragraph.label_chars),
        spoken=tuple(each for each in spoken if each.start < each.end),
        styles=styles,
        cells=cells,
    )
