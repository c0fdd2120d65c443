"""Guessing the encoding of a text for a hint. The guess is shown to the user, never applied."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final

import msgspec

_BEYOND_ASCII = re.compile(r"[a-z]?[^\x00-\x7f](?=([a-z]?))")
_SAMPLED_CHARS: Final = 100_000
_SAMPLED_BYTES: Final = 1 << 16
_OTHER_THAN_SPACE: Final = re.compile(rb"[\x80-\x9f\xa1-\xff]")
"""Bytes beyond ASCII, except the no-break space, which says nothing about the encoding."""
_MOST_COMMON: Final = "cp1252"
_PUNCTUATION: Final = frozenset("“”„‟‘’‚‛«»‹›–—−…·•§°©®™€£№ªº×½¼¾²³±")
_QUOTES: Final = frozenset("“”„‟‚‛«»‹›")
_WIDE: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_NOISE: Final = 0.002
"""Lead in score that an encoding needs over those before it in the list."""
_UNUSUAL: Final = 0.05
"""Penalty for an encoding that is unusual for the language."""
_CONVINCING: Final = 0.7
"""Minimum score of a text that is assumed to be in its stated language."""


class _Habits(msgspec.Struct, frozen=True):
    """How a language is written: its letters beyond ASCII, and the encodings of older texts, likely ones first."""

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

    Encodings common for the language's script are tried. The best one yields the most letters of the language and
    typographic signs, and the least of anything else. If the result does not look like the stated language, all
    other languages are tried too. For languages without a table of letters, charset-normalizer guesses.

    Args:
        data: All bytes of the text.
        language: BCP 47 tag, or None.

    Returns:
        Python's name of an encoding that can decode every byte, or None.
    """
    samples: dict[str, _Sample | None] = {}
    habits = _habits()
    own = habits.get((language or "").split("-")[0].lower())
    if b"\0" in data[:_SAMPLED_BYTES]:
        return _best(data, [_Habits(frozenset(), _WIDE, frozenset(_WIDE))], samples)[1]
    if not _OTHER_THAN_SPACE.search(data):
        return own.encodings[0] if own else _MOST_COMMON
    if language and not own and (asked := _library_guess(data)):
        return asked
    score, likely = _best(data, [own] if own else [], samples)
    if score < _CONVINCING:
        other_score, other = _best(data, list(habits.values()), samples)
        likely = other if other_score > score else likely
    return likely or _library_guess(data)


class _Sample(msgspec.Struct, frozen=True):
    """The characters beyond ASCII in a decoded text.

    Attributes:
        characters: How often each character occurs.
        misplaced: How many of them occur where such a character cannot be within a word.
    """

    characters: Counter[str]
    misplaced: int

    def score(self, letters: frozenset[str]) -> float:
        """Return the share of plausible characters minus a penalty for implausible ones, from -4 to 1."""
        good = bad = 0
        for character, count in self.characters.items():
            if character == "\xa0":
                continue  # the same byte in most encodings, so it says nothing
            if character in _PUNCTUATION or character in letters or (not letters and _is_common(character)):
                good += count
            else:
                bad += count if character.isalpha() else 3 * count
        return (good - bad - self.misplaced) / max(self.characters.total(), 1)


def _best(
    data: bytes, languages: list[_Habits], samples: dict[str, _Sample | None]
) -> tuple[float, str | None]:
    """Return the best score over all languages and encodings, and its encoding; the first one wins a tie."""
    best: tuple[float, str | None] = (0.0, None)
    for habits in languages:
        for encoding in habits.encodings:
            if encoding not in samples:
                samples[encoding] = _sample(data, encoding)
            sample = samples[encoding]
            if sample is None:
                continue
            score = sample.score(habits.letters) - (0 if encoding in habits.usual else _UNUSUAL)
            if score > best[0] + _NOISE:
                best = (score, encoding)
    return best


def _sample(data: bytes, encoding: str) -> _Sample | None:
    text = _decoded(data, encoding)
    if text is None:
        return None
    if encoding in _WIDE and text.isascii():
        return _Sample(Counter("é"), 0)  # plain ASCII looks right in any language
    found = [(match[0], match[1]) for match in islice(_BEYOND_ASCII.finditer(text), _SAMPLED_CHARS)]
    misplaced = sum(len(one) == 2 and _is_misplaced(one[-1], after) for one, after in found)
    return _Sample(Counter(one[-1] for one, _ in found), misplaced)


def _is_misplaced(character: str, after: str) -> bool:
    """Return whether a character cannot follow a lower-case Latin letter: a capital, another script, a quote."""
    if character.isalpha():
        return character.isupper() or "\u0370" <= character < "\u1e00"
    return bool(after) and character in _QUOTES


def _is_common(character: str) -> bool:
    """Return whether a character is a letter of an alphabet. Text wrongly read as two-byte units rarely has them."""
    return character.isalpha() and character < "\u3000"


def _decoded(data: bytes, encoding: str) -> str | None:
    """Return the decoded text; None if decoding fails or the result contains a NUL."""
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        return None
    return None if "\0" in text else text


def _library_guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # the last resort

    best = from_bytes(data[:_SAMPLED_BYTES]).best()
    return best.encoding if best and _decoded(data, best.encoding) is not None else None
