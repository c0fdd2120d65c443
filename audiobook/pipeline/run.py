"""The build: plans in, books out, clips made by as many processes as there are cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple

from audiobook.book.assemble import Book, DamagedClip, assemble
from audiobook.book.record import Record
from audiobook.book.script import SpokenPassage
from audiobook.clips.clip import load_libraries
from audiobook.clips.store import ClipStore
from audiobook.engines.base import Voice
from audiobook.errors import AudiobookError, EngineMissing, SpeechError, StorageError, WorkError
from audiobook.files import locked, sweep_temporaries
from audiobook.pipeline.cast import Cast
from audiobook.pipeline.catalog import Catalog, Edition
from audiobook.pipeline.plan import Plan, plan_edition, reasons_text
from audiobook.pipeline.scripting import script_book
from audiobook.pipeline.speakers import gain_db
from audiobook.pipeline.speaking import Failed, Job, Made
from audiobook.pipeline.voices import ChosenVoice, Voices
from audiobook.pipeline.workers import WorkerPool
from audiobook.report.base import Reporter
from audiobook.report.pace import clock
from audiobook.settings import Settings, worker_count

_TICK_S: Final = 0.2
_LOCK_NAME: Final = ".audiobook.lock"


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


class Built(NamedTuple):
    """What is there of an edition: enough to say it, so that a library's records need not stay in memory."""

    file_name: str
    duration_s: float
    chapter_count: int

    @classmethod
    def of(cls, record: Record) -> Built:
        """Give what a record says."""
        return cls(record.audio.name, record.duration_s, len(record.chapters))


@dataclass(slots=True)
class Outcome:
    """How it went for one edition.

    Attributes:
        edition: Which.
        state: `built`, `fresh`, `failed`; in a dry run `stale` instead of built.
        reasons: Why it was built.
        built: What is there now; None when it failed or is stale.
        clips_total: Clips it consists of.
        clips_made: Clips that had to be made.
        problems: What was noticed in the text, and why it failed.
        error: Why it failed.
    """

    edition: Edition
    state: str
    reasons: list[str] = field(default_factory=list)
    built: Built | None = None
    clips_total: int = 0
    clips_made: int = 0
    problems: list[str] = field(default_factory=list)
    error: AudiobookError | None = None


@dataclass(slots=True)
class _Task:
    """A book that is being built."""

    outcome: Outcome
    book: Book
    folder: Path
    order: list[str]
    """Keys of its clips, in reading order, each once."""
    missing: set[str]
    """Keys of the clips that are not in the store yet."""
    repaired: set[str] = field(default_factory=set)
    """Keys of clips that turned out damaged, and were made again."""


class _Stale(NamedTuple):
    """An edition to build: what was planned, and who will speak."""

    outcome: Outcome
    plan: Plan
    cast: Cast


def build(
    catalog: Catalog, project: Project, settings: Settings, reporter: Reporter, *, force: bool, dry_run: bool
) -> list[Outcome]:
    """Build every stale edition of a catalog.

    Args:
        catalog: What to build.
        project: Where.
        settings: How.
        reporter: Who is told.
        force: Build fresh editions too, and make their clips anew.
        dry_run: Say what would be done, and write nothing.

    Returns:
        One outcome for each edition, in the catalog's order.

    Raises:
        StorageError: Something cannot be read or written; no edition can go on then.
    """
    builder = _Builder(project, settings, reporter, force=force, dry_run=dry_run)
    with ExitStack() as held:
        if not dry_run:
            announce = held.enter_context(locked(project.output / _LOCK_NAME, on_wait=builder.say_waiting))
            builder.sweep(catalog)
        stale = builder.plan(catalog.editions)
        if dry_run:
            for task in builder.script(stale):
                builder.say_dry(task)
        elif stale:
            announce()
            builder.run(stale)
    return builder.outcomes


