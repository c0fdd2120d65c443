"""Engines that are set up with their options, in each process that uses them."""

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
    """An engine and its options; small enough to send to a worker.

    Attributes:
        engine: Engine name.
        options: Its table in the settings, as sorted pairs.
        store: Folder of the clip store.
        threads: Number of cores that each process may use.
    """

    engine: str
    options: tuple[tuple[str, Option], ...]
    store: Path
    threads: int


@cache
def equipped(outfit: Outfit) -> Engine:
    """Return an engine that is ready to use; it is created once per process.

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
    """Return the versions of an engine and of the files of a voice, on which the sound depends."""
    if isinstance(engine, Versioned):
        return f"{engine.identity}, {engine.version(voice)}"
    return engine.identity
