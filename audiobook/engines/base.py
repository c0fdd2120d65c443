"""The protocol of a speech engine, and the values that engines and their callers exchange."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import msgspec

from audiobook.audio.pcm import Pcm
from audiobook.document import Mark, Passage, Phonemes
from audiobook.errors import SpeechError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ANY_LANGUAGE: Final = "mul"
"""The language of a voice that speaks every language (ISO 639-2: multiple languages)."""


class Voice(msgspec.Struct, frozen=True):
    """A voice of an engine.

    Attributes:
        engine: Name of the engine.
        name: The engine's own name for the voice. Voices of one engine may share a name if their languages differ.
        language: BCP 47 tag of the language it speaks, or `ANY_LANGUAGE`.
        description: Short description, shown in lists.
        rate_hz: Sample rate of its speech; one that MP3 supports.
        offline: Whether the text stays on this computer.
        service: Where the text is sent, as shown to the user; empty for an offline voice.
        adjusts: The fields of `Style` that it supports: `speed`, `pitch`.
        quality: Quality as rated by the voice's authors: `high`, `medium`, `low` or `x_low`; empty if unrated.
        phonemes: Phonetic alphabets that it accepts instead of words: `ipa`, `espeak`; see `Phonetic`. If empty, the
            voice reads the text of each sentence and ignores phonemes.
        display_name: The name shown to listeners, such as `Bella`; empty to show `name`.
        is_here: Whether the service runs on this computer, and no key is sent to it.
    """

    engine: str
    name: str
    language: str
    description: str
    rate_hz: int
    offline: bool = True
    service: str = ""
    adjusts: frozenset[str] = frozenset({"speed"})
    quality: str = ""
    phonemes: frozenset[str] = frozenset()
    display_name: str = ""
    is_here: bool = False

    @property
    def narrator(self) -> str:
        """The name of the narrator, as shown to listeners."""
        return self.display_name or self.name


def display_name(name: str) -> str:
    """Return a technical name in the form shown to listeners: `hfc_female` becomes `Hfc Female`."""
    words = name.replace("_", " ").split()
    return " ".join(word.capitalize() if word.islower() else word for word in words)


class Style(msgspec.Struct, frozen=True):
    """The speed and pitch at which a voice speaks.

    Attributes:
        speed: Pace relative to the voice's normal pace, from 0.5 to 3.0.
        pitch: Pitch relative to the voice's normal pitch, from 0.5 to 2.0.
    """

    speed: float = 1.0
    pitch: float = 1.0


class ReplyCache(Protocol):
    """A cache of a service's responses, shared by all processes and builds of a project."""

    def get(self, name: str) -> bytes | None:
        """Return the value of a name (letters, digits, hyphens); None if it is missing or damaged."""

    def put(self, name: str, value: bytes) -> None:
        """Store the value of a name."""


Option = str | int | float | bool


class Equipment(msgspec.Struct, frozen=True):
    """The resources and settings that a build provides to an engine.

    Attributes:
        replies: Cache for the responses of a service.
        shared: Folder for small files through which the engine's processes coordinate, for example to keep a rate
            limit. It may not exist yet.
        options: The engine's table in the settings, `[engines.NAME]`; nested tables are flattened to dotted names.
        threads: Number of cores that each process may use, including its children; at least 1.
    """

    replies: ReplyCache
    shared: Path
    options: Mapping[str, Option] = msgspec.field(default_factory=dict)
    threads: int = 1


class Speech(msgspec.Struct, frozen=True):
    """One spoken sentence.

    Attributes:
        pcm: The samples; never empty.
        marks: Words in order of `offset_samples`, none beyond the end; empty if the engine does not report
            words. Character positions refer to the sentence's `text`.
    """

    pcm: Pcm
    marks: tuple[Mark, ...]


