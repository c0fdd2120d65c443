"""Decide which works are stale, and why. Nothing is spoken or written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from audiobook import __version__
from audiobook.audio.mp3.id3 import Picture
from audiobook.book.captions import CAPTIONS
from audiobook.book.chapter_files import BY_CHAPTER, are_intact
from audiobook.book.formats import Standing, format_strangers, intact_formats
from audiobook.book.ownership import UNMARKED, require_place, strangers
from audiobook.book.picture_files import are_pictures_current, lost_pictures
from audiobook.book.record import BriefRecord, CoverRecord, Inputs, Record, RecordHead
from audiobook.book.record_reading import read_brief, read_record
from audiobook.document import Choice, LexiconFile
from audiobook.encodings import UTF_8
from audiobook.errors import OutputMismatch, SettingsError, near
from audiobook.files import Digests, digest
from audiobook.listening.model import find_listener
from audiobook.pipeline.containment import contained
from audiobook.pipeline.planning.chapter_rules import chapter_rules
from audiobook.pipeline.planning.comparing import stale_reasons
from audiobook.pipeline.planning.known_files import KnownFiles
from audiobook.pipeline.planning.reasons import Reason
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.covers import edition_cover, is_lettered_now, named_cover
from audiobook.pipeline.texts.edition import Edition, is_folder, text_reader
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.pipeline.texts.lexicons import Lexicons, lexicon_digest
from audiobook.pipeline.texts.pictures import EditionPictures
from audiobook.pipeline.voices.choosing import ChosenVoice, Voices
from audiobook.settings import ACX, BESIDE, CreditsSettings, Settings, line_of, told_by_line
from audiobook.sources.base import PARTS, announced
from audiobook.sources.folder.bundle import file_digests
from audiobook.sources.title_text import title_text

MAKER: Final = f"audiobook {__version__}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done for one edition.

    Attributes:
        edition: The edition.
        data: Bytes of the text, read once.
        chosen: The main voice.
        inputs: Everything that the outputs depend on.
        encoding: Encoding of a text that is not UTF-8; None rejects such a text.
        cover: The front cover, or None.
        lexicons: The pronunciation lexicons that apply.
        cover_before: The cover of the last build, or None.
        record: The record of the last build without text and times, or None.
        reasons: Why it must be rebuilt; empty if it is fresh.
        strangers: Files not made by this program that are in the place of its outputs.
        is_choice_flagged: Whether chapters were chosen on the command line.
        are_changes_flagged: Whether chapters were merged or given titles there.
        standing: What the last build made, some of which may be kept.
        source_files: SHA-256 of each file of a folder, by name; empty for a file.
        changed_files: Names of the files of a folder that changed since the last build.
        has_page: Whether the work can be published.
        record_path: Where the record is.
    """

    edition: Edition
    data: bytes
    chosen: ChosenVoice
    inputs: Inputs
    encoding: str | None
    cover: Picture | None
    lexicons: tuple[LexiconFile, ...]
    cover_before: CoverRecord | None
    record: BriefRecord | None
    reasons: tuple[Reason, ...]
    strangers: tuple[Path, ...] = ()
    is_choice_flagged: bool = False
    are_changes_flagged: bool = False
    standing: Standing = field(default_factory=Standing)
    source_files: dict[str, str] = field(default_factory=dict)
    changed_files: tuple[str, ...] = ()
    has_page: bool = True
    record_path: Path = Path()

    def whole_record(self) -> Record | None:
        """Return the record of the last build with text and times, or None.

        Raises:
            OutputMismatch: It was changed after the plan was made; so for the next.
            StorageError: It cannot be read.
        """
        return read_record(self.record_path, is_beside=not self.has_page) if self.record else None

    @property
    def needs_no_clips(self) -> bool:
        """Whether the work only lacks captions, or has formats that are no longer wanted."""
        is_made = self.standing.intact.keys() | CAPTIONS.keys()
        return self.standing.audio is not None and set(self.inputs.formats) <= is_made

    @property
    def pictures(self) -> EditionPictures | None:
        """Where the pictures of the text are; None if its book is next to it, where no page shows them."""
        return EditionPictures(self.edition, self.inputs.source_sha256) if self.has_page else None

    @property
    def choice(self) -> Choice:
        """The chapters chosen on the command line or in the settings."""
        return Choice(self.inputs.chosen_chapters, self.inputs.skipped_chapters)


