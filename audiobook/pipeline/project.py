"""Where a project's folders are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiobook.clips.store import ClipStore
from audiobook.settings import Settings


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project's folders are."""

    texts: Path
    output: Path
    store: ClipStore

    @classmethod
    def at(cls, root: Path, settings: Settings) -> Project:
        """Give the folders that the settings name, seen from the project's root."""
        return cls(root / settings.texts, root / settings.output, ClipStore(root / settings.store))

    def folder(self, language: str) -> Path:
        """Give where the outputs of a language are."""
        return self.output / language
