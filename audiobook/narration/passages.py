"""Turning paragraphs into passages: cleaned, split into sentences, put into words, and never too long for an engine."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from audiobook.casting import Character
from audiobook.document import (
    Kind,
    Paragraph,
    Passage,
    Pause,
    Phonemes,
    Saying,
    Sentence,
    is_speakable,
)
from audiobook.errors import SpeechError
from audiobook.narration.aligned import AlignedText
from audiobook.narration.capitals import lower_capitals
from audiobook.narration.clean import clean
from audiobook.narration.grammar.installed import grammar_of
from audiobook.narration.grammar.series import NO_SERIES, Series
from audiobook.narration.lexicon.entries import EMPTY_LEXICON, Lexicon, apply_pronunciations
from audiobook.narration.rules.say_as import read_as
from audiobook.narration.splitting.sentences import sentence_spans
from audiobook.narration.turns import Turn, trimmed, turns_of
from audiobook.narration.verbalize import verbalize
from audiobook.writing_systems import LATIN, foreign_runs, language_of_script, scripts_of

MAX_PASSAGE_CHARS: Final = 2000
"""A longer paragraph becomes several passages, so that editing it costs a few minutes of speech at most."""
_CLAUSE_ENDS: Final = ",;:)–—"

_SPEAKABLE: Final = re.compile(r"[^\W_]")
_WORD: Final = re.compile(r"\S+")
_IDEOGRAPHS: Final = frozenset(("Hani", "Kana", "Hang"))
"""Scripts in which one letter is a word; a single letter of another script is a symbol, such as "β"."""
_ENCLOSING: Final = frozenset((('"', '"'), ("(", ")"), ("[", "]"), ("'", "'")))

Speaks = Callable[[str], bool]
"""Whether a voice other than that of the work speaks a language, by its BCP 47 tag."""
Pronounce = Callable[[str, Character | None, Phonemes, bool], Phonemes | None]
"""Like `lexicon.entries.Pronounce`, for the voice of a given language and character."""


def pronounce_nothing(
    _language: str, _character: Character | None, _phonemes: Phonemes, _otherwise: bool
) -> Phonemes | None:
    """Return None: the voices take no phonemes."""
    return None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or the part of it that one voice speaks; the pause after it is None for the usual one."""

    text: AlignedText
    language: str
    character: Character | None
    pause_ms: int | None


@dataclass(frozen=True, slots=True)
class _Narrated:
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
    own = paragraph.language or _language_of(paragraph, 0, len(paragraph.text), language)
    spans = sentence_spans(said.text, own)
    narrated = [
        _Narrated(
            tag,
            piece.character,
            piece.pause_ms,
            Sentence(part.text, part.starts, part.ends, part.phonemes),
        )
        for start, end in (_paused(spans, said, paragraph) if paragraph.pauses else spans)
        for turn in turns_of(said, start, end, paragraph.spoken)
        for piece in _pieces(paragraph, turn, own, speaks)
        for tag in [piece.language]
        for part in _bounded(_worded(paragraph, piece, language, lexicon, pronounce, series))
        if is_speakable(part.text)
    ]
    passages = tuple(_passages(narrated))
    return tuple(_between_pauses(passages, paragraph.pauses)) if paragraph.pauses else passages


def _passages(narrated: Sequence[_Narrated]) -> Iterator[Passage]:
    """Yield passages of one language and character each, without a pause before one that continues a sentence."""
    pause_ms: int | None = None
    for (tag, character), run in groupby(narrated, key=attrgetter("language", "character")):
        pieces = list(run)
        for group in _grouped(piece.sentence for piece in pieces):
            yield Passage(group, tag, pause_ms, character)
            pause_ms = None
        pause_ms = pieces[-1].pause_ms


