"""`audiobook script`: print exactly what is spoken, passage by passage, with times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from audiobook.book.book import Book
from audiobook.book.record.chapters import ParagraphRecord
from audiobook.book.record.works import Record
from audiobook.book.script import SpokenParagraph
from audiobook.commands.output import print_json, print_line, print_note, standard_output_kept
from audiobook.document import Sentence
from audiobook.errors import UsageError
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.scripts.narrated import NarrationCache
from audiobook.pipeline.scripts.scripting import script_book
from audiobook.pipeline.texts.addresses import keep_addresses
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.named_texts import chosen_texts
from audiobook.pipeline.voices.choosing import Voices
from audiobook.pipeline.voices.gain import UNMEASURED
from audiobook.report.base import QuietReporter
from audiobook.report.pace import clock
from audiobook.settings import Settings


def print_script(root: Path, settings: Settings, work: str, language: str | None, *, as_json: bool) -> int:
    """Print what is spoken in a work, with times if the current text has been built.

    Args:
        root: Project folder.
        settings: Project settings.
        work: Slug of the work, path of a text, or its address (`https://…`).
        language: Language tag; None if the work has only one edition.
        as_json: Print one JSON object.

    Returns:
        0.

    Raises:
        AudiobookError: The work does not exist, exists in several languages, or cannot be read.
    """
    project = Project.at(root, settings, (work,))
    languages = (language,) if language else ()
    (work,), _ = keep_addresses((work,), languages, project.texts, settings, print_note)
    with standard_output_kept(for_json=as_json):
        edition = chosen_edition(project, work, language)
        voices = Voices(settings, project.store)
        plan = plan_edition(edition, settings, voices, project)
        # The level only affects clip keys, which are not printed.
        cache = NarrationCache(project.store.narrated, writes=False)
        book = script_book(plan, Cast(plan, voices, lambda _chosen, _language: UNMEASURED), cache=cache)
    record = None if plan.reasons else plan.whole_record()
    if record and not _fits(record, book):
        name = f"{edition.label}.json"
        QuietReporter().warn(
            f"{name} does not match this text; for times, rebuild it: `audiobook build --force`"
        )
        record = None
    if as_json:
        print_json(_as_json(book, record))
        return 0
    for problem in book.problems:
        QuietReporter().warn(problem)
    _print(book, record)
    return 0


def _fits(record: Record, book: Book) -> bool:
    """Return whether a record has the same chapters, paragraphs and sentences as a work. A forged record may not."""
    built = [[len(each.sentences) for each in chapter.paragraphs] for chapter in record.chapters]
    wanted = [
        [sum(len(entry.passage.sentences) for entry in spoken.passages) for spoken in chapter.paragraphs]
        for chapter in book.script.chapters
    ]
    return built == wanted


def chosen_edition(project: Project, work: str, language: str | None) -> Edition:
    """Return the only edition with a name.

    Raises:
        UsageError: No edition has this name, or several have and no language was given.
    """
    languages = (language,) if language else ()
    found = chosen_texts(project, (work,), languages).editions
    if len(found) > 1:
        there = ", ".join(edition.language for edition in found)
        raise UsageError(
            f"“{work}” exists in several languages: {there}",
            hint=f"choose one, for example `--lang {found[0].language}`",
        )
    return found[0]


class _Sounds(msgspec.Struct):
    """A part of a sentence given as phonemes: sentence number from 0, first character, length in characters."""

    sentence: int
    start: int
    length: int
    phonemes: str
    alphabet: str


class _Passage(msgspec.Struct):
    """A passage as `--json` prints it, with times if the work is built."""

    where: str
    kind: str
    language: str
    sentences: list[str]
    phonemes: list[_Sounds]
    start_samples: int | None
    end_samples: int | None


class _Chapter(msgspec.Struct):
    """A chapter and its passages, as `--json` prints it."""

    title: str
    level: int
    passages: list[_Passage]


def _passages(source: str, spoken: SpokenParagraph, built: ParagraphRecord | None) -> Iterator[_Passage]:
    at = 0
    for entry in spoken.passages:
        sentences = entry.passage.sentences
        timed = built.sentences[at : at + len(sentences)] if built else ()
        at += len(sentences)
        yield _Passage(
            where=spoken.paragraph.where(source, sentences[0].span[0]),
            kind=spoken.paragraph.kind.value,
            language=entry.passage.language,
            sentences=[sentence.text for sentence in sentences],
            phonemes=list(_sounds(sentences)),
            start_samples=timed[0].start_samples if timed else None,
            end_samples=timed[-1].end_samples if timed else None,
        )


def _sounds(sentences: Sequence[Sentence]) -> Iterator[_Sounds]:
    for number, sentence in enumerate(sentences):
        for span in sentence.phonemes:
            sounds = span.phonemes
            yield _Sounds(number, span.start, span.length, sounds.symbols, sounds.alphabet)


def _chapters(book: Book, record: Record | None) -> Iterator[_Chapter]:
    for number, chapter in enumerate(book.script.chapters):
        built = record.chapters[number].paragraphs if record else (None,) * len(chapter.paragraphs)
        paragraphs = zip(chapter.paragraphs, built, strict=True)
        passages = [passage for each in paragraphs for passage in _passages(book.source, *each)]
        yield _Chapter(chapter.title, chapter.level, passages)


def _as_json(book: Book, record: Record | None) -> dict[str, Any]:
    return {
        "slug": book.slug,
        "language": book.language,
        "title": book.script.title,
        "source": book.source,
        "rate_hz": record.rate_hz if record else None,
        "chapters": msgspec.to_builtins(list(_chapters(book, record))),
        "problems": list(book.problems),
    }


def _print(book: Book, record: Record | None) -> None:
    """Print one passage per line; text in square brackets is not spoken."""
    for chapter in _chapters(book, record):
        print_line(f"[chapter “{chapter.title}”]\n")
        for passage in chapter.passages:
            marks = []
            if record and passage.start_samples is not None:
                seconds, tenths = divmod(passage.start_samples * 10 // record.rate_hz, 10)
                marks.append(f"{clock(seconds)}.{tenths}")
            if passage.language != book.language:
                marks.append(passage.language)
            print_line((f"[{' '.join(marks)}] " if marks else "") + " ".join(_shown(passage)) + "\n")


def _shown(passage: _Passage) -> list[str]:
    """Return the sentences of a passage, with phonemes in brackets after the words that have them."""
    shown = list(passage.sentences)
    for sounds in reversed(passage.phonemes):
        text, end = shown[sounds.sentence], sounds.start + sounds.length
        shown[sounds.sentence] = f"{text[:end]} [{sounds.phonemes}]{text[end:]}"
    return shown
