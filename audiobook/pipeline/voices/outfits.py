"""Engines with their options, set up once in each process that uses them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from audiobook.clips.store import ClipStore
from audiobook.engines.base import Engine, Equipment, Equipped, Option, Versioned, Voice
from audiobook.engines.registry import load_engine
from audiobook.errors import EngineMissing
from audiobook.pipeline.voices.replies import replies_of


class Outfit(msgspec.Struct, frozen=True):
    """The name of an engine and its options, in a form that can be sent to a worker.

    Attributes:
        engine: Name of the engine.
        options: The engine's table in the settings, as sorted pairs of name and value.
        store: Folder of the clip store.
        threads: Number of cores that each process may use, at least 1.
    """

    engine: str
    options: tuple[tuple[str, Option], ...]
    store: Path
    threads: int


@cache
def equipped(outfit: Outfit) -> Engine:
    """Return an engine that is ready to use. It is created once in each process.

    Raises:
        EngineMissing: The engine is not installed, or an option is invalid.
    """
    engine = load_engine(outfit.engine)
    if isinstance(engine, Equipped):
        store = ClipStore(outfit.store)
        engine.equip(Equipment(replies_of(outfit.store), store.shared, dict(outfit.options), outfit.threads))
    elif outfit.options:
        raise EngineMissing(
            f"the engine “{outfit.engine}” has no options",
            hint=f"remove [engines.{outfit.engine}] from audiobook.toml",
        )
    return engine


def voice_identity(engine: Engine, voice: Voice) -> str:
    """Return the versions of an engine and of a voice's files. The sound depends on both."""
    if isinstance(engine, Versioned):
        return f"{engine.identity}, {engine.version(voice)}"
    return engine.identity
