"""Phonemes for a Piper voice, made from a sentence of which some parts are given as phonemes.

The text between these parts is converted to phonemes piece by piece. A piece may begin with punctuation that belongs to
the words before it. espeak-ng would ignore it, so it is handled here.

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

Signs = Callable[[Phonemes], list[str]]
"""Returns phonemes as symbols of the voice."""
Phonemize = Callable[[str], list[list[str]]]
"""Returns the phonemes of a text, one list per sentence."""


def signs_of(phonemes: Phonemes, known: Container[str]) -> list[str]:
    """Return phonemes as the single IPA symbols that voices are trained on, without tie bars that the voice lacks.

    Args:
        phonemes: Phonemes in IPA.
        known: The symbols of the voice.
    """
    signs = unicodedata.normalize("NFD", phonemes.symbols)
    return [sign for sign in signs if sign in known or sign not in _TIES]


def clauses_of(
    text: str, spans: Sequence[PhonemeSpan], phonemize: Phonemize, signs: Signs
) -> list[list[str]]:
    """Return the phonemes of a sentence.

    Args:
        text: The sentence.
        spans: The parts of the sentence that are given as phonemes, in order.
        phonemize: Converts the text between these parts to phonemes.
        signs: Returns the phonemes of a part as symbols of the voice.

    Returns:
        One list per clause or sentence, as `phonemize` returns them.
    """
    if not spans:
        return phonemize(text)
    clauses: list[list[str]] = [[]]
    done = 0
    for span in spans:
        _add_text(clauses, text[done : span.start], phonemize, follows=done > 0)
        _add_word(clauses[-1], signs(span.phonemes))
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
    """Yield the punctuation before the first word of a text; repeated signs are yielded once."""
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
