"""Short forms and signs in full: "esim.", "np.", "Mr.", "No. 7", "§ 3", "&"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case
from audiobook.narration.grammar.neighbours import ends_text, last_word, next_word
from audiobook.narration.grammar.words import ShortForm, Words, alternatives
from audiobook.narration.splitting.abbreviations import has, language_words

_DATE = re.compile(r"(?:1\d{3}|20\d\d)\b|\d{1,2}\. ?(?:\d|[^\W\d_]+kuuta)")
_VOWEL = re.compile("[aeiouyäöåąęóāēīū]", re.IGNORECASE)
_ORDINAL = re.compile(r"(?:\b[IVXLC]+\.?|\d\.)$")
_COUNTED = re.compile(r"\d ?$")
_AND = re.compile(r"(?<=\s)&(?=\s)")
_KEPT_AND = re.compile(
    r"""
    \b(?P<first>
        Plug|Rock|Bed|Drum|Rhythm|Click|Park|Kiss|Hit|Trial|Copy|Drag|Cash|Pick|Black|Work|Meet|Fish|Gin
      | Research|Mergers|Procter|Johnson|Ernst|Marks|Standard|Simon|Smith|Barnes|Smoke|Command|Dungeons|Q|R
    )
    [ ]&[ ]
    (?=(?:
        Play|Roll|Breakfast|Bass|Blues|Collect|Ride|Run|Error|Paste|Drop|Carry|White|Decker|Travel|Greet|Chips|Tonic
      | Development|Acquisitions|Gamble|Johnson|Young|Spencer|Poor|Schuster|Wesson|Noble|Mirrors|Conquer|Dragons|A|D
    )\b)
    """,
    re.VERBOSE,
)
"""Matches the sign in names and terms that keep "and" in every language: "Rock & Roll"."""
_JOINED = re.compile(r"[^\W\d_]\.[^\W\d_]{3}")
_NUMERAL = re.compile(r" [IVXL]{1,7}(?!\w)")
_LEAST_JOINED: Final = 4
"""Minimum length of a short form, with its full stop, that may touch a word in lower case."""
_NEVER: Final = "(?!)"


def part_names(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with a space between a short form and a name or word: "Dr.Smith", "esim.talossa"."""
    if "." not in text.text[:-1] or not _JOINED.search(text.text):
        return text
    return text.sub(_joined_pattern(grammar.words), _parted)


def _parted(match: re.Match[str]) -> str:
    form, name = match["form"], match["name"]
    is_word = name.islower() and form.islower() and len(form) >= _LEAST_JOINED
    return f"{form} " if name.istitle() or is_word else form


