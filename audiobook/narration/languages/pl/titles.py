"""Polish titles before declined names ("prof. Mariusza Nowaka"), and numerals joined to words ("XIV-wieczny")."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.rules.roman import roman_value

_TITLES: Final = {
    "prof.": "profesor profesora profesorowi profesorem",
    "dr": "doktor doktora doktorowi doktorem",
    "gen.": "generał generała generałowi generałem",
    "płk": "pułkownik pułkownika pułkownikowi pułkownikiem",
    "ks.": "ksiądz księdza księdzu księdzem",
    "red.": "redaktor redaktora redaktorowi redaktorem",
    "inż.": "inżynier inżyniera inżynierowi inżynierem",
    "mgr": "magister magistra magistrowi magistrem",
    "kpt.": "kapitan kapitana kapitanowi kapitanem",
    "mjr": "major majora majorowi majorem",
    "bp": "biskup biskupa biskupowi biskupem",
    "abp": "arcybiskup arcybiskupa arcybiskupowi arcybiskupem",
}
_MEN: Final = ("Mariusz", "Mariana", "Marianowi", "Marianem")
"""Men's names that begin like women's names."""
_GENITIVE, _DATIVE, _INSTRUMENTAL = 1, 2, 3
_SIGNS: Final = re.compile(r"(?:prof|dr|gen|płk|ks|red|inż|mgr|kpt|mjr|bp|ul)\.? [A-ZĆŁŚŹŻ]")
_JOINED: Final = ("-wiecz", "-leci", "-ligow")
_NAME: Final = r"[A-ZĆŁŚŹŻ][^\W\d_]{1,30}"
_TITLE = re.compile(
    rf"""
    (?<![\w.-])(?P<title>{"|".join(re.escape(title) for title in _TITLES)})
    (?=[ ](?P<first>{_NAME})(?:[ ](?:[A-ZĆŁŚŹŻ]\.[ ]?)?(?P<second>{_NAME}))?)
    """,
    re.VERBOSE,
)
_GROWN = re.compile(
    r"""
    (?<![\w.-])
    (?P<roman>[IVXLC]{1,7})-                            # XIV-
    (?P<rest>wieczn\w{1,4}|leci\w{1,4}|ligow\w{1,4})    # wieczny
    """,
    re.VERBOSE,
)
_MONTH = re.compile(
    r"""
    (?<!\w)
    (?P<before>(?:[Ww]e?|[Zz]|[Oo]d|[Dd]o|[Pp]o|[Pp]rzed)[ ])   # w
    (?P<roman>[IVX]{1,4})                                       # IX
    (?=[ ](?:1[5-9]|20)\d\d\b)                                  # before 1939
    """,
    re.VERBOSE,
)
_STREET = re.compile(r"(?<![\w.-])ul\.(?= [A-ZĆŁŚŹŻ][^\W\d_]{1,30}ej(?!\w))")
_IN_MONTHS: Final = tuple(
    "styczniu lutym marcu kwietniu maju czerwcu lipcu sierpniu wrześniu październiku listopadzie grudniu".split()
)
_CENTURY_TENS: Final = {21: "dwudziestopierwszo"}
_LEAGUES: Final = {1: "pierwszo", 2: "drugo", 3: "trzecio", 4: "czwarto", 5: "piąto"}


def verbalize_titles(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with titles declined like their names, and with numerals joined to words spelled out."""
    written = text.text
    if "-" in written and any(rest in written for rest in _JOINED):
        text = text.sub(_GROWN, lambda match: _grown(match, grammar))
    if " 1" in written or " 2" in written:
        text = text.sub(_MONTH, lambda match: _month(match, grammar))
    if not _SIGNS.search(written):
        return text
    text = text.sub(_STREET, "ulicy")
    return text.sub(_TITLE, lambda match: _title(match, grammar))


def _grown(match: re.Match[str], grammar: Grammar) -> str:
    value, rest = roman_value(match["roman"]), match["rest"]
    if rest.startswith("ligow"):
        return _LEAGUES[value] + rest if value in _LEAGUES else match.group()
    if rest.startswith("wieczn") and value in _CENTURY_TENS:
        return _CENTURY_TENS[value] + rest
    return grammar.joined(value, rest) if value else match.group()


def _month(match: re.Match[str], grammar: Grammar) -> str:
    """Return "we wrześniu" for "w IX" before a year."""
    number, before = roman_value(match["roman"]), match["before"]
    if not 0 < number <= len(_IN_MONTHS):
        return match.group()
    if before.strip().lower() not in {"w", "we", "po"}:
        return before + grammar.words.dates.months[number - 1]
    month = _IN_MONTHS[number - 1]
    return f"{'we ' if month.startswith('wrz') and before.lower() == 'w ' else before}{month}"


def _title(match: re.Match[str], grammar: Grammar) -> str:
    """Return a title in the case of its name; titles of women, and of names whose case is unclear, stay as they are."""
    case = _case_of_names(match["first"], match["second"] or "", grammar)
    return _TITLES[match["title"]].split()[case] if case else match.group()


def _case_of_names(first: str, second: str, grammar: Grammar) -> int:
    """Return the index of the form of a title, by the endings of first name and surname; 0 is the nominative."""
    last = second or first
    is_womans = first in grammar.words.lists["women"] or (
        first.startswith(grammar.words.roman.feminine) and not first.startswith(_MEN)
    )
    if is_womans or last.endswith(("ska", "cka", "dzka")):
        return 0
    if last.endswith("ego") or (first.endswith("a") and second.endswith("a")):
        return _GENITIVE
    if last.endswith(("owi", "iemu", "kemu")):
        return _DATIVE
    return _INSTRUMENTAL if first.endswith("em") and last.endswith(("em", "im", "ym")) else 0
