"""The settings of a project: each table of `audiobook.toml` with its types, ranges and defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from audiobook.casting import Casting
from audiobook.encodings import UTF_8

EVERY_WORK: Final = "*"
"""The key of the settings that the command line gives to every work it names."""
EVERY_LANGUAGE: Final = "*"
"""The key of a voice named on the command line, for languages without their own table."""
BESIDE: Final = ""
"""Value of `output` without a project: each book is written next to its text. Users cannot set it."""
AUTO: Final = "auto"
"""The engine name that means the best available engine that works offline."""
CREDITED: Final = re.compile(r"\{(title|authors|narrator)\}")
"""Matches a placeholder in the sentences of credits."""
_Table = TypeVar("_Table")
Option = str | int | float | bool
Milliseconds = Annotated[int, Meta(ge=0, le=60_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
CreditsSentence = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\w")]
ChapterTitle = Annotated[str, Meta(max_length=200, pattern=r"[^\W_]")]
Minutes = Annotated[float, Meta(ge=1, le=600)]
PaletteName = Literal[
    "night",
    "cream",
    "fir",
    "linen",
    "aubergine",
    "mist",
    "charcoal",
    "apricot",
    "sea",
    "lilac",
    "oxblood",
    "meadow",
]
Episodes = Literal["work", "chapter"]
Feeds = Literal["language", "region"]
Split = Literal["chapter", "none"]
Preset = Literal["acx"]
TimedText = Literal["sentence", "word"]


class VoiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The voice of a language: `[voice.fi]`.

    Attributes:
        engine: Name of the engine; None means that of the project.
        name: The engine's name of the voice; None means its best for the language.
        speed: Pace relative to the voice's normal pace.
        pitch: Pitch relative to the voice's normal pitch.
        volume: Loudness relative to the other voices, as a factor.
        cast: The voices of roles in texts of this language.
        narrator: The name given to listeners; None means that of the voice.
    """

    engine: str | None = None
    name: str | None = None
    speed: Annotated[float, Meta(ge=0.5, le=3.0)] = 1.0
    pitch: Annotated[float, Meta(ge=0.5, le=2.0)] = 1.0
    volume: Annotated[float, Meta(ge=0.1, le=4.0)] = 1.0
    cast: Casting = Casting()
    narrator: Name | None = None


class CreditsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the credits of the preset `acx` say in a language: `[credits.fi]`.

    Attributes:
        opening: Sentences at the beginning, with `{title}`, `{authors}` and `{narrator}` in place of names. One with a name
            that a work lacks is left out. Empty for those of this program.
        closing: Sentences at the end.
    """

    opening: tuple[CreditsSentence, ...] = ()
    closing: tuple[CreditsSentence, ...] = ()


class WorkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One work: `[works.my-essay]`, by its slug.

    Attributes:
        chapters: Numbers of the chapters to read aloud, such as `3-7,10`; empty for all.
        skip: Titles or numbers of chapters to leave out.
        merge: Titles or numbers of chapters that are joined to the one before them.
        rename: Other titles for chapters, by their title or number in the text.
        cast: The voices of its roles.
        title: Its title; None means that of the text.
        authors: Its authors; empty means those of the text.
        narrator: The name given as the narrator; None means that of the text.
        cover: Path of its cover; False draws one, even if the text has a picture; None means that of the text.
        palette: Colours of its drawn cover; None means those of the project.
    """

    chapters: str | int = ""
    skip: tuple[str | int, ...] = ()
    merge: tuple[str | int, ...] = ()
    rename: dict[str, ChapterTitle] = {}
    cast: Casting = Casting()
    title: Name | None = None
    authors: tuple[Name, ...] = ()
    narrator: Name | None = None
    cover: str | bool | None = None
    palette: PaletteName | None = None

    def over(self, other: WorkSettings) -> WorkSettings:
        """Return these settings, completed by those of another.

        The choice of chapters is taken as a whole.
        """
        chosen = self if self.chooses else other
        return WorkSettings(
            chosen.chapters,
            chosen.skip,
            self.merge or other.merge,
            {**other.rename, **self.rename},
            self.cast.over(other.cast),
            self.title or other.title,
            self.authors or other.authors,
            self.narrator or other.narrator,
            other.cover if self.cover is None else self.cover,
            self.palette or other.palette,
        )

    @property
    def chooses(self) -> bool:
        """Whether they choose chapters."""
        return bool(self.chapters != "" or self.skip)


class PauseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pauses in milliseconds: `[pauses]`.

    Attributes:
        start: Before the first word.
        sentence: Between two sentences of a paragraph.
        paragraph: After a paragraph.
        title: After the title.
        heading: After a heading.
        chapter: Before a chapter that begins with a heading.
        scene: Where the text has a line of signs, for example `* * *`.
        end: After the last word.
    """

    start: Milliseconds = 500
    sentence: Milliseconds = 350
    paragraph: Milliseconds = 700
    title: Milliseconds = 1200
    heading: Milliseconds = 900
    chapter: Milliseconds = 1800
    scene: Milliseconds = 1800
    end: Milliseconds = 1500


class AudioSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Encoding and loudness: `[audio]`.

    Attributes:
        kbits: Constant bit rate of the MP3 in kbit/s.
        quality: LAME's quality, from 0 (slowest, best) to 9; 7 is hard to tell from 2 in speech.
        loudness_lufs: Target of the integrated loudness.
        peak_dbtp: Highest permitted true peak.
        quiet_floor: Whether pauses have the noise floor of the voice, if it has one, instead of digital silence.
        rate_hz: Sample rate; 0 means that of the voice.
    """

    kbits: Annotated[int, Meta(ge=32, le=192)] = 64
    quality: Annotated[int, Meta(ge=0, le=9)] = 7
    loudness_lufs: Annotated[float, Meta(ge=-40, le=-10)] = -19.0
    peak_dbtp: Annotated[float, Meta(ge=-12, le=0)] = -1.0
    quiet_floor: bool = True
    rate_hz: Literal[0, 16000, 22050, 24000, 32000, 44100, 48000] = 0


class Mp3Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tag of the MP3 contains besides titles, chapters and cover: `[mp3]`.

    Attributes:
        lyrics: Whether it contains the whole text (USLT), which players read before they play.
        sylt: Whether it contains the text with the times of sentences, or of words (SYLT); None leaves it
        out.
    """

    lyrics: bool = False
    sylt: TimedText | None = None


class ChapterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How chapters are found and shaped: `[chapters]`.

    Attributes:
        pattern: Regular expression for the first line of a heading in texts that mark no headings; None lets the
            text decide.
        split_min: Chapters longer than this many minutes are cut into parts; None leaves them whole.
        merge_min: Chapters shorter than this many minutes are joined to the next one; None keeps them.
        say_titles: Whether the headings of chapters are spoken.
    """

    pattern: str | None = None
    split_min: Minutes | None = None
    merge_min: Minutes | None = None
    say_titles: bool = True


class CoverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Covers that are drawn: `[cover]`.

    Attributes:
        palette: Their colours; None lets the words on each cover decide.
    """

    palette: PaletteName | None = None


class ListenSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How clips are listened to: `[listen]`.

    Attributes:
        model: Folder of a Whisper model for faster-whisper; None means the one that is installed.
        on_build: Whether every build listens to new clips, as with `--listen`.
    """

    model: str | None = None
    on_build: bool = False


class PublishSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The feeds and the site: `[publish]`.

    Attributes:
        base_url: Address of the publication.
        title: Title of the feeds and the site.
        description: Their description.
        author: The publisher; None means the project's author.
        email: E-mail address of the publisher; public, because the feed contains it.
        category: Apple's category, with a subcategory after `>`.
        explicit: Whether the works are not suitable for children.
        license: Licence of the texts and the audio, for example `CC-BY-4.0`.
        episodes: Whether an episode is a whole work or a chapter.
        feeds: Whether a language has one feed, or one for each of its regions: en-GB and en-US.
        fast_start: Whether published MP3s are copies without the cover picture, which start sooner in Chromium.
        keep_old_days: Days for which files stay public after new ones took their place.
    """

    base_url: str | None = None
    title: str | None = None
    description: str | None = None
    author: str | None = None
    email: str | None = None
    category: str = "Arts > Books"
    explicit: bool = False
    license: str | None = None
    episodes: Episodes = "work"
    feeds: Feeds = "language"
    fast_start: bool = True
    keep_old_days: Annotated[int, Meta(ge=0, le=3650)] = 30


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a project.

    Attributes:
        texts: Folder of the texts, relative to the project's folder.
        output: Output folder; `BESIDE` if there is no project.
        store: Folder of the cached clips and of the cached replies of online services.
        author: Author of texts that do not name one.
        engine: Engine of languages that do not name one; `auto` means the best available one that works offline.
        fallback: Engine for languages that the chosen engine does not speak; None makes that an error.
        engines: Tables of the engines by name: `[engines.openai]`. Options in further tables have dotted names.
        formats: Formats of each work; the MP3 is always made. None keeps the formats that a work has.
        split: `chapter` for a file for each chapter besides the MP3, or `none`. None keeps what a work has.
        preset: `acx` for files as ACX requires them, which decides encoding, level, pauses, credits and `split`.
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
        asked: The engine that the command line or the environment names; never set by a file. See `agreements`.
        asked_cluster: The cluster that the command line or the environment names; never set by a file.
        written: The text of `audiobook.toml`, in which `written.line_of` finds the line of a value; never set by a file.
        works: Which chapters of single works to read aloud, their voices and their titles, by slug.
    """

    texts: str = "texts"
    output: str = "output"
    store: str = ".audiobook"
    author: str | None = None
    engine: str = AUTO
    fallback: str | None = None
    engines: dict[str, dict[str, Option]] = {}
    formats: tuple[str, ...] | None = None
    split: Split | None = None
    preset: Preset | None = None
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
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
