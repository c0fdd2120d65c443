"""How an adjective ends that is written as a short form: "tzw. wolność", "św. Jana", "ns. vapauden"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.agreement import ordinal_form
from audiobook.narration.lexis import Lexis
from audiobook.narration.neighbours import form_by_ending, governed

_NAMES: Final = {
    ("pl", False): (("ego", "ego"), ("a", "ego"), ("owi", "emu"), ("em", "ym"), ("e", "ym"), ("u", "ym")),
    ("pl", True): (("a", "a"), ("y", "ej"), ("i", "ej"), ("e", "ej"), ("ę", "ą"), ("ą", "ą"), ("o", "a")),
    ("sl", False): (("a", "ega"), ("u", "em"), ("om", "im"), ("em", "im")),
    ("sl", True): (("a", "a"), ("e", "e"), ("i", "i"), ("o", "o")),
}
"""By language and whether a woman bears it: how a name ends, and an adjective before it."""
_CONSONANT: Final = re.compile("[bcćdfgjklłmnńprsśtwzźż]$")


def attribute_ending(before: str, after: str, second: str, lexis: Lexis) -> str:
    """Give how an adjective ends.

    Args:
        before: The word before it in small letters, or nothing.
        after: The word after it, or nothing.
        second: The word after that one, or nothing.
        lexis: The language.
    """
    if after[:1].isupper() and lexis.tag in {"pl", "sl"}:
        return _by_name(before, after, lexis)
    case = governed(before, lexis) if lexis.tag == "pl" else ""
    if case == "gen" and after.endswith("a") and before != "z":
        return "ego"  # no feminine noun ends so in the genitive
    if case == "loc" and after.endswith("le"):
        return "ej"
    form = form_by_ending(after, lexis, "attributed")
    if not form and lexis.tag == "pl" and after.endswith(("y", "i")):
        form = _polish_by_second(second)
    form = form or ordinal_form(before, after, lexis) or "plain"
    return lexis.attributes.get(form, form)


def _by_name(before: str, name: str, lexis: Lexis) -> str:
    """Tell the case by the end of a name, and the gender by its beginning."""
    is_feminine = name.startswith(tuple(lexis.roman["feminine"].split("|")))
    endings = _NAMES[lexis.tag, is_feminine]
    form = next((form for end, form in endings if name.lower().endswith(end)), "plain")
    if lexis.tag == "sl" and form == "em" and governed(before, lexis) == "dat":
        return "emu"
    return lexis.attributes.get(form, form)


def _polish_by_second(second: str) -> str:
    """Tell "czarny rynek" and "szkoły publiczne" from the genitive of a feminine noun, by the next word."""
    if _CONSONANT.search(second):
        return "y"
    return "e" if second.endswith(("ne", "we", "kie", "cze", "te", "łe", "gie")) else ""
