"""English numbers and fractions as other rules expect them: ".45", "20 000", "1/2 cup", "7,50 Euros"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import last_word

_POINT = re.compile(r"(?:(?<=[\s(\[\"'\u2013])|^)(?P<minus>[-\u2212])?\.(?=\d{1,4}(?![\w,.:-]\w|\w))")
_GROUPED = re.compile(
    r"""
    (?<![\w.,:/-])(?<!\d[ ])
    # 1 234 567, 12 345, 5 000
    (?P<number>[1-9]\d{0,2}(?:[ ]\d{3}){2,3}|[1-9]\d{1,2}[ ]\d{3}|[1-9][ ](?:000|\d00))
    (?![\w,-]|\.\d|[ ]\d)
    """,
    re.VERBOSE,
)
_NUMBERED_NOUNS: Final = frozenset(
    "phone telephone tel call fax number mobile cell dial page pages p pp chapter section part volume verse line figure table "
    "room route highway flight day year week no nos january february march april may june july august september october "
    "november december".split()
)
"""Matches words whose number is separate from the next number: "on page 12 345 words"."""
_OF_NOUN = re.compile(
    r"""
    (?<![\w./,-])(?<!\d[ ])
    (?:(?P<half>½|1/2)|(?P<quarter>¼|1/4)|(?P<third>⅓|1/3)|(?P<eighth>1/8)|(?P<most>¾|3/4))[ ]   # 1/2
    (?=(?P<noun>[a-z]{2,20})(?!\w))   # mile, not a word such as these:
    (?!(?:of|the|a|an|its|his|her|my|your|our|their|to|and|or|in|as|is|was|for|at|on|way)\b)
    """,
    re.VERBOSE,
)
_EUROS = re.compile(
    r"""
    (?:(?<=€\d)|(?<=€\d\d)|(?<=€\d\d\d)),      # €7,50
    (?=\d\d(?!\d|,\d))
    |
    (?<=\d),
    (?=\d{1,2}[ ]?(?:[Ee]uros?|€|EUR)(?!\w))   # 7,5 Euros
    """,
    re.VERBOSE,
)
"""Matches the decimal comma in amounts written in the continental way: "7,5 Euros"."""
_LED_PERCENT = re.compile(r"(?<![\w%])%(?P<number>\d{1,3}(?:\.\d{1,2})?)(?![\w%]|[.,]\d)")


def write_amounts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with ".45", "20 000" and "1/2 cup" as other rules expect them."""
    if "." in text.text:
        text = text.sub(
            _POINT, lambda match: f"{'minus ' if match['minus'] else ''}{grammar.words.signs['point']} "
        )
    return text.sub(_GROUPED, _grouped).sub(_OF_NOUN, _of_noun)


def write_european_signs(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with a point in "€7,50", and the percent sign after its number."""
    if "," in text.text:
        text = text.sub(_EUROS, ".")
    return text.sub(_LED_PERCENT, lambda match: f"{match['number']}%") if "%" in text.text else text


def _grouped(match: re.Match[str]) -> str:
    is_apart = last_word(match.string, match.start()).lower().rstrip(".") in _NUMBERED_NOUNS
    return match.group() if is_apart else match["number"].replace(" ", ",")


def _of_noun(match: re.Match[str]) -> str:
    """Return "half a cup" for "1/2 cup", "a quarter cup" for "1/4 cup"."""
    noun = match["noun"]
    is_plural = noun.endswith("s") and not noun.endswith("ss")
    article = "an" if noun[0] in "aeiou" or noun == "hour" else "a"
    if match["half"]:
        return "half " if is_plural else f"half {article} "
    if match["most"]:
        return match.group() if is_plural else f"three quarters of {article} "
    return "a quarter " if match["quarter"] else "a third " if match["third"] else "an eighth "
