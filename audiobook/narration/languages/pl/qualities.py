"""Polish shortened adjectives, and measures that are adjectives: "b. szefa", "z 5% udziałem"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Form, Gender
from audiobook.narration.grammar.neighbours import governed, last_word
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.rules.figures import NUMBER

_SHORT = re.compile(
    r"""
    (?<![\w.])
    (?P<form>b|d|zach|wsch|płn|płd)\.[ ]                                # b.
    (?=(?P<next>[^\W\d_A-Z]{2,30})(?:[ ](?P<second>[^\W\d_]{1,30}))?)   # before dobry
    """,
    re.VERBOSE,
)
_VERY: Final = re.compile(
    r"""
    (?:
        # b. dobry
        dobr|dobrz|ładn|du[żz]|mał|ważn|trudn|łatw|wysok|nisk|star|młod|źle|często|rzadko|silny|siln|szybk
      | woln|ciepł|zimn|miły|mił|zł
    )
    """,
    re.VERBOSE,
)
_STEMS: Final = {"zach": "zachodn", "wsch": "wschodn"}
_HARD: Final = {"b": "był", "d": "dawn", "płn": "północn", "płd": "południow"}
_LETTERS: Final = frozenset("bd")
_WAYS: Final = {"zach": "zachód", "wsch": "wschód", "płn": "północ", "płd": "południe"}
_SOFT: Final = {"y": "i", "ego": "iego", "emu": "iemu", "ym": "im", "ych": "ich", "ymi": "imi"}
_OF_MAN: Final = re.compile("(?:[rftsł]|[cr]z|ż|nik|[iy]k|ent|an)a$")
"""Matches the genitive ending of nouns for men: "szefa", "premiera"."""
_TO_CENTURY = re.compile(r"(?<=\b[Nn]a )(?P<roman>[IVX]{1,6}) w\.(?P<more>(?=[ ][^\W\d_A-Z])|(?=[,;:)]))?")
_BORN = re.compile(
    r"""
    (?<![\w.])
    (?P<what>ur|zm)\.[ ](?:w[ ])?(?:1[1-9]|20)\d\d(?:[ ]r\.|[ ]roku)?   # ur. w 1950 r.
    (?![\w./-]|[.,]\d)
    (?P<unsure>\?)?                                                     # ?
    """,
    re.VERBOSE,
)
_YEAR = re.compile(r"\d{4}")
_NAMES = re.compile(r"(?P<first>[A-ZĆŁŚŹŻ][^\W\d_]{1,30})(?: [A-ZĆŁŚŹŻ][\w.-]{0,30}){0,3},? \(?$")
_ENDS: Final = {"ur": ("urodzony", "urodzona"), "zm": ("zmarły", "zmarła")}
_MEN_IN_A: Final = frozenset("Kuba Barnaba Bonawentura Kosma Jarema Sasza Wania Misza Dyzma Zawisza".split())
_MEASURE = re.compile(
    r"""
    (?<=\b[Zz][ ])
    (?P<number>\d{1,4})[ ]?                        # z 5
    (?P<unit>kg|km|m|cm|mm|l|t|g|ha|proc\.|%)[ ]   # kg
    (?=[^\W\d_A-Z]{2,30}(?P<end>em|ą)(?!\w))       # before ładunkiem
    """,
    re.VERBOSE,
)
_JOINED: Final = {
    "kg": "kilogramow",
    "km": "kilometrow",
    "m": "metrow",
    "cm": "centymetrow",
    "mm": "milimetrow",
    "l": "litrow",
    "t": "tonow",
    "g": "gramow",
    "ha": "hektarow",
    "proc.": "procentow",
    "%": "procentow",
}
_OF_MEN: Final = Form(Case.GENITIVE, Gender.MASCULINE)
_ADJECTIVES = re.compile(
    rf"""
    (?<![\w.,\u2013-])
    (?P<number>{NUMBER})[ ]   # 5
    # before młodych ludzi
    (?=(?:[^\W\d_A-Z]{{3,30}}(?:ych|ich)[ ]){{1,2}}(?P<noun>[^\W\d_]{{3,30}})(?!\w))
    """,
    re.VERBOSE,
)


def verbalize_qualities(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the short forms of "former", "very", "east", "west", "born" and "died" in full."""
    written = text.text
    if ". " in written:
        text = text.sub(_SHORT, lambda match: _quality(match, grammar))
        text = text.sub(_BORN, lambda match: _born(match, grammar))
    if " w." in written:
        text = text.sub(
            _TO_CENTURY, lambda match: f"{match['roman']} wiek{'' if match['more'] is not None else '.'}"
        )
    return text


def verbalize_joined_measures(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with measures that modify the noun after them in words: "z 5% udziałem"."""
    return text.sub(_MEASURE, lambda match: _joined(match, grammar))


def verbalize_numbers_of_men(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with numbers of men in words if an adjective is in between: "60 polskich posłów"."""
    return text.sub(_ADJECTIVES, lambda match: _of_men(match, grammar))


def _quality(match: re.Match[str], grammar: Grammar) -> str:
    form, noun = match["form"], match["next"]
    if form in _LETTERS and match.start() == 0:
        return match.group()
    if form in _WAYS and noun == "od":
        return f"{_WAYS[form]} "
    if form == "b" and _VERY.match(noun):
        return "bardzo "
    before = last_word(match.string, match.start()).lower()
    ending = grammar.adjective_ending(before, noun, match["second"] or "")
    if form in _LETTERS and _OF_MAN.search(noun):
        ending = grammar.words.adjectives[_OF_MEN]
    if form in _HARD:
        return f"{_HARD[form]}{ending} "
    return f"{_STEMS[form]}{_SOFT.get(ending, 'i' + ending)} "


def _born(match: re.Match[str], grammar: Grammar) -> str:
    """Return "urodzony w … roku", by the gender of the name before it."""
    names = _NAMES.search(match.string[max(0, match.start() - 90) : match.start()])
    first = names["first"] if names else ""
    is_womans = first.endswith("a") and first not in _MEN_IN_A
    number = _YEAR.search(match.group())
    if number is None:
        return match.group()
    year = grammar.ordinal(int(number.group()), Form(Case.LOCATIVE, Gender.MASCULINE))
    return f"{_ENDS[match['what']][is_womans]} w {year} roku{match['unsure'] or ''}"


def _joined(match: re.Match[str], grammar: Grammar) -> str:
    return f"{grammar.joined(int(match['number']), _JOINED[match['unit']])}{'ym' if match['end'] == 'em' else 'ą'} "


def _of_men(match: re.Match[str], grammar: Grammar) -> str:
    value = plain_value(match["number"], grammar.words)
    if value is None or value < 2 or grammar.cardinal_form(value, "", match["noun"]) != _OF_MEN:
        return match.group()
    case = governed(grammar.word_before(match.string, match.start()), grammar.words)
    return grammar.cardinal(value, Form(case) if case in (Case.GENITIVE, Case.LOCATIVE) else _OF_MEN) + " "
