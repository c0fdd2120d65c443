"""Normalising phonemes written by users: IPA without delimiters, and X-SAMPA as IPA."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final

from audiobook.document import Phonemes

LONGEST_PHONEMES: Final = 300
IPA: Final = "ipa"
X_SAMPA: Final = "x-sampa"
ESPEAK: Final = "espeak"
ALPHABETS: Final = (IPA, X_SAMPA, ESPEAK)
_AROUND = re.compile(r"\A\s*[/\[](.*)[/\]]\s*\Z", re.DOTALL)
_UNSAID: Final = "".join((".", "-", "‿", "(", ")", "\u200d", "\u2060"))
"""Symbols without a sound: syllable and word boundaries, links, and the parentheses of optional sounds."""
_WRITTEN: Final = {"g": "ɡ", "'": "ˈ", "’": "ˈ", ":": "ː", "ʦ": "ts", "ʣ": "dz", "ʧ": "tʃ", "ʤ": "dʒ"}
"""Substitutes for IPA symbols: easier to type, or from older IPA."""
_AS_IPA: Final = str.maketrans(_WRITTEN | dict.fromkeys(_UNSAID, ""))


def canonical(phonemes: Phonemes) -> tuple[Phonemes, str]:
    """Return phonemes in the form that voices expect.

    Args:
        phonemes: In any alphabet; the name of the alphabet may be in capitals.

    Returns:
        A tuple `(phonemes, problem)`. The phonemes are in IPA if they were in IPA or X-SAMPA, and unchanged otherwise.
        The problem is the first symbol that is not X-SAMPA, or a message, or "" if there is none.
    """
    alphabet = phonemes.alphabet.strip().lower()
    symbols = " ".join(phonemes.symbols.split())
    if len(symbols) > LONGEST_PHONEMES:
        return phonemes, f"more than {LONGEST_PHONEMES} signs"
    if alphabet == X_SAMPA:
        symbols, unknown = _from_x_sampa(symbols)
        return Phonemes(symbols, IPA), unknown
    if alphabet == IPA:
        inner = _AROUND.match(symbols)
        symbols = (inner[1] if inner else symbols).strip().translate(_AS_IPA)
        return Phonemes(unicodedata.normalize("NFC", " ".join(symbols.split())), IPA), ""
    return Phonemes(symbols, alphabet), ""


def _from_x_sampa(symbols: str) -> tuple[str, str]:
    """Return IPA for X-SAMPA, and the first symbol that is not X-SAMPA."""
    table = _x_sampa()
    found: list[str] = []
    at = 0
    while at < len(symbols):
        length = next((length for length in (4, 3, 2, 1) if symbols[at : at + length] in table), 0)
        if not length:
            return "".join(found), symbols[at]
        found.append(table[symbols[at : at + length]])
        at += length
    return unicodedata.normalize("NFC", "".join(found)), ""


@lru_cache(maxsize=1)
def _x_sampa() -> dict[str, str]:
    text = files("audiobook.narration.lexicon").joinpath("x_sampa.toml").read_text("utf-8")
    signs: dict[str, str] = tomllib.loads(text)["signs"]
    return signs | {" ": " ", ".": "", "-": ""}
