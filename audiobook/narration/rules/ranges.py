"""Ranges in figures: "10–15", "1990–1995", and scores, which look the same: "3–0"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import governed, last_word, next_word
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.grammar.words import Words, alternatives

MORE_NUMBERS: Final = re.compile(
    r"""
    (?>(?:
        (?: , | ,?[ ][^\W\d_]{1,6} | [ ]?[\u2013-] ) [ ]?  # to, and, –
        \d{1,4}\.\d{1,4} (?!\w|[.,:]\d)  # 10.45
    ){1,12})
    """,
    re.VERBOSE,
)
"""Matches the numbers with full stops that follow such a number: " to 10.45", ", 10.45 and 11.20"."""
_RANGE = re.compile(r"([\d ., ]+)[\u2013-]([\d ., ]+)")
_APART = re.compile(
    r"""
    (?<![\w.,:/+$€£-])(?<![\u2013-][ ])
    (?P<low>\d{1,4}(?:[.,]\d{1,3}){0,3})[ ](?:\u2013|-{1,2})[ ]     # 5 –
    (?=(?P<high>\d{1,9}(?:[.,]\d{1,3}){0,3})(?![\w:/-]|[.,]\d|[ ][\u2013-]))   # 7
    """,
    re.VERBOSE,
)
"""Matches the first of two numbers with a dash between spaces, which is a range or a pause."""
_YEARS_APART = re.compile(
    r"(?<![\w.,:/+-])(?P<low>(?:1\d|20)\d\d)(?: [-\u2013]|[-\u2013] )(?=(?P<high>(?:1\d|20)\d\d)(?![\w:/-]|[.,]\d))"
)
"""Matches the first of two years with a space on one side of the dash: "1939- 1945"."""
_SPACED = re.compile(
    r"""
    (?<![\w.,:/-])(?<!\d[ ])
    (?P<low>[1-9]\d{0,2}(?:[ ]\d{3}){0,2})[ ]?[\u2013-][ ]?   # 15 001–
    (?P<high>[1-9]\d{0,2}(?:[ ]\d{3}){1,2})                   # 19 999
    (?![\w:/-]|[.,]\d|[ ]\d)
    """,
    re.VERBOSE,
)
"""Matches a range of numbers with spaces between thousands."""
_PRICES = re.compile(
    r"""
    (?<=[$€£])(?P<low>\d{1,9}(?:[.,]\d{1,3}){0,3})[ ](?:\u2013|-{1,2})[ ]   # $60,000 –
    (?=(?P<high>\d{1,9}(?:[.,]\d{1,3}){0,3})(?![\w:/-]|[.,]\d|[ ][\u2013-]))
    """,
    re.VERBOSE,
)
"""Matches the first of two amounts of money, of which only that has a sign."""
_HOURS: Final = 24
_MAKERS: Final = frozenset(
    "boeing airbus embraer douglas tupolev antonov fokker bombardier ilyushin iliuschin".split()
)
"""Makers of aeroplanes, whose models have two numbers: "Boeing 737-800"."""
_CODE: Final = 3
"""Minimum number of digits of the second part of a code."""
_MINUS = re.compile(
    r"""
    (?:(?<![\w.,-])(?P<low>\d{1,9})|(?<=\d\.))   # 10, or the end of 20.4.
    \u2212
    (?=(?P<high>\d{1,9}))
    """,
    re.VERBOSE,
)
"""Matches a minus sign in place of the dash of a range."""


def close_up_ranges(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ranges written alike: "5 - 7 days" and "20.4.\u221227.4." without spaces, with a dash."""
    if "=" in text.text:
        return text
    if "\u2212" in text.text:
        text = text.sub(_MINUS, _dashed)
    if " " in grammar.words.thousands and ("-" in text.text or "\u2013" in text.text):
        text = text.sub(_SPACED, lambda match: _joined(match, grammar.words))
    if " " in text.text and ("-" in text.text or "\u2013" in text.text):
        text = text.sub(_YEARS_APART, _dashed)
    if "- " in text.text or "\u2013 " in text.text:
        text = text.sub(_APART, lambda match: _closed_up(match, grammar))
        text = text.sub(_PRICES, lambda match: _prices(match, grammar))
    return text


def _joined(match: re.Match[str], words: Words) -> str:
    """Return a range with another sign between thousands, or none, and without spaces: "15.001–19.999"."""
    sign, before = words.thousands.strip()[:1], last_word(match.string, match.start()).lower()
    is_phone = before in words.lists.get("telephones", ()) or before in words.lists.get(
        "telephone_numbers", ()
    )
    if is_phone or int(match["low"].replace(" ", "")) >= int(match["high"].replace(" ", "")):
        return match.group()
    return "\u2013".join(match[end].replace(" ", sign) for end in ("low", "high"))


def _dashed(match: re.Match[str]) -> str:
    is_range = match["low"] is None or int(match["low"]) < int(match["high"])
    return f"{match['low'] or ''}\u2013" if is_range else match.group()


def _closed_up(match: re.Match[str], grammar: Grammar) -> str:
    """Return the lower end of a range and a dash without spaces; other text stays."""
    low, high = (_value(match[end], grammar.words) for end in ("low", "high"))
    may_be = low < high or _is_short_year(int(low), match["low"], match["high"], grammar)
    return f"{match['low']}\u2013" if may_be and _is_range(match, grammar) else match.group()


def _prices(match: re.Match[str], grammar: Grammar) -> str:
    low, high = (_value(match[end], grammar.words) for end in ("low", "high"))
    is_range = low < high and not _is_counted(next_word(match.string, match.end("high")), grammar.words)
    return f"{match['low']}\u2013" if is_range else match.group()


