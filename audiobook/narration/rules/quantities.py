"""Currencies, percentages and units: signs become nouns, in the form that agrees with the number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Count, Form, Measure
from audiobook.narration.grammar.neighbours import ends_text, last_word, next_word
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.rules.figures import NUMBER

_CURRENCIES: Final = ("€", "$", "US$", "£", "¥", "Rp", "Rp.", "USD", "EUR", "IDR", "Ls", "LVL")
"""Currencies that may precede the number."""
_NO_CENTS = re.compile(r"(?<=\d),[-\u2013](?=[\s.;)]|$)")
"""Matches signs for no hundredths: "Rp5.000,-"."""
_FRACTION = re.compile(r"[½¼¾⅓⅔]|/[234]")
_HALVES: Final = frozenset(("½", "1/2"))
_AMOUNT: Final = rf"(?P<number>{NUMBER}(?:[\u2013-]{NUMBER})?)"
_INNER_STOP: Final = r"(?:(?<=[^\W\d_])\.(?=[ ][^\W\d_A-Z]|[,;)]))?"
"""Matches the full stop of a short unit inside a sentence: "45 m. long"."""
_LONGEST: Final = 40
_NEVER: Final = "(?!)"
_FALLBACKS: Final = {
    Count.GREAT: Count.MANY,
    Count.PART: Count.MANY,
    Count.TWO: Count.FEW,
    Count.FEW: Count.MANY,
}


def verbalize_quantities(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with units and currencies in words. Numbers stay unless they are declined with the unit."""
    words = grammar.words
    if not words.counted:
        return text
    if ",-" in text.text:
        text = text.sub(_NO_CENTS, "")
    if words.decimal == "," and words.cents and "." in text.text:
        text = text.sub(
            _pointed_money_pattern(words), lambda match: f"{match['whole']},{match['hundredths']}"
        )
    if words.currencies and words.decimal in text.text:
        text = text.sub(_named_currency_pattern(words), lambda match: words.currencies[match.group()])
    if _FRACTION.search(text.text):
        text = text.sub(_fraction_pattern(words), lambda match: _of_part(match, grammar))
    text = text.sub(_currency_pattern(words), lambda match: _currency(match, grammar))
    text = text.sub(_unit_pattern(words), lambda match: _unit(match, grammar))
    if "per" in words.lists:
        text = text.sub(_after_per_pattern(words), lambda match: words.counted[match["unit"]][0])
    if not words.per or "/" not in text.text:
        return text
    return text.sub(_per_pattern(words), lambda match: _per(match, words))


def _per(match: re.Match[str], words: Words) -> str:
    stop = "." if match["unit"].endswith(".") and ends_text(match.string, match.end()) else ""
    return f"{match['counted']} {words.per[match['unit']]}{stop}"


@lru_cache(maxsize=32)
def _pointed_money_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for hundredths after a full stop, before the sign of a currency: "9.80 €"."""
    return re.compile(
        rf"(?<![\w.,:/-])(?P<whole>\d{{1,5}})\.(?P<hundredths>\d\d)(?=[ ]?(?:{alternatives(words.cents)})(?!\w))"
    )


@lru_cache(maxsize=32)
def _named_currency_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a currency in full after an amount with hundredths: "1,24 Euro"."""
    return re.compile(rf"(?<=\d{re.escape(words.decimal)}\d\d )(?:{alternatives(words.currencies)})(?!\w)")


@lru_cache(maxsize=32)
def _currency_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a currency before its number: "$5", "€ 5 million", "$5m"."""
    currencies = alternatives(sign for sign in _CURRENCIES if sign in words.counted) or _NEVER
    magnitudes = "|".join(words.magnitudes) or _NEVER
    short = alternatives(words.magnitude_signs) or _NEVER
    return re.compile(
        rf"""
        (?<![\w])
        (?P<unit>{currencies})[ ]?{_AMOUNT}                             # $5
        (?:[ ](?P<magnitude>{magnitudes})\b|(?P<short>(?i:{short})))?   # million, or m as in $5m
        (?!\w)
        """,
        re.VERBOSE,
    )


@lru_cache(maxsize=32)
def _unit_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a number and its unit: "5 km", "-5 °C", "12 tys. km", "5 %:n"."""
    magnitudes = "|".join(words.magnitudes) or _NEVER
    suffixes = alternatives(words.suffixes) or _NEVER
    dot = re.escape(words.signs["dot"]) if "dot" in words.signs else _NEVER
    return re.compile(
        rf"""
        (?<![^\W_])(?<![\w][.,:/])
        (?P<minus>[-\u2212]|(?<=[ ])\u2013|){_AMOUNT}                                   # -5
        (?:(?P<gap>[ ]?)(?P<multiplier>{alternatives(words.multipliers) or _NEVER}))?   # tys.
        (?:[ ](?P<magnitude>{magnitudes})\b)?                                           # million
        (?:
            [ ]?(?P<unit>{alternatives(words.counted)})                                 # km
            (?P<suffix>:[ ]?(?:{suffixes}))?                                            # :n
            (?!\w|:[^\W\d_]|[ ]{dot}[ ][a-z]{{2}}){_INNER_STOP}                              # not "5 t dot co"
        )?
        """,
        re.VERBOSE,
    )


