"""Paragraphs to passages: cleaned, split into sentences, put into words, and never too long for an engine."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from typing import Final

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
from audiobook.narration.clean import clean
from audiobook.narration.grammar.installed import grammar_of
from audiobook.narration.lexicon.entries import NOTHING, Lexicon, say_otherwise
from audiobook.narration.rules.manners import read_as
from audiobook.narration.splitting.sentences import sentence_spans
from audiobook.narration.verbalize import verbalize

MAX_PASSAGE_CHARS: Final = 2000
"""A longer paragraph becomes several passages, so that editing it costs a few minutes of speech at most."""
_CLAUSE_ENDS: Final = ",;:)–—"

Pronounce = Callable[[str, Phonemes, bool], Phonemes | None]
"""Like `lexicon.entries.Pronounce`, for the voice of a given language."""


def pronounce_nothing(_language: str, _phonemes: Phonemes, _otherwise: bool) -> Phonemes | None:
    """Return None: the voices take no phonemes."""
    return None


def narrate(
    paragraph: Paragraph,
    language: str,
    lexicon: Lexicon = NOTHING,
    pronounce: Pronounce = pronounce_nothing,
) -> tuple[Passage, ...]:
    """Return what is said for a paragraph.

    Args:
        paragraph: What is written.
        language: BCP 47 tag of its work. A sentence entirely in another language becomes a passage in that
            language; single foreign words are read by the voice of the sentence.
        lexicon: How the user wants words of that language said. It takes precedence over the text's own
            pronunciations, and applies only to sentences in the work's language.
        pronounce: The voices, which turn given sounds into those they can speak.

    Returns:
        Its passages in order, usually one; empty when there is nothing to say.

    Raises:
        SpeechError: A run without a space is longer than any word; the message has no position.
    """
    if not is_speakable(paragraph.text) and not any(saying.text for saying in paragraph.sayings):
        return ()
    said = clean(paragraph.text)
    own = paragraph.language or _language_of(paragraph, 0, len(paragraph.text), language)
    spans = sentence_spans(said.text, own)
    sentences = [
        (_language_of(paragraph, *sentence.span, own), sentence)
        for start, end in (_paused(spans, said, paragraph) if paragraph.pauses else spans)
        for piece in _bounded(_worded(paragraph, said.part(start, end), language, own, lexicon, pronounce))
        if is_speakable(piece.text)
        for sentence in [Sentence(piece.text, piece.starts, piece.ends, piece.phonemes)]
    ]
    passages = tuple(
        Passage(group, tag)
        for tag, run in groupby(sentences, key=itemgetter(0))
        for group in _grouped(sentence for _, sentence in run)
    )
    return tuple(_between_pauses(passages, paragraph.pauses)) if paragraph.pauses else passages


def _paused(
    spans: Iterable[tuple[int, int]], said: AlignedText, paragraph: Paragraph
) -> Iterator[tuple[int, int]]:
    """Yield the spans of sentences, cut where the text asks for a pause within one."""
    cuts = [bisect_left(said.starts, pause.offset) for pause in paragraph.pauses]
    for start, end in spans:
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        for first, last in pairwise((start, *inside, end)):
            piece = said.text[first:last]
            left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
            if left < right:
                yield first + left, first + right


def _between_pauses(passages: Iterable[Passage], pauses: Sequence[Pause]) -> Iterator[Passage]:
    """Yield passages, begun anew at each pause; a pause belongs to the first sentence that begins at or after it."""
    at = 0
    for passage in passages:
        group: list[Sentence] = []
        asked: int | None = None
        for sentence in passage.sentences:
            first = at
            while at < len(pauses) and pauses[at].offset <= sentence.span[0]:
                at += 1
            if at > first:
                if group:
                    yield Passage(tuple(group), passage.language, asked)
                group, asked = [], pauses[at - 1].length_ms
            group.append(sentence)
        yield Passage(tuple(group), passage.language, asked)


def crossed(paragraph: Paragraph, passages: Sequence[Passage], crossing: Lexicon) -> list[tuple[int, int]]:
    """Return the parts of a paragraph that are not said as asked, because a sentence ends within them.

    Args:
        paragraph: What is written.
        passages: What `narrate` returned for it.
        crossing: What `Lexicon.crossing` returned.

    Returns:
        First character and end of each in the text, in order.
    """
    asked = [(saying.start, saying.end) for saying in paragraph.sayings]
    if crossing is not NOTHING:
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
    sentence: AlignedText,
    language: str,
    own: str,
    lexicon: Lexicon,
    pronounce: Pronounce,
) -> AlignedText:
    """Return a sentence as the lexicons say it, with everything else that is not words put into words."""
    if not sentence.text:
        return sentence
    spoken = _language_of(paragraph, sentence.starts[0], sentence.ends[-1], own)
    foreign = spoken.partition("-")[0].lower() != language.partition("-")[0].lower()
    voice = partial(pronounce, spoken)
    first = bisect_left(paragraph.sayings, sentence.starts[0], key=attrgetter("start"))
    last = bisect_right(paragraph.sayings, sentence.ends[-1], key=attrgetter("end"))
    given = [_in_manner(saying, paragraph.text, spoken) for saying in paragraph.sayings[first:last]]
    said = say_otherwise(sentence, NOTHING if foreign else lexicon, given, voice)
    return verbalize(said, spoken, is_heading=paragraph.kind in (Kind.TITLE, Kind.HEADING))


def _in_manner(saying: Saying, text: str, language: str) -> Saying:
    """Return a pronunciation with the words for the manner that it asks for, if the text fits."""
    if saying.manner is None or saying.text is not None:
        return saying
    return replace(saying, text=read_as(text[saying.start : saying.end], saying.manner, grammar_of(language)))


def _language_of(paragraph: Paragraph, start: int, end: int, language: str) -> str:
    """Return the language that all words from `start` to `end` are marked with; without one, the one given."""
    text = paragraph.text
    if not paragraph.foreign:
        return language
    # The parts are in order, and only the one that holds the first word can hold all: a book may have many thousands.
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
    places = [at for at in range(start + MAX_PASSAGE_CHARS, start, -1) if not sentence.sounds_at(at)]
    spaces = [at for at in places if text[at] == " "]
    clauses = (at for at in spaces if text[at - 1] in _CLAUSE_ENDS and at > start + MAX_PASSAGE_CHARS // 2)
    space = next(clauses, spaces[0] if spaces else None)
    if space is not None:
        return space, space + 1
    hyphen = next((at for at in places if text[at - 1] == "-"), None)
    if hyphen is None:
        raise SpeechError(
            f"{MAX_PASSAGE_CHARS} characters without a space cannot be spoken: “{text[start : start + 40]}…”",
            hint="put spaces between the words, or take this out of the text",
        )
    return hyphen, hyphen
