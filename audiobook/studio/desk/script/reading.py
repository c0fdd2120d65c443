"""Texts that pages show: read once, and narrated again when a lexicon changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from audiobook.book.script import SpokenParagraph, SpokenPassage
from audiobook.clips.clip import Clip
from audiobook.clips.store import ClipStore
from audiobook.document import LexiconFile, Paragraph
from audiobook.errors import AudiobookError, SpeechError
from audiobook.pipeline.clip_job import Failed, Job
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.scripts.narrated import NarrationCache
from audiobook.pipeline.scripts.scripting import NarratedText, narrated_text
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.lexicons import lexicon_digest, read_lexicons
from audiobook.pipeline.voices.choosing import ChosenVoice, Voices
from audiobook.pipeline.voices.gain import VoiceLevel, bare_sentence, voice_level
from audiobook.settings import Settings
from audiobook.studio.desk.shelf import Gone, Shelf

_KEY: Final = re.compile(r"[0-9a-f]{64}")
_MOST_KEPT: Final = 2
_kept: dict[str, Reading] = {}
"""Readings by language and slug, the last one used at the end."""


class NarratedChapter(msgspec.Struct):
    """A chapter, narrated as far as pages have shown it.

    Attributes:
        rest: Narrates the following paragraphs.
        paragraphs: The paragraphs before them.
        drawn: What pages show of these; see `passages.chapter`.
    """

    rest: Iterator[SpokenParagraph]
    paragraphs: list[SpokenParagraph] = msgspec.field(default_factory=list)
    drawn: list[dict[str, Any]] = msgspec.field(default_factory=list)


class Reading(msgspec.Struct):
    """A text with its voices, as it would be built now.

    Attributes:
        edition: The text.
        settings: The settings that it was read with.
        store: Where its clips are.
        stamp: The state of its files when they were read.
        plan: Its plan.
        cast: The voice of each role and character.
        voices: The engines and their voices, as the settings choose them.
        narration: The text, ready to be narrated.
        passages: The passages that pages have shown, by the keys of their clips.
        chapters: The chapters that pages have shown, by number.
        found: Sentences that were looked for; see `anchors.spot_of`.
    """

    edition: Edition
    settings: Settings
    store: ClipStore
    stamp: object
    plan: Plan
    cast: Cast
    voices: Voices
    narration: NarratedText
    passages: dict[str, SpokenPassage] = msgspec.field(default_factory=dict)
    chapters: dict[int, NarratedChapter] = msgspec.field(default_factory=dict)
    found: dict[Any, Any] = msgspec.field(default_factory=dict)

    def count(self, number: int) -> int:
        """Return the number of paragraphs of a chapter.

        Raises:
            Gone: There is no such chapter.
        """
        if not 1 <= number <= len(self.narration.work.chapters):
            raise Gone("this chapter no longer exists", hint="go back to the chapters")
        return len(self.narration.work.chapters[number - 1].paragraphs)

    def chapter(self, number: int, most: int) -> NarratedChapter:
        """Return a chapter by its number from 1, narrated up to a number of paragraphs or further.

        Raises:
            Gone: There is no such chapter.
            SpeechError: A part of it cannot be spoken.
        """
        self.count(number)
        if number not in self.chapters:
            self.chapters[number] = NarratedChapter(self.narration.paragraphs(number - 1))
        chapter = self.chapters[number]
        try:
            for paragraph in islice(chapter.rest, max(0, most - len(chapter.paragraphs))):
                chapter.paragraphs.append(self._note(paragraph))
        except AudiobookError:
            del self.chapters[number]  # a generator that raised cannot continue
            raise
        return chapter

    def paragraph(self, number: int, index: int) -> Paragraph:
        """Return a paragraph of a chapter by its index.

        Raises:
            Gone: There is no such chapter or paragraph.
        """
        if not 0 <= index < self.count(number):
            raise Gone("this passage no longer exists", hint="load the page again")
        return self.narration.work.chapters[number - 1].paragraphs[index]

    def said(self, paragraph: Paragraph) -> SpokenParagraph:
        """Return a paragraph with its passages."""
        return self._note(self.narration.paragraph(paragraph))

    def _note(self, paragraph: SpokenParagraph) -> SpokenParagraph:
        self.passages |= {passage.key: passage for passage in paragraph.passages}
        return paragraph

    def clip(self, key: str) -> Clip:
        """Return the clip of a passage. A missing clip is made if the passage was shown.

        Raises:
            Gone: No such passage was shown.
            SpeechError: It cannot be spoken.
            StorageError: It cannot be stored.
        """
        if not _KEY.fullmatch(key):
            raise Gone("there is no such clip")
        clip = self.store.get(key)
        if clip is None:
            if key not in self.passages:
                raise Gone("the text has changed", hint="load the page again")
            self._make(self.passages[key])
            clip = self.store.get(key)
        if clip is None:
            raise SpeechError("the clip was removed right after it was made", hint="check the disk")
        return clip

    def _make(self, passage: SpokenPassage) -> None:
        self.store.claim()
        made = Job(
            passage.key,
            tuple(map(bare_sentence, passage.passage.sentences)),
            passage.passage.language,
            self.voices.outfit(passage.speaker.engine),
            passage.speaker,
            passage.sound,
            self.store.folder,
        ).run()
        if isinstance(made, Failed):
            raise made.error

    def with_lexicons(self, lexicons: tuple[LexiconFile, ...]) -> Reading:
        """Return the same text, spoken with other lexicons."""
        inputs = msgspec.structs.replace(self.plan.inputs, lexicon_sha256=lexicon_digest(lexicons))
        plan = replace(self.plan, lexicons=lexicons, inputs=inputs)
        return replace(
            self,
            plan=plan,
            narration=self.narration.with_lexicons_of(plan, self.cast),
            passages={},
            chapters={},
            found={},
        )


def reading_of(shelf: Shelf, label: str) -> Reading:
    """Return a text as it is now.

    Raises:
        Gone: There is no such work.
        AudiobookError: It cannot be read, or no voice speaks its language.
    """
    settings = shelf.settings()
    project = shelf.project(settings)
    edition = shelf.edition(project, label)
    stamp = (settings, edition, _stamps(edition))
    kept = _kept.pop(label, None)
    if kept is None or kept.stamp != stamp:
        kept = _read(edition, settings, project, stamp)
    lexicons = read_lexicons(edition)
    if kept.plan.lexicons != lexicons:
        kept = kept.with_lexicons(lexicons)
    while len(_kept) >= _MOST_KEPT:
        del _kept[next(iter(_kept))]
    _kept[label] = kept
    return kept


def _read(edition: Edition, settings: Settings, project: Project, stamp: object) -> Reading:
    voices = Voices(settings, project.store)
    project.store.claim()
    plan = plan_edition(edition, settings, voices, project)
    cast = Cast(plan, voices, partial(_level, settings, project.store))
    narration = narrated_text(plan, cast, NarrationCache(project.store.narrated))
    return Reading(edition, settings, project.store, stamp, plan, cast, voices, narration)


def _level(settings: Settings, store: ClipStore, chosen: ChosenVoice, language: str) -> VoiceLevel:
    return voice_level(chosen, language, settings.audio.loudness_lufs, store, keep=True)


def _stamps(edition: Edition) -> list[tuple[str, int, int, int]]:
    """Return the state of the files of a text, without reading them."""
    paths = sorted(edition.path.rglob("*")) if edition.path.is_dir() else [edition.path]
    return [_stamp(path) for path in paths]


def _stamp(path: Path) -> tuple[str, int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0, 0
    return str(path), found.st_ino, found.st_size, found.st_mtime_ns
