"""Telling quotation marks from apostrophes: "the boys’ hats", "goin’", "’tis", "the ’90s", but not "‘yes’"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from audiobook.narration.aligned import AlignedText, Replacement

_MARKS: Final = re.compile("[\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`]")
_OPENING: Final = frozenset("\u2018\u201a\u201b")
_SURELY_ELIDED: Final = re.compile(
    r"""
    (?:\d0s|\d\d)   # '90s, '68
    (?!\w)
    |
    (?:
        # 'tis
        tis|tisn|twas|twasn|twere|twill|twould|tween|twixt|em|cause|cos|coz|til|till|bout|round|neath|n
      | nuff|gainst|cept|nother|nuther|pon|cello|phone|fraid|scuse|spect|ne|nen|ner|nem|nes|rein|raus|rauf
      | runter|rüber
    )
    (?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Words that begin with an apostrophe, without it. They do so even if it is typed as an opening quotation mark."""
_DOUBLE: Final = re.compile("[\u2018\u201c]")
"""Opening marks; in a text that has them, a closing mark never opens a quotation."""
_CLIPPED: Final = re.compile(r"(?:s|z|x|in|an|th|[aeo]l|\b[otfwnd])$", re.IGNORECASE)
"""Matches the end of a word that an apostrophe may follow: "boys’", "goin’", "an’", "o’"."""
_STRONG: Final = frozenset(".,!?;:…—–-")
_AHEAD: Final = 12
"""How many marks after a doubtful one are examined."""


def mark_quotes(text: AlignedText) -> AlignedText:
    """Return a text in which each single mark is an apostrophe or a straight double quotation mark."""
    if not _MARKS.search(text.text):
        return text
    return text.replaced(_replacements(text.text))


def single_quotes(text: str) -> list[int]:
    """Return the places of the single marks in a text that are quotation marks, not apostrophes."""
    return [at for at, _, new in _replacements(text) if new == '"']


def _replacements(text: str) -> Iterator[Replacement]:
    places = [match.start() for match in _MARKS.finditer(text)]
    is_open, may_open = False, _DOUBLE.search(text) is None
    for nth, at in enumerate(places):
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if before.isalnum() and after.isalnum():
            yield at, at + 1, "'"
            continue
        if text[at] in "\u2032\u02bc\u00b4`":  # apostrophes only after letters; elsewhere a prime is a unit
            if before.isalpha():
                yield at, at + 1, "'"
            continue
        is_quote, is_open = _judged(text, places, nth, is_open=is_open, may_open=may_open)
        yield at, at + 1, '"' if is_quote else "'"


def _judged(text: str, places: list[int], nth: int, *, is_open: bool, may_open: bool) -> tuple[bool, bool]:
    """Return whether a mark at the edge of a word is a quotation mark, and whether a quotation is open after it."""
    at = places[nth]
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    begins = after.isalnum() or (bool(after) and not after.isspace() and not before.strip())
    if begins and not before.isalnum():
        if _SURELY_ELIDED.match(text, at + 1) and not _closes_at_once(text, places, nth):
            return False, is_open
        is_opener = text[at] in _OPENING or (not is_open and may_open and _is_closed_later(text, places, nth))
        return is_opener, is_open or is_opener
    if not before.isalnum():
        return True, False
    if not is_open:
        return text[at] != "\u2019", False
    goes_on = _CLIPPED.search(text[max(0, at - 3) : at]) and _closes_later(text, places, nth)
    return (False, True) if goes_on else (True, False)


def _closes_at_once(text: str, places: list[int], nth: int) -> bool:
    """Return whether the mark begins a quotation of one word that only looks clipped: "‘er’"."""
    if text[places[nth]] not in _OPENING or nth + 1 == len(places):
        return False
    return text[places[nth] + 1 : places[nth + 1]].isalnum() and places[nth + 1] - places[nth] > 2


def _closes_later(text: str, places: list[int], nth: int) -> bool:
    """Return whether the quotation continues after the word and a space, and a later mark certainly closes it."""
    if not text[places[nth] + 1 : places[nth] + 2].isspace():
        return False
    for at in places[nth + 1 : nth + 1 + _AHEAD]:
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if before.isalnum() and after.isalnum():
            continue
        if after.isalnum() and text[at] == "\u2019":
            continue  # "’ee"
        if text[at] in _OPENING or not before.strip():
            return False
        if before in _STRONG or not after.isspace():
            return True
    return False


def _is_closed_later(text: str, places: list[int], nth: int) -> bool:
    """Return whether a mark that both opens and closes quotations in some languages is closed by a later one."""
    for at in places[nth + 1 : nth + 1 + _AHEAD]:
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if before.isalnum() and after.isalnum():
            continue
        return text[at] == "\u2019" and bool(before.strip()) and not after.isalnum()
    return False
