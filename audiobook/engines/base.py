"""What every speech engine is: a small protocol, and the values that cross it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from audiobook.audio.pcm import Pcm
from audiobook.document import Mark, Passage

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
    """

    engine: str
    name: str
    language: str
    description: str
    rate_hz: int
    offline: bool = True


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
    The same passage, voice and speed give the same speech, in any process and in any order.
    """

    @property
    def name(self) -> str:
        """The name that settings and `--engine` use."""

    @property
    def identity(self) -> str:
        """Name and versions of all that changes the sound of the same words in the same voice."""

    def voices(self) -> Sequence[Voice]:
        """Give every voice that can be used now, ordered by name."""

    def prepare(self, voice: Voice) -> None:
        """Load what speaking with a voice needs, once in each process that will speak; say nothing."""

    def speak(self, passage: Passage, voice: Voice, speed: float) -> Iterable[Speech]:
        """Speak a passage.

        Args:
            passage: What to say, at most `MAX_PASSAGE_CHARS` characters.
            voice: One of `voices()`.
            speed: 1.0 is the voice's own pace, 2.0 twice as fast; 0.5 to 3.0.

        Returns:
            One speech for each sentence, in order; to be gone through once, before the next call.

        Raises:
            SpeechError: The passage could not be spoken; the engine can be used again.
        """
