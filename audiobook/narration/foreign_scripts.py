"""Words in another script than that of their sentence: spoken by the voice of another language, or transliterated."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Final

import msgspec

from audiobook.casting import Character
from audiobook.document import Paragraph, is_speakable
from audiobook.narration.aligned import AlignedText
from audiobook.narration.turns import Turn, trimmed
from audiobook.writing_systems import LATIN, foreign_runs, language_of_script, scripts_of

_SPEAKABLE: Final = re.compile(r"[^\W_]")
_WORD: Final = re.compile(r"\S+")
_IDEOGRAPHS: Final = frozenset(("Hani", "Kana", "Hang"))
"""Scripts in which one letter is a word; a single letter of another script is a symbol, such as "β"."""
_ENCLOSING: Final = frozenset((('"', '"'), ("(", ")"), ("[", "]"), ("'", "'")))
Speaks = Callable[[str], bool]
"""Whether a voice other than that of the work speaks a language, by its BCP 47 tag."""


class Piece(msgspec.Struct, frozen=True):
    """A sentence, or the part of it that one voice speaks.

    Attributes:
        text: Its text.
        language: BCP 47 tag of the voice that speaks it.
        character: Who speaks it; None leaves it to the paragraph.
        pause_ms: Milliseconds of the pause after it; None for the usual pause.
    """

    text: AlignedText
    language: str
    character: Character | None
    pause_ms: int | None


def script_pieces(paragraph: Paragraph, turn: Turn, own: str, speaks: Speaks | None) -> Iterator[Piece]:
    """Cut a sentence where its script changes to that of a language with its own voice.

    Args:
        paragraph: The paragraph of the sentence.
        turn: The sentence, or the part of it that one character speaks.
        own: BCP 47 tag of the paragraph.
        speaks: See `narrate`.
    """
    sentence, character = turn.text, turn.character
    if not sentence.text:
        return
    language = marked_language(paragraph, sentence.starts[0], sentence.ends[-1], own)
    runs = foreign_runs(sentence.text, language) if speaks else []
    if not (speaks and runs):
        yield Piece(sentence, language, character, turn.pause_ms)
        return
    cuts = [
        (run.start, run.end, tag)
        for run in runs
        for tag in [language_of_script(run.script, sentence.text[run.start : run.end])]
        if (run.letters > 1 or run.script in _IDEOGRAPHS) and speaks(tag)
    ]
    at = 0
    for start, end, tag in cuts:
        start, end = _with_marks(sentence.text, start, end, at)
        if is_speakable(sentence.text[at:start]):
            said = _transliterated(trimmed(sentence, at, start), language)
            yield Piece(said, language, character, 0)
        else:
            start = at
        ends = _SPEAKABLE.search(sentence.text, end) is None
        at = len(sentence.text) if ends else end
        yield Piece(trimmed(sentence, start, at), tag, character, turn.pause_ms if ends else 0)
    if at < len(sentence.text):
        rest = trimmed(sentence, at, len(sentence.text)) if at else sentence
        yield Piece(_transliterated(rest, language), language, character, turn.pause_ms)


def _with_marks(text: str, start: int, end: int, least: int) -> tuple[int, int]:
    """Extend a run by the quotation marks and brackets that enclose it, but not to before `least`."""
    while start > least and end < len(text) and (text[start - 1], text[end]) in _ENCLOSING:
        start, end = start - 1, end + 1
    return start, end


def _transliterated(sentence: AlignedText, language: str) -> AlignedText:
    """Transliterate words in other scripts, if the sentence's own language uses Latin letters."""
    if LATIN not in scripts_of(language):
        return sentence
    runs = [
        run for run in foreign_runs(sentence.text, language) if run.letters > 1 or run.script in _IDEOGRAPHS
    ]
    if not runs:
        return sentence
    from anyascii import anyascii  # loads a table for each block of letters

    return sentence.replaced(
        (word.start() + run.start, word.end() + run.start, latin)
        for run in runs
        for word in _WORD.finditer(sentence.text[run.start : run.end])
        if (latin := anyascii(word.group()).strip())
    )


def marked_language(paragraph: Paragraph, start: int, end: int, language: str) -> str:
    """Return the language that all words from `start` to `end` are marked with, else `language`."""
    text = paragraph.text
    if not paragraph.foreign:
        return language
    # The parts are in order, and only the one that contains the first word can contain all: a book may have
    # many thousands.
    word = next((at for at in range(start, end) if text[at].isalnum()), start)
    part = paragraph.foreign[max(bisect_right(paragraph.foreign, word, key=attrgetter("start")) - 1, 0)]
    holds_all = part.start <= word < part.end and not is_speakable(text[max(part.end, start) : end])
    return part.language if holds_all else language
