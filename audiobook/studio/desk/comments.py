"""Comments of a TOML file that an edit would take away with the lines around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from itertools import takewhile

from audiobook.errors import AudiobookError
from audiobook.toml import parse_toml


def with_comments_of(before: str, after: str) -> str:
    """Return an edited text with the comments that it lost restored to their places.

    Only comments on lines of their own are restored. A comment after a removed value was about that value.

    Args:
        before: The old text.
        after: The new one.
    """
    old, new = before.split("\n"), after.split("\n")
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    up = _up_to_header(old, head, len(old) - tail) if head + tail == len(new) else 0
    head, tail = head - up, tail + up
    middle = _restored(
        old[head : len(old) - tail],
        new[head : len(new) - tail],
        lambda index: _means_nothing(old, head + index),
    )
    return "\n".join([*new[:head], *middle, *new[len(new) - tail :]])


def _shared(one: list[str], other: list[str]) -> int:
    """Return the number of equal lines at the start of both texts."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _up_to_header(lines: list[str], first: int, end: int) -> int:
    """Return how many lines to shift a removed block up so that it begins with its header; 0 if none fits.

    If the lines before a block equal its last lines, comparing the texts cannot show which of the two were removed.
    """
    up = 0
    while up < first and lines[first - up - 1] == lines[end - up - 1]:
        up += 1
        if lines[first - up].startswith("["):
            return up
    return 0


def _restored(old: list[str], new: list[str], is_comment: Callable[[int], bool]) -> Iterator[str]:
    missing = Counter(filter(_may_be_comment, old)) - Counter(filter(_may_be_comment, new))
    for _, start, end, first, last in SequenceMatcher(None, old, new).get_opcodes():
        yield from new[first:last]
        for index in range(start, end):
            if missing[old[index]] and is_comment(index):
                missing[old[index]] -= 1
                if index and not old[index - 1].strip():
                    yield ""
                yield old[index]


def _may_be_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _means_nothing(lines: list[str], index: int) -> bool:
    """Return whether a line has no meaning, like a comment. A line with `#` in a multi-line string is not a comment."""
    with suppress(AudiobookError):
        return _tables([*lines[:index], *lines[index + 1 :]]) == _tables(lines)
    return False


def _tables(lines: list[str]) -> object:
    return parse_toml("\n".join(lines), "", AudiobookError)
