"""Which engines there are, and which voice speaks a language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from inspect import getattr_static
from typing import Final, cast

from audiobook.engines.base import ANY_LANGUAGE, Engine, Voice
from audiobook.errors import EngineMissing, near
from audiobook.plugins import installed

GROUP: Final = "audiobook.engines"
_MOST_NAMES: Final = 12
_RANKS: Final = {"high": 0, "medium": 1, "low": 2, "x_low": 3}
"""What makers of voices call their quality, best first."""
_PARTS: Final = ("name", "identity", "voices", "prepare", "speak")


def engine_names() -> list[str]:
    """Give the names of all installed engines, in alphabetical order."""
    return list(installed(GROUP))


@cache
def load_engine(name: str) -> Engine:
    """Make an engine, once in a process.

    Raises:
        EngineMissing: No package brings an engine of this name, or it cannot be loaded.
    """
    points = installed(GROUP)
    if name not in points:
        raise EngineMissing(f"there is no engine “{name}”", hint=near(name, points))
    try:
        engine = points[name].load()()
    except (EngineMissing, MemoryError):
        raise
    except Exception as error:
        raise EngineMissing(
            f"the engine “{name}” cannot be loaded: {error}",
            hint="install it again, or choose another one with --engine",
        ) from error
    # Only looked for, not asked: an engine may know its identity no sooner than it is equipped.
    if any(getattr_static(engine, part, None) is None for part in _PARTS):
        raise EngineMissing(f"“{name}” is not an engine: it lacks a part of the protocol")
    return cast(Engine, engine)


def voice_for(engine: Engine, language: str, name: str | None = None) -> Voice:
    """Choose the voice that speaks a language.

    Args:
        engine: Who speaks.
        language: BCP 47 tag of the text.
        name: The voice that was asked for; None takes the engine's best for the language.

    Returns:
        The named voice; else the one whose tag is the language's or comes nearest to it, and of several
        with one tag the one of the best quality.

    Raises:
        EngineMissing: The engine has no such voice, or none for the language.
    """
    voices = engine.voices()
    if name is not None:
        for voice in voices:
            if voice.name == name:
                return voice
        raise EngineMissing(
            f"the engine “{engine.name}” has no voice “{name}”",
            hint=_near_voices(engine, language, name),
        )
    chosen = _by_tag(voices, language) or _by_distance(voices, language)
    if chosen is None:
        raise EngineMissing(
            f"the engine “{engine.name}” has no voice for “{language}”",
            hint=near(language, (voice.language for voice in voices)),
        )
    same = [voice for voice in voices if voice.language == chosen.language]
    return min(same, key=lambda voice: _RANKS.get(voice.quality, len(_RANKS)))


def _near_voices(engine: Engine, language: str, name: str) -> str | None:
    """Return a hint that names voices like the given one, or else those of the language."""
    close = near(name, (voice.name for voice in engine.voices()))
    first = language.split("-")[0].lower()
    speaking = [voice.name for voice in engine.voices() if voice.language.lower().split("-")[0] == first]
    if not speaking or (close and close.startswith("did you mean")):
        return close
    shown = ", ".join(speaking[:_MOST_NAMES]) + (", …" if len(speaking) > _MOST_NAMES else "")
    return f"voices for {language}: {shown} (`audiobook voices --lang {language}`)"


def _by_tag(voices: Sequence[Voice], language: str) -> Voice | None:
    wanted = language.lower()
    for voice in voices:
        if voice.language.lower() == wanted:
            return voice
    if any_language := next((voice for voice in voices if voice.language == ANY_LANGUAGE), None):
        return any_language
    regional = [voice for voice in voices if voice.language.lower().startswith(f"{wanted}-")]
    return regional[0] if len({voice.language for voice in regional}) == 1 else None


def _by_distance(voices: Sequence[Voice], language: str) -> Voice | None:
    """Find the nearest tag by CLDR's language matching: pt-AO to pt, zh to cmn, no to nb."""
    import langcodes  # noqa: PLC0415 - 30 ms, and most tags match as they are
    from langcodes.tag_parser import LanguageTagError  # noqa: PLC0415

    tags = {voice.language: voice for voice in reversed(voices) if langcodes.tag_is_valid(voice.language)}
    try:
        nearest = langcodes.closest_supported_match(language, list(tags), max_distance=10)
    except LanguageTagError:
        return None
    return tags[nearest] if nearest else None
