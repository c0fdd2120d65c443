"""The tables of `audiobook.toml`: the types, ranges and defaults of their settings."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from audiobook.casting import Casting

CREDITED: Final = re.compile(r"\{(title|authors|narrator)\}")
"""Matches a placeholder in the sentences of credits."""
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
Layout = Literal["flat", "library"]
Sync = Literal["sentence", "word"]
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
    """The credits of the preset `acx` in one language: `[credits.fi]`.

    Attributes:
        opening: Sentences at the beginning, with the placeholders `{title}`, `{authors}` and `{narrator}`. A sentence
            is left out if the work has no value for one of its placeholders. Empty for the built-in sentences.
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
        sylt: Whether it contains the text with the times of sentences, or of words (SYLT); None leaves it out.
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
    """Checking clips by listening: `[listen]`.

    Attributes:
        model: Folder of a Whisper model for faster-whisper; None for the model installed by `audiobook`.
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
