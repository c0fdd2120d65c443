"""Choosing the engine and voice for a language, and setting up engines with their options."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.engines.base import (
    ANY_LANGUAGE,
    Anticipating,
    Engine,
    Noting,
    Requiring,
    Style,
    Voice,
)
from audiobook.engines.isolation import can_fork
from audiobook.engines.neural.folder import has_downloads
from audiobook.engines.packaged import packaged_names
from audiobook.engines.registry import engine_names, load_engine, offered_engines, unknown_engine, voice_for
from audiobook.errors import EngineMissing, near
from audiobook.pipeline.agreements import agree, is_agreed
from audiobook.pipeline.voices.outfits import Outfit, equipped, voice_identity
from audiobook.settings import (
    AUTO,
    Settings,
    VoiceSettings,
    core_count,
    errors_located,
    line_of,
    worker_count,
)
from audiobook.sources.title_text import title_text

_ALWAYS_THERE: Final = "espeak"
_MOST_CHILDREN: Final = 4
"""How many children a worker should have, so that it can encode what they speak without delay."""
_LOCAL: Final = ("kokoro", "piper", _ALWAYS_THERE)
"""Engines that `auto` considers; the best one comes first. All of them work offline."""


class ChosenVoice(msgspec.Struct, frozen=True):
    """An engine and one of its voices, chosen for a language.

    Attributes:
        outfit: The engine and its options, for workers.
        engine: The engine in this process.
        voice: The voice.
        speaker: The same voice, in the form in which clips and records refer to it.
        note: Why the engine or device is not the one in the settings; empty if it is.
        named: The narrator's name in the settings; empty if they name none.
    """

    outfit: Outfit
    engine: Engine
    voice: Voice
    speaker: Speaker
    note: str = ""
    named: str = ""

    @property
    def narrator(self) -> str:
        """The narrator's name for a text that does not name one, on one line."""
        return title_text(self.named or self.voice.narrator)


