"""What only Latvian writes: months in short, hours without a word for them, and measures of what follows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Case, Form, Measure, Number
from audiobook.narration.grammar.neighbours import ends_text, governed, last_word, next_word
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.rules.figures import NUMBER

_MONTHS: Final = {
    **{"janv": "janvār", "jan": "janvār", "febr": "februār", "feb": "februār", "mar": "mart", "apr": "aprīl"},
    **{"jūn": "jūnij", "jūl": "jūlij", "aug": "august", "sept": "septembr", "sep": "septembr"},
    **{"okt": "oktobr", "nov": "novembr", "dec": "decembr"},
}
"""Short forms of months, and their stems."""
_MONTH = re.compile(rf"(?<![\w.,])(?P<day>\d{{1,2}})\. ?(?P<month>{'|'.join(_MONTHS)})\.(?!\w)")
_ENDS: Final = {Case.GENITIVE: "a", Case.DATIVE: "im", Case.ACCUSATIVE: "i", Case.LOCATIVE: "ī"}
_HARD_ENDS: Final = {Case.GENITIVE: "a", Case.DATIVE: "am", Case.ACCUSATIVE: "u", Case.LOCATIVE: "ā"}
"""The endings of "marts", "augusts", "jūnijs" and "jūlijs"."""
_HOUR = re.compile(
    r"""
    (?:(?<=^)(?=[\d.]{4,5}[ ](?:[A-ZĀČĒĢĪĶĻŅŠŪŽ"]|\u2013))      # 12.00 Tukumā, 12.00 - balle
      |(?<=[^\W\d_]ī[ ])|(?<=ijā[ ])|(?<=(?:mart|gust)ā[ ])|(?<=dienā[ ])|(?<=dien[ ]))    # 6. jūlijā, sestdien
    (?P<hour>[01]?\d|2[0-4])\.(?P<minute>[0-5]\d)(?=[ ])(?![ ]?[%€])
    """,
    re.VERBOSE,
)
_MEASURED = re.compile(
    rf"(?<![\w.,\u2013-])(?P<number>{NUMBER}) (?P<noun>[^\W\d_]{{1,30}}u(?: stundā)?|eiro)(?= (?P<next>[^\W\d_]{{1,30}}))"
)
_SEASON = re.compile(r"(?<![\w.,/])(?P<first>\d{4})\./(?P<last>\d{4}|\d\d)\.(?= ?[^\W\d_A-Z])")
_PICTURE = re.compile(r"(?<![\w.])(?P<seen>(?:[Ss]k\.|[Ss]kat\.|[Ss]katīt) )?(?P<number>\d{1,3})\. ?(?P<noun>att|tab|piel|zīm|nod)\.(?!\w)")
_PICTURES: Final = {
    "att": ("attēl", "s", "u"),
    "tab": ("tabul", "a", "u"),
    "piel": ("pielikum", "s", "u"),
    "zīm": ("zīmējum", "s", "u"),
    "nod": ("nodaļ", "a", "u"),
}
_SCHOOL_YEAR = re.compile(r"(?<=\d\.) ?m\. ?g\.(?!\w)")
_TIGHT_YEAR = re.compile(r"(?<=\d\.)g\.(?!\w)")
_TIGHT_HOUR = re.compile(r"\b[Pp]lkst\.(?=\d)")
_ENDS_IN_ONE = re.compile(r"\d,\d?1(?!\d)")
_DECIMAL = re.compile(r"(?<=[^\W\d_] )(?P<whole>\d{1,4}),(?P<part>\d{1,2})(?!\d|[,.]\d)")
_DATIVE_NOUN: Final = "procentiem"
"""A word that asks for the masculine dative of several."""
_WITH = re.compile(r"\b[Aa]r \d")
_COMPARATIVE = re.compile("āk[ou]$")
_MONEY: Final = frozenset(("latu", "eiro", "dolāru"))
_ATTRIBUTED: Final = re.compile("\\w{3}(?:u|as|ai|am|i|es|ei)$")
"""The noun that an amount of money belongs to: "2000 latu prēmiju"."""
_AND_OTHERS = re.compile(r"(?P<word>\w{1,40}),? u\. ?c\.(?!\w)")
_OTHERS: Final = (("us", "us"), ("iem", "iem"), ("ām", "ām"), ("ēm", "ām"), ("os", "os"), ("ās", "ās"), ("ēs", "ās"))
"""The endings of a noun, and that of "citi" beside it."""


def _case_of_day(before: str, grammar: Grammar) -> Case:
    case = governed(before, grammar.words)
    return case if case in _ENDS else Case.LOCATIVE


def part_seasons(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with a comma between the two years of a season: "2011./2012. gadā"."""
    return text.sub(_SEASON, _season) if "./" in text.text else text


def _season(match: re.Match[str]) -> str:
    first, last = match["first"], match["last"]
    return f"{first}., {last if len(last) == 4 else first[:2] + last}."


def write_school_years(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with its school years in full ("2007. m.g."), and with spaces where short forms lack them."""
    if "." not in text.text:
        return text
    text = text.sub(_SCHOOL_YEAR, " mācību gadā")
    text = text.sub(_TIGHT_YEAR, " g.")
    return text.sub(_TIGHT_HOUR, lambda match: f"{match.group()} ")


def verbalize_attributes(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with a measure behind "ar" in the genitive of an attribute: "ar 8% ierobežojumu"."""
    if not _WITH.search(text.text):
        return text
    return text.sub(_attribute_pattern(grammar.words), lambda match: _attribute(match, grammar))


@lru_cache(maxsize=2)
def _attribute_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a number and unit before an accusative: "ar 8% maksimālo"."""
    return re.compile(
        rf"(?<=\b[Aa]r )(?P<number>\d{{1,4}}) ?(?P<unit>{alternatives(words.counted)})"
        r"(?= (?P<next>[^\W\d_]{3,30}[uoi])(?!\w))"
    )


def _attribute(match: re.Match[str], grammar: Grammar) -> str:
    if _COMPARATIVE.search(match["next"]):
        return match.group()
    value = int(match["number"])
    unit = grammar.unit_in_case(value, grammar.words.counted[match["unit"]], Measure.CONTENT)
    return f"{grammar.cardinal(value, Form(Case.GENITIVE))} {unit}"


def write_figures(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with its references to pictures and tables in full: "sk. 1. att." is "sk. 1. attēlu"."""
    return text.sub(_PICTURE, _picture)


def _picture(match: re.Match[str]) -> str:
    stem, nominative, accusative = _PICTURES[match["noun"]]
    stop = "." if ends_text(match.string, match.end()) and match.string[match.end() : match.end() + 1] != ")" else ""
    return f"{match['seen'] or ''}{match['number']}. {stem}{accusative if match['seen'] else nominative}{stop}"


def write_months(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its months in full: "5.jūn." is "5. jūnijā"."""
    return text.sub(_MONTH, lambda match: _month(match, grammar))


def _month(match: re.Match[str], grammar: Grammar) -> str:
    """Return day and month in the case of the preposition; without one, when it was, or what the date is."""
    before, stem = last_word(match.string, match.start()), _MONTHS[match["month"]]
    is_last = ends_text(match.string, match.end())
    is_hard = stem.endswith(("rt", "st", "ij"))
    is_dateline = match.string[match.end() : match.end() + 1] == "," and match.string[match.start() - 2 : match.start()] == ", "
    if (match.start() == 0 and is_last) or is_dateline:
        return f"{match['day']}. {stem}{'s' if is_hard else 'is'}{'.' if is_last else ''}"
    case = _case_of_day(before, grammar)
    ending = (_HARD_ENDS if is_hard else _ENDS)[case]
    stem = stem.replace("aprīl", "aprīļ") if case is Case.GENITIVE else stem
    said = f"{match['day']}. {stem}{ending}"
    return f"{said}." if is_last else said


def verbalize_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the hours that open it, or follow a day, in words: "12.00 Tukumā"."""
    return text.sub(_HOUR, lambda match: _hour(match, grammar))


def _hour(match: re.Match[str], grammar: Grammar) -> str:
    if match["minute"] != "00":
        return grammar.time(grammar.cardinal(int(match["hour"])), match["minute"])
    said = grammar.hour(int(match["hour"]), "plkst.", "", is_full=True)
    return f"{said}os" if said.endswith(("desmit", "padsmit")) else said


def verbalize_measures(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the numbers of measures in their case: "200 metru attālumā", "3500 gramu smags"."""
    return text.sub(_MEASURED, lambda match: _measure(match, grammar))


def _measure(match: re.Match[str], grammar: Grammar) -> str:
    value = plain_value(match["number"], grammar.words)
    measure = grammar.words.following.told_by(match["next"])
    if match["noun"] in _MONEY and _ATTRIBUTED.search(match["next"]):
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
        rf"(?<![\w.,\u2013-])(?P<whole>\d{{1,3}}),(?P<part>(?!11)\d?1) ?(?P<unit>{alternatives(words.counted)})(?!\w)"
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
    """Return a sentence with decimals behind a preposition declined though no noun follows: "no 18,5 uz 16,7"."""
    return text.sub(_DECIMAL, lambda match: _bare_decimal(match, grammar)) if "," in text.text else text


def _bare_decimal(match: re.Match[str], grammar: Grammar) -> str:
    before = last_word(match.string, match.start())
    after = next_word(match.string, match.end())
    whole, case = int(match["whole"]), governed(before, grammar.words)
    has_noun = len(after) > 2 and not grammar.words.counting.skips(after)
    is_one = whole % 10 == 1 and whole % 100 != 11
    if not case or (has_noun and not is_one):
        return match.group()
    said = grammar.decimal(whole, match["part"], after if has_noun else _DATIVE_NOUN)
    if not is_one or case is Case.DATIVE:
        return said
    point = f" {grammar.words.signs['point']} "
    return grammar.cardinal(whole, Form(case, None, Number.SINGULAR)) + point + said.partition(point)[2]


def agree_others(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "u.c." as the noun before it has its case: "krēslus u.c." is "krēslus un citus"."""
    return text.sub(_AND_OTHERS, _others) if "u" in text.text else text


def _others(match: re.Match[str]) -> str:
    word = match["word"].lower()
    ending = next((own for end, own in _OTHERS if word.endswith(end)), "")
    if word.endswith("u") and re.search(r"\wus, ", match.string[max(0, match.start() - 60) : match.start()]):
        ending = "us"
    if not ending:
        return match.group()
    stop = "." if ends_text(match.string, match.end()) else ""
    return f"{match['word']} un cit{ending}{stop}"


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (agree_others, write_figures, write_school_years),
    Place.FIGURES: (write_months, part_seasons, verbalize_attributes, verbalize_parts_of_one),
    Place.HOURS: (verbalize_hours,),
    Place.ORDINALS: (verbalize_measures, verbalize_bare_decimals),
}
