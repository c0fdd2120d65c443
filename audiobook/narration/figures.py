"""Numbers in figures: how one is read, with its decimals and groups, as a range, a fraction or a code."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.agreement import cardinal_form, is_year, ordinal_form
from audiobook.narration.aligned import AlignedText
from audiobook.narration.latvian import is_hour_word
from audiobook.narration.lexis import Lexis
from audiobook.narration.neighbours import governed, last_word, next_word
from audiobook.narration.numbers import MOST, cardinal, digits, ordinal, year
from audiobook.narration.slavic import polish_year_ending

_LONGEST: Final = 60
"""Digits in a row; what is longer is no number and stays as it is written."""
NUMBER: Final = r"(?:\d{1,3}(?: \d{3})++(?:[.,]\d++)?|\d++(?:[.,]\d++)*+)(?![\d])"
"""A number with groups and decimals, before it is known which is which."""
_PHONE = re.compile(
    r"(?<![\w.,+-])(?:\(\d{3}\) ?\d{3}-\d{4}|\+\d{1,3}(?:[ -]?\(?\d{2,5}\)?){2,5}|0(?!00)\d{1,3}[ /-]\d{2,5}(?:[ -]?\d{2,4}){0,3}|\d{2} \d{3} \d\d \d\d)(?![\w,.:-]\w|\w)"
)
_FIGURE = re.compile(
    r"(?<![^\W_])(?<![\w][-.,:/@#])(?P<sign>[-\u2212\u2013+±](?=\d))?"
    r"(?P<body>\d{1,3}(?: \d{3})++(?:,\d++)?(?![\d])|\d++(?:[.,:/\u2013-]\d++)*+)(?P<half> ?[½¼¾⅓⅔]| (?:[13]/[234]|2/3)(?![\w/]))?(?![^\W_])"
    r"|(?<!\w)(?P<fraction>[½¼¾⅓⅔])"
)
_RANGE = re.compile(r"([\d ., ]+)[\u2013-]([\d ., ]+)")
_CODE = re.compile(r"\d{2,5}(?:[-. ]\d{2,5}){2,}|0\d{1,4}[-./ ]\d[-. \d]*|0\d+")
_ENGLISH_PHONE = re.compile(r"\d{1,3}-\d{4}(?<!00)")
_POLISH_PLACES: Final = {"miejscu": "ym", "piętrze": "ym", "piętra": "ego", "piętro": "e", "rocznica": "a"}
_POLISH_PARTS: Final = {
    **dict.fromkeys(("rozdział", "artykuł", "ustęp", "punkt", "paragraf", "tom"), "y"),
    **dict.fromkeys(("rozdziale", "artykule", "ustępie", "punkcie", "paragrafie", "tomie"), "ym"),
    **dict.fromkeys(("rozdziału", "artykułu", "ustępu", "punktu", "paragrafu", "tomu"), "ego"),
    **dict.fromkeys(("rozdziałem", "artykułem", "ustępem", "punktem", "paragrafem", "tomem"), "ym"),
    **dict.fromkeys(("rozdziałowi", "artykułowi", "ustępowi", "punktowi", "paragrafowi"), "emu"),
    **dict.fromkeys(("strona", "część", "księga", "pozycja"), "a"),
    **dict.fromkeys(("stronie", "strony", "części", "księdze", "księgi", "pozycji"), "ej"),
    **dict.fromkeys(("stroną", "częścią", "księgą", "stronę"), "ą"),
}
_FINNISH_NUMBERED = re.compile("artikla(?!a)|momentti(?!a)|momentin|kohdan$|kohdassa|kohta$")
"""Nouns of law: "43 artikla" is the forty-third."""


def verbalize_figures(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with its numbers in words, in the form that the words round them ask for."""
    text = text.sub(_PHONE, lambda match: _groups(match.group(), lexis))
    return text.sub(_FIGURE, lambda match: _figure(match, lexis))


def _figure(match: re.Match[str], lexis: Lexis) -> str:
    if match["fraction"]:
        return lexis.signs.get(match["fraction"], match["fraction"])
    body, text = match["body"], match.string
    if len(body) > _LONGEST:
        return match.group()
    before, after = last_word(text, match.start()), next_word(text, match.end())
    if lexis.tag == "lv" and is_hour_word(before):
        outer = last_word(text, match.start() - len(before) - 1)
        before = outer if governed(outer, lexis) else before
    said = read_number(body, before, "" if match["half"] and lexis.tag == "lv" else after, lexis)
    if match["half"]:
        joint = "" if lexis.tag == "id" else f" {lexis.signs['and']}"
        said = f"{said}{joint} {_part(match['half'].strip(), lexis)}"
    sign = match["sign"] or ""
    if sign in "-\u2212\u2013" and sign:
        return f"{lexis.signs['minus']} {said}"
    return f"{lexis.signs[{'+': 'plus', '±': 'plusminus'}[sign]]} {said}" if sign else said


def _part(fraction: str, lexis: Lexis) -> str:
    """Name a fraction behind a whole number."""
    said = lexis.signs.get(fraction, fraction)
    return lexis.signs.get("half", said) if fraction in {"½", "1/2"} else said


def read_number(body: str, before: str, after: str, lexis: Lexis) -> str:
    """Give a number in words.

    Args:
        body: Figures with the signs between them.
        before: The word before it, or nothing.
        after: The word after it, or nothing.
        lexis: The language.
    """
    if before and len(body) > 4 and before == lexis.numbered.get("tel."):
        return _groups(body, lexis)
    value = plain_value(body, lexis)
    if value is not None:
        return _plain(value, body, before, after, lexis)
    if _CODE.fullmatch(body) or (lexis.tag == "en" and _ENGLISH_PHONE.fullmatch(body)):
        return _groups(body, lexis)
    whole, _, decimals = body.partition(lexis.decimal)
    value = plain_value(whole, lexis)
    if value is not None and decimals.isdigit():
        return _decimal(value, decimals, after, lexis)
    if found := _RANGE.fullmatch(body):
        return _range(found[1], found[2], before, after, lexis)
    return _parts(body, lexis)


