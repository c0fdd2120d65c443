"""The voices of one work: the main voice, voices named by settings or marks, and one for each quoted language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from audiobook.audio.noise_floor import Floor
from audiobook.audio.pyav import require_pyav
from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.engines.base import ANY_LANGUAGE
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.voices.choosing import ChosenVoice, Voices
from audiobook.pipeline.voices.gain import VoiceLevel
from audiobook.settings import ACX

_ROOM_TONE: Final = Floor(-70.0, 0.5)
"""Noise for the pauses of a voice whose pauses are silent, because ACX treats digital silence as a fault."""
_LOUDEST_ROOM_TONE: Final = Floor(-63.0, 0.5)
"""The loudest noise for pauses, safely below the -60 dB that ACX accepts."""


class CastVoice(NamedTuple):
    """A voice of a work, and the language that it speaks.

    Attributes:
        language: BCP 47 tag passed to the engine.
        chosen: The engine and voice.
        speaker: The same voice, in the form in which clips and records refer to it.
        sound: How speech is turned into clips.
    """

    language: str
    chosen: ChosenVoice
    speaker: Speaker
    sound: Sound


class Cast:
    """The voices of one work. Each is chosen when it first occurs."""

    def __init__(self, plan: Plan, voices: Voices, level: Callable[[ChosenVoice, str], VoiceLevel]) -> None:
        """Choose the main voice.

        Args:
            plan: Plan of the work.
            voices: Voices of the project.
            level: Returns the level of a voice in a language.
        """
        self._plan = plan
        self._voices = voices
        self._level = level
        self._rate_hz = plan.inputs.audio.rate_hz or plan.chosen.voice.rate_hz
        self.main = self._part(plan.chosen, plan.edition.language)
        self._foreign: dict[str, CastVoice] = {}
        self._speaks: dict[str, bool] = {}
        self._named: dict[str, CastVoice] = {}
        self._refused: dict[str, str] = {}

    def voice_for(self, language: str, voice: str | None = None) -> CastVoice:
        """Return the voice that speaks a passage.

        Args:
            language: BCP 47 tag of the passage.
            voice: The voice that the text or its cast names. It is used if the passage is in the language of the work
                or of the voice; None leaves the choice to the settings.
        """
        if voice is not None:
            named = self._by_name(voice)
            known = (self.main.language, named.chosen.voice.language)
            if _primary(language) in map(_primary, known):
                return named if language == named.language else named._replace(language=language)
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

    def refusal(self, voice: str) -> str:
        """Return the reason why a voice named in the text or its cast is not used; "" if it is used."""
        self._by_name(voice)
        return self._refused[voice]

    def misfit(self, voice: str) -> str:
        """Return why a voice cannot have a role in the work, because it speaks another language; "" if it can."""
        spoken = self._by_name(voice).chosen.voice.language
        own = (self.main.language, self.main.chosen.voice.language, ANY_LANGUAGE)
        if _primary(spoken) in map(_primary, own) or ANY_LANGUAGE in own[1:2]:
            return ""
        tag = _primary(self.main.language)
        return (
            f"it speaks {spoken}, not {self.main.language}; choose one for the language in [voice.{tag}.cast]"
        )

    def _by_name(self, voice: str) -> CastVoice:
        if voice not in self._named:
            chosen, why = self._voices.named(voice, self.main.language, self._plan.chosen)
            own = chosen is self._plan.chosen
            self._named[voice] = self.main if own else self._part(chosen, self.main.language)
            self._refused[voice] = why
        return self._named[voice]

    @property
    def named(self) -> dict[str, Speaker]:
        """The voices that were named, by name. A name whose voice is not used has the main voice."""
        return {name: part.speaker for name, part in sorted(self._named.items())}

    @property
    def foreign(self) -> dict[str, Speaker]:
        """The voices of the quoted languages that occurred, by BCP 47 tag."""
        return {language: part.speaker for language, part in sorted(self._foreign.items())}

    def _part(self, chosen: ChosenVoice, language: str) -> CastVoice:
        audio = self._plan.inputs.audio
        # A file has one sample rate: that of the settings, or of the main voice.
        resampled_hz = 0 if chosen.voice.rate_hz == self._rate_hz else self._rate_hz
        if resampled_hz:
            require_pyav(f"files at {self._rate_hz} Hz with a voice at {chosen.voice.rate_hz} Hz")
        level = self._level(chosen, language)
        floor = level.floor if audio.quiet_floor else None
        if self._plan.inputs.preset == ACX:
            floor = _ROOM_TONE if floor is None else min(floor, _LOUDEST_ROOM_TONE, key=_level)
        pause_ms = self._plan.inputs.pauses.sentence
        sound = Sound(
            pause_ms, level.gain_db, audio.peak_dbtp, audio.kbits, audio.quality, floor, resampled_hz
        )
        return CastVoice(language, chosen, chosen.speaker, sound)


def _level(floor: Floor) -> float:
    return floor.level_dbfs


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
