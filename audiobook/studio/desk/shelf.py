"""The project as the desk sees it: its files are read again for each request, since they are the only state."""

from __future__ import annotations

import os
from pathlib import Path

from audiobook.errors import AudiobookError
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.catalog import Catalog, texts_of
from audiobook.pipeline.texts.edition import Edition
from audiobook.settings import Settings, load_settings


class Gone(AudiobookError):
    """An item on a page no longer exists."""


class Shelf:
    """A project."""

    def __init__(self, root: Path) -> None:
        """Work in the folder of a project."""
        self.root = root

    def settings(self, data: bytes | None = None) -> Settings:
        """Return the settings.

        Args:
            data: Contents for `audiobook.toml`; None reads the file.

        Raises:
            SettingsError: They are not valid.
        """
        return load_settings(self.root, {}, os.environ, data)

    def project(self, settings: Settings) -> Project:
        """Return the folders of the project."""
        return Project.at(self.root, settings)

    def texts(self, project: Project) -> Catalog:
        """Return its texts."""
        return texts_of(project)

    def edition(self, project: Project, label: str) -> Edition:
        """Return an edition by language and slug.

        Raises:
            Gone: There is no such edition.
        """
        found = next((each for each in self.texts(project).editions if each.label == label), None)
        if found is None:
            raise Gone("this work no longer exists", hint="go back to the shelf")
        return found
