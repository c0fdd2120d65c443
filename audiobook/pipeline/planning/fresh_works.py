"""Notes of the works that were up to date, so that they need not be compared again while none of their inputs and outputs changes.

The note of a work has a digest of its settings, its voice, its lexicons, and the states of its text, its cover, its record and
all files that the record names; see `file_state`. Links, folders of chapter files and texts with pictures in separate files
have no notes: they are compared each time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from audiobook.book.record.works import BriefRecord
from audiobook.clips.key import Speaker
from audiobook.errors import AudiobookError, StorageError
from audiobook.files import as_spelled, digest
from audiobook.pipeline.planning.chapter_rules import chapter_rules
from audiobook.pipeline.planning.comparing import other_voices_changed
from audiobook.pipeline.planning.file_state import FileState, is_own_folder, state_of
from audiobook.pipeline.planning.inputs import inputs_of
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.planning.summary import WorkSummary
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.covers import lacks_extra
from audiobook.pipeline.texts.edition import Edition, text_reader
from audiobook.pipeline.texts.lexicons import Lexicons, lexicon_digest
from audiobook.pipeline.voices.choosing import Voices
from audiobook.settings import BESIDE, Settings
from audiobook.sources.base import announced

_VECTOR: Final = "image/svg+xml"
"""Media type of covers that can be used only if the extra `svg` is installed."""


class FreshWork(msgspec.Struct, frozen=True, array_like=True):
    """The note of a work that was up to date.

    Attributes:
        state_digest: Digest of its settings, voice, lexicons and the states of its files, 32 hexadecimal digits.
        others: Names of its files besides the record, relative to the folder of the record.
        named_cover: File name of the cover that the text names, in the folder of the text; empty if the text does not name a
            cover.
        foreign: The speakers of the languages that it quotes, by BCP 47 tag.
        voices: The speakers of the voices that it names, by name.
        clip_count: Number of its clips.
        summary: The data that `list` and the studio show of it.
    """

    state_digest: str
    others: tuple[str, ...]
    named_cover: str
    foreign: dict[str, Speaker]
    voices: dict[str, Speaker]
    clip_count: int
    summary: WorkSummary


class _AppliedSettings(NamedTuple):
    """The settings that apply to a work.

    Attributes:
        sha256: Digest of all settings that change its outputs, and of its main voice.
        cover: The setting `cover` of `[works.<slug>]`: a path, False for a drawn cover, None if it is not set.
    """

    sha256: str
    cover: str | bool | None


class _Table(msgspec.Struct):
    """The notes of one output folder.

    Attributes:
        folder: Path of the output folder.
        note: Name of the file in the store that contains them.
        works: The works by slug.
        has_changed: Whether the file in the store has to be written again.
    """

    folder: str
    note: str
    works: dict[str, FreshWork]
    has_changed: bool = False


class FreshWorks:
    """The notes of a project's works, in one file of the store for each output folder."""

    def __init__(self, project: Project, settings: Settings, voices: Voices, lexicons: Lexicons) -> None:
        """Use the notes in the store of a project; an unreadable or damaged note counts as missing."""
        self._project = project
        self._settings = settings
        self._voices = voices
        self._lexicons = lexicons
        self._began_ns = time.time_ns()
        self._folders: dict[str, str] = {}
        self._tables: dict[str, _Table] = {}
        self._applied: dict[tuple[str, str], _AppliedSettings] = {}

    def find(self, edition: Edition) -> FreshWork | None:
        """Return the note of an edition; None if it has no note, or if it may have changed since."""
        try:
            table = self._table(edition)
            noted = table.works.get(edition.slug)
            if noted is None or edition.data is not None:
                return None
            lexicons = lexicon_digest(self._lexicons.read(edition))
            states = self._states(edition, table.folder, noted.others, noted.named_cover)
            if states is None or self._state_digest(edition, lexicons, states) != noted.state_digest:
                return None
            if (noted.foreign or noted.voices) and self._other_voices_changed(edition, noted):
                return None
        except AudiobookError:
            return None  # comparing the work raises the error again and reports it
        return noted

    def note(self, plan: Plan) -> None:
        """Note an edition that is up to date, if every later change of it will show in the states of files."""
        edition, record = plan.edition, plan.record
        if plan.reasons or plan.unowned_outputs or record is None or not _is_decided_by_files(plan, record):
            return
        named_cover = self._named_cover(plan)
        if set(named_cover) & set("/\\"):
            return  # the cover is in another folder, which may become a link
        files = (record.audio, record.cover, *record.formats.values(), *record.chapter_files)
        others = tuple(stamp.name for stamp in (*files, *record.shown_pictures))
        table = self._table(edition)
        states = self._states(edition, table.folder, others, named_cover)
        if states is None or not all(state.is_steady(self._began_ns) for _, state in states):
            return
        table.works[edition.slug] = FreshWork(
            self._state_digest(edition, plan.inputs.lexicon_sha256, states),
            others,
            named_cover,
            record.foreign,
            record.voices,
            len(record.clip_keys()),
            WorkSummary.of(record),
        )
        table.has_changed = True

    def keep(self) -> None:
        """Write the notes that have changed, if there is a store. A failure is ignored: these works are compared next time."""
        notes = self._project.store.notes
        if not notes.folder.parent.is_dir():
            return
        for table in self._tables.values():
            if table.has_changed:
                prefix = os.path.join(table.folder, "")  # noqa: PTH118 - a path for each work takes long
                existing = {
                    slug: work
                    for slug, work in table.works.items()
                    if os.path.lexists(f"{prefix}{slug}.json")
                }
                with suppress(StorageError):
                    notes.put(table.note, msgspec.msgpack.encode(existing))
                table.has_changed = False

    def _table(self, edition: Edition) -> _Table:
        language = edition.language
        if language not in self._folders:
            self._folders[language] = os.fspath(self._project.folder(language))
        folder = self._folders[language]
        if folder not in self._tables:
            self._tables[folder] = self._read_table(folder)
        return self._tables[folder]

    def _read_table(self, folder: str) -> _Table:
        note = f"fresh-{digest(os.fsencode(Path(folder).absolute()))[:16]}"
        works: dict[str, FreshWork] = {}
        with suppress(StorageError, msgspec.MsgspecError, RecursionError):
            if stored := self._project.store.notes.get(note):
                works = msgspec.msgpack.decode(stored, type=dict[str, FreshWork])
        return _Table(folder, note, works)

    def _states(
        self, edition: Edition, folder: str, others: Sequence[str], named_cover: str
    ) -> list[tuple[str, FileState]] | None:
        """Return the names and states of the text, cover, record and outputs; None if one of them is not a regular file."""
        places = [(edition.name, os.fspath(edition.path)), *self._cover(edition, named_cover)]
        for name in (f"{edition.slug}.json", *others):
            if "/" in name and not is_own_folder(f"{folder}/{name.rpartition('/')[0]}"):
                return None
            places.append((name, f"{folder}/{name}"))
        states: list[tuple[str, FileState]] = []
        for name, path in places:
            state = state_of(path)
            if state is None:
                return None
            states.append((name, state))
        return states

    def _cover(self, edition: Edition, named_cover: str) -> list[tuple[str, str]]:
        """Return the name and path of the cover picture; empty if there is none, or if it is inside the text."""
        setting = self._applied_settings(edition).cover
        if setting is False:
            return []
        path = edition.cover
        if isinstance(setting, str):
            path = as_spelled(Path(setting))
        elif named_cover:
            path = as_spelled(edition.path.parent / named_cover)
        return [(path.name, os.fspath(path))] if path else []

    def _named_cover(self, plan: Plan) -> str:
        """Return the file name of the cover that a text names; empty if it is not used, or if the text does not name a cover."""
        edition = plan.edition
        if plan.cover is None or self._applied_settings(edition).cover is not None:
            return ""
        return announced(text_reader(edition.path), plan.data, edition.name, plan.encoding).cover or ""

    def _state_digest(
        self, edition: Edition, lexicon_sha256: str | None, states: Sequence[tuple[str, FileState]]
    ) -> str:
        return digest(
            msgspec.msgpack.encode((self._applied_settings(edition).sha256, lexicon_sha256, states))
        )[:32]

    def _applied_settings(self, edition: Edition) -> _AppliedSettings:
        """Return the settings that apply to a work, computed once for all works of a language without settings of their own."""
        settings = self._settings
        key = edition.language, edition.slug if edition.slug in settings.works else ""
        if key not in self._applied:
            chapter_rules(settings.chapters)
            cover = settings.work_of(edition.slug).cover
            chosen = self._voices.choose(edition.language)
            deciding = (
                inputs_of(edition, settings, "", None, (), chosen, None),
                settings.extra_formats,
                settings.split,
                settings.encoding,
                settings.output == BESIDE,
                cover,
            )
            self._applied[key] = _AppliedSettings(digest(msgspec.json.encode(deciding)), cover)
        return self._applied[key]

    def _other_voices_changed(self, edition: Edition, noted: FreshWork) -> bool:
        chosen = self._voices.choose(edition.language)
        return other_voices_changed(noted, edition.language, self._voices, chosen)


def _is_decided_by_files(plan: Plan, record: BriefRecord) -> bool:
    """Return whether a work depends only on the files whose states are noted, not on installed packages or other files."""
    return (
        plan.edition.data is None
        and record.language == plan.edition.language
        and (plan.cover is None or plan.cover.media_type != _VECTOR)
        and set(record.inputs.formats) == record.formats.keys()
        and not lacks_extra(record)
        and not any(picture.is_beside for picture in record.pictures)
    )
