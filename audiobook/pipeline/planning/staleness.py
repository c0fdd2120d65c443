"""Deciding whether a work is stale, and why. Nothing is spoken or written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from audiobook.book.excerpts.chapter_places import are_intact
from audiobook.book.extra_files import PreviousFiles, intact_formats, unowned_formats
from audiobook.book.ownership import UNMARKED, require_place, unowned_files
from audiobook.book.picture_files import are_pictures_current, lost_pictures
from audiobook.book.record.archive_names import EPUB, archive_name, missing_archives
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.reading import read_brief, read_stored
from audiobook.book.record.works import BriefRecord, RecordHead
from audiobook.document import LexiconFile
from audiobook.encodings import UTF_8
from audiobook.errors import OutputMismatch
from audiobook.files import Digests, digest
from audiobook.pipeline.containment import contained
from audiobook.pipeline.planning.chapter_rules import chapter_rules
from audiobook.pipeline.planning.comparing import other_voices_changed, stale_reasons
from audiobook.pipeline.planning.inputs import cover_of, inputs_of
from audiobook.pipeline.planning.known_files import KnownFiles
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.planning.reasons import Reason
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.covers import is_better_now
from audiobook.pipeline.texts.edition import Edition, is_folder
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.pipeline.texts.lexicons import Lexicons
from audiobook.pipeline.texts.pictures import EditionPictures
from audiobook.pipeline.voices.choosing import ChosenVoice, Voices
from audiobook.settings import BESIDE, Settings, errors_located
from audiobook.sources.folder.bundle import file_digests
from audiobook.system.opening import is_there


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
    """Return the plan of an edition, by comparing its inputs and outputs with the record of the last build.

    Args:
        edition: The edition.
        settings: Project settings.
        voices: Voices of the project.
        project: The folders of the project.
        known: The files that do not have to be read, for several editions of one project; None looks them up.
        lexicons: The lexicons of the project, for several editions; None looks for them.
        force: Whether to rebuild the edition even if nothing has changed.

    Raises:
        SourceError: The text, its cover or a lexicon cannot be read.
        OutputMismatch: Something other than a file is in the place of an output.
        EngineMissing: No voice speaks the language of the edition.
        StorageError: An output cannot be read.
        WorkError: A reader raised an unexpected exception.
    """
    folder = project.folder(edition.language)
    known = known or KnownFiles(project.store.notes)
    with contained(edition.name):
        return _plan(edition, settings, voices, folder, known, lexicons or Lexicons(), force=force)


def _extras(inputs: Inputs) -> tuple[tuple[str, ...], str, str]:
    """Return the inputs on which only files besides the MP3 depend."""
    return inputs.formats, inputs.sync, inputs.split


class _Found(NamedTuple):
    """The inputs of a plan: the text and its digest, and the record of the last build, which may be damaged."""

    data: bytes
    source_sha256: str
    record: BriefRecord | None
    is_damaged: bool

    @property
    def known_encoding(self) -> str | None:
        """The encoding with which the last build read this text, used unless the user names another; None if unknown."""
        record = self.record
        return record.encoding if record and record.inputs.source_sha256 == self.source_sha256 else None

    def unread_files(self, folder: Path) -> list[Path]:
        """Return the files that will probably be compared with the record; empty if the text has changed."""
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
    with errors_located(settings, "chapters", "pattern"):
        chapter_rules(settings.chapters)  # a mistake in the settings is reported before a text is read
    data = text_bytes(edition.path, edition.name) if edition.data is None else edition.data
    for ending in (".json", ".mp3"):
        require_place(folder / f"{edition.slug}{ending}")
    record, damaged = _built_before(
        folder / f"{edition.slug}.json", known, is_beside=settings.output == BESIDE
    )
    found = _Found(data, digest(data), record, damaged)
    # If nothing has changed, digests take most of the time, so they are computed while voices are chosen.
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
    data, source_sha256, record, is_damaged = found
    encoding = _named_encoding(settings) or found.known_encoding
    cover = cover_of(edition, settings, data, encoding)
    inputs = inputs_of(edition, settings, source_sha256, cover, lexicons, chosen, record)
    others = tuple(_unowned_outputs(edition.slug, edition.name, inputs, record, folder))
    previous = PreviousFiles()
    if record:
        last = _LastBuild(edition, inputs, record, folder, digest_of)
        reasons, previous = last.compared(_named_encoding(settings), voices, chosen, force=force)
    elif is_damaged and not others:
        reasons = (Reason.OUTPUT_DAMAGED,)
    elif others:
        reasons = (Reason.NEW,)
    else:
        reasons = stale_reasons(inputs, None, folder, edition.slug)
    source_files = file_digests(data) if edition.data is None and is_folder(edition.path) else {}
    return Plan(
        edition=edition,
        data=data,
        chosen=chosen,
        inputs=inputs,
        encoding=encoding,
        cover=cover,
        lexicons=lexicons,
        cover_before=record.cover if record else None,
        record=record,
        reasons=reasons,
        unowned_outputs=others,
        settings=settings,
        previous=previous,
        source_files=source_files,
        changed_files=_changed_files(source_files, record),
        has_page=settings.output != BESIDE,
        record_path=folder / f"{edition.slug}.json",
    )


def _named_encoding(settings: Settings) -> str | None:
    """Return the encoding that the user names for texts that are not UTF-8; None if the user names none."""
    return None if settings.encoding == UTF_8 else settings.encoding


def _changed_files(files: dict[str, str], record: RecordHead | None) -> tuple[str, ...]:
    """Return the names of files that were changed, added or removed in a folder since the last build, sorted."""
    before = record.source_files if record else {}
    if not files or not before:
        return ()
    return tuple(sorted(name for name in files.keys() | before.keys() if files.get(name) != before.get(name)))


def _unowned_outputs(
    slug: str, source: str, inputs: Inputs, record: RecordHead | None, folder: Path
) -> Iterator[Path]:
    """Yield files in the place of outputs that this program did not make."""
    if record is None:
        yield from unowned_files(folder, slug)
    for path in unowned_formats(folder, slug, inputs.formats, record.formats if record else {}):
        if path.suffix[1:] not in UNMARKED:
            yield path
    archives = missing_archives(inputs.formats, record.formats if record else ())
    if archives:
        from audiobook.pipeline.archives import KINDS  # not needed by other builds
    for name in archives:
        path = folder / archive_name(slug, source, name)
        require_place(path)
        if is_there(path) and not KINDS[name].is_own(path):
            yield path


def _built_before(path: Path, known: KnownFiles, *, is_beside: bool) -> tuple[BriefRecord | None, bool]:
    """Return the record of the last build, None if it is missing or damaged, and whether it is damaged."""
    try:
        record = read_brief(path, is_beside=is_beside)
        if record and not known.believes(path, record.digest):
            read_stored(path, is_beside=is_beside)
            known.believe(path, record.digest)
    except OutputMismatch:
        return None, True
    return record, False


class _LastBuild(msgspec.Struct, frozen=True):
    """The last build of an edition, to compare with the current inputs."""

    edition: Edition
    inputs: Inputs
    record: RecordHead
    folder: Path
    digest_of: Callable[[Path], str | None]

    def compared(
        self, encoding: str | None, voices: Voices, chosen: ChosenVoice, *, force: bool
    ) -> tuple[tuple[Reason, ...], PreviousFiles]:
        """Return the reasons to rebuild, empty if nothing has changed, and the files of the last build."""
        reasons = self.reasons(encoding, voices, chosen) or ((Reason.FORCED,) if force else ())
        previous = self.replaced_files() if reasons else self.kept_files()
        return reasons or self.format_reasons(previous), previous

    def reasons(self, encoding: str | None, voices: Voices, chosen: ChosenVoice) -> tuple[Reason, ...]:
        """Return the reasons to rebuild: those of `stale_reasons`, or else those that only the record shows."""
        record = self.record
        reasons = stale_reasons(self.inputs, record, self.folder, self.edition.slug, encoding, self.digest_of)
        if record.source != self.edition.name and Reason.TEXT_CHANGED not in reasons:
            # The name selects the reader, and may become the title.
            reasons = (Reason.TEXT_CHANGED, *reasons)
        if not reasons and other_voices_changed(record, record.language, voices, chosen):
            return (Reason.VOICE_CHANGED,)
        if not reasons and is_better_now(record):
            return (Reason.COVER_CHANGED,)
        return reasons

    def replaced_files(self) -> PreviousFiles:
        """Return the files of the last build if the MP3 is made again."""
        record = self.record
        # Another version of this program may make different files of the same pictures.
        kept = record.pictures if record.inputs.maker == self.inputs.maker else ()
        return PreviousFiles(None, {}, record.formats, record.chapter_files, pictures=kept)

    def kept_files(self) -> PreviousFiles:
        """Return the files of the last build, and which of them are intact, if the MP3 is intact."""
        record = self.record
        files = record.chapter_files
        intact = intact_formats(record, self.folder, self.digest_of)
        is_same_sync = record.inputs.sync == self.inputs.sync
        return PreviousFiles(
            record.audio,
            {name: stamp for name, stamp in intact.items() if name != EPUB or is_same_sync},
            record.formats,
            files,
            bool(files) and are_intact(files, self.folder),
            record.pictures,
        )

    def format_reasons(self, previous: PreviousFiles) -> tuple[Reason, ...]:
        """Return the reasons to make or remove pictures and files of other formats if the MP3 is kept."""
        inputs, record = self.inputs, self.record
        if _extras(inputs) != _extras(record.inputs):
            return (Reason.FORMATS_CHANGED,)
        if not are_pictures_current(record.pictures, EditionPictures(self.edition, inputs.source_sha256)):
            return (Reason.PICTURES_CHANGED,)
        lost = [stamp.name for name, stamp in record.formats.items() if name not in previous.intact]
        if not previous.are_chapters_intact:
            lost += (stamp.name for stamp in record.chapter_files)
        are_there = not missing_archives(inputs.formats, record.formats)
        lost += lost_pictures(record.pictures, self.folder, self.digest_of)
        if not are_there or not all((self.folder / name).exists() for name in lost):
            return (Reason.OUTPUT_MISSING,)
        return (Reason.OUTPUT_DAMAGED,) if lost else ()