def _is_range(match: re.Match[str], grammar: Grammar) -> bool:
    """Return whether two numbers are years or equally large, or count a unit, or a noun after a word in lower case."""
    text, words, end = match.string, grammar.words, match.end("high")
    is_alike = len(match["low"]) == len(match["high"]) or not match["high"].isdecimal()
    if all(plain_value(match[end], words) is not None and len(match[end]) > 2 for end in ("low", "high")):
        return is_alike
    if _follows_unit(words).match(text, end) or (
        text.startswith("[", max(0, match.start() - 1)) and text[end : end + 1] in "],"
    ):
        return True
    if _is_short_year(int(_value(match["low"], words)), match["low"], match["high"], grammar):
        return not _is_counted(next_word(text, end), words)
    before, after = last_word(text, match.start()), next_word(text, end)
    if words.times.before and re.fullmatch(words.times.before, before, re.IGNORECASE):
        return _value(match["high"], words) <= _HOURS
    known = {*words.roman.chapters, *words.lists.get("joints", ()), *words.lists.get("scores", ())}
    is_preposition = governed(before, words) or before.lower() in words.lists.get("prepositions", ())
    is_led = before.islower() or is_preposition or text.startswith("(", max(0, match.start() - 1))
    return is_led and before not in known and before not in words.numbered and _is_counted(after, words)


def _is_counted(word: str, words: Words) -> bool:
    """Return whether a word after a number can be the noun that is counted."""
    counted = words.patterns.get("counted")
    is_cased = word[:1].isupper() if words.capital_nouns else word.islower()
    is_noun = is_cased and len(word) > 2 and not words.counting.skips(word) and not governed(word, words)
    is_noun = is_noun and word not in words.lists.get("joints", ())
    return is_noun and (counted is None or counted.search(word) is not None)


def _value(written: str, words: Words) -> float:
    value = plain_value(written, words)
    return float(re.sub("[.,]", ".", written)) if value is None else value


@lru_cache(maxsize=32)
def _follows_unit(words: Words) -> re.Pattern[str]:
    return re.compile(rf"[ ]?(?:{alternatives({*words.counted, *unit_names(words)}) or '(?!)'})(?!\w)")


def split_range(written: str) -> tuple[str, str] | None:
    """Return both ends of a range as they are written; None if it is not a range."""
    found = _RANGE.fullmatch(written)
    return (found[1], found[2]) if found else None


@lru_cache(maxsize=32)
def unit_names(words: Words) -> frozenset[str]:
    """Return the first words of all units, in all their forms: "1150–1250 metres" are not years."""
    return frozenset(form.split()[0] for forms in words.counted.values() for form in forms if form)


def _is_short_year(first: int, low: str, high: str, grammar: Grammar) -> bool:
    """Return whether a range is a year and the last two figures of a later one: "1995-99"."""
    is_short = len(low) == 4 and len(high) == 2 and low[2:] < high
    return is_short and grammar.is_year(first, "in", "")


def _between_years(grammar: Grammar) -> str:
    """Return the word between two years, or a dash for a pause."""
    words = grammar.words
    return "\u2013" if words.years_paused or not words.range else words.range


def _is_next_year(first: int, low: str, high: str, grammar: Grammar) -> bool:
    """Return whether a range is a year and the last two figures of the next one, below ten: "2003-04"."""
    is_short = len(low) == 4 and len(high) == 2 and high.isdecimal() and int(high) == (first + 1) % 100
    return is_short and grammar.is_year(first, "in", "")


def read_range(low: str, high: str, before: str, after: str, grammar: Grammar) -> str:
    """Return a range of whole numbers in words; "" if an end is not a whole number.

    Args:
        low: The first number, as it is written.
        high: The second number.
        before: The word before it; "" if there is none.
        after: The word after it.
        grammar: The language.
    """
    first, last = plain_value(low, grammar.words), plain_value(high, grammar.words)
    if first is not None and last is None and _is_next_year(first, low, high, grammar):
        high, last = str(first + 1), first + 1
    if first is None or last is None:
        return ""
    if before.lower() in _MAKERS:
        return f"{grammar.cardinal(first)} {grammar.cardinal(last)}"
    is_code = before.lower() in grammar.words.lists.get("codes", ())
    is_score = before.lower() in grammar.words.lists.get("scores", ()) and not _is_counted(
        after, grammar.words
    )
    if not is_code and _is_short_year(first, low, high, grammar):
        return f"{grammar.year(first)} {_between_years(grammar)} {grammar.cardinal(last)}"
    if (
        is_code and len(low) < len(high) and len(high) >= _CODE and not _is_counted(after, grammar.words)
    ):  # "Case 22-506"
        return f"{grammar.cardinal(first)}, {grammar.cardinal(last)}"
    if last <= first or is_score:  # "3–0", two seasons as in "1980-81", or "lost 1–3"
        is_name = is_code or any(
            before == form.say for form in grammar.words.numbered.values()
        )  # "n° 2015-39"
        between = "" if is_name else grammar.words.signs.get("score", "")
        ends = (grammar.whole(first, low, "", ""), between, grammar.whole(last, high, "", ""))
        return " ".join(word for word in ends if word)
    if len(low) == 4 and grammar.is_year(first, "in", "") and after not in unit_names(grammar.words):
        return f" {_between_years(grammar)} ".join(map(grammar.year, (first, last)))
    return grammar.cardinal_range(first, last, before, after)
