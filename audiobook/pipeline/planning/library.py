"""Comparing the works of a project with their last builds. What they have in common is looked up once."""

from __future__ import annotations

from audiobook.pipeline.planning.fresh_works import FreshWork, FreshWorks
from audiobook.pipeline.planning.known_files import KnownFiles
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.lexicons import Lexicons
from audiobook.pipeline.voices.choosing import Voices
from audiobook.settings import Settings


class Library:
    """The works of a project, for a command that compares many of them.

    Attributes:
        voices: The voices of the project.
        known: The output files that need not be read, and the records that need not be checked.
    """

    def __init__(self, project: Project, settings: Settings) -> None:
        """Use a project and its settings. Nothing is looked up yet."""
        self._project = project
        self._settings = settings
        self._lexicons = Lexicons()
        self.voices = Voices(settings, project.store)
        self.known = KnownFiles(project.store.notes)
        self._fresh = FreshWorks(project, settings, self.voices, self._lexicons)

    def find_fresh(self, edition: Edition) -> FreshWork | None:
        """Return an edition that was noted as up to date and has not been touched since; None if it must be planned."""
        return self._fresh.find(edition)

    def plan(self, edition: Edition, *, force: bool = False) -> Plan:
        """Return the plan of an edition; see `plan_edition`. An edition that is up to date is noted, for `keep`."""
        plan = plan_edition(
            edition, self._settings, self.voices, self._project, self.known, self._lexicons, force=force
        )
        self._fresh.note(plan)
        return plan

    def keep(self) -> None:
        """Save the notes for the next command."""
        self.known.keep()
        self._fresh.keep()
