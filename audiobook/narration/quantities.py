"""Currencies, percent and units: the word that belongs to the number before or after the sign."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.figures import NUMBER, plain_value, read_number
from audiobook.narration.lexis import Lexis, alternatives, known_lexis
from audiobook.narration.neighbours import ends_text, form_by_ending, governed, last_word, next_word
from audiobook.narration.numbers import cardinal
from audiobook.narration.unit_cases import unit_in_case

_CURRENCIES: Final = ("€", "$", "US$", "£", "¥", "Rp", "Rp.", "USD", "EUR")
_MAGNITUDES: Final = {"bn": "billion", "b": "billion", "m": "million", "k": "thousand"}
"""After a currency, as English writes them: "$5m"."""
_NO_CENTS = re.compile(r"(?<=\d),[-\u2013](?=[\s.;)]|$)")
"""What stands for no hundredths: "Rp5.000,-"."""
_FRACTION = re.compile(r"[½¼¾⅓⅔]|/[234]")
_STRONG: Final = frozenset({"illative", "essive"})
_FINNISH_ENDINGS: Final = {
    "genitive": "n",
    "inessive": "ssa",
    "elative": "sta",
    "adessive": "lla",
    "ablative": "lta",
    "allative": "lle",
    "translative": "ksi",
    "essive": "na",
}


def verbalize_quantities(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with its units and currencies in words; the numbers stay, unless a case belongs to them."""
    if ",-" in text.text:
        text = text.sub(_NO_CENTS, "")
    before, after = _patterns(lexis.tag)
    if _FRACTION.search(text.text):
        text = text.sub(_fraction_pattern(lexis.tag), lambda match: _of_part(match, lexis))
    text = text.sub(before, lambda match: _before(match, lexis))
    return text.sub(after, lambda match: _after(match, lexis))


