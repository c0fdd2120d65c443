"""Roman numerals of rulers, centuries and chapters.

Letters are a number only where the words round them say so; everything else stays letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.agreement import ordinal_form
from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexis import Lexis, known_lexis
from audiobook.narration.neighbours import ends_text, last_word, noun_after
from audiobook.narration.numbers import cardinal, ordinal
from audiobook.narration.quantities import finnish_case

_ROMAN = re.compile(
    r"(?<![\w.-])(?P<roman>[IVXLC]{1,9})(?P<stop>\.?)(?::(?P<suffix>[a-zäö]{1,6}))?(?![\w])(?!-\w)(?!\.\w)"
)
_CHAIN = re.compile(
    r"(?:(?:,| i| oraz| lub| albo| ja| tai| in| ali| un| vai| do| dan|\u2013) ?[IVXLC]{1,7}\.?(?!\w)){1,4}+"
)
_CHAINED = re.compile(
    r"(?P<word>[^\W\d_]{1,20}) (?:[IVXLC]{1,7}\.?(?:,| i| oraz| lub| albo| ja| tai| in| ali| un| vai) ){1,4}$"
)
_VALID = re.compile(r"C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_NAME = re.compile(r"[^\W\d_][^\W\d_A-Z]+")


def roman_value(numeral: str) -> int:
    """Give the value of a Roman numeral, or 0 if it is none below 400."""
    if not numeral or not _VALID.fullmatch(numeral):
        return 0
    values = [_VALUES[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def verbalize_roman(text: AlignedText, lexis: Lexis, *, is_heading: bool) -> AlignedText:
    """Give a text with its Roman numerals in words where the words round them make them numbers.

    Args:
        text: A sentence.
        lexis: The language.
        is_heading: A numeral alone, or the first in it before a stop, counts the chapter.
    """
    return text.sub(_ROMAN, lambda match: _said(match, lexis, is_heading))


def _said(match: re.Match[str], lexis: Lexis, is_heading: bool) -> str:
    value, text = roman_value(match["roman"]), match.string
    if not value:
        return match.group()
    before, after = last_word(text, match.start()), noun_after(text, match.end())
    said = _by_neighbours(match, value, before, after, lexis, is_heading)
    if not said and is_heading and _opens(match):
        return cardinal(value, lexis.tag) + match["stop"]
    if not said:
        return match.group()
    keeps = match["stop"] and (ends_text(text, match.end()) or lexis.tag not in {"sl", "lv"})
    return said + "." if keeps else said


def _opens(match: re.Match[str]) -> bool:
    """True for a numeral that stands alone, or first and before a stop or dash."""
    rest = match.string[match.end() : match.end() + 40].strip()
    return match.start() == 0 and (not rest or bool(match["stop"]) or rest[0] in ":.\u2013-")


def _by_neighbours(
    match: re.Match[str], value: int, before: str, after: str, lexis: Lexis, is_heading: bool
) -> str:
    """Give the words for a numeral beside a word that numbers go with; empty for any other."""
    chapters, follows, rulers = _neighbours(lexis.tag)
    text = match.string
    if before in rulers or (before[:1].isupper() and _stem(before, lexis.tag) in rulers):
        return _ruler(value, before, match["suffix"] or "", lexis)
    if before.lower() in chapters and (before[0].isupper() or len(match["roman"]) > 1 or lexis.tag != "en"):
        form = chapters[before.lower()]
        is_pronoun = lexis.tag == "en" and match["roman"] == "I" and after[:1].islower() and not is_heading
        if is_pronoun:
            return ""
        return ordinal(value, lexis.tag, form.removeprefix("ke")) if form else cardinal(value, lexis.tag)
    if follows and (chain := _CHAIN.match(text, match.end())):
        return _in_chain(value, before, match, chain.end(), lexis)
    if follows and (first := _CHAINED.search(text[max(0, match.start() - 60) : match.start()])):
        before = first["word"]
    following = text[match.end() : match.end() + 40].lstrip()
    if follows and follows.match(following):
        is_conjunction = lexis.tag == "pl" and match["roman"] == "I" and match.start() == 0 and not is_heading
        is_conjunction = is_conjunction and "światow" not in following[:20]
        return "" if is_conjunction else ordinal(value, lexis.tag, ordinal_form(before, after, lexis))
    is_named = lexis.tag == "sl" and match["stop"] and before[:1].isupper() and len(before) > 2
    if is_named and len(match["roman"]) > 1:
        return _ruler(value, before, "", lexis)
    if lexis.tag in {"sl", "lv"} and match["stop"] and after[:1].islower() and len(match["roman"]) > 1:
        return ordinal(value, lexis.tag, ordinal_form(before, after, lexis))
    if lexis.tag == "en" and len(match["roman"]) > 1 and _NAME.fullmatch(before) and before[0].isupper():
        return cardinal(value, "en") if not set(match["roman"]) & set("LC") else ""
    return ""


def _stem(name: str, tag: str) -> str:
    """Give the nominative of a name in a case, where only an ending is added."""
    if tag == "lv":
        return re.sub(r"(?:am|im|u|ā)$", "s", re.sub(r"(?:ei|ē)$", "e", re.sub(r"(?:ai)$", "a", name)))
    return re.sub(_CASES[tag], "", name) if tag in _CASES else ""


def _in_chain(value: int, before: str, match: re.Match[str], end: int, lexis: Lexis) -> str:
    """Read one of several numerals before the noun that they share: "w XVI i XVII wieku"."""
    text, follows = match.string, _neighbours(lexis.tag)[1]
    if not (follows and follows.match(text[end : end + 40].lstrip())):
        return ""
    first = _CHAINED.search(text[max(0, match.start() - 60) : match.start()])
    return ordinal(
        value, lexis.tag, ordinal_form(first["word"] if first else before, noun_after(text, end), lexis)
    )


@lru_cache(maxsize=8)
def _neighbours(tag: str) -> tuple[dict[str, str], re.Pattern[str] | None, frozenset[str]]:
    """Words before that count, a pattern of words after, and names of rulers."""
    table = known_lexis(tag).roman
    chapters = dict(pair.split("=") for pair in table["chapters"].split("|"))
    follows = re.compile(rf"(?:{table['after']})(?!\w)") if table["after"] else None
    return chapters, follows, frozenset(table["rulers"].split())


def _ruler(value: int, name: str, suffix: str, lexis: Lexis) -> str:
    """Give the number of a ruler, in the case of the name."""
    if lexis.tag == "en":
        return "the " + ordinal(value, "en")
    if lexis.tag == "fi":
        return ordinal(
            value, "fi", finnish_case(suffix, lexis) if suffix else "genitive" if name.endswith("sen") else ""
        )
    if lexis.tag == "id":
        return "ke" + cardinal(value, "id")
    if lexis.tag == "lv":
        return ordinal(
            value,
            "lv",
            ordinal_form("", name.lower(), lexis) if not name.endswith("i") or name.endswith("ei") else "o",
        )
    is_feminine = name.startswith(tuple(lexis.roman["feminine"].split("|")))
    endings = _NAMES[lexis.tag, is_feminine]
    return ordinal(value, lexis.tag, next((form for end, form in endings if name.endswith(end)), ""))


_CASES: Final = {"pl": r"(?<=k)iem$|(?:em|owi|ie|u|a)$", "sl": r"(?:om|em|u|a)$"}
_NAMES: Final = {
    ("pl", False): (("ego", "ego"), ("a", "ego"), ("owi", "emu"), ("em", "ym"), ("e", "ym")),
    ("pl", True): (("a", "a"), ("y", "ej"), ("i", "ej"), ("ie", "ej"), ("ę", "ą"), ("ą", "ą")),
    ("sl", False): (("a", "ega"), ("u", "emu"), ("om", "im"), ("em", "im")),
    ("sl", True): (("a", "a"), ("e", "e"), ("i", "i"), ("o", "o")),
}
"""By language and whether the ruler is a woman: how a name ends, and its ordinal."""
