"""Turning a plan into a script: reading the text, narrating it, and computing the key of every passage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.audio.mp3.id3 import Picture
from audiobook.book.book import Book
from audiobook.book.script import Script, SpokenChapter, SpokenParagraph, SpokenPassage
from audiobook.casting import Casting, Character, Role
from audiobook.clips.key import clip_key
from audiobook.document import (
    Chapter,
    Kind,
    Paragraph,
    Passage,
    Phonemes,
    Problem,
    Work,
)
from audiobook.engines.base import ANY_LANGUAGE
from audiobook.errors import SourceError, SpeechError
from audiobook.narration.grammar.series import Series
from audiobook.narration.lexicon.entries import Lexicon
from audiobook.narration.lexicon.files import load_lexicon
from audiobook.narration.passages import Pronounce, narrate
from audiobook.picture_formats import is_vector
from audiobook.pipeline.chapters.changes import Origin
from audiobook.pipeline.containment import contained
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.scripts.narrated import NarrationCache, rules_digest
from audiobook.pipeline.scripts.phonetics import Phonetics
from audiobook.pipeline.scripts.prepared_text import PreparedText, casting_of, prepare
from audiobook.pipeline.scripts.tally import Tally
from audiobook.pipeline.texts.covers import cover_picture, vector_cover

_VOICE_CHARS: Final = 60


def script_book(
    plan: Plan,
    cast: Cast,
    on_passage: Callable[[SpokenPassage], None] | None = None,
    *,
    cache: NarrationCache | None = None,
    hold_chapters: Callable[[Iterable[SpokenChapter]], Sequence[SpokenChapter]] = tuple,
    read: Callable[[Plan, str], PreparedText] = prepare,
) -> Book:
    """Read and narrate the text of a plan.

    Args:
        plan: Plan of the work.
        cast: Voices of the work, on which the clip keys depend.
        on_passage: Called with each passage as soon as it is known, in reading order.
        cache: The cached passages; None narrates everything.
        hold_chapters: Returns the narrated chapters as a sequence, in memory or in a file; each is narrated when it is taken
            from the iterable.
        read: Returns the text of a plan, given the BCP 47 tag of the main voice.

    Returns:
        Everything needed to assemble the book once its clips are made.

    Raises:
        SourceError: The text, the cover in it or a lexicon cannot be read, or the text has nothing to read aloud.
        SpeechError: A part of the text cannot be spoken; with `path:line`.
        WorkError: A reader or the narration raised an unexpected exception.
    """
    with contained(plan.edition.name):
        text = read(plan, cast.main.language)
        return _script(plan, cast, text, on_passage, cache or NarrationCache(), hold_chapters)


class NarratedText(msgspec.Struct, frozen=True):
    """A text whose chapters and paragraphs are narrated on request.

    Attributes:
        work: The text with its chosen chapters, cast, renamed and merged.
        origins: For each chapter of `work`, the chapters of the text that it consists of.
        authors: Authors of the text.
    """

    work: Work
    origins: tuple[tuple[Origin, ...], ...]
    authors: tuple[str, ...]
    _narrator: _Narrator

    def paragraphs(self, index: int) -> Iterator[SpokenParagraph]:
        """Yield the paragraphs of a chapter with their passages, each as soon as it is narrated.

        Args:
            index: Index of the chapter in `work`.

        Raises:
            SpeechError: A part of the chapter cannot be spoken; with `path:line`.
        """
        return self._narrator.paragraphs(self.work.chapters[index])

    def paragraph(self, paragraph: Paragraph) -> SpokenParagraph:
        """Return one of the paragraphs with its passages; see `paragraphs`."""
        return self._narrator.paragraph(paragraph)

    def with_lexicons_of(self, plan: Plan, cast: Cast) -> NarratedText:
        """Return the same text with the lexicons of another plan. The text is not read again."""
        narrator = _narrator(plan, cast, self.work, self._narrator.series, None, self._narrator.cache)
        return replace(self, _narrator=narrator)


def narrated_text(plan: Plan, cast: Cast, cache: NarrationCache) -> NarratedText:
    """Read the text of a plan, to narrate parts of it on request; see `script_book`."""
    with contained(plan.edition.name):
        text = prepare(plan, cast.main.language)
        narrator = _narrator(plan, cast, text.work, text.series, None, cache)
        work = replace(text.work, chapters=tuple(text.chapters))
        return NarratedText(work, text.origins, text.authors, narrator)


def _narrator(
    plan: Plan,
    cast: Cast,
    work: Work,
    series: Series,
    on_passage: Callable[[SpokenPassage], None] | None,
    cache: NarrationCache,
) -> _Narrator:
    name = plan.edition.name
    lexicon = load_lexicon(plan.lexicons, plan.edition.language)
    phonetics = Phonetics(cast, lexicon, name)
    rules = rules_digest(cast.main.language, plan.inputs.lexicon_sha256, series, is_shared=_is_shared(cast))
    casting = casting_of(plan, work)
    return _Narrator(cast, casting, name, lexicon, phonetics, series, on_passage, cache, rules)


def _script(
    plan: Plan,
    cast: Cast,
    text: PreparedText,
    on_passage: Callable[[SpokenPassage], None] | None,
    cache: NarrationCache,
    hold_chapters: Callable[[Iterable[SpokenChapter]], Sequence[SpokenChapter]],
) -> Book:
    edition, work = plan.edition, text.work
    picture: Picture | None = plan.cover
    refused: tuple[Problem, ...] = ()
    if picture is None and not plan.inputs.draws_cover:
        # A damaged cover raises an error here, before anything is spoken.
        picture, refused = _inner_cover(work)
    narration = _narrator(plan, cast, work, text.series, on_passage, cache)
    tally = Tally(edition.name, narration.lexicon.crossing())
    chapters = hold_chapters(tally.counted(map(narration.chapter, text.chapters)))
    problems = (
        *text.contradictions,
        *narration.phonetics.problems,
        *narration.voice_problems.values(),
        *tally.problems,
        *refused,
        *work.problems,
    )
    return Book(
        slug=edition.slug,
        language=edition.language,
        authors=text.authors,
        narrator=text.narrator,
        metadata=work.metadata,
        source=edition.name,
        script=Script(work.title, chapters),
        inputs=plan.inputs,
        picture=picture,
        cover_before=plan.cover_before,
        foreign=cast.foreign,
        voices=cast.named,
        characters=tally.characters(work, text.chars),
        problems=(*_notes(plan), *map(str, problems)),
        encoding=work.encoding,
        chapters_by=work.chapters_by,
        previous=plan.previous,
        source_files=plan.source_files,
        pictures=plan.pictures,
    )


def _inner_cover(work: Work) -> tuple[Picture | None, tuple[Problem, ...]]:
    """Return the cover embedded in a text, None if there is none, and a problem if it is an SVG that cannot be used."""
    data = work.metadata.cover
    if not data:
        return None, ()
    try:
        if is_vector(data):
            return vector_cover(data, work.name), ()
    except SourceError as error:
        return None, (Problem(work.name, f"{error.message}, so it is not used; {error.hint}"),)
    return cover_picture(data, work.name, f"put a cover next to the text: {work.slug}.jpg"), ()


def _notes(plan: Plan) -> tuple[str, ...]:
    return (f"{plan.edition.name}: {plan.chosen.note}",) if plan.chosen.note else ()


class _Narrator(msgspec.Struct, frozen=True):
    """Narrates one work, and computes the keys of its passages."""

    cast: Cast
    casting: Casting
    name: str
    lexicon: Lexicon
    phonetics: Phonetics
    series: Series
    on_passage: Callable[[SpokenPassage], None] | None
    cache: NarrationCache
    rules: str
    voice_problems: dict[str, Problem] = msgspec.field(default_factory=dict)
    """A problem for each voice that is named but not used, at the place where it is first named."""

    def chapter(self, chapter: Chapter) -> SpokenChapter:
        return SpokenChapter(chapter.title, chapter.level, tuple(self.paragraphs(chapter)))

    def paragraphs(self, chapter: Chapter) -> Iterator[SpokenParagraph]:
        for paragraph, passages in self.cache.passages(chapter.paragraphs, self.rules, self._narrate):
            yield self._paragraph(paragraph, passages)

    def paragraph(self, paragraph: Paragraph) -> SpokenParagraph:
        return self._paragraph(paragraph, self._narrate(paragraph)[0])

    def _paragraph(self, paragraph: Paragraph, passages: tuple[Passage, ...]) -> SpokenParagraph:
        return SpokenParagraph(paragraph, tuple(self._passage(each, paragraph) for each in passages))

    def _narrate(self, paragraph: Paragraph) -> tuple[tuple[Passage, ...], bool]:
        """Return the passages of a paragraph, and whether they are independent of the voices."""
        if paragraph.kind is Kind.BREAK:
            return (), True
        queries = _VoiceQueries(self.cast, partial(self._pronounce, paragraph))
        try:
            passages = narrate(
                paragraph,
                self.cast.main.language,
                self.lexicon,
                queries.pronounce,
                self.series,
                queries.speaks if _is_shared(self.cast) else None,
            )
        except SpeechError as error:
            raise SpeechError(error.message, where=paragraph.where(self.name), hint=error.hint) from error
        return passages, not queries.is_used

    def _pronounce(
        self,
        paragraph: Paragraph,
        language: str,
        character: Character | None,
        phonemes: Phonemes,
        otherwise: bool,
    ) -> Phonemes | None:
        voice = self._voice(character or paragraph.character)
        return self.phonetics.pronounce(language, phonemes, otherwise, voice=voice)

    def _voice(self, character: Character | None) -> str | None:
        """Return the name of the voice of a character; None for the main voice."""
        voice = self.casting.voice_of(character) if character else None
        return None if voice is None or self._misfit(voice, character) else voice

    def _misfit(self, voice: str, character: Character | None) -> str:
        """Return why a voice cannot have the role of a character. A mark can name any voice."""
        return "" if character is None or character.role is Role.NAMED else self.cast.misfit(voice)

    def _passage(self, passage: Passage, paragraph: Paragraph) -> SpokenPassage:
        character = passage.character or paragraph.character
        self._check_voice(character, paragraph, passage)
        language, _, speaker, sound = self.cast.voice_for(passage.language, self._voice(character))
        if passage.language != language:
            passage = replace(passage, language=language)
        spoken = SpokenPassage(passage, clip_key(passage, speaker, sound.identity), speaker, sound)
        if self.on_passage:
            self.on_passage(spoken)
        return spoken

    def _check_voice(self, character: Character | None, paragraph: Paragraph, passage: Passage) -> None:
        """Add a problem if a voice that a mark or the cast names is not used."""
        voice = self.casting.voice_of(character) if character else None
        if voice is None or voice in self.voice_problems:
            return
        if why := self.cast.refusal(voice) or self._misfit(voice, character):
            where = paragraph.where(self.name, passage.sentences[0].span[0])
            shown = voice[:_VOICE_CHARS]
            self.voice_problems[voice] = Problem(where, f"the voice “{shown}” is not used: {why}")


def _is_shared(cast: Cast) -> bool:
    """Return whether other voices may read words in other scripts. A voice for all languages reads them itself."""
    return cast.main.chosen.voice.language != ANY_LANGUAGE


class _VoiceQueries(msgspec.Struct):
    """The queries about voices that the narration of a paragraph makes."""

    cast: Cast
    answer: Pronounce
    is_used: bool = False
    """Whether there was any query, so that the narration may depend on the voices."""

    def pronounce(
        self, language: str, character: Character | None, phonemes: Phonemes, otherwise: bool
    ) -> Phonemes | None:
        self.is_used = True
        return self.answer(language, character, phonemes, otherwise)

    def speaks(self, language: str) -> bool:
        self.is_used = True
        return self.cast.speaks(language)
