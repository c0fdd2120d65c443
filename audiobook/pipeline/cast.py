"""The voices of one work: its main voice, and one for each other language that it quotes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.pipeline.staleness import Plan
from audiobook.pipeline.voices import ChosenVoice, Voices


class Part(NamedTuple):
    """How a language is spoken.

    Attributes:
        language: BCP 47 tag passed to the engine.
        chosen: The engine and voice.
        speaker: The same voice, as stored in clips and records.
        sound: How speech is turned into clips.
    """

    language: str
    chosen: ChosenVoice
    speaker: Speaker
    sound: Sound


class Cast:
    """The voices of one work; each is chosen when its language first occurs."""

    def __init__(self, plan: Plan, voices: Voices, gain_db: Callable[[ChosenVoice, str], float]) -> None:
        """Choose the main voice.

        Args:
            plan: Plan of the work.
            voices: Voices of the project.
            gain_db: Returns the gain in dB to apply to a voice in a language.
        """
        self._plan = plan
        self._voices = voices
        self._gain_db = gain_db
        self.main = self._part(plan.chosen, plan.edition.language)
        self._foreign: dict[str, Part] = {}
        self._speaks: dict[str, bool] = {}

    def part(self, language: str) -> Part:
        """Return how a language is spoken."""
        if language == self.main.language:
            return self.main
        if language not in self._foreign:
            chosen, spoken = self._voices.foreign(language, self._plan.chosen, self.main.language)
            own = chosen is self._plan.chosen
            self._foreign[language] = self.main if own else self._part(chosen, spoken)
        return self._foreign[language]

    def speaks(self, language: str) -> bool:
        """Return whether a voice other than the main one speaks a language."""
        if language not in self._speaks:
            chosen, _ = self._voices.foreign(language, self._plan.chosen, self.main.language)
            self._speaks[language] = chosen is not self._plan.chosen
        return self._speaks[language]

    @property
    def foreign(self) -> dict[str, Speaker]:
        """Speakers of the other languages that occurred, by tag."""
        return {language: part.speaker for language, part in sorted(self._foreign.items())}

    def _part(self, chosen: ChosenVoice, language: str) -> Part:
        audio = self._plan.inputs.audio
        gain = self._gain_db(chosen, language)
        sound = Sound(self._plan.inputs.pauses.sentence, gain, audio.peak_dbtp, audio.kbits, audio.quality)
        return Part(language, chosen, chosen.speaker, sound)
