"""Phonemes as the symbols that Kokoro was trained on; each symbol is one character.

Source: hexgrad/misaki 0.9, `misaki/espeak.py`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

_TIES: Final = "[\u0361\u035c]"
_SYLLABIC: Final = re.compile("(\\S)[\u0329\u032f]")
_PRONOUN_I: Final = re.compile(r"(?<!\S)I(?!\S)")
"""The English pronoun. The network was trained on it with a stress mark, and leaves it out without one."""
_WEAK_A: Final = re.compile(r"(?<=\S)ɐ|ɐ(?=\S)")
"""The first vowel of "about"; the article "a" has its own symbol."""
_OTHER_LANGUAGE: Final = re.compile(r"\([a-z-]{2,8}\)")
"""Matches espeak-ng's note that the following word is read in another language."""
_RULES: Final = {
    "en-us": ("english", "american", "after_english"),
    "en-gb": ("english", "british", "after_english"),
}


def symbol_ids() -> dict[str, int]:
    """Return the number by which the network knows each symbol."""
    return dict(_table()["ids"])


def symbols_of(ipa: str, language: str) -> str:
    """Return phonemes in IPA as symbols of Kokoro. Unknown signs are not changed.

    Args:
        ipa: Phonemes as espeak-ng writes them, with or without ties between the letters of one phoneme.
        language: espeak-ng's tag of the language, for example `en-us`.
    """
    text = _OTHER_LANGUAGE.sub("", unicodedata.normalize("NFD", ipa).replace("c\u0327", "ç"))
    is_english = language in _RULES
    for group in _RULES.get(language, ("others",)):
        for pattern, symbol in _rules(group):
            text = pattern.sub(symbol, text)
    text = re.sub(_TIES, "", text)
    if is_english:
        return _WEAK_A.sub("ə", _PRONOUN_I.sub("ˌI", _SYLLABIC.sub("ᵊ\\1", text)))
    return _SYLLABIC.sub("\\1", text).replace("-", "")


@lru_cache(maxsize=8)
def _rules(group: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(sounds.replace("~", f"{_TIES}?").replace("+", _TIES)), symbol)
        for sounds, symbol in _table()["rules"][group]
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files("audiobook.engines.kokoro").joinpath("symbols.toml").read_text("utf-8"))
