"""Regular expressions written by users, limited to those that match in bounded time.

When a repeated part can match in several ways, as in `(a+)+`, the number of ways that a backtracking matcher tries
may grow exponentially with the text. Such expressions are refused. Any other tries at most as many ways as the
product of its choices; that is limited too, on a stretch of text of limited length.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from math import prod
from typing import Any, Final, TypeAlias

from audiobook.errors import SourceError

_Tree: TypeAlias = Any
"""A parsed expression or the operands of an operation in it; the library has no names for these types."""
STRETCH_CHARS: Final = 300
"""A longer sentence is searched in stretches of this length, cut between words."""
_LONGEST_PATTERN: Final = 1000
_MOST_WAYS: Final = STRETCH_CHARS * STRETCH_CHARS * 8
"""Enough for two parts of any length, such as `\\d+` and `\\w+`, and three alternatives."""


_WAYS_OF_REFERENCE: Final = 20
"""A back-reference matches in one way, but compares as many characters as the group has each time."""


def checked_pattern(source: str, where: str, *, case: bool) -> re.Pattern[str]:
    """Compile a user's regular expression.

    Args:
        source: The expression, as Python writes it.
        where: `path:line` for messages.
        case: Whether it is case-sensitive.

    Raises:
        SourceError: It is not valid, or could take unlimited time.
    """
    if len(source) > _LONGEST_PATTERN:
        raise SourceError(f"a regular expression may have at most {_LONGEST_PATTERN} characters", where=where)
    flags = 0 if case else re.IGNORECASE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pattern = re.compile(source, flags)
            ways = _ways(_parsed(source, flags), where)
    except (re.error, RecursionError, OverflowError) as error:
        raise SourceError(f"not a valid regular expression: {error}", where=where) from error
    if ways > _MOST_WAYS:
        raise SourceError(
            "the regular expression could take too long: too many of its parts have no length limit",
            where=where,
            hint="limit the repetition, as in \\w{1,20}, or make it possessive, as in \\w++",
        )
    return pattern


def found_by(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a checked pattern that are not empty, in order."""
    start = 0
    while start < len(text):
        end = min(start + STRETCH_CHARS, len(text))
        if end < len(text):
            end = max(text.rfind(" ", start, end), start) + 1 if " " in text[start:end] else end
        yield from (match for match in pattern.finditer(text, start, end) if match.group())
        start = end


def _parsed(source: str, flags: int) -> _Tree:
    """Return an expression as the library parses it: pairs of an operation and its operands."""
    from re import _parser  # type: ignore[attr-defined]

    return _parser.parse(source, flags)


def _ways(parsed: _Tree, where: str) -> int:
    """Return the maximum number of ways in which a part of an expression can match at one place."""
    return prod(_ways_of(operation.name, operands, where) for operation, operands in parsed)


def _ways_of(operation: str, operands: _Tree, where: str) -> int:
    match operation:
        case "BRANCH":
            return sum(_ways(branch, where) for branch in operands[1])
        case "SUBPATTERN" | "ASSERT" | "ASSERT_NOT":
            return _ways(operands[-1], where)
        case "ATOMIC_GROUP":
            return _ways(operands, where)
        case "GROUPREF":
            return _WAYS_OF_REFERENCE
        case "GROUPREF_EXISTS":
            return _ways(operands[1], where) + _ways(operands[2] or (), where)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = operands
            return _ways_of_repeat(operation, least, most, inner, where)
    return 1


def _ways_of_repeat(operation: str, least: int, most: int, inner: _Tree, where: str) -> int:
    ways = _ways(inner, where)
    if most > 1 and (ways > 1 or inner.getwidth()[0] == 0):
        raise SourceError(
            "the regular expression could take too long: it repeats something that can match in several ways",
            where=where,
            hint="write a+ instead of (a+)+, and [ab]+ instead of (a|b)+",
        )
    if operation == "POSSESSIVE_REPEAT":
        return ways
    return ways * min(most - least + 1, STRETCH_CHARS)
