"""Writing systems: the scripts of languages and texts, and the language that a text may be in."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

LATIN: Final = "Latn"
_LATIN_END: Final = "\u036f"
"""The last of the characters among which there are letters of no script but Latin."""
_SIGNS_START: Final = "\u2000"
_SIGNS_END: Final = "\u2c7f"
"""The last of the punctuation, currencies and other signs, among which there are no letters of other scripts."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_SAMPLE_CHARS: Final = 20_000
_LEAST_LETTERS: Final = 12
"""Minimum number of letters that can contradict a language."""
_SHARE: Final = 0.6
"""Minimum share of a text's letters for the text to be in a script."""
_LETTERS_OF_SIGN: Final = 3
"""How many letters of other scripts count as much as one character of these."""
_FEWEST_COMMON: Final = 3
"""Minimum number of its frequent words by which a language is recognised."""
_FEWEST_PLAIN: Final = 5
_PLAIN_SHARE: Final = 0.08
"""Minimum number and share of its frequent words by which a text is plainly in a language."""
_FEWEST_DIFFERENT: Final = 4
"""How many different ones there must be."""
_PLAIN_RATIO: Final = 4
"""How many times as many there must be as frequent words of the language that the text is said to be in."""
_EAST_ASIAN: Final = frozenset(("Hani", "Kana", "Hang"))


class ScriptRun(msgspec.Struct, frozen=True):
    """A part of a text in one script other than Latin.

    Attributes:
        start: Index of its first letter.
        end: Index after its last letter.
        script: ISO 15924 code.
        letters: How many letters of the script it has.
    """

    start: int
    end: int
    script: str
    letters: int


@cache
def _data() -> dict[str, dict[str, str]]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return data


@cache
def _letters() -> re.Pattern[str]:
    """Return a pattern for a run of letters of one script other than Latin, in a group named after the script."""

    def characters(ranges: str) -> str:
        ends = (span.split("-") for span in ranges.split())
        return "".join(f"{chr(int(first, 16))}-{chr(int(last, 16))}" for first, last in ends)

    return re.compile("|".join(f"(?P<{name}>[{characters(at)}]+)" for name, at in _data()["ranges"].items()))


@cache
def _scripts_by_language() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for script, tags in _data()["languages"].items():
        for tag in tags.split():
            found.setdefault(tag, set()).add(script)
    for tag in _data()["also_latin"]["tags"].split():
        found.setdefault(tag, set()).add(LATIN)
    return {tag: frozenset(scripts) for tag, scripts in found.items()}


def scripts_of(language: str) -> frozenset[str]:
    """Return the scripts that a language is written in, by its BCP 47 tag; Latin for one that is not known."""
    first, *others = language.split("-")
    named = [part.title() for part in others if len(part) == 4 and part.isalpha()]
    if named and named[0] in (*_data()["ranges"], LATIN):
        return frozenset(named[:1])
    return _scripts_by_language().get(first.lower(), frozenset((LATIN,)))


def foreign_runs(text: str, language: str) -> list[ScriptRun]:
    """Return the parts of a text in scripts that its language is not written in, except Latin.

    Words of one script are one run, with the spaces and signs between them.

    Args:
        text: A sentence.
        language: BCP 47 tag of the sentence.
    """
    if _is_latin(text):
        return []
    own = scripts_of(language)
    east_asian = bool(own & _EAST_ASIAN)
    runs: list[ScriptRun] = []
    for match in _letters().finditer(text):
        script = match.lastgroup or LATIN
        if script in own or (east_asian and script in _EAST_ASIAN):
            continue
        last = runs[-1] if runs else None
        between = text[last.end : match.start()] if last else ""
        if last and _joins(last.script, script) and not any(map(str.isalpha, between)):
            kind = "Kana" if "Kana" in (script, last.script) else last.script
            runs[-1] = ScriptRun(last.start, match.end(), kind, last.letters + len(match.group()))
        else:
            runs.append(ScriptRun(match.start(), match.end(), script, len(match.group())))
    return runs


