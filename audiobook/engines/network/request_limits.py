"""Limits on requests to a service, read from an engine's options."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec
from msgspec.structs import fields

from audiobook.engines.base import Option
from audiobook.errors import EngineMissing, near

_ATTEMPTS: Final = 4


class RequestLimits(msgspec.Struct, frozen=True):
    """Limits on requests.

    Attributes:
        deadline_s: How long a request may take, from connecting to the last byte, in seconds.
        attempts: Maximum number of attempts for a request, at least 1.
        pause_s: Shortest time between the starts of two requests, across all processes and builds, in seconds.
        backoff_s: Longest wait after the first failure, in seconds; it doubles with each failure.
        patience_s: Longest wait that a service may ask for, in seconds. If it asks for more, requests are paused.
        rest_s: How long requests are paused after too many failures, in seconds.
    """

    deadline_s: float
    attempts: int = _ATTEMPTS
    pause_s: float = 0.0
    backoff_s: float = 1.0
    patience_s: float = 60.0
    rest_s: float = 60.0

    @classmethod
    def of(cls, engine: str, options: Mapping[str, Option], **defaults: float) -> RequestLimits:
        """Return the limits in the options of an engine.

        Args:
            engine: Name of the engine, for messages.
            options: The engine's options. Other options than limits are ignored.
            defaults: Values of limits that are not in the options.

        Raises:
            EngineMissing: A limit is not a number from 0 to 86400.
        """
        given = {field.name: options[field.name] for field in fields(cls) if field.name in options}
        numbers = defaults | {name: number_of(engine, name, value) for name, value in given.items()}
        attempts = int(numbers.pop("attempts", _ATTEMPTS))
        return cls(attempts=max(1, attempts), **numbers)


LIMIT_OPTIONS: Final = tuple(field.name for field in fields(RequestLimits))
"""The names of the options that limit requests."""


def number_of(engine: str, name: str, value: Option) -> float:
    """Return the value of an option that must be a number from 0 to 86400.

    Raises:
        EngineMissing: The value is not such a number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 86_400:
        raise EngineMissing(f"{name} in [engines.{engine}] must be a number from 0 to 86400, not {value!r}")
    return float(value)


def text_of(engine: str, options: Mapping[str, Option], name: str, default: str = "") -> str:
    """Return the value of an option that must be text, without surrounding white space.

    Raises:
        EngineMissing: The value is not text.
    """
    value = options.get(name, default)
    if not isinstance(value, str):
        raise EngineMissing(f"{name} in [engines.{engine}] must be text in quotes, not {value!r}")
    return value.strip()


def require_known(engine: str, options: Iterable[str], known: Collection[str]) -> None:
    """Reject unknown options.

    Raises:
        EngineMissing: An option is unknown; the hint suggests the nearest one.
    """
    for name in options:
        if name not in known:
            raise EngineMissing(f"[engines.{engine}] has no option “{name}”", hint=near(name, known))
