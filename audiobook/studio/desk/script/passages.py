"""The text of a work as it will be spoken, passage by passage, and its sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from audiobook.book.script import SpokenParagraph, SpokenPassage
from audiobook.clips.clip import Clip
from audiobook.document import Kind
from audiobook.languages import direction, english_name
from audiobook.pipeline.chapters.parts import speech_length_s
from audiobook.pipeline.cost import wait_text
from audiobook.pipeline.texts.lexicons import read_lexicons
from audiobook.pipeline.voices.choosing import parallel_for
from audiobook.studio.desk.edits import Changed
from audiobook.studio.desk.script import pronunciations
from audiobook.studio.desk.script.reading import Reading, reading_of
from audiobook.studio.desk.script.written_and_spoken import pieces_of
from audiobook.studio.desk.shelf import Gone, Shelf

_MOST_PLACES: Final = 50
"""How many places of a word are listed."""


def chapter(shelf: Shelf, label: str, number: int, first: int = 0, most: int | None = None) -> dict[str, Any]:
    """Return passages of a chapter.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        number: Number of the chapter from 1, among those that are read aloud.
        first: Index of the first paragraph to return.
        most: Number of paragraphs to return; None for all that follow.

    Returns:
        What a page shows, with `next` as the index of the first paragraph that follows; 0 if none does.

    Raises:
        Gone: There is no such work or chapter.
        AudiobookError: The work cannot be read.
    """
    reading = reading_of(shelf, label)
    count = reading.count(number)
    end = count if most is None else min(first + most, count)
    narrated = reading.chapter(number, end)
    for index in range(len(narrated.drawn), end):
        narrated.drawn.append(_paragraph(reading, index, narrated.paragraphs[index]))
    titles = [each.title for each in reading.narration.work.chapters]
    language = reading.edition.language
    return {
        "label": label,
        "title": reading.narration.work.title,
        "language": language,
        "language_name": english_name(language),
        "direction": direction(language),
        "number": number,
        "chapters": titles,
        "phonemes": bool(reading.plan.chosen.voice.phonemes),
        "voice": reading.plan.chosen.voice.narrator,
        "paragraphs": narrated.drawn[first:end],
        "next": end if end < count else 0,
    }


def _paragraph(reading: Reading, index: int, spoken: SpokenParagraph) -> dict[str, Any]:
    paragraph = spoken.paragraph
    return {
        "index": index,
        "kind": paragraph.kind.value,
        "is_break": paragraph.kind is Kind.BREAK,
        "text": paragraph.text,
        "where": paragraph.where(reading.edition.name),
        "passages": [_passage(reading, paragraph.text, passage) for passage in spoken.passages],
    }


def _passage(reading: Reading, text: str, passage: SpokenPassage) -> dict[str, Any]:
    language = passage.passage.language
    return {
        "key": passage.key,
        "language": language if language != reading.edition.language else "",
        "voice": passage.speaker.voice if passage.speaker != reading.plan.chosen.speaker else "",
        "sentences": [pieces_of(sentence, text) for sentence in passage.passage.sentences],
    }


def sound(shelf: Shelf, label: str, key: str) -> dict[str, Any]:
    """Return the clip of a passage that was shown; it is made if it is missing.

    Raises:
        Gone: The text has changed since.
        SpeechError: It cannot be spoken.
    """
    return _sound(reading_of(shelf, label).clip(key))


def _sound(clip: Clip) -> dict[str, Any]:
    """Return an MP3, and when each sentence begins in milliseconds."""
    rate_hz = clip.shape.rate_hz
    return {
        "mp3": clip.data,
        "starts_ms": [each.start_samples * 1000 // rate_hz for each in clip.shape.sentences],
    }


def hear(
    shelf: Shelf, label: str, number: int, paragraph: int, word: str, say: str, phonemes: str
) -> dict[str, Any]:
    """Return a passage with another pronunciation of a word, without saving it.

    Raises:
        Gone: There is no such passage.
        SourceError: The word cannot be said like that.
    """
    reading = reading_of(shelf, label)
    written = reading.paragraph(number, paragraph)
    if say or phonemes:
        file = pronunciations.candidate(reading.edition, word, say, phonemes)
        reading = reading.with_lexicons((*reading.plan.lexicons, file))
    return _heard(reading, reading.said(written), word)


def _heard(reading: Reading, spoken: SpokenParagraph, word: str) -> dict[str, Any]:
    """Return the first passage of a paragraph with a word, from the sentence with the word on."""
    text = spoken.paragraph.text
    for passage in spoken.passages:
        for index, sentence in enumerate(passage.passage.sentences):
            start, end = sentence.span
            if any(pronunciations.places([[text[start:end]]], word)):
                found = _sound(reading.clip(passage.key))
                return found | {"key": passage.key, "start_ms": found["starts_ms"][index]}
    if not spoken.passages:
        raise Gone("this passage is not spoken")
    passage = spoken.passages[0]
    return _sound(reading.clip(passage.key)) | {"key": passage.key, "start_ms": 0}


def keep(
    shelf: Shelf,
    label: str,
    number: int,
    paragraph: int,
    word: str,
    say: str,
    phonemes: str,
    scope: str,
    before: dict[str, str],
) -> dict[str, Any]:
    """Save the pronunciation of a word, and return the passage with it.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        number: Number of the chapter from 1.
        paragraph: Index of the paragraph.
        word: The word, as written.
        say: How it sounds, spelled out; empty if only phonemes are given.
        phonemes: In IPA; empty for none. Without both, the entry is removed.
        scope: `book` or `language`.
        before: What the page showed of the entry, as `about` returned it.

    Raises:
        Changed: The lexicon says something else now than the page showed.
        SourceError: The word cannot be said like that.
    """
    reading = reading_of(shelf, label)
    written = reading.paragraph(number, paragraph)
    if pronunciations.kept(reading.edition, word) != before:
        raise Changed(
            f"the lexicon now has another pronunciation of “{word}”", hint="close this, and try again"
        )
    pronunciations.keep(reading.edition, scope, word, say, phonemes)
    if before and before["scope"] != scope:
        pronunciations.keep(reading.edition, before["scope"], word, "", "")
    reading = reading_of(shelf, label)
    return _heard(reading, reading.said(written), word)


def about(shelf: Shelf, label: str, word: str) -> dict[str, Any]:
    """Return where a word occurs in a work, and how the lexicons say it.

    Raises:
        Gone: There is no such work.
    """
    reading = reading_of(shelf, label)
    chapters = reading.narration.work.chapters
    paragraphs = [[each.text] for chapter in chapters for each in chapter.paragraphs]
    counts = iter(pronunciations.places(paragraphs, word) if word.strip() else [])
    hits = [
        _Hit(number, index, paragraph.text, times)
        for number, chapter in enumerate(chapters, 1)
        for index, (paragraph, times) in enumerate(zip(chapter.paragraphs, counts, strict=False))
        if times
    ]
    return {
        "count": sum(hit.times for hit in hits),
        "passages": len(hits),
        "chapters": len({hit.number for hit in hits}),
        "wait": _wait(reading, hits),
        "places": [
            {"number": hit.number, "paragraph": hit.paragraph, "text": pronunciations.excerpt(hit.text, word)}
            for hit in hits[:_MOST_PLACES]
        ],
        "entry": pronunciations.kept(reading.edition, word),
        "lexicons": [file.name for file in read_lexicons(reading.edition)],
    }


class _Hit(NamedTuple):
    """A paragraph with a word: the number of its chapter, its index in that, its text, and how often it has the word."""

    number: int
    paragraph: int
    text: str
    times: int


def _wait(reading: Reading, hits: Sequence[_Hit]) -> str:
    """Return how long it takes to speak paragraphs again."""
    chosen = reading.plan.chosen
    speech_s = sum(speech_length_s(hit.text) for hit in hits) / chosen.speaker.speed
    return wait_text({chosen.speaker: speech_s}, len(hits), parallel_for(reading.settings, [chosen.voice]))
