"""Short forms and signs said in full: "esim.", "np.", "Mr.", "No. 7", "§ 3", "&"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.attributes import attribute_ending
from audiobook.narration.lexis import Lexis, alternatives, known_lexis
from audiobook.narration.neighbours import ends_text, governed, last_word, next_word
from audiobook.narration.splitting.abbreviations import has, language_words

_DATE = re.compile(r"(?:1\d{3}|20\d\d)\b|\d{1,2}\. ?(?:\d|[^\W\d_]+kuuta)")
_VOWEL = re.compile("[aeiouyäöåąęóāēīū]", re.IGNORECASE)
_ORDINAL = re.compile(r"(?:\b[IVXLC]+\.?|\d\.)$")
_COUNTED = re.compile(r"\d ?$")
_PAGES = re.compile(r"\d{1,4}[\u2013-]\d")
_LAW: Final = re.compile(r"(?<!\w)(?:art\.|§|ust\.|pkt)? ?\d{1,4}[a-z]{0,2} $")
_LAW_PARTS: Final = 4
_LAW_CASES: Final = {
    **dict.fromkeys(("artykule", "ustępie", "paragrafie"), "loc"),
    **dict.fromkeys(("artykułu", "ustępu", "paragrafu"), "gen"),
    **dict.fromkeys(("artykułem", "ustępem", "paragrafem"), "ins"),
}
_AND = re.compile(r"(?<=\s)&(?=\s)")


def verbalize_numbered(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with the short forms that mean something only before a number ("s. 5") in words."""
    return text.sub(_numbered(lexis.tag), lambda match: _counting(match, lexis))


def verbalize_short_forms(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with its short forms in words. A full stop that ends the sentence too is kept."""
    text = text.sub(_short(lexis.tag), lambda match: _in_full(match, lexis))
    return text.sub(_AND, lexis.signs["and"])


@lru_cache(maxsize=8)
def _numbered(tag: str) -> re.Pattern[str]:
    forms = [form for form in known_lexis(tag).numbered if "@" not in form]
    return re.compile(
        rf"(?<![\w.])(?P<form>{alternatives(forms)})(?: |(?!\d\.\d(?!\d*\.)))(?=(?P<number>\d[\d.]*(?: [^\W\d_]+)?))"
    )


@lru_cache(maxsize=8)
def _short(tag: str) -> re.Pattern[str]:
    known = known_lexis(tag).short
    forms = [form for form in known if "@" not in form] + list(known_lexis(tag).agreeing)
    forms += [form[0].upper() + form[1:] for form in forms if form[0].islower()]
    return re.compile(rf"(?<![\w.-])(?P<form>{alternatives(forms)})(?![\w-]|\.\w)")


def verbalize_ordinal_nouns(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with the short forms after an ordinal in words: "XX w.", "20. gs.", "1990. g."."""
    if not lexis.ordinal_nouns:
        return text
    return text.sub(_after_ordinal(lexis.tag), lambda match: _noun(match, lexis))


@lru_cache(maxsize=8)
def _after_ordinal(tag: str) -> re.Pattern[str]:
    forms = alternatives(list(known_lexis(tag).ordinal_nouns))
    return re.compile(rf"(?<=[IVXLC\d.]) (?P<form>{forms})(?![\w])(?P<next>(?= (?:[^\W\d_A-Z]|\d)))?")


def _noun(match: re.Match[str], lexis: Lexis) -> str:
    """Choose the first form before a word in small letters, which it belongs to, else the second."""
    before = match.string[max(0, match.start() - 12) : match.start()]
    if not _ORDINAL.search(before):
        return match.group()
    first, *others = lexis.ordinal_nouns[match["form"]].split()
    return " " + _full(match, first if match["next"] is not None or not others else others[0])


def _counting(match: re.Match[str], lexis: Lexis) -> str:
    """Give what stands before a number; before a date it may say something else ("s. 1938", born)."""
    if match["form"] == "godz." and _COUNTED.search(match.string[: match.start()][-3:]):
        return match.group()  # "2 godz. 30 min": a unit
    of_date = lexis.numbered.get(match["form"] + "@")
    if of_date and _DATE.match(match["number"]):
        return of_date + " "
    start = _first_of_law(match.string, match.start()) if lexis.tag == "pl" else match.start()
    before = last_word(match.string, start).lower()
    case = _LAW_CASES.get(before) or governed(before, lexis)
    if case == "gen" and before in {"z", "ze"}:
        outer = last_word(match.string, start - len(before) - 1).lower()
        case = "ins" if outer in lexis.before.get("with", "").split() else case
    several = "range" if _PAGES.match(match.string, match.end()) else ""
    for key in (several, before, case):
        if key and (cased := lexis.numbered.get(f"{match['form']}@{key}")):
            return cased + " "
    return lexis.numbered[match["form"]] + " "


def _first_of_law(text: str, at: int) -> int:
    """Give where a Polish reference to a law begins that goes on at `at`: its parts share one case."""
    for _ in range(_LAW_PARTS):
        found = _LAW.search(text[max(0, at - 16) : at])
        at -= len(found.group()) if found else 0
    return at


def _in_full(match: re.Match[str], lexis: Lexis) -> str:
    """Give what a short form says; at the end of a sentence one that must lead another word is a word itself."""
    form = match["form"]
    is_spelled = "." in form[:-1] or not _VOWEL.search(form)
    may_close = is_spelled or has(form.removesuffix("."), language_words(lexis.tag).closing)
    if form.endswith(".") and not may_close and ends_text(match.string, match.end()):
        return form
    before = last_word(match.string, match.start()).lower()
    if small := lexis.agreeing.get(form) or lexis.agreeing.get(form[0].lower() + form[1:]):
        return _agreed(match, small, before, lexis)
    said = (before and lexis.short.get(f"{form}@{before}")) or lexis.short.get(form)
    return _full(match, said or _small(match, lexis))


def _agreed(match: re.Match[str], stem: str, before: str, lexis: Lexis) -> str:
    """Give an adjective with the ending that the word after it asks for."""
    after = next_word(match.string, match.end())
    second = next_word(match.string, match.end() + 1 + len(after))
    said = stem + attribute_ending(before, after, second, lexis)
    return said[0].upper() + said[1:] if match["form"][0].isupper() else said


def _small(match: re.Match[str], lexis: Lexis) -> str:
    """Give what a short form says at the start of a sentence."""
    form = match["form"]
    said = lexis.short[form[0].lower() + form[1:]]
    return said[0].upper() + said[1:]


def _full(match: re.Match[str], said: str) -> str:
    is_last = match["form"].endswith(".") and ends_text(match.string, match.end())
    return said + "." if is_last else said
