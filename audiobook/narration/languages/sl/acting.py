"""Who holds an office for the time being, in Slovenian: "v. d. direktorja", "z v. d. direktorice"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case
from audiobook.narration.grammar.neighbours import governed, last_word

_ACTING = re.compile(
    r"""
    (?<![\w.])(?P<first>[vV])\.[ ]?d\.(?=[ ][^\W\d_])
    (?P<woman>(?=[ ](?:[^\W\d_]{2,30}ne[ ](?:in[ ])?){0,2}[^\W\d_]{2,30}(?:ice|nje)\b))?   # odgovorne urednice
    """,
    re.VERBOSE,
)
_NOMINATIVE: Final = ("vršilec", "vršilka")
_FORMS: Final = {
    Case.GENITIVE: ("vršilca", "vršilke"),
    Case.DATIVE: ("vršilcu", "vršilki"),
    Case.ACCUSATIVE: ("vršilca", "vršilko"),
    Case.LOCATIVE: ("vršilcu", "vršilki"),
    Case.INSTRUMENTAL: ("vršilcem", "vršilko"),
}
"""A man's and a woman's form for each case."""
_PREPOSITIONS: Final = {
    Case.ACCUSATIVE: frozenset(("za",)),
    Case.LOCATIVE: frozenset(("o", "po", "pri")),
    Case.INSTRUMENTAL: frozenset(("s", "z", "med", "pred")),
}
_APPOINTED = re.compile(r"(?:imenoval|razrešil|postavil|predlagal|potrdil|zamenjal)[aioe]?\Z")
"""Matches a verb whose object is the person."""
_ACCORDING = re.compile(r"\b[Pp]o [^\W\d_]{3,30} \Z")
"""Matches "according to" before the person: "po besedah"."""
_REACH: Final = 44


def verbalize_acting(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "v. d." before an office in full, in the case that the word before it requires."""
    return text.sub(_ACTING, lambda match: _acting(match, grammar)) if "d." in text.text else text


def _acting(match: re.Match[str], grammar: Grammar) -> str:
    text, at = match.string, match.start()
    is_according = _ACCORDING.search(text[max(0, at - _REACH) : at]) is not None
    case = Case.GENITIVE if is_according else _case(last_word(text, at).lower(), grammar)
    said = (_FORMS[case] if case else _NOMINATIVE)[match["woman"] is not None]
    return f"{match['first']}{said[1:]} dolžnosti"


def _case(before: str, grammar: Grammar) -> Case | None:
    if _APPOINTED.match(before):
        return Case.ACCUSATIVE
    listed = next((case for case, words in _PREPOSITIONS.items() if before in words), None)
    return listed or governed(before, grammar.words)
