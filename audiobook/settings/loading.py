"""Loading settings: options over the environment over `audiobook.toml` over defaults."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from audiobook.errors import SettingsError
from audiobook.places import cache_folder
from audiobook.settings.command_line import OF_WORKS, with_choice, with_speed, with_voice
from audiobook.settings.mistakes import FILE_NAME
from audiobook.settings.overlapping_folders import refuse_overlap
from audiobook.settings.presets import with_preset
from audiobook.settings.project_settings import BESIDE, EVERY_WORK, Settings
from audiobook.settings.settings_file import read_values
from audiobook.settings.validation import validated
from audiobook.surrogates import is_text

_PREFIX: Final = "AUDIOBOOK_"
FROM_ENVIRONMENT: Final = ("texts", "output", "store", "author", "engine", "encoding", "jobs", "cluster")


def load_settings(
    project: Path | None,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    contents: bytes | None = None,
) -> Settings:
    """Return the settings of a project.

    Args:
        project: Its folder, with or without `audiobook.toml`; None without a project: then books are next to
            their texts, and the store is in the user's cache.
        flags: Values from the command line by field name, `voice` and `speed` for the voice of every language,
            `kbits`, and the fields of `WorkSettings` for the works named; None means that the option is not set.
        environment: `os.environ` or similar; `AUDIOBOOK_ENGINE` sets `engine`, and so on.
        contents: The future contents of `audiobook.toml`; None for its present ones.

    Returns:
        The settings; options override the environment, which overrides the file, which overrides the defaults.

    Raises:
        SettingsError: A key is unknown or a value is not valid, with `path:line`, or folders overlap.
    """
    for name, word in environment.items():
        if name.startswith(_PREFIX):
            _require_text(name, word)
    values, text = read_values(project, contents) if project is not None else ({}, "")
    validated(values, text)  # alone first, so that mistakes are reported with their lines
    given = _given_on_command_line(flags)
    choice: dict[str, Any] = {key: given.pop(key) for key in OF_WORKS if key in given}
    voice, speed = given.pop("voice", None), given.pop("speed", None)
    settings = validated(values | _outside_file(values, text, given, environment), "")
    engine = given.get("engine") or environment.get(variable_of("engine"))
    voiced = with_speed(with_voice(with_choice(settings, choice), engine, voice), speed)
    settings = with_preset(_with_publisher(voiced))
    given_places = given.keys() & {"texts", "output"}
    settings = _with_places(settings, project, {*given_places, *_set_in(environment)}, given_places)
    refuse_overlap(project or Path(), settings)
    return settings


def _given_on_command_line(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are set.

    Raises:
        SettingsError: One contains bytes that are not text.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    for key, value in given.items():
        for word in value if isinstance(value, tuple) else (value,):
            _require_text(key, word)
    return given


def _outside_file(
    values: Mapping[str, Any], text: str, given: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    """Return the values that replace those of the file: from the environment, and from the command line over it."""
    outside: dict[str, Any] = {}
    for key in _set_in(environment):
        variable = environment[variable_of(key)]
        outside[key] = _number(variable) if key == "jobs" else variable
    outside |= given
    if "kbits" in outside:
        outside["audio"] = values.get("audio", {}) | {"kbits": outside.pop("kbits")}
    outside["written"] = text
    outside["asked"] = given.get("engine") or _asked_by_variable(values, environment)
    outside["asked_cluster"] = given.get("cluster") or environment.get(variable_of("cluster")) or ""
    return outside


def _asked_by_variable(values: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """Return the engine that the environment names, unless the file sets its options.

    Otherwise the file of a stranger would choose the server to which a user's usual engine sends the text.
    """
    named = environment.get(variable_of("engine")) or ""
    engines = values.get("engines")
    return "" if isinstance(engines, dict) and engines.get(named) else named


def _set_in(environment: Mapping[str, str]) -> set[str]:
    return {key for key in FROM_ENVIRONMENT if environment.get(variable_of(key))}


def _with_places(settings: Settings, project: Path | None, named: set[str], flagged: set[str]) -> Settings:
    """Return settings whose folders are relative to the project.

    Those on the command line are relative to the current folder.

    Args:
        settings: The settings.
        project: Folder of the project, or None.
        named: The folders that the command line or the environment names.
        flagged: Those that the command line names.
    """
    places: dict[str, str] = {}
    if project is None:
        if "output" not in named:
            places["output"] = BESIDE
        if "store" not in named:
            places["store"] = os.fspath(cache_folder())
    elif project != Path():
        for key in flagged:
            given = getattr(settings, key)
            places[key] = given if Path(given).is_absolute() else os.path.relpath(given, project)
    works = {
        slug: msgspec.structs.replace(work, cover=_cover_inside(project or Path(), slug, work.cover))
        if slug != EVERY_WORK and isinstance(work.cover, str)
        else work
        for slug, work in settings.works.items()
    }
    return msgspec.structs.replace(settings, works=works, **places)


def variable_of(key: str) -> str:
    """Return the environment variable that sets a key."""
    return _PREFIX + key.upper()


def _require_text(name: str, value: object) -> None:
    if isinstance(value, str) and not is_text(value):
        raise SettingsError(f"{name} is not valid {sys.getfilesystemencoding().upper()}: “{value}”")


def _number(given: str) -> int:
    try:
        return int(given)
    except ValueError as error:
        raise SettingsError(f"AUDIOBOOK_JOBS must be a whole number, not “{given}”") from error


def _cover_inside(project: Path, slug: str, cover: str) -> str:
    """Return the path of a cover; a link that leads out of the project is refused."""
    path = project / cover
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(project)):
        raise SettingsError(
            f"works.{slug}.cover: the link leads out of the project",
            where=FILE_NAME,
            hint="copy the picture into the project",
        )
    return os.fspath(path)


def _with_publisher(settings: Settings) -> Settings:
    """Return settings in which the project's author is the publisher if none is set."""
    author = settings.publish.author or settings.author
    return msgspec.structs.replace(settings, publish=msgspec.structs.replace(settings.publish, author=author))
