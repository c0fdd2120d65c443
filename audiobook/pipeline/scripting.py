"""A plan to a script: read the text, narrate it, and key every passage."""

from __future__ import annotations

from dataclasses import dataclass

from audiobook.book.assemble import Book
from audiobook.book.record import Characters
from audiobook.book.script import Script, SpokenChapter, SpokenParagraph, SpokenPassage
from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker, clip_key
from audiobook.document import Chapter, Kind, Paragraph, Work, count_chars
from audiobook.errors import SpeechError
from audiobook.narration.passages import narrate
from audiobook.pipeline.plan import Plan
from audiobook.sources.base import Source, reader_for


@dataclass(frozen=True, slots=True)
class _Keying:
    language: str
    speaker: Speaker
    sound_identity: str
    name: str


def sound_of(plan: Plan, gain_db: float) -> Sound:
    """Give how the speech of a plan becomes clips."""
    audio = plan.inputs.audio
    return Sound(plan.inputs.pauses.sentence, gain_db, audio.peak_dbtp, audio.kbits, audio.quality)


def script_book(plan: Plan, sound: Sound) -> Book:
    """Read and narrate the text of a plan.

    Args:
        plan: Which text.
        sound: How its clips are made, which their keys depend on.

    Returns:
        Everything that is needed to assemble the book, once its clips are made.

    Raises:
        SourceError: The text cannot be read, or holds nothing to say.
        SpeechError: A part of it cannot be spoken by anyone; names `path:line`.
    """
    edition = plan.edition
    source = Source(
        plan.data,
        edition.name,
        edition.slug,
        edition.language,
        edition.fallback_title,
        narrate=frozenset(plan.inputs.narrate),
    )
    work = reader_for(edition.path.name).read(source)
    keying = _Keying(edition.language, plan.inputs.speaker, sound.identity, edition.name)
    chapters = tuple(_chapter(chapter, keying) for chapter in work.chapters)
    speaker = plan.inputs.speaker
    return Book(
        slug=edition.slug,
        language=edition.language,
        narrator=f"{speaker.engine} {speaker.voice}",
        source=edition.name,
        script=Script(work.title, chapters),
        inputs=plan.inputs,
        cover=plan.cover,
        characters=_characters(work, chapters),
        problems=tuple(str(problem) for problem in work.problems),
    )


def _characters(work: Work, chapters: tuple[SpokenChapter, ...]) -> Characters:
    """Count what is said; what stands in a paragraph and is not said is signs, such as emoji or `* * *`."""
    shown = spoken = 0
    for chapter in chapters:
        for entry in chapter.paragraphs:
            text = entry.paragraph.text
            shown += count_chars(text)
            spans = (sentence.span for passage in entry.passages for sentence in passage.passage.sentences)
            spoken += sum(count_chars(text[start:end]) for start, end in spans)
    skipped = dict(work.skipped_chars)
    if signs := shown - spoken:
        skipped["signs"] = skipped.get("signs", 0) + signs
    return Characters(work.source_chars, spoken, dict(sorted(skipped.items())))


def _chapter(chapter: Chapter, keying: _Keying) -> SpokenChapter:
    paragraphs = tuple(_paragraph(paragraph, keying) for paragraph in chapter.paragraphs)
    return SpokenChapter(chapter.title, chapter.level, paragraphs)


def _paragraph(paragraph: Paragraph, keying: _Keying) -> SpokenParagraph:
    if paragraph.kind is Kind.BREAK:
        return SpokenParagraph(paragraph, ())
    try:
        passages = narrate(paragraph.text, keying.language)
    except SpeechError as error:
        raise SpeechError(error.message, where=paragraph.where(keying.name), hint=error.hint) from error
    return SpokenParagraph(
        paragraph,
        tuple(
            SpokenPassage(passage, clip_key(passage, keying.speaker, keying.sound_identity))
            for passage in passages
        ),
    )
