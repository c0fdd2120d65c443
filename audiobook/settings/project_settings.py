"""All settings of a project, and those that apply to a work or a language."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from audiobook.casting import Casting
from audiobook.encodings import UTF_8
from audiobook.settings.tables import (
    AudioSettings,
    ChapterSettings,
    CoverSettings,
    CreditsSettings,
    Layout,
    ListenSettings,
    Mp3Settings,
    Option,
    PaletteName,
    PauseSettings,
    Preset,
    PublishSettings,
    Split,
    Sync,
    VoiceSettings,
    WorkSettings,
)

EVERY_WORK: Final = "*"
"""The key of the settings that the command line gives to every work it names."""
EVERY_LANGUAGE: Final = "*"
"""The key of a voice named on the command line, for languages without their own table."""
BESIDE: Final = ""
"""Value of `output` without a project: each book is written next to its text. Users cannot set it."""
AUTO: Final = "auto"
"""The engine name that means the best available engine that works offline."""
_Table = TypeVar("_Table")


NOT_IN_FILES: Final = frozenset(("asked", "asked_cluster", "written"))
"""Fields that record what the user named on the command line or in the environment (see `agreements`), and the file."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a project.

    Attributes:
        texts: Folder of the texts, relative to the project's folder.
        output: Output folder; `BESIDE` if there is no project.
        store: Folder of the cached clips and of the cached replies of online services.
        library: Folder of the library of a media server.
        author: Author of texts that do not name one.
        engine: Engine of languages that do not name one; `auto` means the best available one that works offline.
        fallback: Engine for languages that the chosen engine does not speak; None makes that an error.
        engines: Tables of the engines by name: `[engines.openai]`. Options in further tables have dotted names.
        formats: Formats of each work; the MP3 is always made. None keeps the formats that a work has.
        sync: What EPUBs highlight as it is spoken: `sentence` or `word`. None keeps what a work has, at first `sentence`.
        split: `chapter` for a file for each chapter besides the MP3, or `none`. None keeps what a work has.
        preset: `acx` for files as ACX requires them, which decides encoding, level, pauses, credits and `split`.
        layout: `library` to keep the library up to date too, or `flat`. None does so for the works that are in it.
        encoding: Encoding of texts that are not UTF-8 and have no byte order mark.
        jobs: Number of parallel processes; 0 means one for each core.
        cluster: Address of the scheduler of a Dask cluster that makes the clips; None for this computer.
        skip_workers: Whether workers of the cluster that would make different sound are left out.
        narrate: Parts of books to read aloud that are left out by default, for example `footnotes`.
        voice: Voices by language tag.
        cast: Voices of roles.
        pauses: Pauses.
        audio: Encoding and loudness.
        mp3: What the tag of the MP3 contains.
        chapters: How chapters are found and shaped.
        cover: Covers that are drawn.
        listen: How clips are listened to.
        publish: The feeds and the site.
        credits: What the credits of the preset `acx` say, by language tag.
        asked: The engine that the command line names, or the environment if no file sets its options; never set by a file.
            See `agreements`.
        asked_cluster: The cluster that the command line or the environment names; never set by a file.
        written: The text of `audiobook.toml`, in which `setting_lines.line_of` finds the line of a value; never set by a file.
        works: Which chapters of single works to read aloud, their voices and their titles, by slug.
    """

    texts: str = "texts"
    output: str = "output"
    store: str = ".audiobook"
    library: str = "library"
    author: str | None = None
    engine: str = AUTO
    fallback: str | None = None
    engines: dict[str, dict[str, Option]] = {}
    formats: tuple[str, ...] | None = None
    sync: Sync | None = None
    split: Split | None = None
    preset: Preset | None = None
    layout: Layout | None = None
    encoding: str = UTF_8
    jobs: Annotated[int, Meta(ge=0, le=256)] = 0
    cluster: str | None = None
    skip_workers: bool = False
    narrate: tuple[str, ...] = ()
    voice: dict[str, VoiceSettings] = {}
    cast: Casting = Casting()
    pauses: PauseSettings = PauseSettings()
    audio: AudioSettings = AudioSettings()
    mp3: Mp3Settings = Mp3Settings()
    chapters: ChapterSettings = ChapterSettings()
    cover: CoverSettings = CoverSettings()
    listen: ListenSettings = ListenSettings()
    publish: PublishSettings = PublishSettings()
    credits: dict[str, CreditsSettings] = {}
    works: dict[str, WorkSettings] = {}
    asked: str = ""
    asked_cluster: str = ""
    written: str = ""

    def listening(self) -> Settings:
        """Return these settings for a build that listens to new clips."""
        return msgspec.structs.replace(self, listen=msgspec.structs.replace(self.listen, on_build=True))

    @property
    def extra_formats(self) -> tuple[str, ...] | None:
        """The formats besides the MP3, in order of their names; None keeps those of the last build of a work."""
        return None if self.formats is None else tuple(sorted({*self.formats} - {"mp3"}))

    def work_of(self, slug: str) -> WorkSettings:
        """Return the settings of a work; those from the command line apply to every work that it names."""
        return self._flagged.over(self.works.get(slug, WorkSettings()))

    @property
    def are_chapters_flagged(self) -> bool:
        """Whether chapters were chosen on the command line."""
        return self._flagged.chooses

    @property
    def are_changes_flagged(self) -> bool:
        """Whether chapters were merged or given titles on the command line."""
        return bool(self._flagged.merge or self._flagged.rename)

    def palette_of(self, slug: str) -> PaletteName | None:
        """Return the colours of the drawn cover of a work; None lets its words decide."""
        return self.work_of(slug).palette or self.cover.palette

    @property
    def _flagged(self) -> WorkSettings:
        return self.works.get(EVERY_WORK, WorkSettings())

    def cast_of(self, slug: str, language: str) -> Casting:
        """Return the voices of the roles of a work: its own, those of its language, and those of the project."""
        found = self.voice_of(language).cast.over(self.cast)
        return self.works[slug].cast.over(found) if slug in self.works else found

    def voice_of(self, language: str) -> VoiceSettings:
        """Return the voice settings of a language: those of its full tag, else of its first part."""
        return _of_language(self.voice, language) or VoiceSettings()

    def voice_keys(self, language: str, setting: str) -> tuple[str, ...]:
        """Return the keys that lead to a setting of the voice of a language."""
        return ("voice", _key_of_language(self.voice, language) or language, setting)

    def credits_of(self, language: str) -> CreditsSettings:
        """Return what the credits of a language say; see `voice_of`."""
        return _of_language(self.credits, language) or CreditsSettings()


def _of_language(tables: Mapping[str, _Table], language: str) -> _Table | None:
    """Return the table of a language: that of its full tag, else of its first part, else of every language."""
    key = _key_of_language(tables, language)
    return None if key is None else tables[key]


def _key_of_language(tables: Mapping[str, object], language: str) -> str | None:
    by_tag = {tag.lower(): tag for tag in tables}
    tag = language.lower()
    return next((by_tag[each] for each in (tag, tag.split("-")[0], EVERY_LANGUAGE) if each in by_tag), None)


def worker_count(settings: Settings) -> int:
    """Return the number of parallel processes: as set, else one for each available core."""
    if settings.jobs:
        return settings.jobs
    return core_count()


def core_count() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
