"""The inputs of an edition, on which its outputs depend: text, cover, lexicons, voice and settings."""

from __future__ import annotations

from typing import Final

from audiobook import __version__
from audiobook.audio.mp3.id3 import Picture
from audiobook.book.excerpts.chapter_places import BY_CHAPTER
from audiobook.book.record.archive_names import EPUB
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.works import RecordHead
from audiobook.document import LexiconFile
from audiobook.errors import SettingsError, near
from audiobook.files import digest
from audiobook.listening.model import find_listener
from audiobook.pipeline.texts.covers import edition_cover, named_cover
from audiobook.pipeline.texts.edition import Edition, text_reader
from audiobook.pipeline.texts.lexicons import lexicon_digest
from audiobook.pipeline.voices.choosing import ChosenVoice
from audiobook.settings import ACX, CreditsSettings, Settings, errors_located, line_of
from audiobook.sources.base import PARTS, announced
from audiobook.sources.title_text import title_text

MAKER: Final = f"audiobook {__version__}"


def inputs_of(
    edition: Edition,
    settings: Settings,
    source_sha256: str,
    cover: Picture | None,
    lexicons: tuple[LexiconFile, ...],
    chosen: ChosenVoice,
    record: RecordHead | None,
) -> Inputs:
    """Return the inputs of an edition.

    Args:
        edition: The edition.
        settings: Project settings.
        source_sha256: SHA-256 of the text, in hexadecimal.
        cover: The front cover; None if the work has none.
        lexicons: The pronunciation lexicons that apply.
        chosen: The main voice.
        record: The record of the last build; None if there was none. Its formats are kept unless the user names others.

    Raises:
        SettingsError: A setting is invalid.
        EngineMissing: The settings ask to listen, but no recogniser is installed.
    """
    choice = settings.work_of(edition.slug)
    return Inputs(
        source_sha256=source_sha256,
        cover_sha256=digest(cover.data) if cover else None,
        lexicon_sha256=lexicon_digest(lexicons),
        authors=(settings.author,) if settings.author else (),
        narrate=_parts(settings),
        speaker=chosen.speaker,
        pauses=settings.pauses,
        audio=settings.audio,
        maker=MAKER,
        chosen_chapters=str(choice.chapters),
        skipped_chapters=tuple(map(str, choice.skip)),
        chapters=settings.chapters,
        cast=settings.cast_of(edition.slug, edition.language),
        listener=_listener_identity(settings),
        formats=_formats(settings, record),
        narrator=chosen.narrator,
        split=_split(settings, record),
        sync=_sync(settings, record),
        preset=settings.preset or "",
        credits=settings.credits_of(edition.language) if settings.preset == ACX else CreditsSettings(),
        mp3=settings.mp3,
        own_title=title_text(choice.title or ""),
        own_authors=tuple(filter(None, map(title_text, choice.authors))),
        own_narrator=title_text(choice.narrator or ""),
        draws_cover=choice.cover is False,
        merged_chapters=tuple(map(str, choice.merge)),
        renamed_chapters={name: title_text(title) for name, title in choice.rename.items()},
        palette=settings.palette_of(edition.slug) or "",
    )


def cover_of(edition: Edition, settings: Settings, data: bytes, encoding: str | None) -> Picture | None:
    """Return the cover that the command line or the settings name, or else the cover of the text; None for no cover.

    Args:
        edition: The edition.
        settings: Project settings.
        data: Bytes of the text.
        encoding: Encoding of a text that is not UTF-8; None rejects such a text.

    Raises:
        SourceError: The picture or the text cannot be read.
    """
    given = settings.work_of(edition.slug).cover
    if given is False:
        return None
    if isinstance(given, str):
        with errors_located(settings, "works", edition.slug, "cover"):
            return named_cover(given)
    return edition_cover(edition, announced(text_reader(edition.path), data, edition.name, encoding))


def _formats(settings: Settings, record: RecordHead | None) -> tuple[str, ...]:
    """Return the formats to make besides MP3: those that the user names, or else those of the last build."""
    if settings.extra_formats is not None:
        return settings.extra_formats
    return record.inputs.formats if record else ()


def _sync(settings: Settings, record: RecordHead | None) -> str:
    """Return what the EPUB highlights: as the user says, otherwise as in the last build; empty if none is made."""
    if EPUB not in _formats(settings, record):
        return ""
    return settings.sync or (record.inputs.sync if record else "") or "sentence"


def _split(settings: Settings, record: RecordHead | None) -> str:
    """Return how to split the book into files: as requested by the user, otherwise as in the last build.

    A split that came from a preset is not repeated without the preset.
    """
    if settings.split is None and record:
        return "" if record.inputs.preset else record.inputs.split
    return BY_CHAPTER if settings.split == BY_CHAPTER else ""


def _listener_identity(settings: Settings) -> str:
    """Return the identity of the recogniser that listens to the build; empty if none does.

    Raises:
        EngineMissing: The recogniser is not installed.
    """
    return find_listener(settings.listen.model).identity if settings.listen.on_build else ""


def _parts(settings: Settings) -> tuple[str, ...]:
    """Return the optional parts of books to read aloud, from the settings.

    Raises:
        SettingsError: A part is unknown.
    """
    for part in settings.narrate:
        if part not in PARTS:
            where = line_of(settings, "narrate")
            raise SettingsError(f"narrate: unknown part “{part}”", where=where, hint=near(part, PARTS))
    return tuple(sorted(set(settings.narrate)))
