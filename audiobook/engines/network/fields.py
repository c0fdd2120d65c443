"""Additional fields of a request, from the options `fields.NAME`. Each request fills in their placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from audiobook.engines.base import Option
from audiobook.errors import EngineMissing, near
from audiobook.languages import english_name

PREFIX: Final = "fields."
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_PLACEHOLDERS: Final = ("language", "primary", "english", "speed")
_RESERVED: Final = ("model", "input", "voice", "response_format", "stream", "return_timestamps")

Fields = tuple[tuple[str, Option], ...]
"""Dotted names, and values with placeholders, ordered by name."""


def fields_of(engine: str, options: Mapping[str, Option]) -> Fields:
    """Return the additional fields in the options of an engine.

    Args:
        engine: Name of the engine, for messages.
        options: All options of the engine.

    Raises:
        EngineMissing: A field is set by the engine itself, or a value has an unknown placeholder.
    """
    found = {name.removeprefix(PREFIX): value for name, value in options.items() if name.startswith(PREFIX)}
    for name, value in found.items():
        if name.partition(".")[0] in _RESERVED:
            raise EngineMissing(
                f"“{name}” cannot be set in [engines.{engine}.fields]", hint="the engine sets it"
            )
        for placeholder in _PLACEHOLDER.findall(value) if isinstance(value, str) else ():
            if placeholder not in _PLACEHOLDERS:
                raise EngineMissing(
                    f"unknown placeholder {{{placeholder}}} in [engines.{engine}.fields]",
                    hint=near(placeholder, _PLACEHOLDERS),
                )
    return tuple(sorted(found.items()))


def sets_pace(fields: Fields) -> bool:
    """Return whether the service itself adjusts the speed: whether a field contains `{speed}`."""
    return any(isinstance(value, str) and "{speed}" in value for _, value in fields)


def filled(fields: Fields, language: str, speed: float) -> dict[str, object]:
    """Return the fields of a request as nested tables. A value that is just `{speed}` becomes a number.

    Args:
        fields: The fields.
        language: BCP 47 tag of the text.
        speed: Pace relative to the normal pace.
    """
    values = {
        "{language}": language,
        "{primary}": language.partition("-")[0].lower(),
        "{english}": english_name(language),
        "{speed}": f"{speed:.4g}",
    }
    table: dict[str, object] = {}
    for name, value in fields:
        *above, last = name.split(".")
        inner = table
        for part in above:
            inner = inner.setdefault(part, {})  # type: ignore[assignment]
        inner[last] = _filled(value, values, speed)
    return table


def _filled(value: Option, values: Mapping[str, str], speed: float) -> Option:
    if not isinstance(value, str):
        return value
    return (
        round(speed, 4)
        if value.strip() == "{speed}"
        else _PLACEHOLDER.sub(lambda found: values[found.group()], value)
    )