class Voices:
    """Chooses voices according to the settings of a project."""

    def __init__(self, settings: Settings, store: ClipStore) -> None:
        """Use the settings and the store of a project. Engines cache data in the store."""
        self._settings = settings
        self._store = store
        self._by_language: dict[str, ChosenVoice] = {}

    def engine(self, name: str) -> Engine:
        """Return an engine that is ready to use.

        Raises:
            EngineMissing: The engine is not installed, or an option is invalid.
        """
        return equipped(self.outfit(name))

    def choose(self, language: str) -> ChosenVoice:
        """Return the voice for a language. The choice is cached, because a library may have thousands of works.

        Raises:
            EngineMissing: The engine or voice does not exist, does not speak the language, or does not support a
                setting.
        """
        if language not in self._by_language:
            self._by_language[language] = self._choose(language)
        return self._by_language[language]

    def _choose(self, language: str) -> ChosenVoice:
        wanted = self._settings.voice_of(language)
        name = wanted.engine or self._settings.engine
        try:
            self._require_known(name, self._engine_keys(language, wanted))
            chosen = self._chosen(self._best(language) if name == AUTO else name, language, wanted)
        except EngineMissing as error:
            chosen = self._fallback(language, name, error)
        return self._agreed(chosen)

    def _require_known(self, name: str, keys: tuple[str, ...]) -> None:
        """Check the name of an engine that the settings, found by `keys`, choose: here it can also be `auto`."""
        if name not in (AUTO, *engine_names()):
            with errors_located(self._settings, *keys, value=name):
                raise unknown_engine(name, AUTO)

    def _engine_keys(self, language: str, wanted: VoiceSettings) -> tuple[str, ...]:
        """Return the keys of the settings that choose the engine of a language."""
        return self._settings.voice_keys(language, "engine") if wanted.engine else ("engine",)

    def _agreed(self, chosen: ChosenVoice) -> ChosenVoice:
        """Return a voice if the text may be sent to its service.

        If only the settings of the project ask for it, it may not, because a project may come from a stranger.

        Raises:
            EngineMissing: The user has not agreed.
        """
        voice = chosen.voice
        if voice.offline or voice.is_here:
            return chosen
        what = f"{voice.engine}: {voice.service}"
        if self._settings.asked == voice.engine:
            agree(what)
        elif not is_agreed(what):
            raise EngineMissing(
                f"the settings of the project send the text to {voice.service or 'an online service'}, to which you have not agreed yet",
                hint=f"if you agree, name the engine once: audiobook build --engine {voice.engine}",
            )
        return chosen

    def best_voice(self, language: str) -> Voice | None:
        """Return the voice that a build chooses for a language if the settings name none; None if none is installed."""
        try:
            return voice_for(self.engine(self._best(language)), language)
        except EngineMissing:
            return None

    def foreign(self, language: str, main: ChosenVoice, main_language: str) -> tuple[ChosenVoice, str]:
        """Return the voice for a language that a work quotes.

        Args:
            language: BCP 47 tag of the quotation.
            main: The main voice of the work.
            main_language: BCP 47 tag of the work.

        Returns:
            The voice, and the language tag to pass to it. These are the main voice and language if the quotation is in a
            variant of the same language, if no voice speaks it, or if its voice would send text to another service.
        """
        if language.split("-")[0].lower() == main_language.split("-")[0].lower():
            return main, main_language
        try:
            chosen = self.choose(language)
        except EngineMissing:
            return main, main_language
        stays = chosen.voice.offline or chosen.voice.service == main.voice.service
        return (chosen, language) if stays else (main, main_language)

    def named(self, name: str, language: str, main: ChosenVoice) -> tuple[ChosenVoice, str]:
        """Return a voice that a text or its cast names for a part of the text.

        Args:
            name: Name of the voice. The engine of the main voice is searched first, and then the offline engines.
            language: BCP 47 tag of the work.
            main: The main voice of the work.

        Returns:
            The voice and ""; or the main voice, and the reason why the named voice is not used.
        """
        wanted = msgspec.structs.replace(self._settings.voice_of(language), name=name)
        why = f"no installed voice is called “{name}”"
        for engine in dict.fromkeys((main.voice.engine, *_LOCAL)):
            try:
                chosen = self._chosen(engine, language, wanted)
            except EngineMissing as error:
                if any(voice.name == name for voice in self._voices_of(engine)):
                    why = error.message
                continue
            return chosen, ""
        return main, why

    def _voices_of(self, engine: str) -> Sequence[Voice]:
        try:
            return self.engine(engine).voices()
        except EngineMissing:
            return ()

    def _best(self, language: str) -> str:
        """Return the name of the best installed offline engine for a language."""
        for name in _LOCAL:
            if name in engine_names() and name != _ALWAYS_THERE and self._may_have_voices(name):
                try:
                    voice_for(self.engine(name), language)
                except EngineMissing:
                    continue
                return name
        return _ALWAYS_THERE

    def _may_have_voices(self, name: str) -> bool:
        """Return whether a neural engine may have voices; otherwise it need not be loaded."""
        folder = self._settings.engines.get(name, {}).get("voices_folder", "")
        return bool(packaged_names()) or has_downloads(str(folder))

    def _chosen(self, name: str, language: str, wanted: VoiceSettings) -> ChosenVoice:
        outfit = self.outfit(name)
        engine = self._usable(outfit, self._engine_keys(language, wanted))
        voice = self._voice(engine, language, wanted)
        if isinstance(engine, Requiring):
            engine.require(voice, Style(wanted.speed, wanted.pitch))
        speaker = Speaker(
            engine.name,
            voice_identity(engine, voice),
            voice.name,
            wanted.speed,
            wanted.pitch,
            wanted.volume,
            voice.rate_hz,
        )
        note = engine.note(voice) if isinstance(engine, Noting) else ""
        return ChosenVoice(outfit, engine, voice, speaker, note, wanted.narrator or "")

    def _usable(self, outfit: Outfit, keys: tuple[str, ...]) -> Engine:
        """Return an engine that has voices. Errors name the line of the settings, found by `keys`, that chooses it."""
        with errors_located(self._settings, *keys, value=outfit.engine):
            load_engine(outfit.engine)
            with errors_located(self._settings, "engines", outfit.engine):
                engine = equipped(outfit)
            engine.voices()
        return engine

    def _voice(self, engine: Engine, language: str, wanted: VoiceSettings) -> Voice:
        try:
            with errors_located(self._settings, *self._settings.voice_keys(language, "name")):
                voice = voice_for(engine, language, wanted.name)
        except EngineMissing as error:
            if wanted.name is not None:
                raise
            raise type(error)(error.message, hint=self._who_speaks(language) or error.hint) from error
        for what, value in (("speed", wanted.speed), ("pitch", wanted.pitch)):
            if value != 1.0 and what not in voice.adjusts:
                raise EngineMissing(
                    f"the voice “{voice.name}” of {engine.name} does not support {what}",
                    hint=f"remove {what} from [voice.{language}], or choose another engine",
                    where=line_of(self._settings, *self._settings.voice_keys(language, what)),
                )
        return voice

    def _who_speaks(self, language: str) -> str | None:
        """Return a hint with the engines that speak a language; None if no engine does."""
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
        with errors_located(self._settings, "fallback"):
            chosen = self._chosen(fallback, language, VoiceSettings())
        note = f"{error.message}; {fallback} speaks the whole work instead"
        return ChosenVoice(chosen.outfit, chosen.engine, chosen.voice, chosen.speaker, note)

    def outfit(self, name: str) -> Outfit:
        """Return an engine's name with its options from the settings."""
        options = tuple(sorted(self._settings.engines.get(name, {}).items()))
        return Outfit(name, options, self._store.folder, thread_count(self._settings, name))


