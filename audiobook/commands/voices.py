"""`audiobook voices`: list the available voices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.commands.output import print_json, print_table, standard_output_kept
from audiobook.engines.base import ANY_LANGUAGE, Offering, Voice
from audiobook.engines.registry import engine_names
from audiobook.errors import EngineMissing, near
from audiobook.languages import covers
from audiobook.pipeline.project import Project
from audiobook.pipeline.voices import Voices
from audiobook.settings import Settings


def list_voices(
    root: Path, settings: Settings, language: str | None, engine: str | None, *, as_json: bool
) -> int:
    """Print the available voices, optionally of one engine or one language.

    Returns:
        0.

    Raises:
        EngineMissing: The engine does not exist, or no voice speaks the language.
    """
    with standard_output_kept(for_json=as_json):
        engines = Voices(settings, Project.at(root, settings).store)
        names = [engine] if engine else engine_names()
        voices = [voice for name in names for voice in voices_of(engines, name, asked=engine is not None)]
    chosen = [voice for voice in voices if language is None or speaks(voice, language, engine)]
    if not chosen:
        known = {voice.language for voice in voices}
        raise EngineMissing(f"no voice speaks “{language}”", hint=near(language or "", known))
    if as_json:
        print_json({"voices": [_as_json(voice) for voice in chosen]})
    else:
        rows = [("ENGINE", "VOICE", "LANGUAGE", "QUALITY", "RATE", "WHERE", "DESCRIPTION")]
        print_table([*rows, *(_row(voice) for voice in chosen)])
    return 0


def voices_of(engines: Voices, name: str, *, asked: bool) -> Sequence[Voice]:
    """Return the voices of an engine; an unusable engine has none, but raises if the user named it."""
    try:
        found = engines.engine(name)
        return found.offered() if asked and isinstance(found, Offering) else found.voices()
    except EngineMissing:
        if asked:
            raise
        return ()


def speaks(voice: Voice, language: str, engine: str | None) -> bool:
    """Return whether a voice speaks a language; an any-language voice counts only if the user named its engine."""
    if voice.language == ANY_LANGUAGE:
        return engine is not None
    return covers(language, voice.language)


def _as_json(voice: Voice) -> dict[str, object]:
    return {
        "engine": voice.engine,
        "voice": voice.name,
        "narrator": voice.narrator,
        "language": voice.language,
        "quality": voice.quality,
        "rate_hz": voice.rate_hz,
        "offline": voice.offline,
        "phonemes": sorted(voice.phonemes),
        "description": voice.description,
    }


def _row(voice: Voice) -> tuple[str, ...]:
    language = "any" if voice.language == ANY_LANGUAGE else voice.language
    where = "offline" if voice.offline else "network"
    return (
        voice.engine,
        voice.name,
        language,
        voice.quality or "-",
        f"{voice.rate_hz} Hz",
        where,
        voice.description,
    )
