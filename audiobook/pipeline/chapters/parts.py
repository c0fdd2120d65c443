"""An overview of a text: its numbered chapters with their lengths, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Final

import msgspec

from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.works import Record
from audiobook.document import Chapter, Kind, Work, count_chars
from audiobook.errors import AudiobookError, SourceError, UsageError
from audiobook.pipeline.chapters.changes import noted, renamed_chapter, with_changes
from audiobook.pipeline.chapters.selection import chosen_numbers, effective_choice, select_chapters
from audiobook.pipeline.planning.plan import Plan
from audiobook.settings import PauseSettings

_CHARS_PER_S: Final = 13.0
"""Average characters per second, without white space, at a voice's normal pace."""
_DENSE_CHARS_PER_S: Final = 4.5
"""The same for scripts in which a character is a syllable or a word."""
_FIRST_DENSE: Final = "\u1100"


class ChapterSummary(msgspec.Struct, frozen=True):
    """A chapter of a text.

    Attributes:
        number: Number from 1, as used by `--chapters`.
        title: Title of the chapter, which the user may have changed.
        own_title: Title of the chapter in the text.
        level: Depth in the table of contents, from 1.
        length_s: Length in seconds.
        is_measured: Whether the length was measured in the built book; if not, it is an estimate.
        is_chosen: Whether the chapter is read aloud.
        is_merged: Whether the chapter is merged with the previous one.
    """

    number: int
    title: str
    own_title: str
    level: int
    length_s: float
    is_measured: bool
    is_chosen: bool
    is_merged: bool = False


class ChaptersOverview(msgspec.Struct, frozen=True):
    """An overview of the chapters of a text.

    Attributes:
        chapters: The chapters, in order.
        left_out: Number of characters left out, by reason.
        failure: Why the choice of chapters does not fit the text, in which case all chapters count as chosen; None if it
            fits.
    """

    chapters: tuple[ChapterSummary, ...]
    left_out: dict[str, int]
    failure: AudiobookError | None = None


def chapters_overview(plan: Plan, work: Work) -> ChaptersOverview:
    """Return an overview of the chapters of a text.

    Args:
        plan: The plan of the text. If nothing has changed since the last build, its record has the measured lengths.
        work: The text as read, with all its chapters.
    """
    choice, where = effective_choice(plan.choice, work)
    chosen, kept, failure = work, set(range(1, len(work.chapters) + 1)), None
    try:
        chosen = work = noted(plan, work)
        chosen = select_chapters(work, choice, where=where, settings=plan.settings)
        kept = chosen_numbers(work.chapters, choice)
    except (UsageError, SourceError) as error:
        failure = error
    measured = _measured(None if plan.reasons else plan.whole_record(), chosen.chapters)
    speed = plan.chosen.speaker.speed
    summaries = []
    for number, chapter in enumerate(work.chapters, 1):
        length_s = next(measured, None) if number in kept else None
        estimated_s = estimate_s(chapter, plan.inputs.pauses, speed)
        summaries.append(
            ChapterSummary(
                number,
                chapter.new_title or chapter.title,
                chapter.title,
                chapter.level,
                round(estimated_s if length_s is None else length_s, 3),
                length_s is not None,
                number in kept,
                chapter.is_merged and any(before in kept for before in range(1, number)),
            )
        )
    left_out = {reason: count for reason, count in sorted(chosen.skipped_chars.items()) if count}
    if plan.record and not plan.reasons:
        left_out = dict(plan.record.characters.skipped)
    return ChaptersOverview(tuple(summaries), left_out, failure)


def _measured(record: Record | None, chapters: Sequence[Chapter]) -> Iterator[float]:
    """Yield the measured lengths of chapters in seconds; nothing if the book was not built from these chapters.

    A merged chapter begins with its first word.
    """
    built = record.text_chapters if record else ()
    if record and [chapter.title for chapter in built] == [each.title for each in with_changes(chapters)]:
        starts = list(_starts(built, chapters))
        for start, end in pairwise([*starts, built[-1].end_samples]):
            yield (end - start) / record.rate_hz


def _starts(built: Sequence[ChapterRecord], chapters: Sequence[Chapter]) -> Iterator[int]:
    """Yield the sample at which each chapter of a text begins in a built book, in which chapters may be merged."""
    paragraphs = iter([each for chapter in built for each in chapter.paragraphs])
    heads = iter(built)
    for number, chapter in enumerate(chapters):
        own = list(islice(paragraphs, len(renamed_chapter(chapter).paragraphs)))
        if number and chapter.is_merged:
            yield next(each.sentences[0].start_samples for each in own if each.sentences)
        else:
            yield next(heads).start_samples


def speech_length_s(text: str) -> float:
    """Return an estimate of how many seconds a text takes at a voice's normal pace."""
    dense = sum(character >= _FIRST_DENSE and character.isalpha() for character in text)
    return dense / _DENSE_CHARS_PER_S + (count_chars(text) - dense) / _CHARS_PER_S


def estimate_s(chapter: Chapter, pauses: PauseSettings, speed: float = 1.0) -> float:
    """Return an estimate of the length of a chapter in seconds, from its characters and pauses.

    Args:
        chapter: The chapter.
        pauses: The lengths of pauses, in milliseconds.
        speed: Pace relative to the voice's normal pace.
    """
    speech_s = pause_ms = 0.0
    for paragraph in chapter.paragraphs:
        speech_s += speech_length_s(paragraph.text)
        match paragraph.kind:
            case Kind.TITLE:
                pause_ms += pauses.title
            case Kind.HEADING:
                pause_ms += pauses.heading
            case Kind.BREAK:
                pause_ms += pauses.scene
            case _:
                pause_ms += pauses.paragraph
    return speech_s / speed + pause_ms / 1000
