"""Steps for French only: "M. Dupont", "t. II", "XIXe", "1re", "14h30", "24h/24", "1 mai", "2½ heures"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Form, Gender, Number
from audiobook.narration.grammar.neighbours import ends_text
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.rules.quantities import part_pattern, verbalize_linked_signs
from audiobook.narration.rules.roman import roman_value
from audiobook.narration.rules.short_forms import verbalize_numeral_leaders

_TITLE = re.compile(
    r"""
    (?<![\w.'-])(?<![A-Z]\.[ ])                              # not an initial after another
    (?:
        (?P<sir>M\.)[ ](?=[A-ZÀÂÇÉÈÊÎÔÖÜ]|(?:et|ou)[ ]M|(?:de|du|des|le|la|von|van)[ ]|[dl]')
      | Me(?=[ ][A-ZÉÈÀ][^\W\d_A-Z])                         # "Me Durand", not "Me voici"
    )
    """,
    re.VERBOSE,
)
_TEAM = re.compile(r"(?:(?<=\b[Ll]e )|(?<=\b[DdAa]u )|(?<=\bà ))X(?:V|III)(?![\w.-])")
_CENTURY_NUMBER = re.compile(r"(?<![\w.-])[XVI]{1,5}(?= siècle)")
_REPUBLIC = re.compile(r"(?<=\b[Ll]a )(?P<roman>I{2,3}|IV|V(?!\w)(?=[^.\w]|\.?$))(?![\w-]|\.\w| [A-ZÉ])")
_SAINT = re.compile(r"(?<![\w-])(?P<saint>St|Ste)(?=-[A-ZÉÈ])")
_SAINTS: Final = {"St": "Saint", "Ste": "Sainte"}
_DASH: Final = r"(?:(?P<dash>[\u2013-])(?=[\dIVX]))?"
_ROMAN = re.compile(
    rf"""
    (?<![\w.])(?<![^e]-)
    (?P<roman>I(?=ers?\b|[èe]?res?\b)|(?:[VX]|[IVXLC]{{2,9}})(?=[eè]))   # XX
    (?P<ending>ers?|[èe]?res?|[èe]mes?|es?)                              # e
    (?!\w){_DASH}
    """,
    re.VERBOSE,
)
_CENTURY = re.compile(r"(?<=[\dIVX]e) s\.(?!\w)")
_ORDINAL = re.compile(
    rf"""
    (?<![\w.,])(?<![^es]-)
    (?P<number>\d{{1,4}}|\d{{1,3}}(?:[ ]\d{{3}}){{1,2}})   # 21
    (?P<ending>i?ers?|[èe]?res?|nde?s?|i?[èe]?mes?|es?)    # e
    (?!\w){_DASH}
    """,
    re.VERBOSE,
)
_POUNDS = re.compile(r"(?<![\w.,-])(?P<number>\d*1) ?£")
_ARTICLE = re.compile(r"(?<![\w.])(?P<code>[LRD])\.? ?(?P<number>\d{1,4}(?:-\d{1,3}){1,3})(?![\w-])")
"""Matches the number of an article of a law: "L. 121-1"."""
_TREATY_ARTICLE = re.compile(r"(?<![\w.-])(?P<part>[IVX]{1,4})-(?=\d{1,3}(?![\w-]))")
"""Matches the part before the number of an article of a treaty: "IV-438"."""
_OUT_OF = re.compile(r"(?<![\w.,])(?P<first>\d{1,2}) ?(?P<unit>[hj]) ?/ ?(?P<last>\d{1,2})(?!\w)")
_OF_DAYS: Final = {"h": "heures", "j": "jours"}
_HOUR = re.compile(
    r"""
    (?<![\w.,:/])(?<!\d-)
    (?P<hour>\d{1,2})[ ]?h(?:[ ]?(?P<minutes>[0-5]\d)(?P<named>(?=[ ]?min\b))?)?(?![/\d]|(?(named)(?!)|\w))
    (?:[ ]?(?P<dash>[\u2013-])[ ]?(?=\d{1,2}[ ]?h(?:[ ]?[0-5]\d)?(?!\w)))?
    """,
    re.VERBOSE,
)
_HEIGHT = re.compile(r"(?<![\w.,])(?P<metres>\d{1,3})m(?P<rest>\d\d)(?!\w)")
_FOURTH = re.compile(r"(?<=\b[Ll]a )(?:I{2,3}|IV)(?!\w)")
"""Matches a republic by its number alone. After "la", "V" alone may be a letter."""
_HOURS: Final = 24
_FEMININE: Final = Form(gender=Gender.FEMININE)


def verbalize_names(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with titles that look like initials or pronouns in full, and Roman ordinals in words."""
    text = text.sub(_TITLE, lambda match: "monsieur " if match["sir"] else "maître")
    text = verbalize_numeral_leaders(text, grammar)
    if "rticle" in text.text:
        text = text.sub(_TREATY_ARTICLE, lambda match: f"{roman_value(match['part'])} tiret ")
    text = text.sub(_SAINT, lambda match: _SAINTS[match["saint"]])
    text = text.sub(_TEAM, lambda match: grammar.cardinal(roman_value(match.group())))
    text = text.sub(_CENTURY_NUMBER, lambda match: _numeral(match.group(), None, grammar))
    if _REPUBLIC.search(text.text) and _FOURTH.search(text.text):
        text = text.sub(_REPUBLIC, lambda match: _numeral(match["roman"], Gender.FEMININE, grammar))
    text = text.sub(_CENTURY, lambda match: " siècle" + ("." if ends_text(match.string, match.end()) else ""))
    return text.sub(_ROMAN, lambda match: _roman(match, grammar))


def verbalize_parts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with months, pounds, "24h/24" and the fractions of a unit or noun in words: "2½ heures"."""
    text = text.sub(_ARTICLE, lambda match: f"{match['code']} {match['number'].replace('-', ' tiret ')}")
    text = text.sub(_OUT_OF, lambda match: f"{match['first']} {_OF_DAYS[match['unit']]} sur {match['last']}")
    text = text.sub(_POUNDS, lambda match: _pounds(match, grammar))
    text = verbalize_linked_signs(text, grammar)
    return text.sub(part_pattern(grammar.words), lambda match: _part(match, grammar))


def verbalize_first_days(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the first of a month as an ordinal; other days are cardinals."""
    return text.sub(_first_day_pattern(grammar.words), grammar.ordinal(1))


def verbalize_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with times that have an "h" ("14h30", "9h-17h") in words, and with "1m80" as "1 m 80"."""
    text = text.sub(_HEIGHT, lambda match: f"{match['metres']} m {match['rest']}")
    return text.sub(_HOUR, lambda match: _hour(match, grammar)) if "h" in text.text else text


def verbalize_ordinals(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ordinals in words: "1re", "21e", "2nd"."""
    return text.sub(_ORDINAL, lambda match: _ordinal(match, grammar))


def _form(ending: str) -> Form:
    is_feminine = re.fullmatch(r"[èe]?res?|ndes?", ending) is not None
    return Form(
        gender=Gender.FEMININE if is_feminine else None,
        number=Number.PLURAL if ending.endswith("s") else None,
    )


def _roman(match: re.Match[str], grammar: Grammar) -> str:
    value = roman_value(match["roman"])
    return grammar.ordinal(value, _form(match["ending"])) + _joint(match, grammar) if value else match.group()


def _numeral(roman: str, gender: Gender | None, grammar: Grammar) -> str:
    """Return the ordinal of a numeral without its ending, before "siècle" or for a republic."""
    value = roman_value(roman)
    return grammar.ordinal(value, Form(gender=gender)) if value else roman


def _joint(match: re.Match[str], grammar: Grammar) -> str:
    """Return the word for a range where a dash and another number follow."""
    return f" {grammar.words.range} " if match["dash"] else ""


def _ordinal(match: re.Match[str], grammar: Grammar) -> str:
    number, ending = int(match["number"].replace(" ", "")), match["ending"]
    is_first = re.fullmatch(r"i?ers?|[èe]?res?", ending) is not None
    if is_first != (number == 1):
        return match.group()
    if ending.startswith("n"):
        return f"second{ending.removeprefix('nd')}" if number == 2 else match.group()
    return grammar.ordinal(number, _form(ending)) + _joint(match, grammar)


def _hour(match: re.Match[str], grammar: Grammar) -> str:
    hour, minutes = int(match["hour"]), match["minutes"]
    if minutes and hour > _HOURS:
        return match.group()
    if match["named"] is not None:
        return f"{grammar.hour(hour, '')} {int(minutes)}"
    said = grammar.time(grammar.hour(hour, ""), minutes or "00")
    return f"{said} {grammar.words.range} " if match["dash"] else said


@lru_cache(maxsize=1)
def _first_day_pattern(words: Words) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,:/-])(?<!\d )1(?= (?:{alternatives(words.dates.months)})(?!\w))")


def _pounds(match: re.Match[str], grammar: Grammar) -> str:
    """Return pounds after one: "livre" is feminine for a pound, but masculine for a book."""
    said = grammar.cardinal(int(match["number"]), _FEMININE)
    forms = grammar.words.counted["£"]
    return f"{said} {forms[0] if match['number'] == '1' else forms[-1]}"


def _part(match: re.Match[str], grammar: Grammar) -> str:
    """Return "un demi-litre", "deux heures et demie" or "trois quarts de litre"."""
    words, noun, part = grammar.words, match["noun"] or "", match["part"]
    forms = words.counted[match["unit"]] if match["unit"] else (noun, noun)
    if noun in words.lists["uncounted"]:
        return match.group()
    is_feminine = grammar.ordinal_form("", forms[0]).gender is Gender.FEMININE
    one = grammar.cardinal(1, _FEMININE) if is_feminine else grammar.cardinal(1)
    is_half = part in ("½", "1/2")
    if match["whole"]:
        value = int(match["whole"])
        whole = one if value == 1 else grammar.cardinal(value)
        behind = f"demi{'e' if is_feminine else ''}" if is_half else words.signs[part]
        counted = forms[0].removesuffix("s") if value < 2 else forms[-1]
        return f"{whole} {counted} {words.signs['and']} {behind}"
    if is_half:
        return f"{one} demi-{forms[0]}"
    return f"{words.signs[part]} {grammar.linked(forms[0], None, words.lists['linked'][0])}"


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (verbalize_names,),
    Place.FIGURES: (verbalize_parts,),
    Place.DAYS: (verbalize_first_days,),
    Place.TIMES: (verbalize_hours,),
    Place.ORDINALS: (verbalize_ordinals,),
}
