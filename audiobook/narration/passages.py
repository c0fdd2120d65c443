"""Turning paragraphs into passages: cleaned, split into sentences, put into words, and never too long for an engine."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from audiobook.casting import Character
from audiobook.document import (
    Kind,
    Paragraph,
    Passage,
    Phonemes,
    Saying,
    Sentence,
    is_speakable,
)
from audiobook.narration.aligned import AlignedText
from audiobook.narration.capitals import lower_capitals
from audiobook.narration.clean import clean
from audiobook.narration.foreign_scripts import Piece, Speaks, marked_language, script_pieces
from audiobook.narration.grammar.installed import grammar_of
from audiobook.narration.grammar.series import NO_SERIES, Series
from audiobook.narration.length_limit import bounded, grouped
from audiobook.narration.lexicon.entries import EMPTY_LEXICON, Lexicon, apply_pronunciations
from audiobook.narration.pauses import between_pauses, paused_spans
from audiobook.narration.rules.say_as import read_as
from audiobook.narration.splitting.sentences import sentence_spans
from audiobook.narration.turns import turns_of
from audiobook.narration.verbalize import verbalize

Pronounce = Callable[[str, Character | None, Phonemes, bool], Phonemes | None]
"""Like `lexicon.entries.Pronounce`, for the voice of a given language and character."""


def pronounce_nothing(
    _language: str, _character: Character | None, _phonemes: Phonemes, _otherwise: bool
) -> Phonemes | None:
    """Return None: the voices take no phonemes."""
    return None


class _Narrated(msgspec.Struct, frozen=True):
    """A piece with its figures and signs in words."""

    language: str
    character: Character | None
    pause_ms: int | None
    sentence: Sentence


def narrate(
    paragraph: Paragraph,
    language: str,
    lexicon: Lexicon = EMPTY_LEXICON,
    pronounce: Pronounce = pronounce_nothing,
    series: Series = NO_SERIES,
    speaks: Speaks | None = None,
) -> tuple[Passage, ...]:
    """Return the passages of a paragraph.

    Args:
        paragraph: The paragraph.
        language: BCP 47 tag of its work. A sentence entirely in another language becomes a passage in that language;
            single foreign words are read by the voice of the sentence.
        lexicon: The user's pronunciations. They take precedence over the text's own, and apply only to sentences in
            the work's language.
        pronounce: Returns given phonemes in the form that a language's voice supports.
        series: The letters and numerals that the document counts with.
        speaks: Whether a voice other than that of the work speaks a language. Words in a script that the language of
            the sentence is not written in go to such a voice; without one they are transliterated. None if the voice
            of the work reads every script.

    Returns:
        Its passages in order, usually one; empty if there is nothing to read aloud.

    Raises:
        SpeechError: A run without a space is longer than any word; the message has no position.
    """
    if not is_speakable(paragraph.text) and not any(saying.text for saying in paragraph.sayings):
        return ()
    said = clean(paragraph.text)
    own = paragraph.language or marked_language(paragraph, 0, len(paragraph.text), language)
    spans = sentence_spans(said.text, own)
    narrated = [
        _Narrated(
            tag,
            piece.character,
            piece.pause_ms,
            Sentence(part.text, part.starts, part.ends, part.phonemes),
        )
        for start, end in (paused_spans(spans, said, paragraph) if paragraph.pauses else spans)
        for turn in turns_of(said, start, end, paragraph.spoken)
        for piece in script_pieces(paragraph, turn, own, speaks)
        for tag in [piece.language]
        for part in bounded(_worded(paragraph, piece, language, lexicon, pronounce, series))
        if is_speakable(part.text)
    ]
    passages = tuple(_passages(narrated))
    return tuple(between_pauses(passages, paragraph.pauses)) if paragraph.pauses else passages


def _passages(narrated: Sequence[_Narrated]) -> Iterator[Passage]:
    """Yield passages of one language and character each, without a pause before one that continues a sentence."""
    pause_ms: int | None = None
    for (tag, character), run in groupby(narrated, key=attrgetter("language", "character")):
        pieces = list(run)
        for group in grouped(piece.sentence for piece in pieces):
            yield Passage(group, tag, pause_ms, character)
            pause_ms = None
        pause_ms = pieces[-1].pause_ms


def cut_pronunciations(
    paragraph: Paragraph, passages: Sequence[Passage], crossing: Lexicon
) -> list[tuple[int, int]]:
    """Return the pronunciations in a paragraph that do not apply, because a sentence ends inside them.

    Args:
        paragraph: The paragraph.
        passages: Its passages, from `narrate`.
        crossing: The entries that could be affected, from `Lexicon.crossing`.

    Returns:
        Start and end of each in the text, in order.
    """
    asked = [(saying.start, saying.end) for saying in paragraph.sayings]
    if crossing is not EMPTY_LEXICON:
        said = clean(paragraph.text)
        asked += [(said.starts[start], said.ends[end - 1]) for start, end, *_ in crossing.find(said.text)]
    if not asked:
        return []
    spans = [sentence.span for passage in passages for sentence in passage.sentences]
    firsts = [start for start, _ in spans]
    return sorted({(start, end) for start, end in asked if _is_cut(start, end, spans, firsts)})


def _is_cut(start: int, end: int, spans: Sequence[tuple[int, int]], firsts: Sequence[int]) -> bool:
    """Return whether a part begins in one sentence and continues in the next."""
    at = bisect_right(firsts, start) - 1
    return at >= 0 and start < spans[at][1] < end and at + 1 < len(spans) and spans[at + 1][0] < end


def _worded(
    paragraph: Paragraph,
    piece: Piece,
    language: str,
    lexicon: Lexicon,
    pronounce: Pronounce,
    series: Series,
) -> AlignedText:
    """Apply lexicons to a sentence, and put everything else that is not words into words."""
    sentence, spoken = piece.text, piece.language
    if not sentence.text:
        return sentence
    foreign = spoken.partition("-")[0].lower() != language.partition("-")[0].lower()
    voice = partial(pronounce, spoken, piece.character)
    first = bisect_left(paragraph.sayings, sentence.starts[0], key=attrgetter("start"))
    last = bisect_right(paragraph.sayings, sentence.ends[-1], key=attrgetter("end"))
    given = [_in_manner(saying, paragraph.text, spoken) for saying in paragraph.sayings[first:last]]
    said = apply_pronunciations(sentence, EMPTY_LEXICON if foreign else lexicon, given, voice)
    is_heading = paragraph.kind in (Kind.TITLE, Kind.HEADING)
    said = lower_capitals(said, spoken, is_heading=is_heading)
    return verbalize(said, spoken, is_heading=is_heading, series=series)


def _in_manner(saying: Saying, text: str, language: str) -> Saying:
    """Return a pronunciation with the words for its manner filled in, if the text fits the manner."""
    if saying.manner is None or saying.text is not None:
        return saying
    return replace(saying, text=read_as(text[saying.start : saying.end], saying.manner, grammar_of(language)))
