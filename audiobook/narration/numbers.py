"""Numbers in words. The library `num2words` stands behind this one door, and what it says wrongly is mended here."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.lexis import known_lexis

MOST: Final = 10**12 - 1
"""A longer number is said digit by digit: it is a code, and nobody counts so far."""
_FINNISH_COUNTS: Final = re.compile(r"(?<=\w)(?=miljoon|miljard)|(?<=miljoonaa)(?=\w)|(?<=miljardia)(?=\w)")
_SOFT: Final = {"y": "i", "ego": "iego", "emu": "iemu", "ym": "im", "ej": "iej", "e": "ie", "ych": "ich"}
_OF_TENS: Final = {"loc": "ih", "ins": "imi", "dat": "im"}
_MILLION: Final = 10**6
_MILLIARD: Final = 10**9


@lru_cache(maxsize=4096)
def cardinal(number: int, tag: str, form: str = "") -> str:
    """Give a number in words.

    Args:
        number: From 0 to `MOST`.
        tag: The language's tag.
        form: A case of Finnish, or a form of the `cardinals` of the language; empty for counting.
    """
    if tag == "fi":
        return _finnish(number, "cardinal", form or "nominative")
    if tag == "sl" and number >= _MILLION:
        return _slovenian(number)
    words = _num2words(number, tag, "cardinal")
    if tag == "en":
        words = words.replace(",", "")
    elif tag == "lv":
        words = re.sub(r"simtu(?= )", "simt", re.sub(r"^tūkstotis (?=.)", "tūkstoš ", words))
    elif tag == "id":
        words = words.replace("satu ribu", "seribu") if number < 2000 else words
    return inflected(words, tag, form) if form else words


@lru_cache(maxsize=4096)
def ordinal(number: int, tag: str, form: str = "") -> str:
    """Give an ordinal in words.

    Args:
        number: From 0 to `MOST`.
        tag: The language's tag.
        form: A case of Finnish, or the ending of the ordinal; empty for the word that stands alone.
    """
    if tag == "fi":
        return _finnish(number, "ordinal", form or "nominative")
    if tag == "lv":
        return _latvian_ordinal(number, form or "ais")
    if tag == "id":
        return "pertama" if number == 1 else "ke" + cardinal(number, "id")
    if tag == "pl":
        return _polish_ordinal(number, form or "y")
    words = _num2words(number, tag, "ordinal")
    if tag == "sl":
        return _slovenian_ordinal(words, form or "i")
    return words.replace(",", "")


def _slovenian_ordinal(words: str, form: str) -> str:
    """Give an ordinal with another ending; after the soft one of "tretji" an "o" is an "e"."""
    if not words.endswith("i"):
        return words
    return words[:-1] + ("e" if form == "o" and words.endswith("tretji") else form)


def year(number: int, tag: str) -> str:
    """Give the number of a year in words, as it is said without "year" in an ordinal."""
    if tag == "en" and 1000 < number < 2100 and number % 1000:
        return (
            _num2words(number, "en", "year").replace("-", " ")
            if number % 1000 > 9
            else cardinal(number, "en")
        )
    return cardinal(number, tag, "dva" if tag == "sl" else "")


def digits(text: str, tag: str) -> str:
    """Give the digits of a text one by one in words."""
    return " ".join(cardinal(int(digit), tag) for digit in text if digit.isdecimal())


def inflected(words: str, tag: str, form: str) -> str:
    """Give a cardinal in a form of the language: all its words in Polish cases, the last one elsewhere."""
    known = known_lexis(tag).cardinals
    if tag == "pl" and form in {"gen", "dat", "ins", "comp", "between"}:
        every = known[form] if form in {"comp", "between"} else known["gen"]
        *first, last = words.split()
        if not (first and last == "jeden"):  # "od dwudziestu jeden"
            last = known[form].get(last, every.get(last, last))
        return ("" if form == "comp" else " ").join([*(every.get(word, word) for word in first), last])
    head, _, last = words.rpartition(" ")
    if tag == "sl" and form == "comp":
        return (head + last if last not in known["comp"] else head + known["comp"][last]).replace(" ", "")
    if tag == "lv" and last in {"simti", "tūkstoši"} and form == "dat":
        head = " ".join(known["dat"].get(word, word) for word in head.split())
    changed = known.get(form, {}).get(last, last)
    if tag == "sl" and form in _OF_TENS and last.endswith(("deset", "jset")):
        changed = last + _OF_TENS[form]
    return f"{head} {changed}".strip()


@lru_cache(maxsize=4096)
def _num2words(number: int, tag: str, kind: str, **options: str) -> str:
    from num2words import num2words  # noqa: PLC0415 - slow to import, and most sentences hold no number

    return str(num2words(number, lang=tag, to=kind, **options))


def _finnish(number: int, kind: str, case: str) -> str:
    if kind == "ordinal" and case == "nominative":
        return _num2words(number, "fi", "ordinal")
    words = _num2words(number, "fi", kind, case=case)
    return _FINNISH_COUNTS.sub(" ", words)


def _slovenian(number: int) -> str:
    """Count millions and milliards, which the library leaves in the singular."""
    for size, name in ((_MILLIARD, "mrd."), (_MILLION, "mio")):
        if number >= size:
            count, rest = divmod(number, size)
            forms = known_lexis("sl").counted[name]
            noun = forms[{1: 0, 2: 1, 3: 2, 4: 2}.get(count % 100, 3)]
            counted = cardinal(count, "sl", "" if size == _MILLIARD else "masc" if count % 100 < 3 else "")
            said = noun if count == 1 else f"{counted} {noun}"
            return f"{said} {cardinal(rest, 'sl')}" if rest else said
    return cardinal(number, "sl")


def _latvian_ordinal(number: int, ending: str) -> str:
    """Decline the last word; the words before it count ("divi tūkstoši divdesmit ceturtais")."""
    table = known_lexis("lv").ordinals
    hundreds, last = number % 1000 // 100, number % 100
    if last == 0 and hundreds:
        head, word = number - hundreds * 100, table["hundreds"].split()[hundreds - 1]
    elif last == 0:
        thousands = number // 1000
        names = table["thousands"].split()
        if not 1 <= thousands <= len(names):
            return cardinal(number, "lv")
        head, word = 0, names[thousands - 1]
    elif last < 20:
        head, word = number - last, table["units"].split()[last - 1]
    elif last % 10:
        head, word = number - last % 10, table["units"].split()[last % 10 - 1]
    else:
        head, word = number - last, table["tens"].split()[last // 10 - 2]
    declined = word.removesuffix("ais") + ending
    before = cardinal(head, "lv") + " " if head else ""
    return before.replace("tūkstotis ", "tūkstoš ").replace("simts ", "simt ") + declined


def _polish_ordinal(number: int, ending: str) -> str:
    """Decline the tens and the units, which are both ordinals."""
    if number == 0:
        return "zerowy".removesuffix("y") + ending
    words = _num2words(number, "pl", "ordinal").replace("milairdowy", "miliardowy").split()
    ordinals = 2 if number % 100 > 20 and number % 10 else 1
    return " ".join([*words[:-ordinals], *(_polish_declined(word, ending) for word in words[-ordinals:])])


def _polish_declined(word: str, ending: str) -> str:
    if word.endswith("y"):
        return word[:-1] + ending
    if word.endswith("gi"):
        return word[:-1] + _SOFT.get(ending, ending)
    return word[:-1] + _SOFT.get(ending, "i" + ending)