class _Builder:
    def __init__(
        self, project: Project, settings: Settings, reporter: Reporter, *, force: bool, dry_run: bool
    ) -> None:
        self.project = project
        self.settings = settings
        self.reporter = reporter
        self.force = force
        self.dry_run = dry_run
        self.voices = Voices(settings, project.store)
        self.outcomes: list[Outcome] = []
        self._jobs: deque[Job] = deque()
        """Clips to make."""
        self._waiting: dict[str, list[_Task]] = {}
        """Tasks that need a clip, by its key."""
        self._ready: deque[_Task] = deque()
        """Tasks whose clips are all there."""
        self._said: set[str] = set()

    def say_waiting(self, holder: str) -> None:
        self.reporter.warn(f"another build ({holder}) is writing here; waiting for it to end")

    def sweep(self, catalog: Catalog) -> None:
        """Remove what killed builds left half-written."""
        self.project.store.sweep()
        for language in {edition.language for edition in catalog.editions}:
            sweep_temporaries(self.project.output / language)

    def plan(self, editions: Iterable[Edition]) -> list[_Stale]:
        """Plan every edition, and give those that are stale."""
        stale: list[_Stale] = []
        for edition in editions:
            outcome = Outcome(edition, "fresh")
            self.outcomes.append(outcome)
            try:
                plan = plan_edition(
                    edition, self.settings, self.voices, self._folder(edition), force=self.force
                )
                outcome.reasons = reasons_text(plan.reasons)
                if plan.reasons:
                    self._tell_where_words_go(plan.chosen.voice)
                    stale.append(_Stale(outcome, replace(plan, record=None), self._cast(plan)))
                elif plan.record:
                    outcome.built = Built.of(plan.record)
                    outcome.problems = list(plan.record.problems)
                    outcome.clips_total = len(plan.record.clip_keys())
            except (WorkError, EngineMissing) as error:
                self._fail(outcome, error)
        return stale

    def _tell_where_words_go(self, voice: Voice) -> None:
        """Say once in a project that an engine sends the text away."""
        told = f"told-{voice.engine}"
        if voice.offline or self.project.store.notes.get(told) is not None:
            return
        self.reporter.warn(f"{voice.engine} sends the text to {voice.service or 'a service on the network'}")
        if not self.dry_run:
            self.project.store.notes.put(told, voice.service.encode())

    def _folder(self, edition: Edition) -> Path:
        return self.project.output / edition.language

    def _cast(self, plan: Plan) -> Cast:
        return Cast(plan, self.voices, self._gain_db)

    def _gain_db(self, chosen: ChosenVoice, language: str) -> float:
        loudness = self.settings.audio.loudness_lufs
        return gain_db(chosen, language, loudness, self.project.store, keep=not self.dry_run)

    def script(self, stale: list[_Stale]) -> Iterator[_Task]:
        """Read and narrate every stale edition."""
        for outcome, plan, cast in stale:
            try:
                book = script_book(plan, cast)
            except WorkError as error:
                self._fail(outcome, error)
                continue
            order = list(dict.fromkeys(passage.key for passage, _ in book.script.passages()))
            missing = {key for key in order if self.force or self.project.store.shape(key) is None}
            outcome.state = "stale"
            outcome.clips_total, outcome.clips_made = len(order), len(missing)
            outcome.problems = list(book.problems)
            for problem in book.problems:
                self.reporter.warn(problem)
            yield _Task(outcome, book, self._folder(outcome.edition), order, missing)

    def say_dry(self, task: _Task) -> None:
        """Say what would be done."""
        outcome = task.outcome
        summary = f"{', '.join(outcome.reasons)}; {outcome.clips_made} of {outcome.clips_total} clips to make"
        self.reporter.work_done(outcome.edition.label, summary)

    def run(self, stale: list[_Stale]) -> None:
        """Make what is missing, and assemble each book as soon as its clips are there."""
        load_libraries()
        try:
            # Workers are forked before the texts are in memory, and are gone when the last book is assembled.
            with WorkerPool[Job, Made | Failed](worker_count(self.settings)) as pool:
                tasks = list(self.script(stale))
                stale.clear()
                self.reporter.begin({task.outcome.edition.label: len(task.missing) for task in tasks})
                while tasks:
                    self._enqueue(tasks.pop(0))
                self._make(pool)
            while self._ready:
                self._assemble(self._ready.popleft())
                if self._jobs:
                    with WorkerPool[Job, Made | Failed](1) as pool:
                        self._make(pool)
        finally:
            self.reporter.end()

    def _enqueue(self, task: _Task) -> None:
        """Have the clips made that a task needs."""
        if not task.missing:
            self._ready.append(task)
        missing = {entry.key: entry for entry, _ in task.book.script.passages() if entry.key in task.missing}
        for key in task.order:
            if key in task.missing:
                asked = self._waiting.setdefault(key, [])
                asked.append(task)
                if len(asked) == 1:
                    self._jobs.append(self._job(missing[key]))

    def _job(self, entry: SpokenPassage) -> Job:
        sentences = tuple(sentence.text for sentence in entry.passage.sentences)
        outfit = self.voices.outfit(entry.speaker.engine)
        store = self.project.store.folder
        return Job(entry.key, sentences, entry.passage.language, outfit, entry.speaker, entry.sound, store)

    def _make(self, pool: WorkerPool[Job, Made | Failed]) -> None:
        while self._jobs or pool.busy:
            while self._jobs and pool.room:
                job = self._jobs.popleft()
                if any(task.outcome.state != "failed" for task in self._waiting[job.key]):
                    pool.give(job)
            if not self._jobs:
                pool.share_out()
            elif self._ready:
                # The workers have enough to do meanwhile. What is ready when nothing is left to give can wait for
                # their end: then they need no memory any more.
                self._assemble(self._ready.popleft())
            for job, result in pool.results(_TICK_S):
                match result:
                    case Made(length_s):
                        self._job_done(job, length_s)
                    case Failed():
                        self._job_failed(job, result)
                    case SpeechError():
                        self._job_failed(job, Failed(result, 0))
            self.reporter.tick()

    def _job_done(self, job: Job, length_s: float) -> None:
        for task in self._waiting.pop(job.key):
            task.missing.discard(job.key)
            self.reporter.clip_made(task.outcome.edition.label, length_s)
            if not task.missing and task.outcome.state != "failed":
                self._ready.append(task)

    def _job_failed(self, job: Job, failure: Failed) -> None:
        if isinstance(failure.error, StorageError):
            raise failure.error
        for task in self._waiting[job.key]:
            if task.outcome.state != "failed":
                self._fail(task.outcome, _located(task, job.key, failure))

    def _fail(self, outcome: Outcome, error: AudiobookError) -> None:
        outcome.state = "failed"
        outcome.error = error
        outcome.clips_made = 0
        outcome.problems.append(str(error))
        # An engine that is missing is missing for every work; once said is enough.
        if str(error) not in self._said:
            self._said.add(str(error))
            self.reporter.fail(error)

    def _assemble(self, task: _Task) -> None:
        """Write the book; a clip that turns out damaged is put among those to make, each at most once."""
        outcome = task.outcome
        try:
            record = assemble(task.book, self.project.store, task.folder)
        except DamagedClip as damage:
            if damage.key in task.repaired:
                raise StorageError(
                    "a clip is damaged again right after it was made",
                    where=str(self.project.store.path(damage.key)),
                    hint="check the disk",
                ) from damage
            self.reporter.warn(f"{outcome.edition.label}: a damaged clip was set aside and is made again")
            task.repaired.add(damage.key)
            task.missing = {damage.key}
            outcome.clips_made += 1
            self._enqueue(task)
            return
        outcome.state, outcome.built = "built", Built.of(record)
        made = f"{outcome.clips_made} of {outcome.clips_total} clips made"
        chapters = f"{len(record.chapters)} chapter" + ("s" if len(record.chapters) > 1 else "")
        summary = f"{', '.join(outcome.reasons)}; {made}; {clock(record.duration_s)}, {chapters}"
        self.reporter.work_done(outcome.edition.label, summary)


def _located(task: _Task, key: str, failure: Failed) -> AudiobookError:
    """Put `path:line` and the words in front of why a passage could not be spoken."""
    for passage, paragraph in task.book.script.passages():
        if passage.key == key:
            sentence = passage.passage.sentences[failure.sentence]
            where = paragraph.where(task.book.source, sentence.span[0])
            quote = sentence.text if len(sentence.text) <= 60 else sentence.text[:59] + "…"
            return SpeechError(
                f"cannot be spoken: {failure.error.message}: “{quote}”",
                where=where,
                hint=failure.error.hint or "reword the sentence, or choose another voice",
            )
    raise KeyError(key)
