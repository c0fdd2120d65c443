"""Roman numerals of rulers, centuries and chapters.

Capitals are only read as a number if the words next to them show that they are one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import ends_text, governed, last_word, next_word, noun_after
from audiobook.narration.grammar.series import NO_SERIES, Series
from audiobook.narration.grammar.words import Words
from audiobook.narration.rules.ordinals import belongs_to
from audiobook.narration.splitting.abbreviations import language_words

_ROMAN = re.compile(
    r"""
    (?<![\w.-])
    (?P<roman>[IVXLC]{1,9})          # II
    (?P<stop>\.?)                    # II.
    (?::(?P<suffix>[a-zäö]{1,6}))?   # II:n
    (?![\w])(?!-\w)(?!\.\w)
    """,
    re.VERBOSE,
)
_RANGE = re.compile(
    r"""
    (?<![\w.-])
    (?P<first>[IVX]{1,6})\.?(?:[ ]?[\u2013-][ ]?)   # XV–
    (?P<last>[IVX]{1,6})                            # XVI
    (?P<stop>\.?)
    (?![\w:-]|\.\w)
    """,
    re.VERBOSE,
)
_VALID = re.compile(r"C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_INITIALS: Final = frozenset("CL")
"""Letters that are never the number of a ruler after a name."""
_DESIGNATIONS: Final = frozenset("BFGHJNPQRT")
"""Capitals before a numeral that are a designation: "an H II region". They are not words in any language."""
_NAME = re.compile(r"[^\W\d_][^\W\d_A-Z]+")
_REACH: Final = 40
"""Number of characters after a numeral that are examined."""
_MOST_NAMES: Final = 4
_LONGEST_PARTICLE: Final = 3
"""A longer word in lower case after a letter with a full stop is its noun, not one such as "je" after an initial."""
_CHAIN_REACH: Final = 60
"""Number of characters before a numeral that are examined."""


def roman_value(numeral: str) -> int:
    """Return the value of a Roman numeral; 0 if it is not one below 400."""
    if not numeral or not _VALID.fullmatch(numeral):
        return 0
    values = [_VALUES[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def verbalize_roman(
    text: AlignedText, grammar: Grammar, *, is_heading: bool, series: Series = NO_SERIES
) -> AlignedText:
    """Return a sentence with its Roman numerals in words.

    Args:
        text: A sentence.
        grammar: The language.
        is_heading: Whether it is a heading, in which a numeral alone, or at the start before a full stop, is the
            number of the chapter.
        series: The letters and numerals that the document counts with.
    """
    text = text.sub(_RANGE, lambda match: _range(match, grammar))
    return text.sub(_ROMAN, lambda match: _said(match, grammar, is_heading, series))


def _said(match: re.Match[str], grammar: Grammar, is_heading: bool, series: Series) -> str:
    value = roman_value(match["roman"])
    if not value:
        return match.group()
    said = _by_neighbours(match, value, grammar, is_heading, series)
    if not said and is_heading and _opens(match) and series.is_numeral(match["roman"], ""):
        return grammar.cardinal(value) + match["stop"]
    if not said:
        return match.group()
    goes_on = grammar.words.roman.dot or next_word(match.string, match.end())[:1].islower()
    keeps = match["stop"] and (not goes_on or ends_text(match.string, match.end()))
    return said + "." if keeps else said


def _range(match: re.Match[str], grammar: Grammar) -> str:
    """Return a range of numerals in words: ordinals if a noun or a full stop requires it, else cardinals."""
    first, last = roman_value(match["first"]), roman_value(match["last"])
    if not 0 < first < last or len(match["first"] + match["last"]) == 2:
        return match.group()
    text, words = match.string, grammar.words.roman
    before = last_word(text, match.start())
    following = text[match.end() : match.end() + _REACH].lstrip()
    after = noun_after(text, match.end(), grammar.words)
    is_dotted = words.dot and bool(match["stop"]) and (after[:1].islower() or belongs_to(after, grammar))
    stop = "." if match["stop"] and not is_dotted else ""
    chapters = words.chapters.get(before.lower())
    is_before_noun = bool(words.after) and _after_pattern(grammar.words).match(following) is not None
    if is_before_noun or is_dotted:
        return grammar.ordinal_range(first, last, grammar.ordinal_form(before, after))
    if chapters:
        return grammar.ordinal_range(first, last, chapters) + stop
    return grammar.cardinal_range(first, last, before, "") + stop


def _opens(match: re.Match[str]) -> bool:
    """Return whether a numeral is alone, or at the start before a full stop or dash."""
    rest = match.string[match.end() : match.end() + _REACH].strip()
    return match.start() == 0 and (not rest or bool(match["stop"]) or rest[0] in ":.\u2013-")


def _by_neighbours(
    match: re.Match[str], value: int, grammar: Grammar, is_heading: bool, series: Series
) -> str:
    """Return a numeral in words if it is next to a word such as "Chapter"; "" next to any other."""
    text, words = match.string, grammar.words.roman
    before = last_word(text, match.start())
    is_ruler = _is_ruler(before, grammar) and match["roman"] not in _INITIALS
    if is_ruler or _is_titled(before, text, match.start(), grammar):
        outer = _before_rulers(text, match.start(), grammar)
        return grammar.ruler(value, before, outer, match["suffix"] or "")
    following = text[match.end() : match.end() + _REACH].lstrip()
    leader = _before_chain(text, match.start(), grammar.words) or before
    if leader.lower() in words.chapters:
        if not series.is_numeral(match["roman"], leader):
            return ""
        if _is_numeral(match, leader, following, grammar, is_heading):
            return grammar.numbered(value, words.chapters[leader.lower()])
    if words.after:
        before = leader
        said = _before_noun(match, value, before, following, grammar, is_heading)
        if said is not None:
            return said
    return _alone(match, value, before, grammar)


def _before_chain(text: str, at: int, words: Words) -> str:
    """Return the word before the first of several joined numerals; "" if `at` is not after one of them."""
    chained = _chained_pattern(words).search(text[max(0, at - _CHAIN_REACH) : at])
    return chained["word"] if chained else ""


def _is_ruler(name: str, grammar: Grammar) -> bool:
    rulers = grammar.words.roman.rulers
    return name in rulers or (name[:1].isupper() and grammar.nominative(name) in rulers)


def _is_titled(name: str, text: str, at: int, grammar: Grammar) -> bool:
    """Return whether a title precedes the one to three names that end at `at`: "King Edward VII"."""
    titles = grammar.words.roman.titles
    for _ in range(_MOST_NAMES if titles else 0):
        if not _NAME.fullmatch(name) or not name[0].isupper():
            return False
        at -= len(name) + 1
        name = last_word(text, at)
        if name.lower() in titles:
            return True
    return False


def _before_rulers(text: str, at: int, grammar: Grammar) -> str:
    """Return the word before the names that end at `at`; if they are in a list of rulers, the word before the list."""
    for _ in range(_MOST_NAMES):
        reach = max(0, at - _CHAIN_REACH)
        listed = _listed_pattern(grammar.words).search(text[reach:at])
        if not listed:
            break
        at = reach + listed.start("roman")
    return _before_names(text, at, grammar)


def _before_names(text: str, at: int, grammar: Grammar) -> str:
    """Return the word before the names that end at `at`: "unter" before "Papst Paul"."""
    before = ""
    for _ in range(_MOST_NAMES):
        at = at - len(before) - 1 if before else at
        before = last_word(text, at)
        if not before[:1].isupper() or governed(before, grammar.words):
            return before
    return ""


def _is_numeral(
    match: re.Match[str], before: str, following: str, grammar: Grammar, is_heading: bool
) -> bool:
    is_first = match.start() == 0
    return grammar.is_numeral(match["roman"], before, following, is_first=is_first, is_heading=is_heading)


def _before_noun(
    match: re.Match[str], value: int, before: str, following: str, grammar: Grammar, is_heading: bool
) -> str | None:
    """Return the ordinal for a numeral before a noun that takes one, perhaps shared with others; else None."""
    text, pattern = match.string, _after_pattern(grammar.words)
    if chain := _chain_pattern(grammar.words).match(text, match.end()):
        if not pattern.match(text[chain.end() : chain.end() + _REACH].lstrip()):
            return ""
        after = noun_after(text, chain.end(), grammar.words)
        return grammar.ordinal(value, grammar.ordinal_form(before, after))
    if not pattern.match(following):
        return None
    if not _is_numeral(match, before, following, grammar, is_heading):
        return ""
    after = noun_after(text, match.end(), grammar.words)
    return grammar.ordinal(value, grammar.ordinal_form(before, after))


def _alone(match: re.Match[str], value: int, before: str, grammar: Grammar) -> str:
    """Return several letters in words if a full stop, or a name before them, shows that they are a number."""
    words = grammar.words.roman
    after = noun_after(match.string, match.end(), grammar.words)
    if len(match["roman"]) == 1:
        return _single(match, value, before, after, grammar)
    if before in _DESIGNATIONS and not next_word(match.string, match.end()).isupper():
        return grammar.cardinal(value) + match["stop"]
    is_of_noun = belongs_to(after, grammar)
    may_rule = words.any_name and before[:1].isupper() and len(before) > 2
    if may_rule and match["stop"] and (after.islower() or not grammar.words.capital_nouns):
        return grammar.ruler(value, before, _before_names(match.string, match.start(), grammar), "")
    if words.dot and match["stop"] and (after[:1].islower() or is_of_noun):
        return grammar.ordinal(value, grammar.ordinal_form(before, after))
    is_named = _is_name(before, grammar) and not set(match["roman"]) & set("LC")
    if is_named and words.foreign and re.search(words.foreign, before):
        return grammar.cardinal(value)
    if is_named and words.orders_names:
        return grammar.ruler(value, before, _before_names(match.string, match.start(), grammar), "")
    return grammar.cardinal(value) if is_named and words.counts_names else ""


def _single(match: re.Match[str], value: int, before: str, after: str, grammar: Grammar) -> str:
    """Return one letter in words if it is the number of the first ruler of a name, or of a noun after a preposition."""
    words, text = grammar.words.roman, match.string
    is_first = words.any_name and match["stop"] and after.islower()
    if words.first and before not in words.pronouns:
        is_first = re.match(words.first, text[match.end("roman") : match.end() + _REACH]) is not None
    if _is_name(before, grammar) and match["roman"] == "I" and is_first:
        return grammar.ruler(value, before, _before_names(text, match.start(), grammar), "")
    is_governed = governed(before, grammar.words) or before in grammar.words.lists.get("prepositions", ())
    is_counted = is_governed and after.islower() and len(after) > _LONGEST_PARTICLE
    if words.dot and match["stop"] and is_counted and match["roman"] in "IVX":
        return grammar.ordinal(value, grammar.ordinal_form(before, after))
    return ""


def _is_name(word: str, grammar: Grammar) -> bool:
    """Return whether a word with a capital may be a name, and not one that begins sentences, such as an article."""
    is_capital = _NAME.fullmatch(word) is not None and word[0].isupper()
    return is_capital and word.lower() not in language_words(grammar.tag).starters


@lru_cache(maxsize=32)
def _after_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a noun after Roman ordinals: "XX wieku"."""
    return re.compile(rf"(?:{words.roman.after})(?!\w)")


