"""Finnish numbers that share a noun or a magnitude: "3 ja 27 artiklaa", "221 mrd. dollariin", "330 miehistön jäsentä"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.languages.fi.endings import CASE_ENDINGS, declined

_LEGAL: Final = r"(?:artikl[a-zäö]{1,4}|momenti?t?[a-zäö]{1,4}|kohda[a-zäö]{1,3}|kohta(?:a|an)?)"
_ARTICLES = re.compile(
    rf"""
    (?<![\w.,/:-])
    (?P<first>\d{{1,3}}(?:,[ ]\d{{1,3}})*)[ ](?P<joint>ja|tai|sekä)[ ]   # 3, 4 ja
    (?=\d{{1,3}}[ ](?:[a-h][ ])?(?P<noun>{_LEGAL})(?!\w))                # 27 artiklaa
    """,
    re.VERBOSE,
)
_ARTICLE_RANGE = re.compile(
    r"(?<![\w.,/:-])(?P<first>\d{1,3})[\u2013-](?P<last>\d{1,3})(?= (?P<noun>artikl[a-zäö]{1,4})(?!\w))"
)
_MAGNITUDE = re.compile(
    r"(?<=\d )(?P<magnitude>mrd|milj)\.(?= (?P<unit>(?:euro|dollari|mark|pun[nt]|kruunu|jeni|henke|henge|henkilö|tonni|asukka)[a-zäö]{1,6})(?!\w))"
)
_MAGNITUDES: Final = {"mrd": "miljardi", "milj": "miljoona"}
_ILLATIVE: Final = re.compile(r"(?:([aeiouö])\1n|seen)$(?<!asukkaan)")
_MEMBERS = re.compile(
    r"""
    (?<![\w.,:/-])(?P<number>\d{1,3}(?:[ ]\d{3})+|\d{2,6})                                # 330
    (?=[ ](?:miehistön|henkilökunnan|eduskunnan|parlamentin|senaatin|miehityksen|väestön
        |politiikan|kulttuurin|talouden|tieteen|taiteen|urheilun|musiikin|teollisuuden|kirjallisuuden|liike-elämän)   # miehistön
      (?:[ ]?,[ ][a-zäö-]{3,20}n){0,4}(?:[ ]ja[ ][a-zäö-]{3,20}n)?[ ]                          # , kulttuurin ja median
      [a-zäö]{2,}(?:aa|ää|t[aä]|[aä])(?!\w))                                              # jäsentä
    """,
    re.VERBOSE,
)
"""Matches the number of members of one body or field, whose name stands between the number and the counted noun."""


def verbalize_articles(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the first ones of several articles of a law as ordinals: "3 ja 27 artiklaa"."""
    if "art" in text.text or "moment" in text.text or "koh" in text.text:
        text = text.sub(_ARTICLES, lambda match: _articles(match, grammar))
        text = text.sub(_ARTICLE_RANGE, lambda match: _range(match, grammar))
    return text.sub(_MEMBERS, lambda match: _members(match, grammar))


def _articles(match: re.Match[str], grammar: Grammar) -> str:
    form = grammar.ordinal_form("", match["noun"])
    said = ", ".join(grammar.ordinal(int(number), form) for number in match["first"].split(", "))
    return f"{said} {match['joint']} "


def _range(match: re.Match[str], grammar: Grammar) -> str:
    form = grammar.ordinal_form("", match["noun"])
    return grammar.ordinal_range(int(match["first"]), int(match["last"]), form)


def _members(match: re.Match[str], grammar: Grammar) -> str:
    value = plain_value(match["number"], grammar.words)
    return match.group() if value is None else grammar.cardinal(value)


def write_magnitudes(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "mrd." and "milj." in the case of the noun after them: "221 mrd. dollariin"."""
    if "mrd. " not in text.text and "milj. " not in text.text:
        return text
    return text.sub(_MAGNITUDE, lambda match: _magnitude(match, grammar))


def _magnitude(match: re.Match[str], grammar: Grammar) -> str:
    unit, said = match["unit"], _MAGNITUDES[match["magnitude"]]
    if _ILLATIVE.search(unit):
        return declined(said, Case.ILLATIVE)
    case = grammar.ordinal_form("", unit).case
    return said + CASE_ENDINGS[case] if case in CASE_ENDINGS else match.group()
