"""Who speaks each language of a work: its own voice, and another for each language that it quotes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.pipeline.plan import Plan
from audiobook.pipeline.voices import ChosenVoice, Voices


class Part(NamedTuple):
    """How a language is spoken.

    Attributes:
        language: BCP 47 tag that the engine is told.
        chosen: The voice.
        speaker: The same, as clips and records name it.
        sound: How the speech becomes clips.
    """

    language: str
    chosen: ChosenVoice
    speaker: Speaker
    sound: Sound


class Cast:
    """The voices of one work; each is settled when its language is first met."""

    def __init__(self, plan: Plan, voices: Voices, gain_db: Callable[[ChosenVoice, str], float]) -> None:
        """Settle the work's own voice.

        Args:
            plan: Of the work.
            voices: Of the project.
            gain_db: Gives how much louder than the engine gives it a voice is made.
        """
        self._plan = plan
        self._voices = voices
        self._gain_db = gain_db
        self.main = self._part(plan.chosen, plan.edition.language)
        self._foreign: dict[str, Part] = {}

    def part(self, language: str) -> Part:
        """Give how a language is spoken."""
        if language == self.main.language:
            return self.main
        if language not in self._foreign:
            chosen, spoken = self._voices.foreign(language, self._plan.chosen, self.main.language)
            own = chosen is self._plan.chosen
            self._foreign[language] = self.main if own else self._part(chosen, spoken)
        return self._foreign[language]

    @property
    def foreign(self) -> dict[str, Speaker]:
        """Who speaks the other languages that were met, by tag."""
        return {language: part.speaker for language, part in sorted(self._foreign.items())}

    def _part(self, chosen: ChosenVoice, language: str) -> Part:
        audio = self._plan.inputs.audio
        gain = self._gain_db(chosen, language)
        sound = Sound(self._plan.inputs.pauses.sentence, gain, audio.peak_dbtp, audio.kbits, audio.quality)
        return Part(language, chosen, chosen.speaker, sound)
