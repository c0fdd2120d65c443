"""The installed engines, and the voice that speaks a language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from inspect import getattr_static
from typing import Final, cast

from audiobook.engines.base import ANY_LANGUAGE, Engine, Voice
from audiobook.errors import EngineMissing, NoVoice, near
from audiobook.languages import english_name, is_no_language, is_real, nearest_languages
from audiobook.plugins import installed

GROUP: Final = "audiobook.engines"
_TEST_ENGINE: Final = "tone"
"""The engine for tests, which is not suggested to users."""
_MOST_NAMES: Final = 12
_RANKS: Final = {"high": 0, "medium": 1, "low": 2, "x_low": 3}
"""The makers' quality ratings, in order; the best one comes first."""
_REQUIRED: Final = ("name", "identity", "voices", "prepare", "speak")
"""What every engine must have; see `Engine`."""


def engine_names() -> list[str]:
    """Return the names of all installed engines in alphabetical order."""
    return list(installed(GROUP))


def offered_engines() -> list[str]:
    """Return the names of the engines that users can choose: all except the one for tests."""
    return [name for name in engine_names() if name != _TEST_ENGINE]


def unknown_engine(name: str, *others: str) -> EngineMissing:
    """Return the error for the name of an engine that no installed package provides.

    Args:
        name: The name.
        others: What else the name could be, such as `auto`.
    """
    return EngineMissing(f"no engine named “{name}”", hint=near(name, (*offered_engines(), *others)))


@cache
def load_engine(name: str) -> Engine:
    """Return an engine, created once per process.

    Raises:
        EngineMissing: No installed package provides this engine, or it cannot be loaded.
    """
    points = installed(GROUP)
    if name not in points:
        raise unknown_engine(name)
    try:
        engine = points[name].load()()
    except (EngineMissing, MemoryError):
        raise
    except Exception as error:
        raise EngineMissing(
            f"the engine “{name}” cannot be loaded: {error}",
            hint="reinstall it, or choose another one with --engine",
        ) from error
    # Properties are not read, because an engine may not know its identity before it is equipped.
    missing = [part for part in _REQUIRED if getattr_static(engine, part, None) is None]
    if missing:
        raise EngineMissing(f"“{name}” is not a speech engine: it lacks {', '.join(missing)}")
    return cast(Engine, engine)


def voice_for(engine: Engine, language: str, name: str | None = None) -> Voice:
    """Return the voice that speaks a language.

    Args:
        engine: The engine to choose from.
        language: BCP 47 tag of the text.
        name: The requested voice; None for the engine's best voice for the language.

    Returns:
        The requested voice; if several voices have this name, the one for the language. Without a name, the voice with
        the tag nearest to the language; if several voices have this tag, the one with the best quality.

    Raises:
        NoVoice: The engine has no voice for the language.
        EngineMissing: The engine does not have the requested voice.
    """
    voices = engine.voices()
    if name is not None:
        named = [voice for voice in voices if voice.name == name]
        if len(named) > 1:
            return _nearest(named, language) or named[0]
        if named:
            return named[0]
        raise EngineMissing(
            f"the engine “{engine.name}” has no voice “{name}”",
            hint=_near_voices(engine, language, name),
        )
    chosen = _nearest(voices, language)
    if chosen is None:
        hint = _other_voices(language) if is_real(language) else _which_language(language, voices)
        raise NoVoice(f"the engine “{engine.name}” has no voice for “{language}”", hint=hint)
    same = [voice for voice in voices if voice.language == chosen.language]
    return min(same, key=quality_rank)


def _other_voices(language: str) -> str:
    """Return a hint for a valid language without a voice. Similar codes would not help, so they are not suggested."""
    return f"to look for a voice to install: audiobook voices install {language}"


def _nearest(voices: Sequence[Voice], language: str) -> Voice | None:
    """Return a voice whose tag equals the language or is nearest to it; None if no tag is near."""
    return _by_tag(voices, language) or _by_distance(voices, language) or _of_relative(voices, language)


def _which_language(tag: str, voices: Sequence[Voice]) -> str:
    """Return a hint for a tag that is not a known language."""
    known = near(tag, (voice.language for voice in voices))
    likely = known if known and known.startswith("did you mean") and not is_no_language(tag) else ""
    return f"{likely} (`--lang`)" if likely else "add the language of the text, for example `--lang en`"


def _near_voices(engine: Engine, language: str, name: str) -> str | None:
    """Return a hint with voices of similar names, or else the voices of the language."""
    voices = engine.voices()
    first = language.split("-")[0].lower()
    speaking = [voice.name for voice in voices if voice.language.lower().split("-")[0] == first]
    if not speaking:
        return near(name, (voice.name for voice in voices))
    close = near(name, speaking)
    if close and close.startswith("did you mean"):
        return close
    shown = ", ".join(speaking[:_MOST_NAMES]) + (", …" if len(speaking) > _MOST_NAMES else "")
    return f"{english_name(language)} voices: {shown} (`audiobook voices --lang {language}`)"


def _by_tag(voices: Sequence[Voice], language: str) -> Voice | None:
    wanted = language.lower()
    for voice in voices:
        if voice.language.lower() == wanted:
            return voice
    if any_language := next((voice for voice in voices if voice.language == ANY_LANGUAGE), None):
        return any_language
    regional = [voice for voice in voices if voice.language.lower().startswith(f"{wanted}-")]
    return regional[0] if len({voice.language for voice in regional}) == 1 else None


def _of_relative(voices: Sequence[Voice], language: str) -> Voice | None:
    """Return the voice of a closely related language, such as Mandarin for zh-TW, Bokmål for nn, or Malay for fil."""
    return next((voice for tag in nearest_languages(language) if (voice := _by_tag(voices, tag))), None)


def _by_distance(voices: Sequence[Voice], language: str) -> Voice | None:
    """Return the voice with the nearest tag, by CLDR language matching: pt-AO to pt, zh to cmn, no to nb."""
    import langcodes  # 30 ms, and most tags match without it
    from langcodes.tag_parser import LanguageTagError

    # The same language in another region is always nearer than another language, and comparing with few tags is faster.
    first = language.lower().split("-")[0]
    regional = [voice for voice in voices if voice.language.lower().split("-")[0] == first]
    near_ones = reversed(regional or voices)
    tags = {voice.language: voice for voice in near_ones if langcodes.tag_is_valid(voice.language)}
    try:
        nearest = langcodes.closest_supported_match(language, list(tags), max_distance=10)
    except LanguageTagError:
        return None
    return tags[nearest] if nearest else None


def quality_rank(voice: Voice) -> int:
    """Return the place of a voice by its makers' rating, the best one first; one without a rating comes last."""
    return _RANKS.get(voice.quality, len(_RANKS))