def unknown_engines(settings: Settings) -> Iterator[str]:
    """Yield a message for each unknown engine in parts of the settings that the build may not use."""
    known = engine_names()
    for keys, name, what in _named_for_later(settings):
        if name not in known:
            where, hint = line_of(settings, *keys), near(name, offered_engines())
            message = f"no engine is named “{name}”, so {what} not used ({hint})"
            yield f"{where}: {message}" if where else message


def _named_for_later(settings: Settings) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if settings.fallback:
        yield ("fallback",), settings.fallback, "the fallback is"
    for name in settings.engines:
        yield ("engines", name), name, "its options are"


def thread_count(settings: Settings, engine: str) -> int:
    """Return how many cores an engine may use in each worker, so that all workers together use every core once."""
    return max(1, core_count() // worker_count_for(settings, {engine}))


def worker_count_for(settings: Settings, engines: Collection[str]) -> int:
    """Return the number of workers for the engines of a build.

    An engine that can work ahead shares what it has loaded with its children. So a few workers, each with several
    children, need less memory than one worker per core.
    """
    count = worker_count(settings)
    if settings.jobs or not can_fork() or not all(_works_ahead(name) for name in engines):
        return count
    return -(-count // _MOST_CHILDREN)


class Parallel(NamedTuple):
    """How many clips are made at the same time.

    Attributes:
        workers: Number of worker processes.
        each: Number of clips that each works on.
    """

    workers: int
    each: int

    @property
    def clips(self) -> int:
        """Number of clips."""
        return self.workers * self.each


def parallel_for(settings: Settings, voices: Collection[Voice]) -> Parallel:
    """Return how many clips a build makes at the same time: twice as many if it waits for an online service.

    Args:
        settings: Project settings.
        voices: The main voices of its works.
    """
    engines = {voice.engine for voice in voices}
    count = worker_count_for(settings, engines)
    waits = any(not voice.offline for voice in voices) and not settings.jobs
    each = min((thread_count(settings, engine) for engine in engines), default=1)
    return Parallel(2 * count if waits else count, each)


def _works_ahead(engine: str) -> bool:
    try:
        return isinstance(load_engine(engine), Anticipating)
    except EngineMissing:
        return False
