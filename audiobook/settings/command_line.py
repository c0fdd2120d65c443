"""Options of the command line that apply to every language, or to every work that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec

from audiobook.errors import UsageError, near
from audiobook.ranges import normal_ranges
from audiobook.settings.project_settings import EVERY_LANGUAGE, EVERY_WORK, Settings
from audiobook.settings.tables import PaletteName, VoiceSettings, WorkSettings

OF_WORKS: Final = (
    "chapters",
    "skip",
    "merge",
    "rename",
    "title",
    "authors",
    "narrator",
    "cover",
    "palette",
)
"""The options that are settings of a work; see `WorkSettings`."""
_LONGEST_NAME_CHARS: Final = 200


def with_voice(settings: Settings, engine: str | None, voice: str | None) -> Settings:
    """Return settings in which an engine or voice from outside the file applies to every language."""
    if engine is None and voice is None:
        return settings
    changed = {
        tag: msgspec.structs.replace(
            one, engine=engine or one.engine, name=voice if voice or engine else one.name, narrator=None
        )
        for tag, one in (settings.voice | {EVERY_LANGUAGE: VoiceSettings()}).items()
    }
    return msgspec.structs.replace(settings, voice=changed)


def with_speed(settings: Settings, speed: float | None) -> Settings:
    """Return settings in which a speed from the command line applies to every language."""
    if speed is None:
        return settings
    every = settings.voice | {EVERY_LANGUAGE: settings.voice.get(EVERY_LANGUAGE, VoiceSettings())}
    changed = {tag: msgspec.structs.replace(one, speed=speed) for tag, one in every.items()}
    return msgspec.structs.replace(settings, voice=changed)


def with_choice(settings: Settings, choice: Mapping[str, Any]) -> Settings:
    """Return settings in which the command line's settings of a work apply to every work."""
    if not choice:
        return settings
    try:
        chapters = normal_ranges(choice.get("chapters", ""))
    except ValueError as error:
        raise UsageError(
            f"--chapters: “{error.args[0]}” is not a number or a range",
            hint="write it like this: --chapters 3-7,10",
        ) from error
    for key, flag in (("title", "--title"), ("authors", "--author"), ("narrator", "--narrator")):
        _require_names(flag, choice.get(key, ()))
    palette = choice.get("palette")
    if palette is not None and palette not in get_args(PaletteName):
        raise UsageError(
            f"--palette: there are no colours “{palette}”", hint=near(palette, get_args(PaletteName))
        )
    rename = dict(map(_renaming, choice.get("rename", ())))
    given = msgspec.convert({**choice, "chapters": chapters, "rename": rename}, WorkSettings)
    return msgspec.structs.replace(settings, works={**settings.works, EVERY_WORK: given})


def _renaming(given: str) -> tuple[str, str]:
    """Return the chapter and its title in a `--rename` option."""
    name, sign, title = (part.strip() for part in given.partition("="))
    if not name or not sign or not any(map(str.isalnum, title)):
        raise UsageError(
            f"--rename: “{given}” does not name a chapter and its title",
            hint='write it like this: --rename "3=The Arrival"',
        )
    _require_names("--rename", title)
    return name, title


def _require_names(flag: str, given: str | tuple[str, ...]) -> None:
    for name in (given,) if isinstance(given, str) else given:
        if not name.strip() or len(name) > _LONGEST_NAME_CHARS:
            raise UsageError(f"{flag} must have 1 to {_LONGEST_NAME_CHARS} characters")