@runtime_checkable
class Engine(Protocol):
    """A speech engine. The contract test in `tests/engines` checks these requirements.

    Each process creates an engine once and uses it many times, never from two threads at once.
    The same passage, voice and style produce the same speech in any process and in any order.
    """

    @property
    def name(self) -> str:
        """The name used in settings and with `--engine`."""

    @property
    def identity(self) -> str:
        """Name and version of everything that affects how a given text sounds in a given voice."""

    def voices(self) -> Sequence[Voice]:
        """Return every voice that can be used now, ordered by name and language.

        Raises:
            EngineMissing: No voice can be used.
        """

    def prepare(self, voice: Voice) -> None:
        """Load what a voice needs, without speaking. Each process that speaks calls this first."""

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterable[Speech]:
        """Speak a passage, sentence by sentence.

        Args:
            passage: At most `MAX_PASSAGE_CHARS` characters.
            voice: One of `voices()`.
            style: Speed and pitch; 1.0 for those that the voice cannot adjust.

        Returns:
            One speech for each sentence, in order. The iterator must be exhausted before the next call.

        Raises:
            SpeechError: The passage could not be spoken; the engine can still be used.
        """


@runtime_checkable
class Equipped(Protocol):
    """An engine that needs equipment. Each process calls `equip` before anything else."""

    def equip(self, equipment: Equipment) -> None:
        """Use this equipment.

        Raises:
            EngineMissing: An option is missing or invalid.
        """


@runtime_checkable
class Versioned(Protocol):
    """An engine whose voices can change without a new version of the engine, for example because they are files."""

    def version(self, voice: Voice) -> str:
        """Return a string of letters and digits that changes whenever the sound of a voice changes.

        Raises:
            EngineMissing: The voice is damaged.
        """


@runtime_checkable
class Requiring(Protocol):
    """An engine that needs a package only for some voices or settings."""

    def require(self, voice: Voice, style: Style) -> None:
        """Check that everything a voice needs at this speed and pitch is installed. Called before anything is spoken.

        Raises:
            EngineMissing: A package is missing; the hint says how to install it.
        """


@runtime_checkable
class Noting(Protocol):
    """An engine that may have to ignore some settings."""

    def note(self, voice: Voice) -> str:
        """Return a message to the user that says how a voice deviates from the settings; "" if it follows them.

        Raises:
            EngineMissing: The voice is damaged.
        """


@runtime_checkable
class Anticipating(Protocol):
    """An engine that can work on the next passages, on other cores, while it speaks one."""

    def begin(self, passage: Passage, voice: Voice, style: Style) -> Connection | None:
        """Start speaking a passage in the background; `speak` is called for it later, and reports any failure.

        Args:
            passage: The passage.
            voice: One of `voices()`, prepared.
            style: Speed and pitch.

        Returns:
            A connection that becomes readable once the passage has been spoken, for `multiprocessing.connection.wait`;
            None if the passage was not started, for example because no core is free.
        """


@runtime_checkable
class Offering(Protocol):
    """An engine whose service can list its voices. Only `offered` makes a request; `voices` never does."""

    def offered(self) -> Sequence[Voice]:
        """Request the service's list, and return its voices together with those of `voices`, ordered by name.

        Raises:
            EngineMissing: The service does not list its voices, and `voices` has none.
        """


@runtime_checkable
class Phonetic(Protocol):
    """An engine whose voices may lack some sounds of the phonetic alphabets that they accept."""

    def unknown_sound(self, phonemes: Phonemes, voice: Voice) -> str:
        """Return the first symbol that a voice cannot pronounce; "" if it can pronounce all of them.

        Sentences only contain phonemes for which this returned an empty string.

        Raises:
            EngineMissing: The voice is damaged.
        """


def engine_failure(engine: Engine, error: Exception) -> SpeechError:
    """Wrap an unexpected exception, which a third-party engine may raise, in a `SpeechError`."""
    return SpeechError(f"the engine {engine.name} failed: {type(error).__name__}: {error}")