def plan_edition(
    edition: Edition,
    settings: Settings,
    voices: Voices,
    project: Project,
    known: KnownFiles | None = None,
    lexicons: Lexicons | None = None,
    *,
    force: bool = False,
) -> Plan:
    """Compare the inputs and outputs of an edition with its record.

    Args:
        edition: The edition.
        settings: Project settings.
        voices: Voices of the project.
        project: The folders of the project.
        known: The files that do not have to be read, for several editions of one project; None looks them up.
        lexicons: The lexicons of the project, for several editions; None looks for them.
        force: Rebuild it even if nothing changed.

    Raises:
        SourceError: The text, its cover or a lexicon cannot be read.
        OutputMismatch: Something other than a file is in the place of an output.
        EngineMissing: No voice speaks its language.
        StorageError: An output cannot be read.
        WorkError: A reader has a bug.
    """
    folder = project.folder(edition.language)
    known = known or KnownFiles(project.store.notes)
    with contained(edition.name):
        return _plan(edition, settings, voices, folder, known, lexicons or Lexicons(), force=force)


class _Found(NamedTuple):
    """The basis of a plan: text, digest, the record of the last build, and whether that is damaged."""

    data: bytes
    source_sha256: str
    record: BriefRecord | None
    is_damaged: bool

    def unread_files(self, folder: Path) -> list[Path]:
        """Return the files that will probably be compared with the record: none if the text has changed."""
        record = self.record
        if record is None or record.inputs.source_sha256 != self.source_sha256:
            return []
        return [folder / stamp.name for stamp in (record.audio, *record.formats.values())]


def _plan(
    edition: Edition,
    settings: Settings,
    voices: Voices,
    folder: Path,
    known: KnownFiles,
    lexicons: Lexicons,
    *,
    force: bool,
) -> Plan:
    with told_by_line(settings, "chapters", "pattern"):
        chapter_rules(settings.chapters)  # a mistake in the settings is reported before a text is read
    data = text_bytes(edition.path, edition.name) if edition.data is None else edition.data
    for ending in (".json", ".mp3"):
        require_place(folder / f"{edition.slug}{ending}")
    record, damaged = _built_before(
        folder / f"{edition.slug}.json", known, is_beside=settings.output == BESIDE
    )
    found = _Found(data, digest(data), record, damaged)
    # Digests of files take most of the time if nothing has changed, so they are calculated while voices are chosen.
    with Digests(known.unknown(found.unread_files(folder))) as digests:
        digest_of = partial(known.digest_of, read=digests.of)
        files = lexicons.read(edition)
        return _compared(edition, settings, voices, folder, found, digest_of, files, force=force)


def _compared(
    edition: Edition,
    settings: Settings,
    voices: Voices,
    folder: Path,
    found: _Found,
    digest_of: Callable[[Path], str | None],
    lexicons: tuple[LexiconFile, ...],
    *,
    force: bool,
) -> Plan:
    chosen = voices.choose(edition.language)
    data, source_sha256, record, damaged = found
    source_files = file_digests(data) if edition.data is None and is_folder(edition.path) else {}
    said = None if settings.encoding == UTF_8 else settings.encoding
    # An encoding used for these bytes before is kept until the user names another.
    known = record.encoding if record and record.inputs.source_sha256 == source_sha256 else None
    encoding = said or known
    cover = _cover(edition, settings, data, encoding)
    formats = settings.extra_formats
    if formats is None:
        formats = record.inputs.formats if record else ()
    inputs = _inputs(edition, settings, source_sha256, cover, lexicons, chosen, formats)
    if settings.split is None and record:
        inputs = msgspec.structs.replace(inputs, split=_kept_split(record))
    others = tuple(_strangers(edition.slug, inputs, record, folder))
    reasons = _reasons(edition, inputs, record, folder, said, voices, chosen, digest_of)
    standing = Standing()
    if record and not reasons and not force:
        standing = _standing(record, folder, digest_of)
        pictures = EditionPictures(edition, source_sha256)
        reasons = _format_reasons(inputs, record, standing, pictures, folder, digest_of)
    elif record:
        # Another version may make other files of the same pictures.
        kept = record.pictures if record.inputs.maker == inputs.maker else ()
        standing = Standing(None, {}, record.formats, record.chapter_files, pictures=kept)
    if damaged:
        reasons = (Reason.OUTPUT_DAMAGED,)
    if others and not record:
        reasons = (Reason.NEW,)
    if force and not reasons:
        reasons = (Reason.FORCED,)
    return Plan(
        edition,
        data,
        chosen,
        inputs,
        encoding,
        cover,
        lexicons,
        record.cover if record else None,
        record,
        reasons,
        others,
        settings.are_chapters_flagged,
        settings.are_changes_flagged,
        standing,
        source_files,
        _changed_files(source_files, record),
        settings.output != BESIDE,
        folder / f"{edition.slug}.json",
    )


def _cover(edition: Edition, settings: Settings, data: bytes, encoding: str | None) -> Picture | None:
    """Return the cover: the one that the command line or the settings give, else that of the text."""
    given = settings.work_of(edition.slug).cover
    if given is False:
        return None
    if isinstance(given, str):
        with told_by_line(settings, "works", edition.slug, "cover"):
            return named_cover(given)
    return edition_cover(edition, announced(text_reader(edition.path), data, edition.name, encoding))


