"""Replacing compatibility forms by plain letters and digits: "Ⅳ", "𝐀", "Ａ", "ﬁ", "20ᵗʰ", "1⁄2", "①"."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from audiobook.narration.aligned import AlignedText

_EAST_ASIAN: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
"""Matches scripts in which full-width punctuation is usual."""
_FORMS: Final = re.compile(
    "["
    "\u017f\u0132\u0133\u01c4-\u01cc\u01f1-\u01f3"  # long s, digraphs
    "\u2080-\u208e\u2090-\u209c"  # subscripts: H₂O
    "\u2100-\u2115\u2117-\u2121\u2123-\u214f"  # letter-like, but not № and ™
    "\u2150-\u2152\u2155-\u215f\u2189"  # fractions, but not ½ ¼ ¾ ⅓ ⅔
    "\u2160-\u2188"  # Roman numerals
    "\u2460-\u24ea\u3200-\u321e\u3220-\u3247\u3250-\u327e\u3280-\u32b0\u32c0-\u33ff"  # in circles and squares
    "\u2f00-\u2fd5"  # radicals
    "\uf900-\ufaff"  # ideographs
    "\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufb4f"  # ligatures
    "\ufb50-\ufd3d\ufd50-\ufdf9\ufe70-\ufefc"  # Arabic forms
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uffe0\uffe1\uffe5\uffe6"  # full width
    "\U0001d400-\U0001d7ff\U0001ee00-\U0001eef1\U0001f100-\U0001f10a\U0001f110-\U0001f12b\U0001f130-\U0001f149"
    "]|[\uff66-\uff9d][\uff9e\uff9f]?"  # kana of half width
)
_FULL_WIDTH: Final = re.compile("[\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e\ufe50-\ufe6b\u3000]")
_RAISED: Final = re.compile(
    r"""
    (?<=[\w.])                                                                  # XX
    [\u1d2c-\u1d6a\u02b0-\u02b8\u02e1-\u02e3\u1d9c\u1da0\u207f\u2071]{1,4}      # ᵉ
    """,
    re.VERBOSE,
)
"""Matches raised letters after a number or a letter: "XXᵉ", "20ᵗʰ", "Mᵐᵉ"."""
_IN_WORD: Final = re.compile(r"[\d.IVXLC]$|(?<!\w)(?:M|n|N|D|S|J)$")
_FRACTION: Final = re.compile("(?P<above>\\d{1,3})[\u2044\u2215](?P<below>\\d{1,2})(?!\\d)")
_DEGREE: Final = re.compile("(?<=\\d)(?P<gap> ?)[\u00ba\u02da](?= ?[CF]\\b)")
"""Matches a raised "o" or a ring in place of the sign for degrees: "24º C"."""
_TATWEEL: Final = re.compile("\u0640+")
_MAY: Final = re.compile(
    "[\u00ba\u017f\u0132\u0133\u01c4-\u01f3\u02b0-\u02e3\u0640"  # º, ſ, ǆ, ʰ
    "\u1d2c-\u1da0\u2044\u2071-\u209c\u2100-\u2189\u2215\u2460-\u24ea"  # ᵉ, ₂, ℃, Ⅳ, ①
    "\u2f00-\u2fd5\u3200-\u33ff\uf900-\ufffd"  # ⼀, ㈱, ﬁ, Ａ
    "\U0001d400-\U0001d7ff\U0001ee00-\U0001eef1\U0001f100-\U0001f149]"  # 𝐀
)


def write_plainly(text: AlignedText) -> AlignedText:
    """Return a text with compatibility forms replaced by the letters, digits and signs that they stand for.

    Superscript digits, "½" and the like, "№" and "™" stay, because rules or voices know them. Each replacement has the
    origin of the one character that it replaces.
    """
    if not _MAY.search(text.text):
        return text
    text = text.sub(_DEGREE, lambda match: f"{match['gap']}\u00b0").sub(_RAISED, _raised)
    text = text.sub(_FORMS, _plain)
    if not _EAST_ASIAN.search(text.text):
        text = text.sub(_FULL_WIDTH, _plain)
    return text.sub(_FRACTION, _fraction).sub(_TATWEEL, "")


def _plain(match: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", match.group())
    if "\u2170" <= match.group() <= "\u217f":  # small Roman numerals: small letters would be a word
        return plain.upper()
    before = match.string[match.start() - 1 : match.start()]
    is_fraction = "\u2150" <= match.group() <= "\u215f" or match.group() == "\u2189"
    gap = " " if is_fraction and before.isdecimal() else ""
    return gap + plain.replace("\u2044", "/").strip()


def _fraction(match: re.Match[str]) -> str:
    """Return "1/2" for "1⁄2" and "2 2/3" for "22⁄3": the part with the fraction slash is below one."""
    above, below = match["above"], match["below"]
    is_mixed = len(above) > 1 and int(above) >= int(below) > int(above[-1])
    return f"{above[:-1]} {above[-1]}/{below}" if is_mixed else f"{above}/{below}"


def _raised(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 4) : match.start()]
    return unicodedata.normalize("NFKC", match.group()) if _IN_WORD.search(before) else match.group()
