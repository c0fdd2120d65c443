"""Steps for English only: "9–5", "44 BC", "Mon.–Fri.", "1st–3rd", "the 1990s", "May 5th", "10 a.m."."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.neighbours import ends_text, last_word, next_word
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.languages.en.inches import verbalize_inches
from audiobook.narration.languages.en.numerals import verbalize_parts
from audiobook.narration.languages.en.postal_codes import verbalize_codes
from audiobook.narration.languages.en.streets import verbalize_streets
from audiobook.narration.rules.roman import roman_value

_DAY: Final = r"Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_DAYS = re.compile(rf"(?<![\w.-])(?P<first>{_DAY})\.? ?[\u2013-] ?(?P<last>{_DAY})\b(?P<stop>\.)?")
_LED_ERA = re.compile(r"(?<![\w.])(?:A\.D\.|AD) (?P<year>\d{1,4})(?![\w,]\w|\w)")
_ERA = re.compile(
    r"""
    (?:
        (?<![\w.,\u2013-])(?:(?P<first>\d{1,4})[ ]?[\u2013-][ ]?)?(?P<year>\d{1,4})[ ]?      # 58–50 BC
      | (?<=\d)[ ]
      | (?<=century[ ])
    )
    (?P<era>A\.D\.|AD|B\.C\.E\.|BCE|B\.C\.|BC|C\.E\.|CE)
    (?!\w|\.\w)
    """,
    re.VERBOSE,
)
_YEARS: Final = range(1001, 2100)
"""Matches a year that is read in pairs."""
_HOURS = re.compile(
    r"""
    (?<![\w.,:/$£€-])
    (?P<from>\d{1,2})[\u2013-](?P<to>\d{1,2})     # 9–5
    (?![\w.,:/\u2013-]\d|\d)
    (?P<half>(?=[ ]?[ap]\.?m\b))?                # before p.m.
    """,
    re.VERBOSE,
)
_HOUR_WORDS: Final = frozenset(
    "from open opens work works worked working hours daily weekdays monday tuesday wednesday thursday friday "
    "saturday sunday".split()
)
_NOON: Final = 12
_HALF_DAYS = re.compile(r"(?P<half>(?<=\d) ?[ap]\.?m\b\.?) ?[\u2013-] ?(?=\d)", re.IGNORECASE)
_CLOCK = re.compile(
    r"""
    (?<![\w.,:/$£€-])(?P<hour>[01]?\d|2[0-4])\.(?P<minutes>[0-5]\d)
    (?=[ ]?[ap]\.?[ ]?m\b                               # 1.30 pm
      |[ ](?P<served>[a-z]+)(?!\w))                      # the 9.15 train
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FROM_TO_CLOCK = re.compile(
    r"""
    \b(?P<led>from|between)[ ]
    (?P<first>[01]?\d|2[0-4])\.(?P<minutes>[0-5][05])             # from 9.30
    (?P<join>[ ](?:to|till|until|and)[ ])
    (?P<last>[01]?\d|2[0-4])\.(?P<others>[0-5][05])              # to 10.45
    (?!\w|[.,]\d|[ ]?[%°$£€])
    (?:(?=[ ](?P<next>[a-z]+)))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CHANGING: Final = re.compile(
    r"\b(?:r[io]se[ns]?|rising|f[ae]ll(?:en|s|ing)?|gr[eo]w[ns]?|(?:in|de)creas|drop|rang|var(?:y|ie)|chang|improv|price|rate|index"
    r"|average|ratio|scale|score|grade|size|distance|weight|value|version|sections?|chapters?|figures?|tables?|pages?)",
    re.IGNORECASE,
)
"""Words before two numbers that are amounts: "rose from 1.20 to 1.35"."""
_BEHIND_HOURS: Final = frozenset(
    "and or but on in at the every each daily today tomorrow tonight yesterday only it he she we they there then for with when "
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays "
    "weekdays weekends hours o".split()
)
"""Words after two times; others are what two amounts count: "from 9.30 to 10.45 metres"."""
_RATIO = re.compile(
    r"""
    (?<![\w.,:/-])(?P<first>\d{1,4}):(?P<last>\d{1,6})(?![\w:/]|[.,-]\d)
    (?:(?=[ -](?P<next>[a-z]+)))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RATIO_WORD: Final = (
    r"(?:ratios?|odds|scales?|proportions?|dilutions?|diluted|slopes?|aspect|majority|mixture|split)"
)
_SCORE_WORD: Final = r"(?:mix|mixed|won|wins?|lost|beat|lead|led|defeat(?:ed)?|outnumbered|victory|draw|drew|gears?|match|model|screen|score[ds]?)"
_AFTER_WORD: Final = r"(?:[ ](?:of|is|was|were|are|about|by|to|in|between|them|a|the|it)){0,3}[ ]\Z"
_LED_RATIO: Final = re.compile(rf"\b{_RATIO_WORD}{_AFTER_WORD}", re.IGNORECASE)
_LED_SCORE: Final = re.compile(rf"\b(?:{_RATIO_WORD}|{_SCORE_WORD}){_AFTER_WORD}", re.IGNORECASE)
_RATIO_NOUN: Final = re.compile(_RATIO_WORD, re.IGNORECASE)
_SCORE_NOUN: Final = re.compile(f"{_RATIO_WORD}|{_SCORE_WORD}", re.IGNORECASE)
_POINT = re.compile(r"(?:(?<=[\s(\[\"'\u2013])|^)(?P<minus>[-\u2212])?\.(?=\d{1,4}(?![\w,.:-]\w|\w))")
_GROUPED = re.compile(
    r"""
    (?<![\w.,:/-])(?<!\d[ ])
    # 1 234 567, 12 345, 5 000
    (?P<number>[1-9]\d{0,2}(?:[ ]\d{3}){2,3}|[1-9]\d{1,2}[ ]\d{3}|[1-9][ ](?:000|\d00))
    (?![\w,-]|\.\d|[ ]\d)
    """,
    re.VERBOSE,
)
_BEFORE_SERVED: Final = frozenset("the a an his her my your our their this that next last for on".split())
_NUMBERED_NOUNS: Final = frozenset(
    "phone telephone tel call fax number mobile cell dial page pages p pp chapter section part volume verse line figure table "
    "room route highway flight day year week no nos january february march april may june july august september october "
    "november december".split()
)
"""Matches words whose number is separate from the next number: "on page 12 345 words"."""
_OF_NOUN = re.compile(
    r"""
    (?<![\w./,-])(?<!\d[ ])
    (?:(?P<half>½|1/2)|(?P<quarter>¼|1/4)|(?P<third>⅓|1/3)|(?P<eighth>1/8)|(?P<most>¾|3/4))[ ]   # 1/2
    (?=(?P<noun>[a-z]{2,20})(?!\w))   # mile, not a word such as these:
    (?!(?:of|the|a|an|its|his|her|my|your|our|their|to|and|or|in|as|is|was|for|at|on|way)\b)
    """,
    re.VERBOSE,
)
_DOTTED_DAY: Final = re.compile(
    r"""
    (?<![\w.,/-])
    (?P<day>[12]?\d|3[01])\.[ ]                                                        # 5.
    (?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?[ ]\d{4}(?!\w))   # before May 1990
    """,
    re.VERBOSE,
)
_LOW_NUMERAL: Final = re.compile(
    r"""
    (?P<word>\b(?:[Pp]p?\.|[Pp]ages?))[ ]                   # pp.
    (?P<first>[ivxl]{1,7})                                  # ix
    (?:(?P<dash>[ ]?[\u2013-][ ]?)(?P<last>[ivxl]{1,7}))?   # –xii
    (?![\w-])
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(r"(?<![\w.])[Nn]o\.(?= (?:[IVX]{2,7}|[VX])(?![\w.]\w|\w))")
_SECTOR = re.compile(
    r"""
    (?:(?<=Sector[ ])|(?<=Block[ ])|(?<=Phase[ ])|(?<=Plot[ ])|(?<=Ward[ ])|(?<=Unit[ ]))-   # Sector -37
    (?=\d{1,3}(?![\w.-]))
    """,
    re.VERBOSE,
)
"""Matches a hyphen that is not a minus: "Sector -37"."""
_EUROS = re.compile(
    r"""
    (?:(?<=€\d)|(?<=€\d\d)|(?<=€\d\d\d)),      # €7,50
    (?=\d\d(?!\d|,\d))
    |
    (?<=\d),
    (?=\d{1,2}[ ]?(?:[Ee]uros?|€|EUR)(?!\w))   # 7,5 Euros
    """,
    re.VERBOSE,
)
"""Matches the decimal comma in amounts written in the continental way: "7,5 Euros"."""
_LED_PERCENT = re.compile(r"(?<![\w%])%(?P<number>\d{1,3}(?:\.\d{1,2})?)(?![\w%]|[.,]\d)")
_TWO_FIGURES = re.compile(r"(?<![\w/.-])(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d\d)(?![\w/-]|[.,]\d)")
_WITH = re.compile(r"(?<![\w/])w/(?P<out>o\b)?[ ]?(?=[^\W_])", re.IGNORECASE)
_FROM_TO = re.compile(r"(?<=\d)-to-(?=\d)")
_AMOUNT_TO = re.compile(r"(?<=\d)[\u2013-](?=[$£€]\d)")
_ORDINALS = re.compile(
    r"""
    (?<![\w.,-])
    (?P<first>\d{1,3}(?:st|nd|rd|th))[\u2013-]   # 1st–3rd
    (?=\d{1,3}(?:st|nd|rd|th)(?!\w))
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:(?<=[a-z,;(] )|(?<!\w)(?=No \d{1,4} [A-Z]))No(?= \d)")
_SHORT_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_MONTH = re.compile(
    rf"""
    (?<![\w.,:/-])
    (?P<day>\d{{1,2}}(?:st|nd|rd|th)?[ ](?:of[ ])?)(?P<behind>{_SHORT_MONTH})(?:\.(?=,?[ ][a-z\d])|(?![\w.'-]))
    |
    (?<![\w.-])(?P<before>{_SHORT_MONTH})(?=[ ]\d{{1,2}}(?:st|nd|rd|th)?(?![\w.:/-]\w|\w))
    """,
    re.VERBOSE,
)
_HYPHENED = re.compile(
    r"""
    (?<![\w.-])
    (?P<day>\d{1,2})-   # 01-Feb-02
    (?P<month>[A-Z][a-z]{2,8})-
    (?P<year>(?:1[5-9]|20)\d\d|\d\d)
    (?![\w-])
    """,
    re.VERBOSE,
)
_RECENT: Final = 50
"""Two-figure years below this are in the 21st century."""
_HALF_DAY = re.compile(
    r"""
    (?<=[\d\w][ ])
    (?P<half>[ap])\.?m\.     # 10 a.m.
    (?!\w)
    |
    (?<=\d)(?:[ ])?
    (?P<tight>[ap])\.?m\.?   # 10am
    (?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<![\w.,])(?P<number>\d{1,3}(?:,\d{3}){1,2}|\d{1,6})(?:st|nd|rd|th)(?!\w)")
_DECADE = re.compile(r"(?<![\w.,])(?:(?P<year>\d{3}0)'?s|(?:')?(?P<short>\d0)'?s)(?!\w)")
_MOST_DAYS: Final = 31


def verbalize_with(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "w/" and "w/o" in full."""
    if "w/" not in text.text and "W/" not in text.text:
        return text
    return text.sub(_WITH, lambda match: "without " if match["out"] else "with ")


def write_numerals(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with small Roman numerals of pages in figures, and "No." before capital ones in full."""
    if "No. " in text.text or "no. " in text.text:
        text = text.sub(_NUMBERED, lambda match: "Number" if match.group()[0] == "N" else "number")
    return text.sub(_LOW_NUMERAL, _low_numeral) if "p" in text.text.lower() else text


def _low_numeral(match: re.Match[str]) -> str:
    """Return "pages 4–10" for "pages iv–x"."""
    ends = [roman_value(match[end].upper()) for end in ("first", "last") if match[end]]
    return f"{match['word']} {chr(0x2013).join(map(str, ends))}" if all(ends) else match.group()


def write_amounts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with ".45", "20 000", "1/2 cup", "1.30 pm" and "5. Nov 2020" as other rules expect them."""
    if ":" in text.text:
        text = text.sub(_RATIO, _ratio)
    if "." in text.text:
        text = text.sub(_FROM_TO_CLOCK, _from_to)
        text = text.sub(_CLOCK, lambda match: _clock(match, grammar)).sub(
            _DOTTED_DAY, lambda match: f"{match['day']} "
        )
        text = text.sub(
            _POINT, lambda match: f"{'minus ' if match['minus'] else ''}{grammar.words.signs['point']} "
        )
    text = text.sub(_GROUPED, _grouped)
    return text.sub(_OF_NOUN, _of_noun)


def _ratio(match: re.Match[str]) -> str:
    """Return "3 to 1" for "3:1" if the words around it speak of a ratio or a score."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    may_be_time = len(match["last"]) == 2 and int(match["first"]) < 24 and int(match["last"]) < 60
    led, noun = (_LED_RATIO, _RATIO_NOUN) if may_be_time else (_LED_SCORE, _SCORE_NOUN)
    is_ratio = noun.fullmatch(match["next"] or "") or led.search(before)
    return f"{match['first']} to {match['last']}" if is_ratio else match.group()


def _from_to(match: re.Match[str]) -> str:
    """Return "from 9:30 to 10:45" for "from 9.30 to 10.45", unless something else is counted."""
    before = match.string[max(0, match.start() - 60) : match.start()]
    if _CHANGING.search(before) or (match["next"] and match["next"].lower() not in _BEHIND_HOURS):
        return match.group()
    first, last = f"{match['first']}:{match['minutes']}", f"{match['last']}:{match['others']}"
    return f"{match['led']} {first}{match['join']}{last}"


def _clock(match: re.Match[str], grammar: Grammar) -> str:
    is_time = match["served"] is None or (
        match["served"].lower() in grammar.words.lists["served"]
        and last_word(match.string, match.start()).lower() in _BEFORE_SERVED
    )
    return f"{match['hour']}:{match['minutes']}" if is_time else match.group()


def _grouped(match: re.Match[str]) -> str:
    is_apart = last_word(match.string, match.start()).lower().rstrip(".") in _NUMBERED_NOUNS
    return match.group() if is_apart else match["number"].replace(" ", ",")


def _of_noun(match: re.Match[str]) -> str:
    """Return "half a cup" for "1/2 cup", "a quarter cup" for "1/4 cup"."""
    noun = match["noun"]
    if match["half"]:
        plural = noun.endswith("s") and not noun.endswith("ss")
        return "half " if plural else f"half {'an' if noun[0] in 'aeiou' or noun == 'hour' else 'a'} "
    if match["most"]:
        is_plural = noun.endswith("s") and not noun.endswith("ss")
        return (
            match.group()
            if is_plural
            else f"three quarters of {'an' if noun[0] in 'aeiou' or noun == 'hour' else 'a'} "
        )
    return "a quarter " if match["quarter"] else "a third " if match["third"] else "an eighth "


def verbalize_days_of_week(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ranges of days in words: "Mon.–Fri."."""
    if "-" not in text.text and "\u2013" not in text.text:
        return text
    return text.sub(_DAYS, lambda match: _days(match, grammar))


def verbalize_signs(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with signs and short forms next to numbers in words; the numbers stay."""
    if "\u2013" in text.text or "-" in text.text:
        text = text.sub(_ORDINALS, lambda match: f"{match['first']} to ")
        text = text.sub(_HALF_DAYS, lambda match: f"{match['half']} to ")
        text = text.sub(_FROM_TO, " to ").sub(_AMOUNT_TO, " to ").sub(_HOURS, _hours)
    text = text.sub(_SECTOR, "")
    if "," in text.text:
        text = text.sub(_EUROS, ".")
    if "%" in text.text:
        text = text.sub(_LED_PERCENT, lambda match: f"{match['number']}%")
    if "/" in text.text:
        text = text.sub(_TWO_FIGURES, _full_year)
    text = text.sub(_LED_ERA, lambda match: f"A D {_year(match['year'], grammar)}")
    text = text.sub(_ERA, lambda match: _era(match, grammar))
    text = text.sub(_MONTH, lambda match: _month(match, grammar))
    return text.sub(_NUMBER, "number")


def verbalize_month_days(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with days and months, in either order, and the years after them in words."""
    if "-" in text.text or "\u2013" in text.text:
        text = text.sub(_HYPHENED, lambda match: _hyphened(match, grammar))
        text = text.sub(_full_range_pattern(grammar.words), " to ")
    return text.sub(_month_day_pattern(grammar.words), lambda match: _month_day(match, grammar))


def verbalize_half_days(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "a.m." and "p.m." as separate letters."""
    if "m" not in text.text.lower():
        return text
    return text.sub(_HALF_DAY, _half_day)


def _half_day(match: re.Match[str]) -> str:
    """Return "A M" or "P M", with a full stop where it also ends the sentence."""
    gap, half = ("", match["half"]) if match["half"] else (" ", match["tight"])
    stop = "." if match.group().endswith(".") and ends_text(match.string, match.end()) else ""
    return f"{gap}{half.upper()} M{stop}"


def verbalize_suffixed(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its decades and ordinals in words: "the 1990s", "3rd"."""
    text = text.sub(_DECADE, lambda match: _decade(match, grammar))
    return text.sub(_ORDINAL, lambda match: grammar.ordinal(int(match["number"].replace(",", ""))))


def _days(match: re.Match[str], grammar: Grammar) -> str:
    stop = "." if match["stop"] and ends_text(match.string, match.end()) else ""
    first, last = (grammar.words.short[f"{match[end]}."].say for end in ("first", "last"))
    return f"{first} to {last}{stop}"


def _hours(match: re.Match[str]) -> str:
    """Return "nine to five" for what would otherwise be a score: after a word for hours, or before "p.m."."""
    first, last = int(match["from"]), int(match["to"])
    if not 0 < last <= first <= _NOON:
        return match.group()
    is_told = last_word(match.string, match.start()).lower() in _HOUR_WORDS or match["half"] is not None
    return f"{first} to {last}" if is_told or (first, last) == (9, 5) else match.group()


def _full_year(match: re.Match[str]) -> str:
    """Return a date with all four figures of its year; other text stays."""
    month, day, year = int(match["month"]), int(match["day"]), int(match["year"])
    if not (0 < min(month, day) <= _NOON and max(month, day) <= _MOST_DAYS):
        return match.group()
    return f"{month}/{day}/{year + (2000 if year < _RECENT else 1900)}"


def _year(number: str, grammar: Grammar) -> str:
    return grammar.year(int(number)) if int(number) in _YEARS else number


def _era(match: re.Match[str], grammar: Grammar) -> str:
    """Return an era as letters, and the years before it in words; a full stop that ends the sentence is kept."""
    letters = " ".join(letter for letter in match["era"] if letter != ".")
    stop = "." if match["era"].endswith(".") and ends_text(match.string, match.end()) else ""
    years = " to ".join(_year(number, grammar) for number in (match["first"], match["year"]) if number)
    gap = " " if years or match.group().startswith(" ") else ""
    return f"{years}{gap}{letters}{stop}"


def _month(match: re.Match[str], grammar: Grammar) -> str:
    found = grammar.words.numbered.get(f"{match['behind'] or match['before']}.")
    return f"{match['day'] or ''}{found.say}" if found else match.group()


def _hyphened(match: re.Match[str], grammar: Grammar) -> str:
    """Return "1 February 2002" for "01-Feb-02"; other text stays."""
    found = grammar.words.numbered.get(f"{match['month']}.")
    month = found.say if found else match["month"]
    if month not in grammar.words.dates.months:
        return match.group()
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < _RECENT else 1900
    return f"{int(match['day'])} {month} {year}"


@lru_cache(maxsize=1)
def _full_range_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for the dash between two full dates: "13 December 1998-30 June 2001"."""
    months = alternatives(words.dates.months)
    return re.compile(rf"(?<=\b\d{{4}}) ?[\u2013-] ?(?=\d{{1,2}} (?:{months})\b|(?:{months}) \d)")


@lru_cache(maxsize=1)
def _month_day_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for "5 May 1990", "the 5th of May" and "May 5–7, 1990"."""
    months = alternatives(words.dates.months)
    return re.compile(
        rf"""
        (?<![\w.,$])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ](?:of[ ])?(?P<month>{months})
        (?:,?[ ](?P<year>\d{{4}}))?(?![\w])
        |
        (?P<first>{months})[ ](?P<second>\d{{1,2}})(?:st|nd|rd|th)?
        (?:[\u2013-](?P<to>\d{{1,2}}))?(?![\w:-]|[.,]\d)
        (?P<comma>,?[ ](?P<third>\d{{4}}))?(?!\w)
        """,
        re.VERBOSE,
    )


def _month_day(match: re.Match[str], grammar: Grammar) -> str:
    day = int(match["day"] or match["second"])
    if not 1 <= day <= _MOST_DAYS:
        return match.group()
    if match["second"] and _counts_noun(match, grammar):
        return match.group()
    number = match["year"] or match["third"]
    said = grammar.year(int(number)) if number else ""
    if match["day"]:
        led = last_word(match.string, match.start()).lower()
        the = "" if led in grammar.words.lists["determiners"] else "the "
        return f"{the}{grammar.ordinal(day)} of {match['month']} {said}".strip()
    last = f" to {grammar.ordinal(int(match['to']))}" if match["to"] else ""
    return f"{match['first']} {grammar.ordinal(day)}{last}" + (f", {said}" if said else "")


def _counts_noun(match: re.Match[str], grammar: Grammar) -> bool:
    """Return whether a number after a month counts the next noun: "In May 5 people came", but "On May 5 people"."""
    if match["to"] or match["third"] or not match.group().endswith(match["second"]):
        return False
    before, after = last_word(match.string, match.start()), next_word(match.string, match.end())
    is_counted = grammar.words.patterns["counted"].search(after) is not None
    return is_counted and after.islower() and before.lower() in grammar.words.lists["before_months"]


def _decade(match: re.Match[str], grammar: Grammar) -> str:
    said = grammar.year(int(match["year"])) if match["year"] else grammar.cardinal(int(match["short"]))
    return said[:-1] + "ies" if said.endswith("y") else said + ("es" if said.endswith("x") else "s")


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (write_numerals, verbalize_with, verbalize_parts, verbalize_streets, verbalize_days_of_week),
    Place.FIGURES: (write_amounts, verbalize_codes, verbalize_inches, verbalize_signs),
    Place.DAYS: (verbalize_month_days,),
    Place.TIMES: (verbalize_half_days,),
    Place.ORDINALS: (verbalize_suffixed,),
}