@lru_cache(maxsize=8)
def _patterns(tag: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A currency before a number, and a unit after one."""
    known = known_lexis(tag)
    currencies = alternatives([sign for sign in _CURRENCIES if sign in known.counted])
    magnitudes = "|".join(known.magnitudes.split())
    multipliers = alternatives(known.multipliers) or "(?!)"
    number = rf"(?P<number>{NUMBER}(?:[\u2013-]{NUMBER})?)"
    units = alternatives(list(known.counted))
    return (
        re.compile(
            rf"(?<![\w])(?P<unit>{currencies}) ?{number}(?: (?P<magnitude>{magnitudes})\b| ?(?P<short>[Bb]n|(?:[Mm]|(?<! )[BKk])))?(?!\w)"
        ),
        re.compile(
            rf"(?<![^\W_])(?<![\w][.,:/])(?P<minus>[-\u2212]|(?<= )\u2013|){number}(?:(?P<gap> ?)(?P<multiplier>{multipliers}))?"
            rf"(?: (?P<magnitude>{magnitudes})\b)?(?: ?(?P<unit>{units})(?P<suffix>: ?[a-zäö]{{1,5}})?(?![\w]))?"
        ),
    )


@lru_cache(maxsize=8)
def _fraction_pattern(tag: str) -> re.Pattern[str]:
    """A fraction, alone or behind a whole number, and a unit after it."""
    units = alternatives(list(known_lexis(tag).counted))
    return re.compile(
        rf"(?<![\w./,])(?P<number>(?P<whole>\d{{1,3}} ?)?(?:(?<![\d])[123]/[234](?!\d)|[½¼¾⅓⅔])) ?(?P<unit>{units})(?!\w)"
    )


def _of_part(match: re.Match[str], lexis: Lexis) -> str:
    """Name the unit after a fraction: "½ l"; English says "half a" of it by itself."""
    forms, number = lexis.counted[match["unit"]], match["number"]
    form = forms[min({"pl": 3, "sl": 4, "lv": 2, "fi": 1, "en": 1}.get(lexis.tag, 0), len(forms) - 1)]
    if lexis.tag == "en" and not match["whole"]:
        return match.group()
    if not match["whole"] and number in {"½", "1/2"}:
        number = lexis.signs.get("half", number)
    end = "." if match["unit"].endswith(".") and ends_text(match.string, match.end()) else ""
    return f"{number} {form}{end}"


def _before(match: re.Match[str], lexis: Lexis) -> str:
    magnitude = match["magnitude"] or _MAGNITUDES.get((match["short"] or "").lower())
    before = last_word(match.string, match.start())
    if magnitude:
        forms = lexis.counted[match["unit"]]
        many = forms[0] if _describes(before, lexis) else _of_many(forms, lexis)
        return f"{match['number']} {magnitude} {many}"
    return _money(match["number"], match["unit"], lexis, before if _describes(before, lexis) else "")


def _after(match: re.Match[str], lexis: Lexis) -> str:
    number, unit, multiplier = match["number"], match["unit"], match["multiplier"]
    if not (unit or multiplier) or len(number) > 40:
        return match.group()
    stop = "." if (unit or multiplier).endswith(".") and ends_text(match.string, match.end()) else ""
    if match["suffix"]:
        cased = _finnish(match, lexis)
        minus = f"{lexis.signs['minus']} " if match["minus"] else ""
        return minus + cased if cased else match.group()
    before = last_word(match.string, match.start()).lower()
    if lexis.tag == "sl" and before in {"s", "z"} and match.string.startswith(" na ", match.end()):
        before = "od"  # "s 5 % na 10 %": from, not with
    follows = form_by_ending(next_word(match.string, match.end()), lexis, "following") if unit else ""
    if follows and not multiplier:
        before = f"@{follows}"
    if multiplier and not match["magnitude"]:
        said = f"{match['minus']}{number} {_form(number, lexis.counted[multiplier], lexis, before)}"
        return said + (f" {_of_many(lexis.counted[unit], lexis)}" if unit else "") + stop
    if not unit or multiplier:
        return match.group()
    if match["magnitude"]:
        return f"{match['minus']}{number} {match['magnitude']} {_of_many(lexis.counted[unit], lexis)}{stop}"
    return match["minus"] + _money(number, unit, lexis, before) + stop


def _money(number: str, unit: str, lexis: Lexis, before: str = "") -> str:
    """Name the unit after its number, and the hundredths of a currency that has some."""
    forms, cents = lexis.counted[unit], lexis.cents.get(unit)
    whole, _, hundredths = number.partition(lexis.decimal)
    if not (
        cents and len(hundredths) == 2 and hundredths.isdigit() and plain_value(whole, lexis) is not None
    ):
        number = whole if hundredths == "00" and unit in _CURRENCIES else number
        return f"{number} {_form(number, forms, lexis, before)}"
    count = int(hundredths)
    said = f"{whole} {_form(whole, forms, lexis, before)}"
    return said if count == 0 else f"{said} {count} {_form(str(count), cents, lexis)}"


def _form(number: str, forms: tuple[str, ...], lexis: Lexis, before: str = "") -> str:
    """Choose the form of a noun by its number, and by a preposition before it."""
    if _describes(before, lexis):
        return forms[0]
    last = re.split("[\u2013-]", number)[-1]
    value = plain_value(last, lexis)
    case = before[1:] if before.startswith("@") else governed(before, lexis)
    if cased := case and unit_in_case(value, forms, case, lexis.tag):
        return cased
    category = _category(value, lexis.tag)
    return forms[category] if category < len(forms) else forms[min(1, len(forms) - 1)]


def _describes(before: str, lexis: Lexis) -> bool:
    """True behind an English article, where a unit has no plural: "a $5 note", "a 5 km walk"."""
    return lexis.tag == "en" and before in {"a", "an"}


def _category(value: int | None, tag: str) -> int:
    """Give which of the forms in the data a number takes; for a part of one there is no value."""
    if tag == "pl":
        few = value is not None and value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14)
        return 3 if value is None else 0 if value == 1 else 1 if few else 2
    if tag == "sl":
        return 4 if value is None else {1: 0, 2: 1, 3: 2, 4: 2}.get(value % 100, 3)
    if tag == "lv":
        if value is None or value % 10 != 1 or value % 100 == 11:
            return 3 if value and value % 100 == 0 else 1
        return 0
    return 0 if value == 1 else 1


def _of_many(forms: tuple[str, ...], lexis: Lexis) -> str:
    """Give the form after thousands and millions."""
    return forms[min({"pl": 2, "sl": 3, "lv": 3}.get(lexis.tag, 1), len(forms) - 1)]


def _finnish(match: re.Match[str], lexis: Lexis) -> str:
    """Say "viiden prosentin": the number and its unit in the case that stands after the colon."""
    forms = lexis.counted[match["unit"]]
    case = finnish_case(match["suffix"].lstrip(": "), lexis)
    if len(forms) < 3 or not case:
        return ""
    value = plain_value(match["number"], lexis)
    strong, stem = forms[0], forms[2]
    is_long = stem == strong + strong[-1]  # "aste", "asteen", "asteeseen"
    if case == "partitive":
        noun = forms[1]
    elif case == "nominative":
        noun = strong
    elif case == "illative":
        noun = f"{stem}seen" if is_long else f"{strong}{strong[-1]}n"
    else:
        noun = (strong if case in _STRONG and not is_long else stem) + _harmonized(
            _FINNISH_ENDINGS[case], stem
        )
    if value is None:
        return f"{read_number(match['number'], '', noun, lexis)} {noun}"
    return f"{cardinal(value, 'fi', case)} {noun}"


def finnish_case(suffix: str, lexis: Lexis) -> str:
    """Give the case that a suffix after a colon stands for; empty when it is none."""
    for case, endings in lexis.suffixes.items():
        if suffix in endings.split("|"):
            return case
    return ""


def _harmonized(ending: str, stem: str) -> str:
    return ending if not stem.endswith("metri") and set(stem) & set("aou") else ending.replace("a", "ä")
