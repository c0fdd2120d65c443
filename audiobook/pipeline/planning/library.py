"""Comparing the works of a project with their last builds: what many of them share is looked up once."""

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
        voices: Its voices.
        known: The output files that do not have to be read, and the records that do not have to be checked.
    """

    def __init__(self, project: Project, settings: Settings) -> None:
        """Look nothing up yet."""
        self._project = project
        self._settings = settings
        self._lexicons = Lexicons()
        self.voices = Voices(settings, project.store)
        self.known = KnownFiles(project.store.notes)
        self._fresh = FreshWorks(project, settings, self.voices, self._lexicons)

    def find_fresh(self, edition: Edition) -> FreshWork | None:
        """Return an edition that is up to date because nothing was touched since that was noted; else None: plan it."""
        return self._fresh.find(edition)

    def plan(self, edition: Edition, *, force: bool = False) -> Plan:
        """Compare an edition with its last build; see `plan_edition`. `keep` notes it if it is up to date."""
        plan = plan_edition(
            edition, self._settings, self.voices, self._project, self.known, self._lexicons, force=force
        )
        self._fresh.note(plan)
        return plan

    def keep(self) -> None:
        """Write what was noted, for the next command."""
        self.known.keep()
        self._fresh.keep()
