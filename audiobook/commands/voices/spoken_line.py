"""A line spoken by one voice, built like any text of the project, so that it sounds as in a book."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from audiobook.document import is_speakable
from audiobook.engines.base import Voice
from audiobook.errors import UsageError
from audiobook.pipeline.outcome import Outcome
from audiobook.pipeline.project import Project
from audiobook.pipeline.run import build
from audiobook.pipeline.texts.catalog import Catalog
from audiobook.pipeline.texts.edition import Edition
from audiobook.report.base import Reporter
from audiobook.settings import Settings

_SLUG: Final = "line"


def require_speakable(text: str) -> None:
    """Check that a line contains something to read aloud.

    Raises:
        UsageError: It does not.
    """
    if not is_speakable(text):
        raise UsageError("the line contains no text to read aloud")


def spoken_line(
    project: Project,
    settings: Settings,
    voice: Voice,
    language: str,
    text: str,
    folder: Path,
    reporter: Reporter,
) -> tuple[Outcome, Path]:
    """Build a line with a voice; an error is reported and returned in the outcome.

    Args:
        project: The project, whose lexicons and store are used.
        settings: Its settings, of which speed, pitch and volume apply to the line.
        voice: The voice.
        language: BCP 47 tag of the line.
        text: The line.
        folder: Folder in which to build it.
        reporter: Shows problems and progress.

    Returns:
        The outcome, and the path of the MP3.
    """
    path = project.texts / language / f"{_SLUG}.txt"
    name = f"{project.texts.name}/{language}/{path.name}"
    data = " ".join(text.split()).encode()
    catalog = Catalog((Edition(_SLUG, language, path, name, None, data),), ())
    place = Project(project.texts, folder, project.store)
    chosen = _speaking(settings, voice, language)
    try:
        (outcome,) = build(catalog, place, chosen, reporter, force=False, dry_run=False)
    finally:
        reporter.end()  # it may have been interrupted before any clip was made
    return outcome, place.folder(language) / f"{_SLUG}.mp3"


def _speaking(settings: Settings, voice: Voice, language: str) -> Settings:
    """Return the settings with a voice selected for a language, reduced to what a single line needs."""
    wanted = msgspec.structs.replace(settings.voice_of(language), engine=voice.engine, name=voice.name)
    voices = settings.voice | {language: wanted}
    return msgspec.structs.replace(
        settings, voice=voices, asked=voice.engine, fallback=None, formats=(), split="none", preset=None
    )
