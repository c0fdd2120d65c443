"""Which encoding a text is likely to be in, for a hint: a guess is shown, never applied."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final

_BEYOND_ASCII = re.compile(r"[a-z]?[^\x00-\x7f](?=([a-z]?))")
_SAMPLED_CHARS: Final = 100_000
_SAMPLED_BYTES: Final = 1 << 16
_PUNCTUATION: Final = frozenset("“”„‟‘’‚‛«»‹›–—−…·•§°©®™€£№ªº×½¼¾²³±")
_QUOTES: Final = frozenset("“”„‟‚‛«»‹›")
_WIDE: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_NOISE: Final = 0.002
"""What an encoding has to be better by than those named before it."""
_STRANGER: Final = 0.05
"""What an encoding has to be better by that texts of the language do not usually come in."""
_CONVINCING: Final = 0.7
"""The score from which a text is taken to be in the language that it is said to be in."""


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a language is written: its letters beyond ASCII, and encodings of its older texts, likely first."""

    letters: frozenset[str]
    encodings: tuple[str, ...]
    usual: frozenset[str]


@cache
def _habits() -> dict[str, _Habits]:
    table = tomllib.loads(files(__package__).joinpath("encodings.toml").read_text("utf-8"))
    families = table["families"]
    habits = {}
    for tag, one in table["languages"].items():
        own = families[one["family"]]
        others = [encoding for family in table["latin"] for encoding in families[family]]
        encodings = dict.fromkeys([*own, *(others if one["family"] in table["latin"] else ())])
        letters = frozenset(one["letters"] + one["letters"].upper())
        habits[tag] = _Habits(letters, tuple(encodings), frozenset(own))
    return habits


def likely_encoding(data: bytes, language: str | None) -> str | None:
    """Guess the encoding of bytes that are not UTF-8.

    Encodings in which texts of the language's script come are tried. That one is taken which gives most of
    the language's own letters and of the signs of print, and least of anything else. A text that looks like none
    in its language is held against every other one. About a language whose letters are not known,
    charset-normalizer is asked.

    Args:
        data: All bytes of the text.
        language: BCP 47 tag, or None.

    Returns:
        Python's name of an encoding that decodes every byte, or None.
    """
    samples: dict[str, _Sample | None] = {}
    habits = _habits()
    own = habits.get((language or "").split("-")[0].lower())
    if b"\0" in data[:_SAMPLED_BYTES]:
        return _best(data, [_Habits(frozenset(), _WIDE, frozenset(_WIDE))], samples)[1]
    if language and not own and (asked := _asked(data)):
        return asked
    score, likely = _best(data, [own] if own else [], samples)
    if score < _CONVINCING:
        other_score, other = _best(data, list(habits.values()), samples)
        likely = other if other_score > score else likely
    return likely or _asked(data)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a decoding gives beyond ASCII.

    Attributes:
        characters: How often each comes.
        misplaced: How many of them stand where none does in a word.
    """

    characters: Counter[str]
    misplaced: int

    def score(self, letters: frozenset[str]) -> float:
        """Give the share of what looks right, less that of what does not: between -4 and 1."""
        good = bad = 0
        for character, count in self.characters.items():
            if character == "\xa0":
                continue  # it stands in the same place in most, and tells nothing
            if character in _PUNCTUATION or character in letters or (not letters and _is_common(character)):
                good += count
            else:
                bad += count if character.isalpha() else 3 * count
        return (good - bad - self.misplaced) / max(self.characters.total(), 1)


def _best(
    data: bytes, languages: list[_Habits], samples: dict[str, _Sample | None]
) -> tuple[float, str | None]:
    """Give the best score of all languages and encodings, and its encoding; of equals the first."""
    best: tuple[float, str | None] = (0.0, None)
    for habits in languages:
        for encoding in habits.encodings:
            if encoding not in samples:
                samples[encoding] = _sample(data, encoding)
            sample = samples[encoding]
            if sample is None:
                continue
            score = sample.score(habits.letters) - (0 if encoding in habits.usual else _STRANGER)
            if score > best[0] + _NOISE:
                best = (score, encoding)
    return best


def _sample(data: bytes, encoding: str) -> _Sample | None:
    text = _decoded(data, encoding)
    if text is None:
        return None
    if encoding in _WIDE and text.isascii():
        return _Sample(Counter("é"), 0)  # nothing in it looks wrong
    found = [(match[0], match[1]) for match in islice(_BEYOND_ASCII.finditer(text), _SAMPLED_CHARS)]
    misplaced = sum(len(one) == 2 and _is_misplaced(one[-1], after) for one, after in found)
    return _Sample(Counter(one[-1] for one, _ in found), misplaced)


def _is_misplaced(character: str, after: str) -> bool:
    """Whether a sign cannot follow a small Latin letter: a capital, another script, a quote inside a word."""
    if character.isalpha():
        return character.isupper() or "\u0370" <= character < "\u1e00"
    return bool(after) and character in _QUOTES


def _is_common(character: str) -> bool:
    """Whether a sign is a letter of an alphabet: what is read two bytes at a time by mistake seldom is."""
    return character.isalpha() and character < "\u3000"


def _decoded(data: bytes, encoding: str) -> str | None:
    """Give the text, or None if it cannot be one."""
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        return None
    return None if "\0" in text else text


def _asked(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - for texts that nothing else explains

    best = from_bytes(data[:_SAMPLED_BYTES]).best()
    return best.encoding if best and _decoded(data, best.encoding) is not None else None