def _groups(body: str, lexis: Lexis) -> str:
    """Say the digits of a code, with a pause between its groups."""
    said = ", ".join(digits(group, lexis.tag) for group in re.findall(r"\d+", body))
    return f"{lexis.signs['plus']} {said}" if body[0] == "+" else said


def plain_value(body: str, lexis: Lexis) -> int | None:
    """Give the value of a whole number, with or without groups of thousands; nothing if it is none."""
    if body.isdigit() and (body == "0" or body[0] != "0") and int(body[:20]) <= MOST and len(body) < 13:
        return int(body)
    grouped = re.fullmatch(rf"[1-9]\d{{0,2}}(?:([{lexis.thousands}])\d{{3}})(?:\1\d{{3}}){{0,2}}", body)
    return int(re.sub(r"\D", "", body)) if grouped else None


def _plain(value: int, body: str, before: str, after: str, lexis: Lexis) -> str:
    if lexis.tag == "pl" and 0 < value < 1000 and (ending := _polish_numbered(before, after)):
        return ordinal(value, "pl", ending)
    if lexis.tag == "fi" and value < 1000 and _FINNISH_NUMBERED.match(after):
        return ordinal(value, "fi", ordinal_form("", after, lexis))
    if lexis.tag == "pl" and len(body) == 4 and (ending := polish_year_ending(value, before, after)):
        return ordinal(value, "pl", ending)
    if body.isdigit() and len(body) == 4 and is_year(value, before, after, lexis):
        return year(value, lexis.tag)
    return cardinal(value, lexis.tag, cardinal_form(value, before, after, lexis))


def _polish_numbered(before: str, after: str) -> str:
    """Give the ending of an ordinal that is written as a plain number: "artykuł 4", "na 6 miejscu"."""
    if after in _POLISH_PLACES:
        return _POLISH_PLACES[after]
    return "" if after.lower() == "lat" else _POLISH_PARTS.get(before.lower(), "")


def _decimal(whole: int, decimals: str, after: str, lexis: Lexis) -> str:
    case = cardinal_form(whole, "", after, lexis) if lexis.tag == "fi" and len(decimals) == 1 else ""
    if lexis.digit_decimals or len(decimals) > 2 or decimals[0] == "0":
        part = digits(decimals, lexis.tag)
    else:
        part = cardinal(int(decimals), lexis.tag)
    point = lexis.signs["point"]
    if case:
        return f"{cardinal(whole, 'fi', case)} {point} {cardinal(int(decimals), 'fi', case)}"
    if lexis.tag == "sl":
        point = {1: "cela", 2: "celi", 3: "cele", 4: "cele"}.get(whole % 100, "celih")
    return f"{cardinal(whole, lexis.tag)} {point} {part}"


def _range(low: str, high: str, before: str, after: str, lexis: Lexis) -> str:
    first, second = plain_value(low, lexis), plain_value(high, lexis)
    if first is None or second is None:
        joint = f" {lexis.range} " if lexis.range else ", "
        return joint.join(read_number(part, "", "", lexis) for part in (low, high))
    if second <= first:  # a score, or two seasons: "3–0", "1980-81"
        return f"{_plain(first, low, '', '', lexis)} {_plain(second, high, '', '', lexis)}"
    if is_year(first, "in", "", lexis) and len(low) == 4:
        said = [year(first, lexis.tag), year(second, lexis.tag)]
        return f" {lexis.range} ".join(said) if lexis.range and lexis.tag != "pl" else " \u2013 ".join(said)
    if lexis.tag == "fi":
        return _finnish_range(first, second, after, lexis)
    form = cardinal_form(second, before, after, lexis)
    opening = cardinal(first, lexis.tag, form)
    return f"{opening} {lexis.range} {cardinal(second, lexis.tag, lexis.range_form or form)}"


def _finnish_range(first: int, second: int, after: str, lexis: Lexis) -> str:
    """Say "from ten to fifteen", and both in the case of the noun where it has one of its own."""
    form = cardinal_form(second, "", after, lexis)
    if form:
        return f"{cardinal(first, 'fi', form)} {cardinal(second, 'fi', form)}"
    return f"{cardinal(first, 'fi', 'elative')} {cardinal(second, 'fi', 'illative')}"


def _parts(body: str, lexis: Lexis) -> str:
    """Read number by number what is neither: a version, a ratio, a fraction, a section."""
    if body in _fractions(lexis):
        return _fractions(lexis)[body]
    words = {".": lexis.signs["dot"], "/": lexis.signs["slash"]}
    if re.fullmatch(r"\d+\.\d+(?:\.\d+)*", body) and lexis.tag == "en":
        words["."] = "point"
    said = []
    for part in re.findall(r"\d+|\D", body):
        if part.isdigit():
            value = plain_value(part, lexis)
            said.append(digits(part, lexis.tag) if value is None else cardinal(value, lexis.tag))
        elif part in words:
            said.append(words[part])
    return " ".join(said)


@lru_cache(maxsize=8)
def _fractions_of(tag: str, pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {sign: words for sign, words in pairs if "/" in sign}


def _fractions(lexis: Lexis) -> dict[str, str]:
    return _fractions_of(lexis.tag, tuple(lexis.signs.items()))
