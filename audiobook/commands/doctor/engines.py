"""Engines: each speaks a few words, with the voices that the texts of the project need.

Nothing is sent over the network: engines and programs that send text to a service are only looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from audiobook.clips.clip import Sound, make_clip
from audiobook.commands.doctor.finding import Finding, Level, failure
from audiobook.document import Passage, Sentence
from audiobook.engines.base import ANY_LANGUAGE, Engine, Requiring, Style, Voice
from audiobook.engines.registry import offered_engines, voice_for
from audiobook.errors import AudiobookError, EngineMissing, NoSpeech, SpeechError
from audiobook.pipeline.containment import contained
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.base import counted
from audiobook.report.steps import Steps

_TEXT: Final = "1, 2, 3."
"""Text that every voice can read: figures."""
_SOUND: Final = Sound(sentence_ms=0, gain_db=0.0, peak_dbtp=-1.0, kbits=64, quality=7)
_BUILT_IN: Final = "espeak"
_PACKAGES: Final = {"gtts": "gtts", "openai": "requests"}
"""The packages of online engines."""


def examine_engines(voices: Voices, languages: Iterable[str], *, quiet: bool) -> Iterator[Finding]:
    """Yield whether the voices that are needed speak, and then whether the other engines do.

    Args:
        voices: The voices of the project.
        languages: BCP 47 tags of its texts.
        quiet: Whether to hide the progress.
    """
    needed, others = sorted(set(languages)), offered_engines()
    spoken: dict[str, set[str]] = {}
    with Steps("trying engines", len(needed) + len(others), quiet=quiet) as steps:
        for language in needed:
            yield _needed(voices, language, spoken)
            steps.step()
        for name in others:
            if not spoken.get(name):
                yield _other(voices, name)
            steps.step()


def _needed(voices: Voices, language: str, spoken: dict[str, set[str]]) -> Finding:
    """Return whether the voice for a language speaks; without it, the texts of that language cannot be built."""
    subject = f"voice {language}"
    try:
        with contained(language):
            chosen = voices.choose(language)
            named = f"{chosen.voice.name} ({chosen.engine.name})"
            if not chosen.voice.offline:
                return _of_network(subject, chosen.engine.name, chosen.voice, chosen.engine)
            if chosen.voice.name not in spoken.setdefault(chosen.engine.name, set()):
                _try(chosen.engine, chosen.voice, language)
                spoken[chosen.engine.name].add(chosen.voice.name)
    except AudiobookError as error:
        return failure(subject, Level.ERROR, error, "choose another engine: audiobook build --engine NAME")
    level = Level.WARNING if chosen.note else Level.OK
    return Finding(subject, level, f"{named} speaks" + (f"; {chosen.note}" if chosen.note else ""))


def _other(voices: Voices, name: str) -> Finding:
    """Return whether an engine that the texts do not need speaks."""
    subject = f"engine {name}"
    try:
        with contained(name):
            engine = voices.engine(name)
            found = engine.voices()
    except AudiobookError as error:
        if name == _BUILT_IN or not isinstance(error, EngineMissing):
            return failure(subject, Level.WARNING, error)
        return Finding(
            subject, Level.NOTE, error.message, f"to use it, see: audiobook voices --engine {name}"
        )
    offline = [voice for voice in found if voice.offline]
    if not offline:
        return _of_network(subject, name, found[0], engine)
    voice = _usual(engine, offline)
    try:
        with contained(name):
            _try(engine, voice, "en" if voice.language == ANY_LANGUAGE else voice.language)
    except AudiobookError as error:
        return failure(subject, Level.WARNING, error, f"reinstall it, or do without it: --engine {_BUILT_IN}")
    return Finding(
        subject,
        Level.OK,
        f"{voice.name} speaks; {counted(len(found), 'voice')}",
        facts={"voices": len(found)},
    )


def _usual(engine: Engine, offline: Sequence[Voice]) -> Voice:
    try:
        voice = voice_for(engine, "en")
    except EngineMissing:
        return offline[0]
    return voice if voice.offline else offline[0]


def _of_network(subject: str, name: str, voice: Voice, engine: Engine) -> Finding:
    try:
        if isinstance(engine, Requiring):
            engine.require(voice, Style())
    except EngineMissing as error:
        return failure(subject, Level.NOTE, error)
    package = _PACKAGES.get(name, "")
    try:
        installed = f"installed ({package} {version(package)})" if package else "installed"
    except PackageNotFoundError:
        return Finding(subject, Level.NOTE, f"{package} is not installed", f"pip install {package}")
    return Finding(subject, Level.OK, f"{name} is {installed}, not tried: it sends text to {voice.service}")


def _try(engine: Engine, voice: Voice, language: str) -> None:
    """Speak and encode a few words.

    Raises:
        AudiobookError: It failed.
    """
    places = range(len(_TEXT) + 1)
    passage = Passage((Sentence(_TEXT, places[:-1], places[1:]),), language)
    engine.prepare(voice)
    speeches = list(engine.speak(passage, voice, Style()))
    if not any(any(bytes(speech.pcm.samples)) for speech in speeches):
        raise NoSpeech(f"the voice “{voice.name}” of {engine.name} makes no sound")
    clip = make_clip(((speech.pcm, speech.marks) for speech in speeches), voice.rate_hz, _SOUND)
    if not clip.data:
        raise SpeechError("the sound could not be encoded as MP3")
