"""Limits on requests to a service, read from an engine's options."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from audiobook.engines.base import Option
from audiobook.errors import EngineMissing, near

_ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class Manners:
    """Limits on requests.

    Attributes:
        deadline_s: Longest time of one request, from connecting to the last byte.
        attempts: Maximum number of attempts for a request.
        pause_s: Shortest time between the starts of two requests, across all processes and builds.
        backoff_s: Longest wait after the first failure; doubles with each further one.
        patience_s: Longest wait that a service may ask for; if it asks for more, requests stop.
        rest_s: How long requests stop after too many failures.
    """

    deadline_s: float
    attempts: int = _ATTEMPTS
    pause_s: float = 0.0
    backoff_s: float = 1.0
    patience_s: float = 60.0
    rest_s: float = 60.0

    @classmethod
    def of(cls, engine: str, options: Mapping[str, Option], **defaults: float) -> Manners:
        """Return the limits set in the options of an engine, which may contain other options too.

        Raises:
            EngineMissing: A limit is not a number in its range.
        """
        given = {field.name: options[field.name] for field in fields(cls) if field.name in options}
        numbers = defaults | {name: number_of(engine, name, value) for name, value in given.items()}
        attempts = int(numbers.pop("attempts", _ATTEMPTS))
        return cls(attempts=max(1, attempts), **numbers)


MANNERS: Final = tuple(field.name for field in fields(Manners))
"""The names of the options that limit requests."""


def number_of(engine: str, name: str, value: Option) -> float:
    """Return an option that must be a number from 0 to 86400.

    Raises:
        EngineMissing: It is not.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 86_400:
        raise EngineMissing(f"{name} in [engines.{engine}] must be a number from 0 to 86400, not {value!r}")
    return float(value)


def text_of(engine: str, options: Mapping[str, Option], name: str, default: str = "") -> str:
    """Return an option that must be text, without surrounding white space.

    Raises:
        EngineMissing: It is not text.
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
