"""Further fields of a request, from the options `fields.NAME`, and the places in them that each request fills."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from audiobook.engines.base import Option
from audiobook.errors import EngineMissing, near
from audiobook.languages import english_name

PREFIX: Final = "fields."
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_PLACES: Final = ("language", "primary", "english", "speed")
_OWN: Final = ("model", "input", "voice", "response_format", "stream", "return_timestamps")

Fields = tuple[tuple[str, Option], ...]
"""Dotted names, and values with places, in order of the names."""


def fields_of(engine: str, options: Mapping[str, Option]) -> Fields:
    """Return the fields among the options of an engine.

    Raises:
        EngineMissing: A field belongs to the engine itself, or a value has an unknown place.
    """
    found = {name.removeprefix(PREFIX): value for name, value in options.items() if name.startswith(PREFIX)}
    for name, value in found.items():
        if name.partition(".")[0] in _OWN:
            raise EngineMissing(
                f"“{name}” cannot be set in [engines.{engine}.fields]", hint="the engine sets it"
            )
        for place in _PLACE.findall(value) if isinstance(value, str) else ():
            if place not in _PLACES:
                raise EngineMissing(
                    f"unknown placeholder {{{place}}} in [engines.{engine}.fields]", hint=near(place, _PLACES)
                )
    return tuple(sorted(found.items()))


def sets_pace(fields: Fields) -> bool:
    """Return whether the service itself adjusts the speed, because a field contains it."""
    return any(isinstance(value, str) and "{speed}" in value for _, value in fields)


def filled(fields: Fields, language: str, speed: float) -> dict[str, object]:
    """Return the fields of a request; a value that is nothing but `{speed}` becomes a number.

    Args:
        fields: The fields.
        language: BCP 47 tag of the text.
        speed: Factor of the normal pace.
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
        else _PLACE.sub(lambda place: values[place.group()], value)
    )
