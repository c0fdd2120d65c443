"""A plan to a script: read the text, narrate it, and key every passage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audiobook.audio.id3 import Picture
from audiobook.book.assemble import Book
from audiobook.book.record import Characters
from audiobook.book.script import Script, SpokenChapter, SpokenParagraph, SpokenPassage
from audiobook.clips.key import clip_key
from audiobook.document import Chapter, Kind, Paragraph, Passage, Problem, Work, count_chars
from audiobook.errors import SpeechError
from audiobook.narration.lexicon.entries import Lexicon
from audiobook.narration.lexicon.files import load_lexicon
from audiobook.narration.passages import crossed, narrate
from audiobook.pipeline.cast import Cast
from audiobook.pipeline.containment import contained
from audiobook.pipeline.covers import cover_picture
from audiobook.pipeline.phonetics import Phonetics
from audiobook.pipeline.plan import Plan
from audiobook.sources.base import Source, read_work


def script_book(plan: Plan, cast: Cast, on_passage: Callable[[SpokenPassage], None] | None = None) -> Book:
    """Read and narrate the text of a plan.

    Args:
        plan: Which text.
        cast: Who speaks, on which the keys of the clips depend.
        on_passage: Called with each passage as soon as it is known, in reading order.

    Returns:
        Everything that is needed to assemble the book, once its clips are made.

    Raises:
        SourceError: The text, the cover in it or a lexicon cannot be read, or there is nothing to say.
        SpeechError: A part of it cannot be spoken by anyone; names `path:line`.
        WorkError: A reader or narration met a bug.
    """
    with contained(plan.edition.name):
        return _script(plan, cast, on_passage)


def _script(plan: Plan, cast: Cast, on_passage: Callable[[SpokenPassage], None] | None) -> Book:
    edition = plan.edition
    source = Source(
        plan.data,
        edition.name,
        edition.slug,
        edition.language,
        edition.fallback_title,
        plan.encoding,
        narrate=frozenset(plan.inputs.narrate),
    )
    work = read_work(source, edition.path.name)
    picture = plan.cover or _inner_cover(work)  # one that is damaged is an error before anything is spoken
    lexicon = load_lexicon(plan.lexicons, edition.language)
    phonetics = Phonetics(cast, lexicon, edition.name)
    teller = _Teller(cast, edition.name, lexicon, phonetics, on_passage)
    chapters = tuple(teller.chapter(chapter) for chapter in work.chapters)
    unsaid = _unsaid(edition.name, chapters, lexicon)
    problems = (*_contradictions(work), *phonetics.problems, *unsaid, *work.problems)
    speaker = plan.inputs.speaker
    return Book(
        slug=edition.slug,
        language=edition.language,
        authors=work.metadata.authors or plan.inputs.authors,
        narrator=work.metadata.narrator or f"{speaker.engine} {speaker.voice}",
        metadata=work.metadata,
        source=edition.name,
        script=Script(work.title, chapters),
        inputs=plan.inputs,
        picture=picture,
        cover_before=plan.cover_before,
        foreign=cast.foreign,
        characters=_characters(work, chapters),
        problems=(*_notes(plan), *map(str, problems)),
        encoding=work.encoding,
    )


def _inner_cover(work: Work) -> Picture | None:
    """Give the cover that is inside a text's file."""
    data = work.metadata.cover
    return cover_picture(data, work.name, f"put a cover beside the text: {work.slug}.jpg") if data else None


def _contradictions(work: Work) -> Iterator[Problem]:
    """Say that a text is not in the language that it says it is in, as far as its folder or name knows."""
    own, used = (work.metadata.language or work.language).lower(), work.language.lower()
    if not f"{own}-".startswith(f"{used}-") and not f"{used}-".startswith(f"{own}-"):
        yield Problem(
            work.name, f"says that its language is {work.metadata.language}; it is read as {work.language}"
        )


def _unsaid(name: str, chapters: tuple[SpokenChapter, ...], lexicon: Lexicon) -> Iterator[Problem]:
    """Name what a lexicon, or the text's own pronunciation, asked for in vain."""
    crossing = lexicon.crossing()
    for chapter in chapters:
        for entry in chapter.paragraphs:
            passages = [passage.passage for passage in entry.passages]
            for start, end in crossed(entry.paragraph, passages, crossing):
                shown = " ".join(entry.paragraph.text[start:end].split())[:60]
                yield Problem(
                    entry.paragraph.where(name, start),
                    f"“{shown}” is said as it is written: a sentence ends inside it",
                )


def _notes(plan: Plan) -> tuple[str, ...]:
    return (f"{plan.edition.name}: {plan.chosen.note}",) if plan.chosen.note else ()


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


@dataclass(frozen=True, slots=True)
class _Teller:
    """Narrates one work and keys its passages."""

    cast: Cast
    name: str
    lexicon: Lexicon
    phonetics: Phonetics
    on_passage: Callable[[SpokenPassage], None] | None

    def chapter(self, chapter: Chapter) -> SpokenChapter:
        paragraphs = tuple(self._paragraph(paragraph) for paragraph in chapter.paragraphs)
        return SpokenChapter(chapter.title, chapter.level, paragraphs)

    def _paragraph(self, paragraph: Paragraph) -> SpokenParagraph:
        if paragraph.kind is Kind.BREAK:
            return SpokenParagraph(paragraph, ())
        try:
            passages = narrate(paragraph, self.cast.main.language, self.lexicon, self.phonetics.pronounce)
        except SpeechError as error:
            raise SpeechError(error.message, where=paragraph.where(self.name), hint=error.hint) from error
        return SpokenParagraph(paragraph, tuple(map(self._passage, passages)))

    def _passage(self, passage: Passage) -> SpokenPassage:
        language, _, speaker, sound = self.cast.part(passage.language)
        said = passage if passage.language == language else Passage(passage.sentences, language)
        spoken = SpokenPassage(said, clip_key(said, speaker, sound.identity), speaker, sound)
        if self.on_passage:
            self.on_passage(spoken)
        return spoken