def _pieces(paragraph: Paragraph, turn: Turn, own: str, speaks: Speaks | None) -> Iterator[_Piece]:
    """Cut a sentence where its script changes to that of a language with its own voice."""
    sentence, character = turn.text, turn.character
    if not sentence.text:
        return
    language = _language_of(paragraph, sentence.starts[0], sentence.ends[-1], own)
    runs = foreign_runs(sentence.text, language) if speaks else []
    if not (speaks and runs):
        yield _Piece(sentence, language, character, turn.pause_ms)
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
            yield _Piece(said, language, character, 0)
        else:
            start = at
        ends = _SPEAKABLE.search(sentence.text, end) is None
        at = len(sentence.text) if ends else end
        yield _Piece(trimmed(sentence, start, at), tag, character, turn.pause_ms if ends else 0)
    if at < len(sentence.text):
        rest = trimmed(sentence, at, len(sentence.text)) if at else sentence
        yield _Piece(_transliterated(rest, language), language, character, turn.pause_ms)


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


def _paused(
    spans: Iterable[tuple[int, int]], said: AlignedText, paragraph: Paragraph
) -> Iterator[tuple[int, int]]:
    """Yield the spans of sentences, cut where the text asks for a pause inside one."""
    cuts = [bisect_left(said.starts, pause.offset) for pause in paragraph.pauses]
    for start, end in spans:
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        for first, last in pairwise((start, *inside, end)):
            piece = said.text[first:last]
            left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
            if left < right:
                yield first + left, first + right


def _between_pauses(passages: Iterable[Passage], pauses: Sequence[Pause]) -> Iterator[Passage]:
    """Split passages at each pause; a pause comes before the first sentence that begins at or after it."""
    at = 0
    for passage in passages:
        group: list[Sentence] = []
        asked = passage.pause_ms
        for sentence in passage.sentences:
            first = at
            while at < len(pauses) and pauses[at].offset <= sentence.span[0]:
                at += 1
            if at > first:
                if group:
                    yield Passage(tuple(group), passage.language, asked, passage.character)
                group, asked = [], pauses[at - 1].length_ms
            group.append(sentence)
        yield Passage(tuple(group), passage.language, asked, passage.character)


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
    piece: _Piece,
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


def _language_of(paragraph: Paragraph, start: int, end: int, language: str) -> str:
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


def _grouped(sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, ...]]:
    group: list[Sentence] = []
    length = 0
    for sentence in sentences:
        if group and length + len(sentence.text) > MAX_PASSAGE_CHARS:
            yield tuple(group)
            group, length = [], 0
        group.append(sentence)
        length += len(sentence.text)
    if group:
        yield tuple(group)


def _bounded(sentence: AlignedText) -> Iterator[AlignedText]:
    """Cut a sentence that is too long: at the end of a clause, between two words, or at a hyphen, in this order."""
    start, end = 0, len(sentence.text)
    while end - start > MAX_PASSAGE_CHARS:
        cut, after = _cut(sentence, start)
        yield sentence.part(start, cut)
        start = after
    yield sentence.part(start, end)


def _cut(sentence: AlignedText, start: int) -> tuple[int, int]:
    """Return where to cut a sentence from `start` on: the end of one part, and the start of the next."""
    text = sentence.text
    places = [at for at in range(start + MAX_PASSAGE_CHARS, start, -1) if not sentence.is_inside_phonemes(at)]
    spaces = [at for at in places if text[at] == " "]
    clauses = (at for at in spaces if text[at - 1] in _CLAUSE_ENDS and at > start + MAX_PASSAGE_CHARS // 2)
    space = next(clauses, spaces[0] if spaces else None)
    if space is not None:
        return space, space + 1
    hyphen = next((at for at in places if text[at - 1] == "-"), None)
    if hyphen is None:
        raise SpeechError(
            f"{MAX_PASSAGE_CHARS} characters without a space cannot be spoken: “{text[start : start + 40]}…”",
            hint="put spaces between the words, or remove this from the text",
        )
    return hyphen, hyphen
