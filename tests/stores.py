"""Stores of clips for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audiobook.clips.clip import Clip
from audiobook.clips.store import ClipStore


def store_of(clips: Mapping[str, Clip], folder: Path) -> ClipStore:
    """Return a store with clips by key."""
    store = ClipStore(folder)
    for key, clip in clips.items():
        store.put(key, clip)
    return store
