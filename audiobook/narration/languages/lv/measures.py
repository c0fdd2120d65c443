"""Declining the numbers of measures in Latvian: "200 metru attālumā", "ar 8% ierobežojumu", "par 10,1 %"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Count, Form, Measure, Number
from audiobook.narration.grammar.neighbours import governed, last_word, next_word
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.rules.figures import NUMBER

_MEASURED = re.compile(
    rf"""
    (?<![\w.,\u2013-])
    (?P<number>{NUMBER})[ ]                          # 200
    (?P<noun>[^\W\d_]{{1,30}}u(?:[ ]stundā)?|eiro)   # metru
    (?=[ ](?P<next>[^\W\d_]{{1,30}}))                # before attālumā
    """,
    re.VERBOSE,
)
_ENDS_IN_ONE = re.compile(r"\d,\d?1(?!\d)")
_DECIMAL = re.compile(r"(?<=[^\W\d_] )(?P<whole>\d{1,4}),(?P<part>\d{1,2})(?!\d|[,.]\d)")
_DATIVE_NOUN: Final = "procentiem"
"""Matches a noun that requires the masculine dative plural."""
_WITH = re.compile(r"\b[Aa]r \d")
_COMPARATIVE = re.compile("āk[ou]$")
_MONEY: Final = frozenset(("latu", "eiro", "dolāru"))
_DONE_ONE: Final = re.compile(r"\w{3}[^aeiouāēīū](?:ts|ta)$|\w{2}[āēīo](?:ts|ta)$")
"""Matches a participle whose subject is a single thing, so that an amount after it belongs to that."""
_ATTRIBUTED: Final = re.compile("\\w{3}(?:u|as|ai|am|i|es|ei)$")
"""Matches the noun that an amount of money belongs to: "2000 latu prēmiju"."""


def verbalize_attributes(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with a measure after "ar" in the genitive of an attribute: "ar 8% ierobežojumu"."""
    if not _WITH.search(text.text):
        return text
    return text.sub(_attribute_pattern(grammar.words), lambda match: _attribute(match, grammar))


@lru_cache(maxsize=2)
def _attribute_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a number and unit before an accusative: "ar 8% maksimālo"."""
    return re.compile(
        rf"""
        (?<=\b[Aa]r[ ])
        (?P<number>\d{{1,4}})[ ]?                      # 8
        (?P<unit>{alternatives(words.counted)})        # %
        (?=[ ](?P<next>[^\W\d_]{{3,30}}[uoi])(?!\w))   # before maksimālo
        """,
        re.VERBOSE,
    )


def _attribute(match: re.Match[str], grammar: Grammar) -> str:
    if _COMPARATIVE.search(match["next"]):
        return match.group()
    value = int(match["number"])
    unit = grammar.unit_in_case(value, grammar.words.counted[match["unit"]], Measure.CONTENT)
    return f"{grammar.cardinal(value, Form(Case.GENITIVE))} {unit}"


def verbalize_measures(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the numbers of measures in their case: "200 metru attālumā", "3500 gramu smags"."""
    return text.sub(_MEASURED, lambda match: _measure(match, grammar))


def _measure(match: re.Match[str], grammar: Grammar) -> str:
    value = plain_value(match["number"], grammar.words)
    measure = grammar.words.following.meaning_of(match["next"])
    before, skips = last_word(match.string, match.start()), grammar.words.counting.skips(match["next"])
    is_of_one = _DONE_ONE.search(before) is not None and not skips and match["next"].islower()
    is_purpose = grammar.unit_case(before.lower()) is Measure.EXTENT and match["next"].endswith(
        ("ai", "ei", "am")
    )
    if match["noun"] in _MONEY and not is_purpose and (is_of_one or _ATTRIBUTED.search(match["next"])):
        measure = Measure.CONTENT
    if value is None or measure is None:
        return match.group()
    case = Case.GENITIVE if measure is Measure.CONTENT else Case.ACCUSATIVE
    return f"{grammar.cardinal(value, Form(case))} {match['noun']}"


def verbalize_parts_of_one(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with decimals that end in one, and their units, in the singular: "par 10,1 %"."""
    if not _ENDS_IN_ONE.search(text.text):
        return text
    return text.sub(_part_pattern(grammar.words), lambda match: _part_of_one(match, grammar))


@lru_cache(maxsize=2)
def _part_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a decimal number that ends in one, and its unit."""
    return re.compile(
        rf"""
        (?<![\w.,\u2013-])
        (?P<whole>\d{{1,3}}),                     # 10,
        (?P<part>(?!11)\d?1)[ ]?                  # 1
        (?P<unit>{alternatives(words.counted)})   # %
        (?!\w)
        """,
        re.VERBOSE,
    )


def _part_of_one(match: re.Match[str], grammar: Grammar) -> str:
    whole, part, forms = int(match["whole"]), int(match["part"]), grammar.words.counted[match["unit"]]
    case = grammar.unit_case(grammar.unit_preposition(match.string, match.start(), match.end()))
    said = grammar.unit_in_case(1, forms, case) if case else ""
    noun = said or forms[0]
    zero = f"{grammar.cardinal(0)} " if match["part"][0] == "0" else ""
    point = grammar.words.signs["point"]
    before = last_word(match.string, match.start()) if case else ""
    first = grammar.cardinal(whole, grammar.cardinal_form(whole, before, noun if whole % 10 == 1 else ""))
    last = grammar.cardinal(part, grammar.cardinal_form(part, before, noun))
    return f"{first} {point} {zero}{last} {noun}"


def verbalize_bare_decimals(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with decimals after a preposition declined, even without a noun: "no 18,5 uz 16,7"."""
    return text.sub(_DECIMAL, lambda match: _bare_decimal(match, grammar)) if "," in text.text else text


def _bare_decimal(match: re.Match[str], grammar: Grammar) -> str:
    before = last_word(match.string, match.start())
    after = next_word(match.string, match.end())
    whole, case = int(match["whole"]), governed(before, grammar.words)
    has_noun = len(after) > 2 and not grammar.words.counting.skips(after)
    is_one = grammar.count(whole) is Count.ONE
    if not case or (has_noun and not is_one):
        return match.group()
    said = grammar.decimal(whole, match["part"], after if has_noun else _DATIVE_NOUN)
    if not is_one or case is Case.DATIVE:
        return said
    point = f" {grammar.words.signs['point']} "
    return grammar.cardinal(whole, Form(case, None, Number.SINGULAR)) + point + said.partition(point)[2]
