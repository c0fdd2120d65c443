"""Which engine and voice speak a language in a project, and what the engines are equipped with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.engines.base import ANY_LANGUAGE, Engine, Equipment, Equipped, Option, Versioned, Voice
from audiobook.engines.registry import engine_names, load_engine, voice_for
from audiobook.errors import EngineMissing
from audiobook.settings import AUTO, Settings, VoiceSettings, worker_count

_ALWAYS_THERE: Final = "espeak"
_LOCAL: Final = ("piper", _ALWAYS_THERE)
"""Engines that `auto` takes, best first. None of them sends anything away."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """An engine and what it is equipped with; light enough to travel to a worker.

    Attributes:
        engine: The engine's name.
        options: Its own table of the settings.
        store: Folder of the clip store.
        threads: On how many cores each process may work at once.
    """

    engine: str
    options: tuple[tuple[str, Option], ...]
    store: Path
    threads: int


@cache
def equipped(outfit: Outfit) -> Engine:
    """Give an engine, ready to be asked; made and equipped once in a process.

    Raises:
        EngineMissing: It is not installed, or an option cannot be meant.
    """
    engine = load_engine(outfit.engine)
    if isinstance(engine, Equipped):
        store = ClipStore(outfit.store)
        engine.equip(Equipment(store.replies, store.shared, dict(outfit.options), outfit.threads))
    elif outfit.options:
        raise EngineMissing(
            f"the engine “{outfit.engine}” has no options",
            hint=f"take [engines.{outfit.engine}] out of audiobook.toml",
        )
    return engine


@dataclass(frozen=True, slots=True)
class ChosenVoice:
    """An engine and one of its voices, as a work will be spoken.

    Attributes:
        outfit: The engine, for workers.
        engine: The engine, here.
        voice: The voice.
        speaker: The same, as clips and records name it.
        note: Why it is not the engine that was asked for; empty when it is.
    """

    outfit: Outfit
    engine: Engine
    voice: Voice
    speaker: Speaker
    note: str = ""


class Voices:
    """The voices of one project, chosen by its settings."""

    def __init__(self, settings: Settings, store: ClipStore) -> None:
        """Use the settings of a project, and its store for what engines keep."""
        self._settings = settings
        self._store = store

    def engine(self, name: str) -> Engine:
        """Give an engine, equipped.

        Raises:
            EngineMissing: It is not installed, or an option cannot be meant.
        """
        return equipped(self.outfit(name))

    def choose(self, language: str) -> ChosenVoice:
        """Settle who speaks a language.

        Raises:
            EngineMissing: There is no such engine or voice, none for the language, or the voice cannot do what is
                asked of it.
        """
        wanted = self._settings.voice_of(language)
        name = wanted.engine or self._settings.engine
        try:
            return self._chosen(self._best(language) if name == AUTO else name, language, wanted)
        except EngineMissing as error:
            return self._fallback(language, name, error)

    def foreign(self, language: str, main: ChosenVoice, main_language: str) -> tuple[ChosenVoice, str]:
        """Settle who speaks a language that a work quotes.

        Args:
            language: BCP 47 tag of what is quoted.
            main: The work's own voice.
            main_language: BCP 47 tag of the work.

        Returns:
            The voice, and the language that it is told: the work's own for another form of the same language,
            where nobody speaks the other one, where that voice sends words to another place than the work's own,
            and where the voices' sample rates differ, as one file has one rate.
        """
        if language.split("-")[0].lower() == main_language.split("-")[0].lower():
            return main, main_language
        try:
            chosen = self.choose(language)
        except EngineMissing:
            return main, main_language
        stays = chosen.voice.offline or chosen.voice.service == main.voice.service
        fits = chosen.voice.rate_hz == main.voice.rate_hz and stays
        return (chosen, language) if fits else (main, main_language)

    def _best(self, language: str) -> str:
        """Give the best engine that is here, speaks a language, and sends nothing away."""
        for name in _LOCAL:
            if name in engine_names() and name != _ALWAYS_THERE:
                try:
                    voice_for(self.engine(name), language)
                except EngineMissing:
                    continue
                return name
        return _ALWAYS_THERE

    def _chosen(self, name: str, language: str, wanted: VoiceSettings) -> ChosenVoice:
        outfit = self.outfit(name)
        engine = equipped(outfit)
        voice = self._voice(engine, language, wanted)
        speaker = Speaker(
            engine.name,
            _identity(engine, voice),
            voice.name,
            wanted.speed,
            wanted.pitch,
            wanted.volume,
            voice.rate_hz,
        )
        return ChosenVoice(outfit, engine, voice, speaker)

    def _voice(self, engine: Engine, language: str, wanted: VoiceSettings) -> Voice:
        engine.voices()  # what keeps an engine from speaking at all says more than who else speaks the language
        try:
            voice = voice_for(engine, language, wanted.name)
        except EngineMissing as error:
            if wanted.name is not None:
                raise
            raise EngineMissing(error.message, hint=self._who_speaks(language) or error.hint) from error
        for what, value in (("speed", wanted.speed), ("pitch", wanted.pitch)):
            if value != 1.0 and what not in voice.adjusts:
                raise EngineMissing(
                    f"the voice “{voice.name}” of {engine.name} cannot change its {what}",
                    hint=f"take {what} out of [voice.{language}], or choose another engine",
                )
        return voice

    def _who_speaks(self, language: str) -> str | None:
        """Say which engines speak a language."""
        names = [name for name in engine_names() if self._speaks(name, language)]
        return f"engines that speak it: {', '.join(names)}" if names else None

    def _speaks(self, name: str, language: str) -> bool:
        try:
            return voice_for(self.engine(name), language).language != ANY_LANGUAGE
        except EngineMissing:
            return False

    def _fallback(self, language: str, name: str, error: EngineMissing) -> ChosenVoice:
        fallback = self._settings.fallback
        if fallback is None or fallback == name:
            raise error
        chosen = self._chosen(fallback, language, VoiceSettings())
        note = f"{error.message}; the whole work is spoken by {fallback} instead"
        return ChosenVoice(chosen.outfit, chosen.engine, chosen.voice, chosen.speaker, note)

    def outfit(self, name: str) -> Outfit:
        """Give what an engine is equipped with."""
        options = tuple(sorted(self._settings.engines.get(name, {}).items()))
        return Outfit(name, options, self._store.folder, thread_count(self._settings))


def _identity(engine: Engine, voice: Voice) -> str:
    """Give what, besides words and voice, a sound depends on."""
    if isinstance(engine, Versioned):
        return f"{engine.identity}, {engine.version(voice)}"
    return engine.identity


def thread_count(settings: Settings) -> int:
    """Give on how many cores each worker may work at once, so that all of them use each core once."""
    return max(1, _core_count() // worker_count(settings))


def _core_count() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
