"""`audiobook voices`: list the best voice of each language, or all voices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from audiobook.commands.output import (
    print_json,
    print_note,
    print_table,
    standard_output_kept,
    terminal_columns,
)
from audiobook.engines.base import ANY_LANGUAGE, Offering, Voice
from audiobook.engines.registry import offered_engines, quality_rank
from audiobook.errors import EngineMissing
from audiobook.languages import covers, english_name
from audiobook.pipeline.project import Project
from audiobook.pipeline.voices.choosing import Voices
from audiobook.settings import Settings

_HEADINGS: Final = ("ENGINE", "VOICE", "LANGUAGE", "QUALITY", "SEX", "RATE", "WHERE", "DESCRIPTION")
_SHORT_HEADINGS: Final = ("TAG", "LANGUAGE", "VOICE", "ENGINE", "QUALITY", "SEX", "WHERE")
_SEX: Final = re.compile(r"(?<![a-z])(female|male|woman|man)(?![a-z])")


def list_voices(
    root: Path,
    settings: Settings,
    language: str | None,
    engine: str | None,
    *,
    shows_all: bool = False,
    as_json: bool,
) -> int:
    """Print the best voice of each language; or all voices, those of one engine, or those of one language.

    Returns:
        0.

    Raises:
        EngineMissing: The engine does not exist, or no voice speaks the language.
    """
    with standard_output_kept(for_json=as_json):
        engines = Voices(settings, Project.at(root, settings).store)
        voices = every_voice(engines, engine)
        chosen = [voice for voice in voices if language is None or speaks(voice, language, engine)]
        if not chosen:
            raise EngineMissing(
                f"no voice speaks “{language}”",
                hint="to list the languages: audiobook voices" + (f" --engine {engine}" if engine else ""),
            )
        is_short = not (shows_all or language or engine)
        if is_short:
            chosen = _best_of_each(chosen, engines)
    if as_json:
        print_json({"voices": [_as_json(voice) for voice in chosen]})
    elif is_short:
        print_table([_SHORT_HEADINGS, *map(_short_row, chosen)], shortened=(1, 2))
        if terminal_columns():
            print_note("hint: `--lang TAG` lists all voices of a language, `--all` every voice")
    else:
        print_table([_HEADINGS, *map(_row, chosen)], shortened=(1, 2, 7))
    return 0


def every_voice(engines: Voices, engine: str | None = None) -> list[Voice]:
    """Return the voices of an engine, or of all.

    Raises:
        EngineMissing: The named engine cannot be used.
    """
    names = [engine] if engine else offered_engines()
    return [voice for name in names for voice in voices_of(engines, name, asked=engine is not None)]


def best_first(voices: Iterable[Voice]) -> list[Voice]:
    """Return voices in the order in which to try them: those on this computer first, then by their makers' rating."""
    return sorted(voices, key=lambda voice: (not voice.offline, quality_rank(voice)))


def _best_of_each(voices: Sequence[Voice], engines: Voices) -> list[Voice]:
    """Return one voice for each language: the one that a build chooses unless the settings name another."""
    by_language: dict[str, list[Voice]] = {}
    for voice in voices:
        by_language.setdefault(voice.language.split("-")[0].lower(), []).append(voice)
    found = []
    for first, candidates in sorted(by_language.items()):
        best = engines.best_voice(first)
        found.append(best if best in candidates else candidates[0])
    return found


def sex_of(voice: Voice) -> str:
    """Return `female` or `male` if the name or the description of a voice says so; else an empty text."""
    found = _SEX.search(f"{voice.name} {voice.description}".lower())
    return {"woman": "female", "man": "male"}.get(found.group(), found.group()) if found else ""


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
    """Return whether a voice speaks a language.

    One for any language counts only if the user named its engine.
    """
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
        "sex": sex_of(voice),
        "rate_hz": voice.rate_hz,
        "offline": voice.offline,
        "phonemes": sorted(voice.phonemes),
        "description": voice.description,
    }


def _short_row(voice: Voice) -> tuple[str, ...]:
    language, where = _language_and_where(voice)
    name = "" if language == "any" else english_name(voice.language)
    return language, name, voice.name, voice.engine, voice.quality or "-", sex_of(voice) or "-", where


def _row(voice: Voice) -> tuple[str, ...]:
    language, where = _language_and_where(voice)
    return (
        voice.engine,
        voice.name,
        language,
        voice.quality or "-",
        sex_of(voice) or "-",
        f"{voice.rate_hz} Hz",
        where,
        voice.description,
    )


def _language_and_where(voice: Voice) -> tuple[str, str]:
    language = "any" if voice.language == ANY_LANGUAGE else voice.language
    return language, "offline" if voice.offline else "network"