@lru_cache(maxsize=32)
def _after_per_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a unit after a word such as "per": "50 euros per kg"."""
    led = "|".join(rf"(?<=\b{re.escape(word)} )" for word in words.lists["per"])
    units = alternatives(unit for unit in words.counted if unit[0].isalpha() and not unit.endswith("."))
    return re.compile(rf"(?:{led})(?P<unit>{units})(?![\w/'\u2019]| [²³])")


@lru_cache(maxsize=32)
def _per_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a counted noun and the unit after a slash: "5 kilograms/m2", "80 people/km²"."""
    return re.compile(
        rf"""
        (?P<counted>(?<=\d[ ])(?:[^\W\d_]{{1,30}}[ ]){{0,2}}[^\W\d_]{{2,30}})[ ]?/[ ]?   # 80 people/
        (?P<unit>{alternatives(words.per)})                                      # km²
        (?![\w/])
        """,
        re.VERBOSE,
    )


@lru_cache(maxsize=32)
def _fraction_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a fraction, alone or after a whole number, and its unit: "2½ l"."""
    return re.compile(
        rf"""
        (?<![\w./,])
        (?P<number>(?P<whole>\d{{1,3}}[ ]?)?(?:(?<![\d])[123]/[234](?!\d)|[½¼¾⅓⅔]))[ ]?   # 2½
        (?P<unit>{alternatives(words.counted)})                                           # l
        (?!\w)
        """,
        re.VERBOSE,
    )


@lru_cache(maxsize=32)
def part_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a fraction, alone or after a whole number, before a unit or noun: "2½ heures"."""
    return re.compile(
        rf"""
        (?<![\w.,/])
        (?:(?P<whole>\d{{1,3}})[ ]?)?                                # 2
        (?P<part>[½¼¾⅓⅔]|(?<!\d)(?:[13]/[24]|[12]/3)(?![\w/]))[ ]?   # ½
        # l, or heures
        (?:(?P<unit>{alternatives(words.counted)})(?!\w)|(?<=[ ])(?P<noun>[^\W\d_]{{2,40}}+))
        """,
        re.VERBOSE,
    )


