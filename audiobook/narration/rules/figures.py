"""Numbers in figures: with decimals and groups, as a range, a fraction or a code."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import next_word, noun_after
from audiobook.narration.grammar.numerals import digits, plain_value
from audiobook.narration.rules.ranges import MORE_NUMBERS, read_range, split_range, unit_names

_LONGEST: Final = 60
"""Maximum length of a number; a longer run of characters is not a number, and stays as it is."""
NUMBER: Final = r"(?:\d{1,3}(?>(?:[ ]\d{3})+)(?:[.,]\d++)?|\d++(?>(?:[.,]\d++)*))(?![\d])"
"""Matches a number with separators, which may be those of groups or of decimals."""
_PHONE = re.compile(
    r"""
    (?<![\w.,+-])
    (?:
        \(\d{3}\)[ ]?\d{3}-\d{4}                            # (303) 832-8160
      | \(0\d{1,4}\)[ ]?\d{2,4}(?:[ -]\d{2,4}){1,3}         # (061) 218-595
      | \d{3}[ ]\d{3}[ ]\d{4}                               # 650 723 1976
      | \d{3}/\d{3}-\d{4}                                 # 713/853-5025
      | \+\d{1,3}(?:[ -]?(?:\(\d{2,5}\)|\d{2,5})){2,5}      # +371 67 325 616
      | \+\d{1,3}[ ]\d(?:[ ]\d{2,4}){2,4}                   # +33 1 42 33 44 55
      | 0(?!00)\d{1,3}[ /-]\d{2,5}(?:[ -]?\d{2,4}){0,3}     # 040 123 4567
      | 0[1-9]\d{1,4}[ ]/[ ]\d{2,9}                         # 07561 / 3128
      | 0-\d{2,3}(?:[ -]\d{2,3}){2,4}                       # 0-601 123 456
      | \d{2}[ ]\d{3}[ ]\d\d[ ]\d\d                         # 22 621 50 12
      | \d{2,3}[ -]\d{6,7}                                  # 91 3467304
      | \d{3}(?:[ ]\d\d){3}                                # 600 12 34 56
    )
    (?![\w,.:-]\w|\w)
    """,
    re.VERBOSE,
)
_FIGURE = re.compile(
    r"""
    (?<![^\W_])(?<![\w][-.,:/@\#])
    (?P<sign>[-\u2212\u2013+±](?=\d))?                      # -5
    (?P<body>
        \d{1,3}(?>(?:[ ]\d{3})+)(?:,\d++)?(?![\d])             # 12 500,75
      | \d++(?>(?:[.,:/\u2013-]\d++)*)                         # 12.500, 10–15, 3:2
    )
    (?P<half>[ ]?[½¼¾⅓⅔]|[ ](?:[13]/[234]|2/3|[1357]/8)(?![\w/]))?   # 2½, 1 1/2
    (?![^\W_])
    |
    (?<!\w)(?P<fraction>[½¼¾⅓⅔])
    """,
    re.VERBOSE,
)
_CODE = re.compile(r"\d{2,5}(?:[-. ]\d{2,5}){2,}|0\d{1,4}[-./ ]\d[-. \d]*|0\d+")
_IDENTIFIER = re.compile(r"[1-9]\d{7,11}(?<!000)")
"""Matches a number of an account, a school and so on: long, not round, and without signs between thousands."""
_POINTED = re.compile(r"\d{1,3}\.\d{1,2}")
_ACT = re.compile(r"(?<![\w/])(?P<first>\d{1,4})/(?P<second>\d{1,4})/(?=[A-Z]{2,6}(?![\w/]))")
"""Matches the number of an act of the European Union before its letters: "2004/38/EC"."""
_CODED = re.compile(r"(?:(?:19|20)\d\d/\d{1,4}|\d{1,4}/(?:19|20)\d\d)")
"""Matches the number of an act or a magazine in a year: "1600/2002"."""
_ZERO_POINT = re.compile(r"0\.\d{3,}")
"""Matches a decimal with the point of another language: "0.8647"."""
_NOTHING: Final = "00"
"""Matches decimals that are not read before a noun: "185,00 tolarjev"."""
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)*")
_SIGNS: Final = {"-": "minus", "\u2212": "minus", "\u2013": "minus", "+": "plus", "±": "plusminus"}
_HALVES: Final = frozenset(("½", "1/2"))


def verbalize_figures(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its numbers in words, in the forms that agree with the words next to them."""
    if "/" in text.text:
        slash = grammar.words.signs.get("code_slash", grammar.words.signs["slash"])
        text = text.sub(_ACT, lambda match: f"{match['first']} {slash} {match['second']} ")
    text = text.sub(_PHONE, lambda match: _groups(match.group(), grammar))
    return text.sub(_FIGURE, lambda match: _figure(match, grammar))


def _figure(match: re.Match[str], grammar: Grammar) -> str:
    signs = grammar.words.signs
    if match["fraction"]:
        return signs.get(match["fraction"], match["fraction"])
    body, text = match["body"], match.string
    if len(body) > _LONGEST:
        return match.group()
    agrees = grammar.words.part_agrees or not match["half"]
    after = noun_after(text, match.end(), grammar.words) if agrees else ""
    if _POINTED.fullmatch(body) and (more := MORE_NUMBERS.match(text, match.end())):
        unit = next_word(text, more.end())
        after = unit if unit in unit_names(grammar.words) else after
    said = read_number(body, grammar.word_before(text, match.start()), after, grammar)
    if match["half"]:
        joint = signs.get("and_part", signs["and"])
        said = f"{said} {joint} {_part(match['half'].strip(), grammar)}".replace("  ", " ")
    return f"{signs[_SIGNS[match['sign']]]} {said}" if match["sign"] else said


def _part(fraction: str, grammar: Grammar) -> str:
    """Return a fraction after a whole number in words."""
    said = grammar.words.signs.get(fraction, fraction)
    return grammar.words.signs.get("half", said) if fraction in _HALVES else said


def read_number(body: str, before: str, after: str, grammar: Grammar) -> str:
    """Return a number in words.

    Args:
        body: Figures, including the signs between them.
        before: The word before it; "" if there is none.
        after: The word after it.
        grammar: The language.
    """
    words = grammar.words
    phone = words.numbered.get("tel.")
    if before and len(body) > 4 and phone and before == phone.say:
        return _groups(body, grammar)
    if _IDENTIFIER.fullmatch(body) and after not in unit_names(words):
        return _groups(body, grammar)
    value = plain_value(body, words)
    if value is not None:
        return grammar.whole(value, body, before, after)
    if _CODE.fullmatch(body) or ("phone" in words.patterns and words.patterns["phone"].fullmatch(body)):
        return _groups(body, grammar)
    is_pointed = words.decimal == "," and (
        _ZERO_POINT.fullmatch(body) or (_POINTED.fullmatch(body) and after in unit_names(words))  # "12.8 %"
    )
    whole, _, decimals = body.partition("." if is_pointed else words.decimal)
    value = plain_value(whole, words)
    if value is not None and decimals == _NOTHING and len(after) > 1:
        return grammar.whole(value, whole, before, after)
    if value is not None and decimals.isdigit():
        return grammar.decimal(value, decimals, after)
    if ends := split_range(body):
        said = read_range(*ends, before, after, grammar)
        return said or _joint(grammar).join(read_number(end, "", "", grammar) for end in ends)
    return _parts(body, grammar)


def _joint(grammar: Grammar) -> str:
    return f" {grammar.words.range} " if grammar.words.range else ", "


def _groups(body: str, grammar: Grammar) -> str:
    """Return a code in words, with a pause between its groups."""
    said = ", ".join(grammar.code(group) for group in re.findall(r"\d+", body))
    return f"{grammar.words.signs['plus']} {said}" if body[0] == "+" else said


def _parts(body: str, grammar: Grammar) -> str:
    """Return anything else number by number: a version, a ratio, a fraction, a section."""
    signs = grammar.words.signs
    if "/" in body and body in signs:
        return signs[body]
    between = {".": signs["dot"], "/": signs["slash"]}
    if "code_slash" in signs and _CODED.fullmatch(body):
        between["/"] = signs["code_slash"]
    if "score" in signs:
        between[":"] = signs["score"]
    if _VERSION.fullmatch(body):
        between["."] = signs.get("version", signs["dot"])
    said = []
    for part in re.findall(r"\d+|\D", body):
        if part.isdigit():
            value = plain_value(part, grammar.words)
            said.append(digits(part, grammar.cardinal) if value is None else grammar.cardinal(value))
        elif part in between:
            said.append(between[part])
    return " ".join(said)
