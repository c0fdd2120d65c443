"""What every speech engine is: a small protocol, and the values that cross it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from audiobook.audio.pcm import Pcm
from audiobook.document import Mark, Passage, Phonemes
from audiobook.errors import SpeechError

ANY_LANGUAGE: Final = "mul"
"""The language of a voice that speaks every language (ISO 639-2 "multiple languages")."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that an engine has.

    Attributes:
        engine: Name of the engine.
        name: The engine's own name for it, unique within the engine.
        language: BCP 47 tag of what it speaks, or `ANY_LANGUAGE`.
        description: A few words for a person.
        rate_hz: Samples a second of what it says.
        offline: Whether nothing leaves this machine.
        service: Where the text goes if it leaves this machine, in a few words for a person.
        adjusts: What of `Style` it follows: `speed`, `pitch`.
        quality: How natural it is, as its makers say, such as `high`; empty when nobody says.
        phonemes: Alphabets of the sounds that it takes for words, of `ipa` and `espeak`; see `Phonetic`. One that
            takes none says the text of each sentence.
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


@dataclass(frozen=True, slots=True)
class Style:
    """How a voice is to speak.

    Attributes:
        speed: 1.0 is the voice's own pace, 2.0 twice as fast; 0.5 to 3.0.
        pitch: 1.0 is the voice's own height, 2.0 as high as it goes; 0.5 to 2.0.
    """

    speed: float = 1.0
    pitch: float = 1.0


class Keep(Protocol):
    """Where an engine keeps what it must not ask for twice, for all processes of a project and all its builds."""

    def get(self, name: str) -> bytes | None:
        """Give what was kept under a name (letters, digits, hyphens); None when there is nothing, or it is damaged."""

    def put(self, name: str, value: bytes) -> None:
        """Keep something."""


Option = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Equipment:
    """What an engine may need besides words.

    Attributes:
        options: Its own table of the settings, `[engines.NAME]`.
        replies: Where it keeps what a service answered.
        shared: A folder for small files by which its processes agree, such as a rate limit; it may not exist yet.
        threads: On how many cores one process may work at once with all that it starts, so that all of them
            together use each core once.
    """

    replies: Keep
    shared: Path
    options: Mapping[str, Option] = field(default_factory=dict)
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Speech:
    """One spoken sentence.

    Attributes:
        pcm: What is heard; never empty.
        marks: Words in order of `offset_samples`, never beyond the end; empty when the engine
            does not know its words. Character positions are those of the sentence's `text`.
    """

    pcm: Pcm
    marks: tuple[Mark, ...]


@runtime_checkable
class Engine(Protocol):
    """Something that speaks. The contract test in `tests/engines` says what must hold.

    Engines are made once in a process and asked many times, never by two threads at once.
    The same passage, voice and style give the same speech, in any process and in any order.
    """

    @property
    def name(self) -> str:
        """The name that settings and `--engine` use."""

    @property
    def identity(self) -> str:
        """Name and versions of all that changes the sound of the same words in the same voice."""

    def voices(self) -> Sequence[Voice]:
        """Give every voice that can be used now, ordered by name.

        Raises:
            EngineMissing: There is none, and why.
        """

    def prepare(self, voice: Voice) -> None:
        """Load what speaking with a voice needs, once in each process that will speak; say nothing."""

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterable[Speech]:
        """Speak a passage.

        Args:
            passage: What to say, at most `MAX_PASSAGE_CHARS` characters.
            voice: One of `voices()`.
            style: How; what the voice does not adjust is 1.0.

        Returns:
            One speech for each sentence, in order; to be gone through once, before the next call.

        Raises:
            SpeechError: The passage could not be spoken; the engine can be used again.
        """


@runtime_checkable
class Equipped(Protocol):
    """An engine that needs equipment. It gets it before it is asked for anything else, in each process."""

    def equip(self, equipment: Equipment) -> None:
        """Take the equipment.

        Raises:
            EngineMissing: An option is missing or cannot be meant.
        """


@runtime_checkable
class Versioned(Protocol):
    """An engine whose voices change on their own, as files do that can be exchanged."""

    def version(self, voice: Voice) -> str:
        """Give what changes when a voice sounds another way, in letters and digits.

        Raises:
            EngineMissing: The voice is damaged.
        """


@runtime_checkable
class Anticipating(Protocol):
    """An engine that can begin what it will be asked for next while it speaks, where it may use several cores."""

    def begin(self, passage: Passage, voice: Voice, style: Style) -> Connection | None:
        """Begin what `speak` is going to be asked for; whatever goes wrong, `speak` says.

        Args:
            passage: What to say.
            voice: One of `voices()`, prepared.
            style: How.

        Returns:
            What can be read from when it is said, for `multiprocessing.connection.wait`; None where it was not begun.
        """


@runtime_checkable
class Offering(Protocol):
    """An engine whose service can be asked which voices it has; `voices` never asks."""

    def offered(self) -> Sequence[Voice]:
        """Ask, and give these voices with those of `voices`, ordered by name.

        Raises:
            EngineMissing: Nobody says, and none is known.
        """


@runtime_checkable
class Phonetic(Protocol):
    """An engine that does not know every sound that can be written in an alphabet that its voices take."""

    def unknown_sound(self, phonemes: Phonemes, voice: Voice) -> str:
        """Give the first sign that a voice cannot say, and "" where it can say all.

        A sentence is only given phonemes of which this was "".

        Raises:
            EngineMissing: The voice is damaged.
        """


def engine_failure(engine: Engine, error: Exception) -> SpeechError:
    """Return the error for an engine that raised something other than our own errors, as a guest's engine may."""
    return SpeechError(f"the engine {engine.name} failed: {type(error).__name__}: {error}")
