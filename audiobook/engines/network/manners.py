"""How a service is asked: its limits, from the options of an engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Final

from audiobook.engines.base import Option
from audiobook.errors import EngineMissing, near

_ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class Manners:
    """Limits of what is asked.

    Attributes:
        deadline_s: Longest time of one request, from its connection to its last byte.
        attempts: How often one thing is asked for at most.
        pause_s: Least time from the start of one request to the next, of all processes and builds together.
        backoff_s: Longest wait after the first failure; it doubles with each one more.
        patience_s: Longest wait that a service may ask for; one that asks for more is left alone.
        rest_s: How long nobody asks a service that failed too often.
    """

    deadline_s: float
    attempts: int = _ATTEMPTS
    pause_s: float = 0.0
    backoff_s: float = 1.0
    patience_s: float = 60.0
    rest_s: float = 60.0

    @classmethod
    def of(cls, engine: str, options: Mapping[str, Option], **defaults: float) -> Manners:
        """Take the limits from the options of an engine, which may hold others too.

        Raises:
            EngineMissing: One is no number, or cannot be meant.
        """
        given = {field.name: options[field.name] for field in fields(cls) if field.name in options}
        numbers = defaults | {name: number_of(engine, name, value) for name, value in given.items()}
        attempts = int(numbers.pop("attempts", _ATTEMPTS))
        return cls(attempts=max(1, attempts), **numbers)


MANNERS: Final = tuple(field.name for field in fields(Manners))
"""The names of the options that say how a service is asked."""


def number_of(engine: str, name: str, value: Option) -> float:
    """Give an option that must be a number, zero or more.

    Raises:
        EngineMissing: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 86_400:
        raise EngineMissing(f"{name} in [engines.{engine}] must be a number from 0 to 86400, not {value!r}")
    return float(value)


def text_of(engine: str, options: Mapping[str, Option], name: str, default: str = "") -> str:
    """Give an option that must be text.

    Raises:
        EngineMissing: It is none.
    """
    value = options.get(name, default)
    if not isinstance(value, str):
        raise EngineMissing(f"{name} in [engines.{engine}] must be text in quotes, not {value!r}")
    return value.strip()


def require_known(engine: str, options: Mapping[str, Option], known: Collection[str]) -> None:
    """Refuse options that nobody reads.

    Raises:
        EngineMissing: There is one; names the nearest.
    """
    for name in options:
        if name not in known:
            raise EngineMissing(f"[engines.{engine}] has no option “{name}”", hint=near(name, known))
