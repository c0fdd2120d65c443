"""Finnish ratios, parts with an ending, and sides: "suhteessa 2:1", "2/3:lla", "3/5 vastaajista", "vas. kättä"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Form
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.languages.fi.endings import declined

_RATIO = re.compile(
    r"""
    (?<![\w.,:/-])
    (?P<first>\d{1,3})[ ]?:[ ]?   # 1:
    (?P<last>\d{1,2})            # 3
    (?![\w:/]|[., ]\d)
    """,
    re.VERBOSE,
)
_LED: Final = re.compile(
    r"(?:suhde|suhte|suhdelu|mittakaava)\w{0,8}(?: [^\W\d_]{1,20}){0,2} $", re.IGNORECASE
)
"""Matches a word for ratios or scales, perhaps with others, before a ratio."""
_PUMP: Final = re.compile(r"\b(?:[Pp]allopum|IABP\b)")
"""Matches a pump that supports the heart; a ratio after it is that of its strokes."""
_REACH: Final = 60
_SCORE = re.compile(
    r"""
    (?<![\w.,:/\u2013-])(?P<first>\d{1,3})[\u2013-](?P<last>\d{1,3})   # 2–3
    (?=\Z|[.,;!?)](?!\d)|[ ][(\#]|[ ](?:ja|mutta|kun|jolloin|erissä|maalein|luvuin)\b)
    """,
    re.VERBOSE,
)
_GAME: Final = re.compile(
    r"\b(?:voitt|hävi(?:s|t|ä|ö)|tasapel|johtoon|johti|lukem|loppulukem|juoksuin|maalein|erin |päihitt|kaato|kaatu|otteluvoit|tilanne )"
)
"""Words of games, after which two numbers are a score."""
_PART = re.compile(
    r"""
    (?<![\w.,/])
    (?P<number>[1-9])/(?P<whole>[3-9]|10)                              # 2/3
    (?::(?P<suffix>[a-zäö]{1,5})(?!\w)|(?=[ ][a-zäöå]{3,30}(?:st[aä])(?!\w)))   # :lla, or before vastaajista
    """,
    re.VERBOSE,
)
_SIDE = re.compile(
    r"""
    (?<![\w.])
    (?P<side>[Vv]as|[Oo]ik)\.[ ](?P<joint>(?:ja|tai|sekä)[ ](?=(?:vas|oik)\.))?   # vas.
    (?=(?:(?:vas|oik)\.[ ])?(?P<noun>[a-zäöå][a-zäöå-]{2,30})(?!\w))             # kättä
    """,
    re.VERBOSE,
)
_NO_NOUNS: Final = frozenset("ja tai sekä mutta on oli ovat joka jota kun että eli kuin".split())
_NOUNS: Final = {r"tt[aä]$": Case.PARTITIVE, r"([aeiouyäö])h\1n$": Case.ILLATIVE, r"ll[aä]$": Case.ADESSIVE}
"""Cases of nouns by endings that an ordinal does not need."""
_LEFT: Final = {
    Case.NOMINATIVE: "vasen",
    Case.GENITIVE: "vasemman",
    Case.PARTITIVE: "vasenta",
    Case.INESSIVE: "vasemmassa",
    Case.ELATIVE: "vasemmasta",
    Case.ILLATIVE: "vasempaan",
    Case.ADESSIVE: "vasemmalla",
    Case.ABLATIVE: "vasemmalta",
    Case.ALLATIVE: "vasemmalle",
    Case.TRANSLATIVE: "vasemmaksi",
    Case.ESSIVE: "vasempana",
}


def verbalize_sides(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "vas." and "oik." in the case of the noun after them; elsewhere, "vas." may be a party."""
    if "as. " not in text.text and "ik. " not in text.text:
        return text
    return text.sub(_SIDE, lambda match: _side(match, grammar))


def _side(match: re.Match[str], grammar: Grammar) -> str:
    noun = match["noun"]
    if noun in _NO_NOUNS:
        return match.group()
    case = next((case for ending, case in _NOUNS.items() if re.search(ending, noun)), None)
    case = case or grammar.ordinal_form("", noun).case or Case.NOMINATIVE
    said = _LEFT[case] if match["side"].lower() == "vas" else declined("oikea", case)
    return f"{said.capitalize() if match['side'][0].isupper() else said} {match['joint'] or ''}"


def verbalize_ratios(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ratios, scales and parts with an ending in words; scores and times stay."""
    if ":" in text.text:
        pump = _PUMP.search(text.text)
        pump_at = pump.end() if pump else len(text.text)
        text = text.sub(_RATIO, lambda match: _ratio(match, pump_at, grammar))
    return text.sub(_PART, lambda match: _part(match, grammar)) if "/" in text.text else text


def _ratio(match: re.Match[str], pump_at: int, grammar: Grammar) -> str:
    last = plain_value(match["last"], grammar.words)
    before = match.string[max(0, match.start() - _REACH) : match.start()]
    if last is None or not (_LED.search(before) or match.start() >= pump_at):
        return match.group()
    return f"{grammar.cardinal(int(match['first']))} {grammar.cardinal(last, Form(Case.ILLATIVE))}"


def verbalize_scores(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its rising scores in words if it speaks of a game: "hävisi ottelun 2–3"."""
    game = _GAME.search(text.text)
    if not game:
        return text
    return text.sub(_SCORE, lambda match: _score(match, game.end(), grammar))


def _score(match: re.Match[str], game_at: int, grammar: Grammar) -> str:
    if match.start() < game_at:
        return match.group()
    return f"{grammar.cardinal(int(match['first']))} {grammar.cardinal(int(match['last']))}"


def _part(match: re.Match[str], grammar: Grammar) -> str:
    number, whole = int(match["number"]), int(match["whole"])
    case = grammar.words.suffixes.get(match["suffix"]) if match["suffix"] else Case.NOMINATIVE
    if number >= whole or case is None:
        return match.group()
    counted = Case.PARTITIVE if case is Case.NOMINATIVE and number > 1 else case
    return f"{grammar.cardinal(number, Form(case))} {grammar.ordinal(whole)}{declined('osa', counted)}"
