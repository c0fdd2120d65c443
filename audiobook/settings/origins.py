"""Where each setting comes from: the defaults, a line of `audiobook.toml`, or an environment variable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from audiobook.places import shown_address
from audiobook.settings.loading import FROM_ENVIRONMENT, load_settings, variable_of
from audiobook.settings.mistakes import line_setting
from audiobook.settings.project_settings import EVERY_LANGUAGE, NOT_IN_FILES, Settings
from audiobook.settings.settings_file import read_values

DEFAULT: Final = "default"
_OF_A_VOICE: Final = ("engine", "name", "narrator")
"""The settings of a voice that an engine from the environment replaces."""
_OF_PRESETS: Final = ("audio", "chapters", "pauses", "split")
_BARE: Final = re.compile(r"[\w-]+", re.ASCII)


class Effective(msgspec.Struct, frozen=True):
    """A setting as it applies.

    Attributes:
        name: Its dotted name, as TOML writes it.
        value: Its value without passwords; None if it is not set.
        source: `default`, `audiobook.toml:<line>`, or the name of an environment variable.
    """

    name: str
    value: Any
    source: str


def effective_settings(project: Path | None, environment: Mapping[str, str]) -> list[Effective]:
    """Return all settings of a project, in the order in which they are documented.

    Args:
        project: Its folder, with or without `audiobook.toml`; None without a project.
        environment: `os.environ` or similar.

    Raises:
        SettingsError: A key is unknown or a value is not valid, with `path:line`.
    """
    settings = load_settings(project, {}, environment)
    given, text = read_values(project) if project is not None else ({}, "")
    found = []
    for keys, value in _leaves(msgspec.to_builtins(settings), ()):
        if keys[:2] != ("voice", EVERY_LANGUAGE) and NOT_IN_FILES.isdisjoint(keys):
            source = _source(keys, value, given, text, environment)
            name = ".".join(key if _BARE.fullmatch(key) else f'"{key}"' for key in keys)
            found.append(Effective(name, _without_login(value), source))
    return found


def _leaves(table: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*keys, key))
        else:
            yield (*keys, key), value


def _source(
    keys: tuple[str, ...], value: object, given: dict[str, Any], text: str, environment: Mapping[str, str]
) -> str:
    if keys == ("publish", "author") and not given.get("publish", {}).get("author"):
        keys = ("author",)
    of_a_voice = len(keys) == 3 and keys[0] == "voice" and keys[2] in _OF_A_VOICE
    key = "engine" if of_a_voice else keys[0]
    if (len(keys) == 1 or of_a_voice) and key in FROM_ENVIRONMENT and environment.get(variable_of(key)):
        return variable_of(key)
    if _is_of_preset(keys, value, given):
        keys = ("preset",)
    return line_setting(text, _parts(keys)) or DEFAULT if _given(keys, given) is not None else DEFAULT


def _is_of_preset(keys: tuple[str, ...], value: object, given: dict[str, Any]) -> bool:
    """Return whether the preset decided a value: it is neither that of the file nor the default."""
    if "preset" not in given:
        return False
    without = msgspec.convert({key: each for key, each in given.items() if key != "preset"}, Settings)
    return dict(_leaves(msgspec.to_builtins(without), ())).get(keys) != value and keys[0] in _OF_PRESETS


def _given(keys: tuple[str, ...], given: dict[str, Any]) -> object:
    """Return the value in the file, or None."""
    found: object = given
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _parts(keys: tuple[str, ...]) -> list[str]:
    """Return the keys as they are in the file, where options of engines may be in subtables."""
    return (
        [*keys[:2], *(part for key in keys[2:] for part in key.split("."))]
        if keys[0] == "engines"
        else list(keys)
    )


def _without_login(value: object) -> object:
    return shown_address(value) if isinstance(value, str) and "://" in value else value