def _kept_split(record: RecordHead) -> str:
    """Return how the last build was split into files; those of a preset are not kept without it."""
    return "" if record.inputs.preset else record.inputs.split


def _changed_files(files: dict[str, str], record: RecordHead | None) -> tuple[str, ...]:
    """Return the names of the files of a folder that were changed, added or removed since the last build, in order."""
    before = record.source_files if record else {}
    if not files or not before:
        return ()
    return tuple(sorted(name for name in files.keys() | before.keys() if files.get(name) != before.get(name)))


def _strangers(slug: str, inputs: Inputs, record: RecordHead | None, folder: Path) -> Iterator[Path]:
    """Yield the files in the place of outputs that this program did not make."""
    if record is None:
        yield from strangers(folder, slug)
    for path in format_strangers(folder, slug, inputs.formats, record.formats if record else {}):
        if path.suffix[1:] not in UNMARKED:
            yield path


def _standing(record: RecordHead, folder: Path, digest_of: Callable[[Path], str | None]) -> Standing:
    """Return what the last build made and which of its files are intact, given that the MP3 is."""
    files = record.chapter_files
    are_whole = bool(files) and are_intact(files, folder)
    return Standing(
        record.audio,
        intact_formats(record, folder, digest_of),
        record.formats,
        files,
        are_whole,
        record.pictures,
    )


def _inputs(
    edition: Edition,
    settings: Settings,
    source_sha256: str,
    cover: Picture | None,
    lexicons: tuple[LexiconFile, ...],
    chosen: ChosenVoice,
    formats: tuple[str, ...],
) -> Inputs:
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
        formats=formats,
        narrator=chosen.narrator,
        split=settings.split if settings.split == BY_CHAPTER else "",
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


def _reasons(
    edition: Edition,
    inputs: Inputs,
    record: RecordHead | None,
    folder: Path,
    encoding: str | None,
    voices: Voices,
    chosen: ChosenVoice,
    digest_of: Callable[[Path], str | None],
) -> tuple[Reason, ...]:
    """Return the reasons to rebuild: those of `stale_reasons`, and what only the record of the last build shows."""
    reasons = stale_reasons(inputs, record, folder, edition.slug, encoding, digest_of)
    if record and record.source != edition.name and Reason.TEXT_CHANGED not in reasons:
        # The name selects the reader, and may become the title.
        reasons = (Reason.TEXT_CHANGED, *reasons)
    if record and not reasons and _speaks_otherwise(record, voices, chosen):
        reasons = (Reason.VOICE_CHANGED,)
    if record and not reasons and is_lettered_now(record):
        reasons = (Reason.COVER_CHANGED,)
    return reasons


def _built_before(path: Path, known: KnownFiles, *, is_beside: bool) -> tuple[BriefRecord | None, bool]:
    """Return the record of the last build, or None, and whether it is damaged."""
    try:
        record = read_brief(path, is_beside=is_beside)
        if record and not known.believes(path, record.digest):
            read_record(path, is_beside=is_beside)
            known.believe(path, record.digest)
    except OutputMismatch:
        return None, True
    return record, False


def _speaks_otherwise(record: RecordHead, voices: Voices, chosen: ChosenVoice) -> bool:
    """Return whether a quoted language or a named voice would now be spoken differently."""
    return any(
        voices.foreign(language, chosen, record.language)[0].speaker != speaker
        for language, speaker in record.foreign.items()
    ) or any(
        voices.named(name, record.language, chosen)[0].speaker != speaker
        for name, speaker in record.voices.items()
    )


def _listener_identity(settings: Settings) -> str:
    """Return the identity of the recogniser that listens to a build; empty without one.

    Raises:
        EngineMissing: It is not installed.
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


def _format_reasons(
    inputs: Inputs,
    record: RecordHead,
    standing: Standing,
    pictures: EditionPictures,
    folder: Path,
    digest_of: Callable[[Path], str | None],
) -> tuple[Reason, ...]:
    """Return the reason to make or remove pictures and files of other formats while the MP3 stays."""
    if (inputs.formats, inputs.split) != (record.inputs.formats, record.inputs.split):
        return (Reason.FORMATS_CHANGED,)
    if not are_pictures_current(record.pictures, pictures):
        return (Reason.PICTURES_CHANGED,)
    lost = [stamp.name for name, stamp in record.formats.items() if name not in standing.intact]
    if not standing.are_chapters_intact:
        lost += (stamp.name for stamp in record.chapter_files)
    lost += lost_pictures(record.pictures, folder, digest_of)
    if not all((folder / name).exists() for name in lost):
        return (Reason.OUTPUT_MISSING,)
    return (Reason.OUTPUT_DAMAGED,) if lost else ()