def verbalize_numbered(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with short forms that apply only before a number in full: "s. 5"."""
    if not grammar.words.numbered:
        return text
    return text.sub(_numbered_pattern(grammar.words), lambda match: _counting(match, grammar))


def verbalize_ordinal_nouns(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with short forms after an ordinal in full: "XX w.", "20. gs.", "1990. g."."""
    if not grammar.words.ordinal_nouns:
        return text
    return text.sub(_noun_pattern(grammar.words), lambda match: _noun(match, grammar))


def verbalize_numeral_leaders(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with short forms before Roman numerals in full: "t. II"."""
    if not _NUMERAL.search(text.text):
        return text
    return text.sub(_leader_pattern(grammar.words), lambda match: _leading(match, grammar))


def _leading(match: re.Match[str], grammar: Grammar) -> str:
    before, case = grammar.reference_case(match.string, match.start())
    return _in_case(grammar.words.numbered[match["form"]], before, case)


def _in_case(form: ShortForm, before: str, case: Case | None) -> str:
    return (before and form.after.get(before)) or (case and form.cases.get(case)) or form.say


@lru_cache(maxsize=32)
def _leader_pattern(words: Words) -> re.Pattern[str]:
    forms = (form for form, full in words.numbered.items() if full.say in words.roman.chapters)
    return re.compile(rf"(?<![\w.])(?P<form>{alternatives(forms) or _NEVER})(?= [IVXL]{{1,7}}(?!\w))")


def verbalize_short_forms(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its other short forms in full. A full stop that also ends the sentence is kept."""
    if not may_shorten(grammar.words).search(text.text):
        return text
    text = text.sub(_short_pattern(grammar.words), lambda match: _in_full(match, grammar))
    if "&" not in text.text:
        return text
    text = text.sub(_KEPT_AND, lambda match: f"{match['first']} and ")
    return text.sub(_AND, grammar.words.signs["and"])


@lru_cache(maxsize=32)
def may_shorten(words: Words) -> re.Pattern[str]:
    """Return a pattern for a short form in any spelling, or the sign for "and".

    Forms are grouped by their first letter in both cases, so for most words only that letter is compared.
    """
    groups: dict[str, list[str]] = {}
    for form in (*words.short, *words.agreeing):
        groups.setdefault(form[0].lower(), []).append(form[1:])
    branches = (
        f"[{re.escape(first)}{re.escape(first.upper())}](?i:{alternatives(rests)})"
        for first, rests in groups.items()
    )
    return re.compile(rf"\b(?:{'|'.join(branches) or _NEVER})|&")


@lru_cache(maxsize=32)
def _pages_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for several numbers: "10-15", "10 and 11"."""
    joints = alternatives({words.signs["and"], words.range or "-", *words.lists.get("joints", ())})
    return re.compile(rf"\d{{1,4}}(?:[\u2013-]|[ ](?:{joints})[ ])\d")


@lru_cache(maxsize=32)
def _numbered_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a short form before a number, and the number: "str. 5", "§5", "s. 5. maja", "Art. 5"."""
    capitals = {form[0].upper() + form[1:] for form in words.numbered} - set(words.numbered)
    return re.compile(
        rf"""
        (?:(?<![\w.])(?P<form>{alternatives(words.numbered)})   # s.
          |(?:^|(?<=^["(]))(?P<first>{alternatives(capitals) or _NEVER}))   # S., first in its sentence
        (?:[ ]|(?!\d\.\d(?!\d*\.)))
        (?=(?P<number>\d[\d.]*(?:[ ][^\W\d_]+)?))   # before 5. maja
        """,
        re.VERBOSE,
    )


@lru_cache(maxsize=32)
def _short_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a short form, in lower case or at the start of a sentence."""
    return re.compile(rf"(?<![\w.-])(?P<form>{alternatives(_in_both_cases(words)) or _NEVER})(?![\w-]|\.\w)")


@lru_cache(maxsize=32)
def _joined_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a short form and the name after it without a space: "Dr.Smith"."""
    forms = alternatives(form for form in _in_both_cases(words) if form.endswith("."))
    return re.compile(rf"(?<![\w.-])(?P<form>{forms or _NEVER})(?=(?P<name>[^\W\d_]{{3}}))")


def _in_both_cases(words: Words) -> list[str]:
    forms = [*words.short, *words.agreeing]
    return forms + [form[0].upper() + form[1:] for form in forms if form[0].islower()]


@lru_cache(maxsize=32)
def _noun_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for the short form of a noun after an ordinal, including what follows: "20. gs."."""
    return re.compile(
        rf"""
        (?<=[IVXLC\d.])[ ]
        (?P<form>{alternatives(words.ordinal_nouns)})   # 20. gs.
        (?![\w])
        (?P<next>(?=[ ](?:[^\W\d_A-Z]|\d)))?            # before a lower-case word
        """,
        re.VERBOSE,
    )


def _noun(match: re.Match[str], grammar: Grammar) -> str:
    """Return the first noun if a lower-case word follows, else the second; see `Words.ordinal_nouns`."""
    before = match.string[max(0, match.start() - 12) : match.start()]
    if not _ORDINAL.search(before):
        return match.group()
    first, *others = grammar.words.ordinal_nouns[match["form"]]
    return " " + _full(match, first if match["next"] is not None or not others else others[0])


def _counting(match: re.Match[str], grammar: Grammar) -> str:
    """Return a short form before a number in full; before a date it may mean something else ("s. 1938", born)."""
    words = grammar.words
    first = match["first"]
    name = match["form"] or first[0].lower() + first[1:]
    is_unit = name in words.lists.get("counted_first", ())
    if is_unit and _COUNTED.search(match.string[max(0, match.start() - 3) : match.start()]):
        return match.group()  # "2 godz. 30 min"
    said = _before_number(words.numbered[name], match, grammar)
    return f"{said[0].upper()}{said[1:]} " if first else f"{said} "


def _before_number(form: ShortForm, match: re.Match[str], grammar: Grammar) -> str:
    if form.date and _DATE.match(match["number"]):
        return form.date
    before, case = grammar.reference_case(match.string, match.start())
    if form.range and _pages_pattern(grammar.words).match(match.string, match.end()):
        return (case and form.ranges.get(case)) or form.range
    return _in_case(form, before, case)


def _in_full(match: re.Match[str], grammar: Grammar) -> str:
    """Return a short form in full; one that must precede another word is left alone at the end of a sentence."""
    form, words = match["form"], grammar.words
    is_spelled = "." in form[:-1] or " " in form or not _VOWEL.search(form)
    may_close = is_spelled or has(form.removesuffix("."), language_words(grammar.tag).closing)
    if form.endswith(".") and not may_close and ends_text(match.string, match.end()):
        return form
    before = last_word(match.string, match.start()).lower()
    if stem := words.agreeing.get(form) or words.agreeing.get(form[0].lower() + form[1:]):
        return _agreed(match, stem, before, grammar)
    if found := words.short.get(form):
        return _full(match, found.after.get(before, found.say))
    said = words.short[form[0].lower() + form[1:]].say
    return _full(match, said[0].upper() + said[1:])


def _agreed(match: re.Match[str], stem: str, before: str, grammar: Grammar) -> str:
    """Return an adjective with the ending that agrees with the word after it."""
    after = next_word(match.string, match.end())
    second = next_word(match.string, match.end() + 1 + len(after))
    said = stem + grammar.adjective_ending(before, after, second)
    return said[0].upper() + said[1:] if match["form"][0].isupper() else said


def _full(match: re.Match[str], said: str) -> str:
    is_last = match["form"].endswith(".") and ends_text(match.string, match.end())
    return said + "." if is_last else said