@lru_cache(maxsize=32)
def _chain_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for further numerals after the first one: ", XVII i XVIII"."""
    return re.compile(rf"(?>(?:(?:,|{_joints(words)} ?\u2013) ?[IVXLC]{{1,7}}\.?(?!\w)){{1,4}})")


@lru_cache(maxsize=32)
def _chained_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for the word before a chain of numerals, and all numerals but the last: "w XVI i "."""
    joints = _joints(words).removesuffix("|")
    return re.compile(
        rf"""
        (?P<word>[^\W\d_]{{1,20}})[ ]                                          # w
        (?:[IVXLC]{{1,7}}\.?(?:,{"|" if joints else ""}{joints})[ ]){{1,4}}$   # XV, XVI i
        """,
        re.VERBOSE,
    )


@lru_cache(maxsize=32)
def _listed_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for the numeral of a ruler, and the next name in the list: "X., Felipe "."""
    joints = _joints(words).removesuffix("|") or "(?!)"
    names = r"(?:[^\W\d_]{2,30}[ ]){1,3}"
    return re.compile(rf"(?<=[ ])(?P<roman>[IVX]{{1,7}})\.?(?:,|{joints})[ ]{names}$")


def _joints(words: Words) -> str:
    return "".join(f"[ ]{re.escape(word)}|" for word in (*words.lists.get("joints", ()), words.range) if word)
