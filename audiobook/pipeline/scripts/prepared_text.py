"""A text that is read and ready to be narrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from audiobook.casting import Casting
from audiobook.document import Chapter, Paragraph, Problem, Work, count_chars
from audiobook.narration.casting import cast_work
from audiobook.narration.grammar.series import Series, series_of
from audiobook.pipeline.chapters.changes import Origin, noted, origins, with_changes
from audiobook.pipeline.chapters.credits import with_credits
from audiobook.pipeline.chapters.selection import effective_choice, select_chapters
from audiobook.pipeline.containment import contained
from audiobook.pipeline.planning.chapter_rules import chapter_rules
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.scripts.contradictions import contradictions
from audiobook.pipeline.texts.edition import text_reader
from audiobook.settings import ACX
from audiobook.sources.base import Source, read_with


class PreparedText(msgspec.Struct, frozen=True):
    """A text with its chosen chapters, and the properties that depend on all of them.

    Attributes:
        work: The text without its chapters.
        chapters: The chapters that are read aloud, cast, renamed and merged, in order; never empty.
        origins: For each of `chapters`, the chapters of the text that it consists of; see `pipeline.chapters.changes.origins`.
        authors: The authors in order.
        narrator: The narrator's name.
        series: The letters and Roman numerals with which it numbers chapters, parts and the like.
        contradictions: Problems with passages that seem to be in a language other than the text's.
        chars: Number of characters in the chapters before they were renamed, without white space and added paragraphs.
    """

    work: Work
    chapters: Sequence[Chapter]
    origins: tuple[tuple[Origin, ...], ...]
    authors: tuple[str, ...]
    narrator: str
    series: Series
    contradictions: tuple[Problem, ...]
    chars: int


def prepare(plan: Plan, language: str) -> PreparedText:
    """Read the text of a plan, choose its chapters and cast its voices.

    Args:
        plan: Plan of the work.
        language: BCP 47 tag of the main voice.

    Raises:
        SourceError: The text cannot be read, or there is nothing to read aloud.
        WorkError: A reader has a bug.
    """
    with contained(plan.edition.name):
        work, authors, narrator = _chosen(plan)
        cast = cast_work(work, language, casting_of(plan, work))
        chars = 0

        def counted() -> Iterator[Paragraph]:
            nonlocal chars
            for chapter in work.chapters:
                for paragraph in chapter.paragraphs:
                    chars += 0 if paragraph.is_added else count_chars(paragraph.text)
                    yield paragraph

        series = series_of(counted())
        return PreparedText(
            replace(work, chapters=()),
            with_changes(cast),
            origins(cast),
            authors,
            narrator,
            series,
            tuple(contradictions(work)),
            chars,
        )


def read_text(plan: Plan) -> Work:
    """Read the text of a plan with all its chapters, including those that are not chosen.

    Raises:
        SourceError: The text cannot be read, or there is nothing to read aloud.
        WorkError: A reader has a bug.
    """
    with contained(plan.edition.name):
        return _read(plan)


def _read(plan: Plan) -> Work:
    edition = plan.edition
    source = Source(
        plan.data,
        edition.name,
        edition.slug,
        edition.language,
        edition.fallback_title,
        plan.encoding,
        narrate=frozenset(plan.inputs.narrate),
        chapters=chapter_rules(plan.inputs.chapters),
    )
    return read_with(text_reader(edition.path), source)


def _chosen(plan: Plan) -> tuple[Work, tuple[str, ...], str]:
    """Return the chapters of a text that are read aloud, with its authors and narrator."""
    work = noted(plan, _read(plan))
    choice, where = effective_choice(plan.choice, work)
    work = select_chapters(work, choice, where=where, settings=plan.settings)
    inputs = plan.inputs
    if inputs.own_title:
        work = replace(work, title=inputs.own_title)
    authors = inputs.own_authors or work.metadata.authors or inputs.authors
    narrator = inputs.own_narrator or work.metadata.narrator or inputs.narrator
    if inputs.preset == ACX:
        work = with_credits(work, authors, narrator, inputs.credits)
    return work, authors, narrator


def casting_of(plan: Plan, work: Work) -> Casting:
    """Return the voices of a work's roles: those named in the text, else those from the settings."""
    return work.metadata.casting.over(plan.inputs.cast)
