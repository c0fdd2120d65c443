"""Names of languages in the language itself, and their writing direction."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from audiobook.errors import UsageError

_RIGHT_TO_LEFT_SCRIPTS: Final = frozenset(("adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"))


_REGION: Final = re.compile("[A-Za-z]{2}|[0-9]{3}")
"""Source: BCP 47, section 2.2.4."""
_SCRIPT: Final = 4
"""Length of the code of a script. Source: BCP 47, section 2.2.3."""
_SHORT: Final = 2
_LONG: Final = 3
"""Lengths of the codes of ISO 639-1, and of the other parts of ISO 639."""
_UNKNOWN: Final = "und"
_NO_LANGUAGES: Final = frozenset(("und", "mul", "mis", "zxx", "art", "qaa"))
"""Codes that name no language: unknown, several, without a code, none, invented, and for private use."""


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def language_name(tag: str) -> str:
    """Return the name of a language in that language; its tag if the name is unknown.

    Args:
        tag: BCP 47; a region or script in it follows in brackets.
    """
    first, _, rest = tag.partition("-")
    name = _data()["names"].get(first.lower(), first)
    return f"{name} ({rest})" if rest else name


def covers(wanted: str, tag: str) -> bool:
    """Return whether a language that a user asks for includes a tag: `en` includes `en` and `en-GB`, not the reverse."""
    asked, found = wanted.lower(), tag.lower()
    return found == asked or found.startswith(f"{asked}-")


def without_region(tag: str) -> str:
    """Return a language and its script, if the tag names one: `en` for `en-GB`, `zh-Hant` for `zh-Hant-TW`."""
    language, *others = tag.split("-")
    script = [part for part in others[:1] if len(part) == _SCRIPT and part.isalpha()]
    is_regional = any(map(_REGION.fullmatch, others[len(script) : len(script) + 1]))
    return "-".join((language, *script)) if is_regional else tag


def meant_tag(name: str) -> str | None:
    """Return the tag for a language that is named in another way, or None if it is a tag as it is or unknown.

    Args:
        name: Such as `english`, `suomi`, `en_US`, or `eng`, for which BCP 47 has the shorter `en`.
    """
    if _has_code(name) and len(name.partition("-")[0]) == _SHORT:
        return None  # most names; all others need the tables, which take 5 ms to load
    code, _, rest = name.replace("_", "-").partition("-")
    if shorter := _shorter_codes().get(code.lower()):
        return f"{shorter}-{rest}" if rest else shorter
    return _code_of(name) if not _has_code(name) else None


def require_code(tag: str) -> None:
    """Reject a language given by its name or in another wrong form, such as “english” or “pt_BR”.

    Args:
        tag: What the user gave as a language.

    Raises:
        UsageError: It does not begin with a code of two or three letters, or there is a shorter one; the hint names
            the code that was meant.
    """
    meant = meant_tag(tag)
    if meant is None and _has_code(tag):
        return
    hint = f"did you mean {meant}?" if meant else "use a code such as en, fi or pt-BR"
    raise UsageError(f"“{tag}” is not a language code", hint=hint)


def _has_code(tag: str) -> bool:
    code = tag.partition("-")[0]
    return len(code) in (_SHORT, _LONG) and code.isascii() and code.isalpha()


def _code_of(name: str) -> str | None:
    """Return the code of a language given by its own name, by its English name, or with an underscore."""
    if name[2:3] == "_" or name[3:4] == "_":
        return name.replace("_", "-")
    wanted = name.strip().casefold()
    own = {own.casefold(): code for code, own in _data()["names"].items()}
    return own.get(wanted) or _data()["english_names"].get(wanted)


def english_name(tag: str) -> str:
    """Return the English name of a language; its own name or its tag if that is unknown."""
    first = tag.partition("-")[0].lower()
    own = _data()["names"].get(first, tag)
    return next((name.title() for name, code in _data()["english_names"].items() if code == first), own)


def is_real(tag: str) -> bool:
    """Return whether a tag names a language; False for “und”, “mul” and codes that no language has."""
    import langcodes  # 30 ms, and only asked about tags that no voice has

    return not is_no_language(tag) and bool(langcodes.tag_is_valid(tag.partition("-")[0]))


def is_no_language(tag: str) -> bool:
    """Return whether a tag stands for an unknown language, several languages or no language."""
    return tag.partition("-")[0].lower() in _NO_LANGUAGES


def nearest_languages(tag: str) -> tuple[str, ...]:
    """Return the languages whose voices read a language without a voice well enough, best first."""
    nearest = _data()["nearest"]
    parts = tag.lower().split("-")
    known = next(
        (nearest[part] for end in range(len(parts), 0, -1) if (part := "-".join(parts[:end])) in nearest), ""
    )
    return tuple(known.split())


def lowered(word: str, tag: str) -> str:
    """Return a word in small letters, with a dotless ı where the language has one."""
    if tag.partition("-")[0].lower() in _data()["letters"]["dotless"].split():
        word = word.replace("I", "ı").replace("İ", "i")
    return word.lower()


def direction(tag: str) -> str:
    """Return the writing direction of a language as in HTML: `ltr` or `rtl`."""
    first, *others = tag.lower().split("-")
    scripts = [part for part in others if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return _data()["directions"].get(first, "ltr")


def three_letters(tag: str) -> str:
    """Return the ISO 639-2 code of a language; `und` if it has none."""
    return _three_letter_codes().get(tag.partition("-")[0].lower()) or _three_letters_of_a_rare_one(tag)


@cache
def _three_letter_codes() -> dict[str, str]:
    return dict(pair.split(":") for pair in _data()["iso639"]["three_letters"].split())


@cache
def _shorter_codes() -> dict[str, str]:
    """Return the code of two letters for each code of three, without codes that others replaced."""
    old = _data()["iso639"]["old"].split()
    return {long: short for short, long in _three_letter_codes().items() if short not in old}


def _three_letters_of_a_rare_one(tag: str) -> str:
    import langcodes  # 70 ms, and most tags are in the table
    from langcodes.tag_parser import LanguageTagError

    try:
        return langcodes.get(tag).to_alpha3()
    except (LookupError, LanguageTagError):
        return _UNKNOWN
