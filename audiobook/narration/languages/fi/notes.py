"""Finnish shorthand of notes, charts and messages: "pot. nukkuessa", "1v6kk", "100.n päälle", "syst. 130", "INR 2.5"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Form
from audiobook.narration.languages.fi.endings import declined_adjective

_PATIENT = re.compile(r"(?<![\w.])(?P<word>[Pp])ot\.(?= (?P<next>[^\W\d_]{2,30}))")
_OF_PATIENT: Final = re.compile(
    r"""
    (?:[aouyäöi]|d|t|l|ll|rr|nn|st|sk|k)ess[aä]$                                      # nukkuessa
    |(?:tila|vointi|kunto|hengitys|hoi[dt]o|omai|iho|vaimo|puoliso|poika|poja|tytär|tyttä|äiti|isä|veli|sisa|
      huone|sänky|vuode|lääki|lääke|verenpai|pulssi|syke|käsi|jalka|pää|vatsa)[a-zäö]{0,12}$   # tila
    |(?:kanssa|luona|luo|mukaan|puolesta|vuoksi|takia|käyttöön|toiveesta|pyynnöstä|suostumuksella)$
    """,
    re.VERBOSE,
)
"""Matches a word whose subject or owner is in the genitive: "pot. nukkuessa", "pot. tila"."""
_NOT_VERBS: Final = frozenset("edessä kädessä vedessä yhdessä kahdessa hetkessä".split())
_PRESSURE = re.compile(
    r"""
    (?<![\w.])(?P<name>[Ss]yst|[Dd]iast)\.                            # syst.
    (?:(?=\)|[ ](?:(?:[a-zäö]{1,10}|n\.|[<>])[ ]){0,2}\d               # 130
          |[ ](?P<noun>[a-zäö]{0,10}(?:pain|sivuään)[a-zäö]{1,6}))      # paineen
      |(?<=\d[ ].{5})|(?<=\d[ ].{6}))                                  # 200 syst.
    (?P<end>(?<=\.)(?=$))?
    """,
    re.VERBOSE,
)
_EVEN = re.compile(
    r"(?<![\w.])(?P<word>[Tt])as\.(?= (?:rauhalli|pinnalli|hyv[äi]|korkea|matala|heikko|nopea|vilka|hida))"
)
_SATURATION = re.compile(r"(?<![\w.])(?P<word>[Ss])atur\.(?= (?P<next>[^\W\d_]{2,30}|\d))")
_UP_TO = re.compile(r"(?<![\w.])ad\.(?= \d)")
_DOSES = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,3}) ?yks\.?(?=[ ](?:[A-ZÄÖ]{2,4}(?!\w)|insulii|punasol|hepari|plasma|jääplasma)|/|$)"
)
_ABOUT = re.compile(r"(?<=[^\W\d_] )n(?= \d)")
_VALUE = re.compile(
    r"""
    (?<![\w-])(?P<name>INR|pH|FiO2|CRP|TSH|BMI)                          # INR
    (?P<gap>[ ](?:(?:on|oli|nyt|jo|illalla|aamulla|yöllä|päivällä)[ ])?)   # illalla
    (?P<whole>\d{1,3})\.(?P<decimals>\d{1,3})(?![\w/]|\.[ ]?[a-zäö\d]|\.?[\u2013-]\d)    # 6.1
    """,
    re.VERBOSE,
)
"""Matches a measured value with a decimal point, which would otherwise be a date: "INR 6.1."."""
_TIMES_AFTER = re.compile(r"(?:(?<=[a-zäö] )x|(?<=sti )X)(?P<number>\d{1,2})(?=[.,;)]|$)")
_TIMES_BEFORE = re.compile(r"(?<![\w.,])(?P<number>\d{1,2})[xX](?=[A-ZÄÖ][a-zäö]{2})")
_GLUED_PERCENT = re.compile(r"(?<=\d)%(?=[^\W\d_]{2})")
_MASK = re.compile(r"(?<=\d) ?%(?= VM:)")
"""Matches the strength of a Venturi mask, which belongs to it: "40 % VM:lla"."""
_ENDED = re.compile(
    r"""
    (?<![\w.,:/-])(?P<number>\d{1,6})
    (?:\.(?P<stopped>n|een|iin|ään|aan|seen|ssa|ssä|sta|stä|lla|llä|lta|ltä|lle)   # 100.n
      |(?P<glued>ssa|ssä|sta|stä|lla|llä|lta|ltä|lle))                            # 3ssa
    (?!\w|\.\w)
    """,
    re.VERBOSE,
)
"""Matches a number whose ending follows a full stop or nothing instead of a colon."""
_LEVEL = re.compile(
    r"(?<![\w.,:/-])(?P<number>\d{1,4})\.(?= (?:pintaan|pinnassa|pinnasta|hujakoil\w{2,3}|korvilla)(?!\w))"
)
"""Matches a full stop that makes no ordinal: "nousee 10. pintaan"."""
_ROOMS = re.compile(
    r"(?<![\w.,])(?P<number>[1-9]) ?h ?(?P<plus>[+,]) ?(?P<open>avo-?)?(?P<kind>kk|kt|k|tupak|keittiö|keittokomero)(?!\w)"
)
"""Matches rooms and the kitchen of a flat: "2h + kk"."""
_KITCHENS: Final = {"k": "keittiö", "kk": "keittokomero", "kt": "keittotila", "tupak": "tupakeittiö"}
_SHORT_YEAR = re.compile(
    r"""
    (?=[-\u2212\u2013'\u2019])   # tried first, because it is rare
    (?:(?<=[Vv]uonna[ ])|(?<=[Vv]uoden[ ])|(?<=mallia[ ])|(?<=malli[ ])|(?<=[Kk]esällä[ ])|(?<=[Tt]alvella[ ])|(?<=[Ss]yksyllä[ ])
      |(?<=keväällä[ ])|(?<=kuussa[ ]))
    [-\u2212\u2013'\u2019](?=\d\d(?![\w,.]?\d|[ ]?(?:°|aste|\u2013|-)|\w))   # -95
    """,
    re.VERBOSE,
)
"""Matches the sign for the century that a year leaves out: "kesällä -95"."""
_WITH_ZERO = re.compile(r"(?<![\w.,/-])0(?P<digit>[1-9])-(?=[a-zäö]{3})")
"""Matches a telephone area in front of a word: "08-alueelta"."""
_VERSION = re.compile(r"(?<![\w.,])(?P<number>\d{1,2})\.x(?!\w)")
"""Matches any version of a series: "3.x"."""
_DECADE = re.compile(
    r"(?<![\w.,-])(?P<years>\d0|1\d\d0|20\d0)(?:- |(?<=\d{4}) )(?=luvu(?:n|lla|lta|lle|ssa|sta)(?!\w))"
)
_RACE = re.compile(
    r"(?<![\w.,:/-])(?P<minutes>\d{1,2})\.(?P<seconds>[0-5]\d),(?P<parts>\d{1,2})(?!\w|[.,]\d|%| (?:€|euro))"
)
"""Matches minutes, seconds and hundredths of a race: "29.03,81"."""


def write_notes(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with short forms of patient charts in full: "pot. nukkuessa" is "potilaan nukkuessa"."""
    if ". " not in text.text and "st." not in text.text:
        return text
    text = text.sub(_PATIENT, _patient)
    text = text.sub(_PRESSURE, lambda match: _pressure(match, grammar))
    text = text.sub(_EVEN, lambda match: "Tasaisen" if match["word"] == "T" else "tasaisen")
    return text.sub(_SATURATION, _saturation).sub(_UP_TO, "ad")


def _patient(match: re.Match[str]) -> str:
    word = match["next"]
    is_owned = _OF_PATIENT.search(word) and word not in _NOT_VERBS
    return f"{match['word']}otila{'an' if is_owned else 's'}"


def _pressure(match: re.Match[str], grammar: Grammar) -> str:
    case = grammar.ordinal_form("", match["noun"]).case if match["noun"] else None
    said = declined_adjective(f"{match['name']}oli", case)
    return said if match["end"] is None else f"{said}."


def _saturation(match: re.Match[str]) -> str:
    plural = "t" if re.search(r"v[aä]t$", match["next"]) else ""
    return f"{match['word']}aturaatio{plural}"


def write_values(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the numbers of notes as they are usually written: "100.n" is "100:n", "INR 6.1" "INR 6,1"."""
    text = text.sub(
        _VALUE, lambda match: f"{match['name']}{match['gap']}{match['whole']},{match['decimals']}"
    )
    text = text.sub(_ENDED, lambda match: f"{match['number']}:{match['stopped'] or match['glued']}")
    text = text.sub(_ROOMS, _rooms).sub(_SHORT_YEAR, "")
    text = text.sub(_WITH_ZERO, lambda match: f"{grammar.cardinal(0)} {match['digit']}-")
    text = text.sub(_VERSION, lambda match: f"{match['number']} piste x")
    text = text.sub(_LEVEL, lambda match: match["number"])
    text = text.sub(_DECADE, lambda match: f"{match['years']}-")
    text = text.sub(_DOSES, _doses).sub(_ABOUT, "n.")
    text = text.sub(_TIMES_BEFORE, lambda match: f"{match['number']} x ")
    text = text.sub(_TIMES_AFTER, lambda match: f"{match['number']} kertaa")
    return text.sub(_GLUED_PERCENT, "% ").sub(_MASK, " %:n") if "%" in text.text else text


def _rooms(match: re.Match[str]) -> str:
    rooms = f"{match['number']} {'huone' if match['number'] == '1' else 'huonetta'}"
    joint = " plus" if match["plus"] == "+" else ","
    return f"{rooms}{joint} {match['open'] or ''}{_KITCHENS.get(match['kind'], match['kind'])}"


def _doses(match: re.Match[str]) -> str:
    return f"{match['number']} {'yksikkö' if match['number'] == '1' else 'yksikköä'}"


def verbalize_races(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the times of races in words, without a word for the signs: "29.03,81"."""
    return text.sub(_RACE, lambda match: " ".join(_pair(part, grammar) for part in match.groups()))


def _pair(digits: str, grammar: Grammar) -> str:
    """Return two digits in words, with a zero in front of the second: "03" is "nolla kolme"."""
    said = grammar.cardinal(int(digits), Form())
    return (
        f"{grammar.cardinal(0, Form())} {said}"
        if len(digits) == 2 and digits[0] == "0" and digits != "00"
        else said
    )
