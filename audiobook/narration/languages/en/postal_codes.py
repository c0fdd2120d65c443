"""English numbers that are read digit by digit: postal codes after the name of a state."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.numerals import digits

_MAY: Final = re.compile(r"\d{5}")
_STATE: Final = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    "|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois"
    "|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri"
    "|Montana|Nebraska|Nevada|Hampshire|Jersey|Mexico|York|Carolina|Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    "|Rhode[ ]Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming"
)
_POSTAL = re.compile(
    rf"""
    (?<![\w-])
    (?P<state>{_STATE})                        # CA
    (?P<gap>,?[ ])
    (?P<code>\d{{5}})(?:-(?P<more>\d{{4}}))?   # 94105-1234
    (?![\w,.-]\w|\w)
    (?P<stop>(?=[ ]\(?\d))?                    # before (415)
    """,
    re.VERBOSE,
)


def verbalize_codes(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its postal codes digit by digit, and a pause before a number that follows."""
    return text.sub(_POSTAL, lambda match: _postal(match, grammar)) if _MAY.search(text.text) else text


def _postal(match: re.Match[str], grammar: Grammar) -> str:
    said = ", ".join(digits(part, grammar.cardinal) for part in (match["code"], match["more"]) if part)
    pause = "," if match["stop"] is not None else ""
    return f"{match['state']}{match['gap']}{said}{pause}"
