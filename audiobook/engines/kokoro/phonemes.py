"""The phonemes that Kokoro gets for a text: those of espeak-ng, with the text's punctuation between them.

espeak-ng leaves punctuation out, but the network was trained with it: pauses and intonation depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from audiobook.document import PhonemeSpan
from audiobook.engines.espeak.library import EspeakLibrary
from audiobook.engines.kokoro.symbols import symbols_of

_SIGNS: Final = {
    "«": "“", "»": "”", "„": "“", "‟": "“", "″": "”",
    "–": "—", "、": ",", "，": ",", "。": ".", "！": "!", "？": "?", "：": ":", "；": ";", "।": ".",
    "[": "(", "]": ")", "{": "(", "}": ")", "؟": "?",
}  # fmt: skip
"""Replacements for signs that the network does not know."""
_OPENING: Final = frozenset('“"(—')
_KNOWN: Final = frozenset(';:,.!?—…"()“”')
_QUOTES: Final = frozenset("'‘’‚‛`´¡¿*_")
"""Signs around words that are left out, because the network has no symbol for them."""
_DASH: Final = re.compile(r"\s*(?:—|\s–\s|\s-+\s|--+)\s*")


def phonemes_of(text: str, spans: Sequence[PhonemeSpan], library: EspeakLibrary, language: str) -> str:
    """Return the symbols of a text.

    Args:
        text: A sentence or a part of one.
        spans: The parts of the text that are given as phonemes, in order.
        library: The library, with a voice of the language selected.
        language: espeak-ng's tag of the language.
    """
    written: list[str] = []
    done = 0
    for span in spans:
        written += _written(text[done : span.start], library, language, is_last=False)
        written.append(symbols_of(span.phonemes.symbols, language))
        done = span.end
    written += _written(text[done:], library, language, is_last=True)
    return _joined(written)


def _written(text: str, library: EspeakLibrary, language: str, *, is_last: bool) -> list[str]:
    """Return the words of a text as symbols, and its signs, in order."""
    written: list[str] = []
    run: list[str] = []

    def say_run() -> None:
        if run:
            ipa = library.phonemes_of_text(" ".join(run))
            written.append(" ".join(symbols_of(ipa, language).split()))
            run.clear()

    for before, word, after in _words(text, is_last=is_last):
        if before:
            say_run()
            written.append(before)
        if word:
            run.append(word)
        if after:
            say_run()
            written.append(after)
    say_run()
    return written


def _words(text: str, *, is_last: bool) -> Iterator[tuple[str, str, str]]:
    """Yield each word with the punctuation before and after it.

    A full stop inside the sentence belongs to an abbreviation, so it stays part of the word.

    Args:
        text: A part of a sentence.
        is_last: Whether the sentence ends with this part.
    """
    tokens = _DASH.sub(" — ", "".join(_SIGNS.get(character, character) for character in text)).split()
    last = next((at for at in reversed(range(len(tokens))) if any(map(str.isalnum, tokens[at]))), -1)
    last = last if is_last else len(tokens)
    for number, token in enumerate(tokens):
        start, end = 0, len(token)
        while start < end and (token[start] in _KNOWN or token[start] in _QUOTES):
            start += 1
        while end > start and (token[end - 1] in _KNOWN or token[end - 1] in _QUOTES):
            end -= 1
        after = "".join(sign for sign in token[end:] if sign in _KNOWN)
        word = token[start:end]
        if number < last and after == "." and word:
            word, after = f"{word}.", ""
        yield "".join(sign for sign in token[:start] if sign in _KNOWN), word, after


def _joined(written: list[str]) -> str:
    """Return words and signs as one text, with the usual spaces between them."""
    text = ""
    for part in written:
        if not part:
            continue
        signs = all(sign in _KNOWN for sign in part)
        closes = signs and part[0] not in _OPENING
        straight = signs and part == '"' and text.count('"') % 2 == 1
        after_opening = text[-1:] in ("“", "(") or (text[-1:] == '"' and text.count('"') % 2 == 1)
        text += part if not text or closes or straight or after_opening else f" {part}"
    return text