def verbalize_linked_signs(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with currencies after a magnitude in letters in words: "millions d'€"."""
    linked = grammar.words.lists["linked"]

    def named(match: re.Match[str]) -> str:
        return grammar.linked(grammar.words.counted[match["unit"]][-1], None, linked[0])

    return text.sub(_linked_sign_pattern(grammar.words), named)


@lru_cache(maxsize=32)
def _linked_sign_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a unit after a magnitude in letters, with the word that links them."""
    linked = "|".join(rf"(?<=\b{word} )" for word in words.lists["linked"])
    return re.compile(rf"(?:{linked})(?:de |d')(?P<unit>{alternatives(words.counted)})(?!\w)")


def noun_form(forms: Sequence[str], count: Count, words: Words) -> str:
    """Return a form of a noun.

    Args:
        forms: As `words.counted` lists them.
        count: The kind of number before the noun.
        words: Data of the language; `plurals` gives the order of the forms.
    """
    while count not in words.plurals and count in _FALLBACKS:
        count = _FALLBACKS[count]
    at = words.plurals.index(count) if count in words.plurals else 0
    return forms[at] if at < len(forms) else forms[min(1, len(forms) - 1)]


def _of_part(match: re.Match[str], grammar: Grammar) -> str:
    """Return a fraction with its unit in words; English says "half a" without a rule."""
    words, number = grammar.words, match["number"]
    if words.singular_after and not match["whole"]:
        return match.group()
    if not match["whole"] and number in _HALVES:
        number = words.signs.get("half", number)
    end = "." if match["unit"].endswith(".") and ends_text(match.string, match.end()) else ""
    return f"{number} {noun_form(words.counted[match['unit']], Count.PART, words)}{end}"


def _currency(match: re.Match[str], grammar: Grammar) -> str:
    words, forms = grammar.words, grammar.words.counted[match["unit"]]
    magnitude = match["magnitude"] or words.magnitude_signs.get((match["short"] or "").lower())
    before = last_word(match.string, match.start())
    is_singular = before in words.singular_after or _is_priced(match, words)
    if magnitude:
        many = forms[0] if is_singular else noun_form(forms, Count.GREAT, words)
        return f"{match['number']} {magnitude} {grammar.linked(many, None, magnitude)}"
    case = grammar.unit_case(before.lower())
    singular = words.singular_after[0] if is_singular else ""
    return _money(match["number"], match["unit"], grammar, singular, case)


def _is_priced(match: re.Match[str], words: Words) -> bool:
    """Return whether an amount describes the noun after it, maybe with others: "$10 and $8 payments"."""
    priced, end = words.lists.get("priced", ()), match.end()
    if not priced:
        return False
    shared = _shared_pattern(words).match(match.string, end)
    return next_word(match.string, shared.end() if shared else end) in priced


@lru_cache(maxsize=32)
def _shared_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for further amounts of money after a first one: " and $8"."""
    joints = alternatives(f" {word} " for word in (*words.lists.get("joints", ()), words.range) if word)
    return re.compile(rf"(?>(?:(?:{joints or _NEVER}|, )[$€£][\d.,]{{1,12}}(?=\ )){{1,4}})")


def _unit(match: re.Match[str], grammar: Grammar) -> str:
    words = grammar.words
    number, unit, multiplier = match["number"], match["unit"], match["multiplier"]
    if not (unit or multiplier) or len(number) > _LONGEST:
        return match.group()
    stop = "." if (unit or multiplier).endswith(".") and ends_text(match.string, match.end()) else ""
    if match["suffix"]:
        cased = grammar.suffixed_unit(number, words.counted[unit], match["suffix"].lstrip(": "))
        minus = f"{words.signs['minus']} " if match["minus"] else ""
        return minus + cased if cased else match.group()
    before = grammar.unit_preposition(match.string, match.start(), match.end())
    follows = words.following.meaning_of(next_word(match.string, match.end())) if unit else None
    case = (follows if not multiplier else None) or grammar.unit_case(before)
    if multiplier and match["magnitude"]:
        return match.group()
    if multiplier:
        return _multiplied(match, before, case, grammar) + stop
    if match["magnitude"] and unit:
        many = grammar.linked(noun_form(words.counted[unit], Count.GREAT, words), None, match["magnitude"])
        return f"{match['minus']}{number} {match['magnitude']} {many}{stop}"
    return match["minus"] + _money(number, unit, grammar, "" if follows else before, case) + stop


def _multiplied(match: re.Match[str], before: str, case: Case | Measure | None, grammar: Grammar) -> str:
    """Return "5 tys. km" with both short forms in words."""
    words, unit = grammar.words, match["unit"]
    forms = words.counted[match["multiplier"]]
    magnitude = _form(match["number"], forms, grammar, before, case)
    said = f"{match['minus']}{match['number']} {magnitude}"
    if not unit:
        return said
    return f"{said} {grammar.linked(noun_form(words.counted[unit], Count.GREAT, words), None, magnitude)}"


def _money(number: str, unit: str, grammar: Grammar, before: str, case: Case | Measure | None) -> str:
    """Return a number and its unit in words, with the hundredths of a currency that has them."""
    words, forms = grammar.words, grammar.words.counted[unit]
    cents = words.cents.get(unit)
    whole, _, hundredths = number.partition(words.decimal)
    if not (
        cents and len(hundredths) == 2 and hundredths.isdigit() and plain_value(whole, words) is not None
    ):
        number = whole if hundredths == "00" and unit in _CURRENCIES else number
        return f"{number} {_form(number, forms, grammar, before, case)}"
    cents_case = case if len(cents) == len(forms) else None
    joint = words.signs.get("and_cents", "")
    count = int(hundredths)
    named = f"{count} {_form(str(count), cents, grammar, case=cents_case)}"
    if (words.bare_cents or joint) and count and plain_value(whole, words) == 0:
        return named
    if isinstance(case, Case) and (cased := grammar.unit_in_case(count, cents, case)):
        named = f"{grammar.cardinal(count, Form(case))} {cased}"
    said = f"{whole} {_form(whole, forms, grammar, before, case)}"
    if words.bare_cents and count:
        return f"{said} {count}"
    return " ".join(part for part in (said, joint, named) if part) if count else said


def _form(
    number: str,
    forms: Sequence[str],
    grammar: Grammar,
    before: str = "",
    case: Case | Measure | None = None,
) -> str:
    """Return a noun in the form that agrees with its number and with the word before that."""
    words = grammar.words
    if before in words.singular_after:
        return forms[0]
    last = re.split("[\u2013-]", number)[-1]
    value = plain_value(last, words)
    if case and (cased := grammar.unit_in_case(value, forms, case)):
        return cased
    whole = plain_value(last.partition(words.decimal)[0], words)
    count = grammar.count_of_part(whole) if value is None else grammar.count(value)
    return grammar.linked(noun_form(forms, count, words), value)
