"""The build: find stale works, and build them."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from audiobook.book.ownership import covers_in, not_replaced, remove_covers, sweep_half_built
from audiobook.book.record.archive_names import missing_archives
from audiobook.book.record.works import Record
from audiobook.engines.base import Voice
from audiobook.errors import EngineMissing, WorkError
from audiobook.files import Spool
from audiobook.library.ledger import is_library
from audiobook.log import detail
from audiobook.pipeline.outcome import Built, Failures, Outcome
from audiobook.pipeline.planning.fresh_works import FreshWork
from audiobook.pipeline.planning.library import Library
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.planning.reasons import Reason, reasons_text
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.catalog import Catalog
from audiobook.pipeline.texts.edition import Edition
from audiobook.report.base import Reporter
from audiobook.settings import Settings, errors_located

if TYPE_CHECKING:
    from audiobook.pipeline.cluster.address import Cluster
    from audiobook.pipeline.scheduler import Maker

_MOST_CLIPS_BEFORE: Final = 4096
"""Number of clips whose keys are remembered: those of about twenty hours. The clips of longer works are not read ahead."""


def build(
    catalog: Catalog, project: Project, settings: Settings, reporter: Reporter, *, force: bool, dry_run: bool
) -> list[Outcome]:
    """Build every stale edition of a catalog.

    Args:
        catalog: Editions to consider.
        project: Folders of the project.
        settings: Project settings.
        reporter: Receives progress and problems.
        force: Rebuild fresh editions too, with new clips.
        dry_run: Only report what would be done, and write nothing.

    Returns:
        One outcome per edition, in the order of the catalog.

    Raises:
        StorageError: A file cannot be read or written. The whole build stops.
        UsageError: The cluster or the library in the settings cannot be used.
        ClusterError: The cluster failed.
    """
    cluster = None if dry_run else _cluster(settings)
    builder = _Builder(project, settings, reporter, force=force, dry_run=dry_run)
    builder.require_library()
    with ExitStack() as held:
        if not dry_run:
            announce = held.enter_context(project.locked_output(builder.report_waiting))
            builder.sweep(catalog)
        stale = list(filter(None, map(builder.plan, catalog.editions)))  # no variable keeps a text in memory
        if not dry_run:
            builder.library.keep()  # now, so that it is saved even if the build is killed
        if stale and dry_run:
            with Spool(project.store.folder) as spool:
                builder.maker(spool, None).report(stale)
        elif stale:
            project.store.claim()
            announce()
            _make(stale, builder, cluster)
        if not dry_run:
            builder.shelve()
            builder.keep_known()
    return builder.outcomes


def _make(stale: list[tuple[Outcome, Plan]], builder: _Builder, cluster: Cluster | None) -> None:
    """Build the stale works; the list is emptied, so that the texts in it do not stay in memory."""
    from audiobook.pipeline.scripts.reading_ahead import TextsAhead
    from audiobook.pipeline.scripts.waiting import IN_MEMORY_BYTES

    with Spool(builder.project.store.folder, IN_MEMORY_BYTES) as spool:
        outcomes = [outcome for outcome, _ in stale]
        texts = TextsAhead((plan for _, plan in stale), spool)
        stale.clear()
        with texts:  # the first text is being read while the scheduler is imported
            builder.maker(spool, cluster).make(outcomes, texts, builder.clips_before)


def _cluster(settings: Settings) -> Cluster | None:
    if not settings.cluster and not settings.skip_workers:
        return None
    from audiobook.pipeline.cluster.address import chosen_cluster

    key = "cluster" if settings.cluster else "skip_workers"
    with errors_located(settings, key):
        return chosen_cluster(settings)


class _Builder:
    def __init__(
        self, project: Project, settings: Settings, reporter: Reporter, *, force: bool, dry_run: bool
    ) -> None:
        self.project = project
        self.settings = settings
        self.reporter = reporter
        self.force = force
        self.dry_run = dry_run
        self.library = Library(project, settings)
        self.failures = Failures(reporter)
        self.outcomes: list[Outcome] = []
        self.clips_before: list[str] = []
        """Keys of the clips that the first stale work had, if its text has changed: it will need most of them again."""
        self._covers: dict[str, dict[str, list[str]]] = {}
        """Names of the existing covers, by language and slug."""

    def maker(self, spool: Spool, cluster: Cluster | None) -> Maker:
        """Return the scheduler of this build; see `Maker` for its spool."""
        from audiobook.pipeline.scheduler import Maker

        return Maker(
            self.project,
            self.settings,
            self.library.voices,
            self.reporter,
            self.failures,
            spool,
            force=self.force,
            dry_run=self.dry_run,
            cluster=cluster,
        )

    def report_waiting(self, holder: str) -> None:
        self.reporter.warn(f"another build ({holder}) is using this output folder; waiting for it to finish")

    def sweep(self, catalog: Catalog) -> None:
        """Remove partial files left behind by killed builds."""
        self.project.store.sweep()
        for language in {edition.language for edition in catalog.editions}:
            folder = self.project.folder(language)
            sweep_half_built(folder)
            self._covers[language] = covers_in(folder)

    @property
    def keeps_library(self) -> bool:
        """Whether works are written into the library: all if the user asks for it, or else those that are already in it."""
        layout = self.settings.layout
        return layout == "library" or (layout is None and is_library(self.project.library))

    def require_library(self) -> None:
        """Check the folder of the library before anything is spoken.

        Raises:
            UsageError: Books cannot be written there; with the line of the setting.
        """
        if self.keeps_library:
            from audiobook.pipeline.shelves import require_library_place  # not needed by other builds

            with errors_located(self.settings, "library"):
                require_library_place(self.project.library, self.project)

    def shelve(self) -> None:
        """Write works into the library."""
        if self.keeps_library:
            from audiobook.pipeline.shelves import shelve  # not needed by other builds

            shelve(
                self.outcomes,
                self.project,
                self.library.known,
                self.reporter,
                self.failures,
                only_shelved=self.settings.layout is None,
            )

    def keep_known(self) -> None:
        """Save which files and records need not be read and checked again."""
        for outcome in self.outcomes:
            if outcome.state == "built" and outcome.built:
                folder = self.project.folder(outcome.edition.language)
                record = (folder / outcome.built.file_name).with_suffix(".json")
                self.library.known.believe(record, outcome.built.record_sha256)
        self.library.keep()

    def plan(self, edition: Edition) -> tuple[Outcome, Plan] | None:
        """Plan an edition; return its outcome and plan if clips must be made, None if it is finished."""
        outcome = Outcome(edition, "fresh")
        self.outcomes.append(outcome)
        if not self.force and (fresh := self.library.find_fresh(edition)):
            self._leave(outcome, fresh)
            return None
        try:
            plan = self.library.plan(edition, force=self.force)
        except (WorkError, EngineMissing) as error:
            self.failures.add(outcome, error)
            return None
        outcome.reasons = reasons_text(plan.reasons, plan.changed_files)
        speaker = plan.chosen.speaker
        why = ", ".join(outcome.reasons) or "up to date"
        detail(f"{edition.label}: {why}; voice {speaker.voice} ({speaker.identity})")
        if plan.reasons and plan.unowned_outputs and not self.force:
            self.failures.add(outcome, not_replaced(plan.unowned_outputs[0]))
            return None
        if plan.reasons and plan.needs_no_clips and (record := plan.whole_record()):
            self._update_formats(outcome, plan, record)
            return None
        if plan.reasons:
            self._warn_of_service(plan.chosen.voice)
            if plan.record and Reason.TEXT_CHANGED in plan.reasons and not self.clips_before:
                self.clips_before = list(islice(plan.record.clip_keys(), _MOST_CLIPS_BEFORE))
            # The old record is dropped to free its memory.
            return outcome, replace(plan, record=None)
        if plan.record:
            self._remove_old_covers(edition, plan.record.cover.name)
            outcome.built = Built.of(plan.record)
            outcome.problems = list(plan.record.problems)
            outcome.clips_total = len(plan.record.clip_keys())
        return None

    def _update_formats(self, outcome: Outcome, plan: Plan, record: Record) -> None:
        """Write or remove captions and chapter files of a work whose MP3 stays."""
        outcome.state = "stale"
        outcome.clips_total = len(record.clip_keys())
        if not self.dry_run:
            from audiobook.book.assemble import update_formats

            folder = self.project.folder(outcome.edition.language)
            try:
                made = update_formats(record, plan.inputs, plan.previous, folder, plan.pictures)
                if missing_archives(made.inputs.formats, made.formats):
                    made = self._with_archives(outcome.edition, made)
            except WorkError as error:
                self.failures.add(outcome, error)
                return
            outcome.state, outcome.built = "built", Built.of(made)
            outcome.problems = list(made.problems)
            for problem in made.problems:
                if problem not in record.problems:
                    self.reporter.warn(problem)
        split = ("a file for each chapter",) if plan.inputs.split else ()
        formats = ", ".join(("mp3", *plan.inputs.formats, *split))
        path = self.project.folder(outcome.edition.language) / record.audio.name
        summary = f"{', '.join(outcome.reasons)}; {formats}"
        self.reporter.work_done(outcome.edition.label, summary, path.as_posix())

    def _with_archives(self, edition: Edition, record: Record) -> Record:
        """Write the archives that a book lacks, and return its new record."""
        from audiobook.pipeline.archives import add_archives  # not needed by other builds

        path = self.project.folder(edition.language) / f"{record.slug}.json"
        return (
            add_archives(self.project, path, [edition.path], self.reporter.warn, replace=self.force) or record
        )

    def _leave(self, outcome: Outcome, fresh: FreshWork) -> None:
        """Report a work that nobody has touched since it was found up to date."""
        edition, summary = outcome.edition, fresh.summary
        detail(f"{edition.label}: up to date; nothing was touched since it was last compared")
        self._remove_old_covers(edition, summary.cover_name)
        outcome.built = Built(
            summary.audio_name, summary.duration_s, summary.chapter_count, summary.record_sha256
        )
        outcome.problems = list(summary.problems)
        outcome.clips_total = fresh.clip_count

    def _remove_old_covers(self, edition: Edition, own: str) -> None:
        """Remove covers of a fresh work that a killed build left behind: those not named in its record."""
        names = [name for name in self._covers.get(edition.language, {}).get(edition.slug, []) if name != own]
        if names:
            remove_covers(self.project.folder(edition.language), names)

    def _warn_of_service(self, voice: Voice) -> None:
        """Warn, once per project and engine, that the text is sent to an online service."""
        note = f"told-{voice.engine}"
        if voice.offline or self.project.store.notes.get(note) == voice.service.encode():
            return
        self.reporter.warn(f"{voice.engine} sends the text to {voice.service or 'an online service'}")
        if not self.dry_run:
            self.project.store.notes.put(note, voice.service.encode())