def _is_latin(text: str) -> bool:
    """Return whether a text has no letters of other scripts, as most texts; searching them for such letters takes long."""
    return all(char <= _LATIN_END or _SIGNS_START <= char <= _SIGNS_END for char in set(text))


def _joins(first: str, second: str) -> bool:
    return first == second or {first, second} <= {"Kana", "Hani"}


def language_of_script(script: str, text: str) -> str:
    """Return the tag of the likely language of a text in a script other than Latin."""
    tags = _data()["languages"][script].split()
    telling = _data()["telling"]
    lowered = text.lower()
    return next((tag for tag in tags if any(letter in lowered for letter in telling.get(tag, ""))), tags[0])


def contradiction(text: str, language: str) -> tuple[str, str] | None:
    """Return the script of a text and its likely language, if the language is not written in that script.

    Args:
        text: The text, or its beginning.
        language: BCP 47 tag.

    Returns:
        ISO 15924 code and tag, the tag empty if it is not known; None if most letters are of the language's scripts.
    """
    sample = text[:_SAMPLE_CHARS]
    if LATIN in scripts_of(language) and _is_latin(sample):
        return None
    counts: Counter[str] = Counter()
    for match in _letters().finditer(sample):
        counts[match.lastgroup or LATIN] += len(match.group())
    letters = sum(map(len, _WORD.findall(sample)))
    counts[LATIN] = max(letters - counts.total(), 0)
    for script in _EAST_ASIAN:
        counts[script] *= _LETTERS_OF_SIGN
    if counts.total() < _LEAST_LETTERS:
        return None
    own = scripts_of(language)
    own |= _EAST_ASIAN if own & _EAST_ASIAN else frozenset()
    script, count = counts.most_common(1)[0]
    if script in own or sum(counts[one] for one in own) >= (1 - _SHARE) * counts.total():
        return None
    if script == LATIN:
        return script, likely_latin(sample)
    script = "Kana" if script == "Hani" and counts["Kana"] > count // 10 else script
    return script, language_of_script(script, sample)


def likely_latin(text: str) -> str:
    """Return the tag of the likely language of a text in Latin letters, by its frequent words; empty if unknown."""
    scores = _common_words(text)
    tag, score = max(scores.items(), key=lambda scored: scored[1])
    return tag if score >= _FEWEST_COMMON else ""


def _common_words(text: str) -> dict[str, int]:
    """Return how many words of a text are frequent in each language."""
    words = Counter(word.lower() for word in _WORD.findall(text))
    return {tag: sum(words[word] for word in common.split()) for tag, common in _data()["common"].items()}


def other_language(text: str, language: str) -> str | None:
    """Return the language of a text if it is clearly not in the given one; None if it is, or in doubt.

    Args:
        text: The text in Latin letters, or parts of it.
        language: BCP 47 tag.
    """
    sample, own = text[:_SAMPLE_CHARS], language.partition("-")[0].lower()
    if own not in _data()["common"]:
        return None  # it may be like any other
    scores = _common_words(sample)
    tag, score = max(scores.items(), key=lambda scored: scored[1])
    words = [word.lower() for word in _WORD.findall(sample)]
    different = len(set(words).intersection(_data()["common"][tag].split()))
    is_plain = (
        score >= _PLAIN_SHARE * len(words) and score >= _FEWEST_PLAIN and different >= _FEWEST_DIFFERENT
    )
    return tag if is_plain and scores[own] * _PLAIN_RATIO <= score else None


@cache
def script_name(script: str) -> str:
    """Return the English name of a script for a message."""
    names = {
        "Latn": "Latin",
        "Grek": "Greek",
        "Cyrl": "Cyrillic",
        "Hani": "Chinese",
        "Kana": "Japanese",
        "Hang": "Korean",
    }
    names |= {
        "Hebr": "Hebrew",
        "Arab": "Arabic",
        "Deva": "Devanagari",
        "Armn": "Armenian",
        "Geor": "Georgian",
    }
    return names.get(script, script)
