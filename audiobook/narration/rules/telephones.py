"""Telephone numbers after a word such as "tel.": "tel. (068) 51-669"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import last_word
from audiobook.narration.grammar.words import Words, alternatives

_MANY: Final = 6
"""Minimum number of digits of a telephone number before another word ("tel. 123456 or")."""
_FEW: Final = 3
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def verbalize_telephones(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its telephone numbers digit by digit, with a pause between their groups."""
    if "telephones" not in grammar.words.lists:
        return text
    return text.sub(_telephone_pattern(grammar.words), lambda match: _said(match, grammar))


@lru_cache(maxsize=32)
def _telephone_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a word for the telephone, perhaps one for "number", and the number."""
    lists = words.lists
    number = alternatives(lists.get("telephone_numbers", ())) or "(?!)"
    return re.compile(
        rf"""
        (?<![\w.-])(?P<word>(?i:(?-x:{alternatives(lists["telephones"])})))
        (?P<more>(?:[ ](?-x:{number}))?:?)[ ]?                     # " numurs", ":"
        (?P<number>\+?(?:\(\d{{1,5}}\)[ ]?)?\d(?>(?:(?:[ -]|[ ]?/[ ]?)?\d){{2,17}}))  # (068) 51-669
        (?![\w/-])(?![.,:]\d)(?!\.[ ]?[^\W\dA-Z_])(?P<word_after>(?=[ ][^\W\d_]))?
        """,
        re.VERBOSE,
    )


def _said(match: re.Match[str], grammar: Grammar) -> str:
    number = match["number"]
    count = sum(map(str.isdecimal, number))
    is_short = count < _MANY and match["word_after"] is not None
    if count < _FEW or is_short or _YEAR.fullmatch(number):
        return match.group()
    form = grammar.words.numbered.get(match["word"]) or grammar.words.numbered.get(match["word"].lower())
    groups = ", ".join(grammar.code(group) for group in re.findall(r"\d+", number))
    plus = f"{grammar.words.signs['plus']} " if number[0] == "+" else ""
    before = last_word(match.string, match.start()).lower()
    named = form.after.get(before, form.say) if form else match["word"]
    return f"{named}{match['more']} {plus}{groups}"
