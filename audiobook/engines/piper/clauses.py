"""A sentence, parts of which are said by their sounds, as the phonemes that a Piper voice is given.

What stands between those parts is put into phonemes on its own. Such a piece may begin with the signs that end what was
said before it, which espeak-ng would pass over.

Source: piper-tts 1.8, `piper/voice.py`, `PiperVoice.phonemize`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Final

from audiobook.document import Phonemes, PhonemeSpan

_STOPS: Final = {".": ".", "…": ".", "!": "!", "?": "?"}
_CLAUSE_STOPS: Final = frozenset(",;:")
_TIES: Final = ("\u0361", "\u035c")

Phonemize = Callable[[str], list[list[str]]]
"""Gives the phonemes of a text, one list for each of its sentences."""


def signs_of(phonemes: Phonemes, known: Container[str]) -> list[str]:
    """Give IPA sign by sign, as voices are trained on it; ties that a voice does not know are left out."""
    signs = unicodedata.normalize("NFD", phonemes.symbols)
    return [sign for sign in signs if sign in known or sign not in _TIES]


def clauses_of(
    text: str, spans: Sequence[PhonemeSpan], phonemize: Phonemize, known: Container[str]
) -> list[list[str]]:
    """Give the phonemes of a sentence.

    Args:
        text: The sentence.
        spans: Its parts that are said by their sounds.
        phonemize: Puts the rest into phonemes.
        known: The phonemes of the voice.

    Returns:
        As `phonemize` does.
    """
    clauses: list[list[str]] = [[]]
    done = 0
    for span in spans:
        _add_text(clauses, text[done : span.start], phonemize, follows=done > 0)
        _add_word(clauses[-1], signs_of(span.phonemes, known))
        done = span.end
    _add_text(clauses, text[done:], phonemize, follows=done > 0)
    return [clause for clause in clauses if clause]


def _add_text(clauses: list[list[str]], text: str, phonemize: Phonemize, *, follows: bool) -> None:
    if follows:
        for stop in _leading_stops(text):
            if stop in _CLAUSE_STOPS:
                clauses[-1] += [stop, " "]
            else:
                clauses[-1].append(_STOPS[stop])
                clauses.append([])
    if not any(character.isalnum() for character in text):
        return
    first, *rest = phonemize(text) or [[]]
    _add_word(clauses[-1], first)
    clauses += rest
    if clauses[-1][-1:] and clauses[-1][-1] in _STOPS:
        clauses.append([])


def _leading_stops(text: str) -> Iterator[str]:
    """Give the stops before the first word of a text, each once."""
    last = ""
    for character in text:
        if character.isalnum():
            return
        if character != last and (character in _STOPS or character in _CLAUSE_STOPS):
            last = character
            yield character


def _add_word(clause: list[str], phonemes: list[str]) -> None:
    if clause and clause[-1] != " ":
        clause.append(" ")
    clause += phonemes
