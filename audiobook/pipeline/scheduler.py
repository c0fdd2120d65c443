"""Build stale books: narrate the texts, have workers make the clips, and assemble each book once it has all its clips."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from audiobook.audio.mp3 import id3
from audiobook.audio.mp4 import aac
from audiobook.book.script import SpokenPassage
from audiobook.book.sound.formats import encodings_of
from audiobook.clips.clip import load_libraries
from audiobook.clips.encoded import Encoding
from audiobook.clips.heads import MOST_HEADS, ClipHeads
from audiobook.errors import (
    EngineMissing,
    ServiceError,
    SpeechError,
    StorageError,
    WorkError,
)
from audiobook.files import Spool
from audiobook.listening.model import find_listener
from audiobook.narration.loading import load_language
from audiobook.pipeline.assembling import Assembler, Task
from audiobook.pipeline.clip_job import Failed, Job, Made
from audiobook.pipeline.cluster.driver import cluster_pool, link_to, require_offline
from audiobook.pipeline.containment import contained
from audiobook.pipeline.cost import SpeechToMake, to_do_in_words
from audiobook.pipeline.encoders import require_encoders
from audiobook.pipeline.needed_clips import NeededClips, WorkClips
from audiobook.pipeline.outcome import Failures, Outcome
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.planning.reasons import Reason
from audiobook.pipeline.project import Project
from audiobook.pipeline.remarks import located, spoken_again
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.scripts.narrated import NarrationCache, rules_identity
from audiobook.pipeline.scripts.prepared_text import PreparedText, prepare
from audiobook.pipeline.scripts.reading_ahead import TextsAhead
from audiobook.pipeline.scripts.scripting import script_book
from audiobook.pipeline.scripts.waiting import Waiting, WaitingScripts
from audiobook.pipeline.voices.choosing import ChosenVoice, Parallel, Voices, parallel_for
from audiobook.pipeline.voices.gain import VoiceLevel, bare_sentence, voice_level
from audiobook.pipeline.voices.speaking_speed import Stopwatch
from audiobook.pipeline.workers import Pool, WorkerPool
from audiobook.report.base import Reporter, counted
from audiobook.settings import Settings
from audiobook.system.freed_memory import return_freed_memory

if TYPE_CHECKING:
    from audiobook.pipeline.cluster.address import Cluster
    from audiobook.pipeline.cluster.link import Link

_Local = WorkerPool[Job, Made | Failed]
_Pool = Pool[Job, Made | Failed]
_TICK_S: Final = 0.2
_MANY_JOBS: Final = 32
"""Number of waiting jobs above which chapters of scripts are moved to a temporary file, and freed memory is returned."""


class Maker:
    """Builds the stale editions of one build."""

    def __init__(
        self,
        project: Project,
        settings: Settings,
        voices: Voices,
        reporter: Reporter,
        failures: Failures,
        spool: Spool,
        *,
        force: bool,
        dry_run: bool,
        cluster: Cluster | None = None,
    ) -> None:
        """Prepare for one build; see `run.build` for the arguments.

        What is not needed yet is written to `spool`, except in a dry run.

        Raises:
            EngineMissing: The settings ask to listen, but no recogniser is installed.
        """
        self.project = project
        self.settings = settings
        self.voices = voices
        self.reporter = reporter
        self.failures = failures
        self.force = force
        self.dry_run = dry_run
        self.cluster = cluster
        self.listener = find_listener(settings.listen.model) if settings.listen.on_build else None
        self._jobs = Waiting[Job](spool)
        """Clips to make."""
        self._scripts = WaitingScripts(spool, lambda: len(self._jobs) > _MANY_JOBS)
        self._waiting: dict[bytes, tuple[Task, ...]] = {}
        """Tasks that need a clip, by the bytes of its key. Most clips are needed by one task, and share its tuple."""
        self._ready: deque[Task] = deque()
        """Tasks whose clips are all in the store."""
        self._heads = ClipHeads(project.store, spool, 0 if dry_run else MOST_HEADS)
        self._assembler = Assembler(project, self._heads, reporter, failures, force=force)
        self._needed = NeededClips(project.store, self._heads, self.listener, force=force)
        self._stopwatch = Stopwatch(1)
        self._early_results = Waiting[tuple[Job, Made | Failed | SpeechError]](spool)
        """Results of jobs that finished while texts were still being read: for a long text, there are thousands."""

    def report(self, stale: list[tuple[Outcome, Plan]]) -> None:
        """Report what would be done, without doing it."""
        with_casts = self._with_casts(stale)
        parallel = self._parallel(plan for _, plan, _ in with_casts)
        for task, _ in self._script(with_casts, prepare, None):
            outcome = task.outcome
            outcome.wait = self._wait(task.speech, parallel)
            to_make = f"{outcome.clips_made} of {counted(outcome.clips_total, 'clip')} to make"
            to_make += f", {outcome.wait}" if outcome.wait else ""
            self.reporter.work_done(outcome.edition.label, f"{', '.join(outcome.reasons)}; {to_make}")

    def make(self, outcomes: list[Outcome], texts: TextsAhead, clips_before: list[str]) -> None:
        """Make the missing clips, and assemble each book as soon as it has all its clips.

        Args:
            outcomes: The outcomes of the editions.
            texts: Their texts, in the same order.
            clips_before: Keys of clips that will probably be needed.

        Raises:
            ClusterError: The cluster failed.
            StorageError: A file cannot be read or written.
        """
        with link_to(self.cluster, self.reporter.warn) as link, self._assembler:
            with_casts = self._with_casts(zip(outcomes, texts.plans, strict=True))
            load_libraries()
            if any(self._encodings(plan) for _, plan, _ in with_casts):
                aac.load()
            self._make_all(with_casts, texts, link, clips_before)

    def _parallel(self, plans: Iterable[Plan]) -> Parallel:
        return parallel_for(self.settings, [plan.chosen.voice for plan in plans])

    def _pool(self, with_casts: list[tuple[Outcome, Plan, Cast]], link: Link | None) -> _Pool:
        if link is None:
            return _Local(*self._parallel(plan for _, plan, _ in with_casts))
        mains = (cast.main for _, _, cast in with_casts)
        return cluster_pool(link, self.project.store, mains, self.reporter, lambda: len(self._jobs))

    def _make_all(
        self,
        with_casts: list[tuple[Outcome, Plan, Cast]],
        texts: TextsAhead,
        link: Link | None,
        clips_before: list[str],
    ) -> None:
        try:
            # The workers are forked before the texts are in memory, and end before the last book is assembled.
            with self._pool(with_casts, link) as pool:
                parallel = self._parallel(plan for _, plan, _ in with_casts)
                self._stopwatch = Stopwatch(parallel.clips)
                if texts.is_ahead and not texts.are_long:
                    self._load_ahead(with_casts)
                    if clips_before and not self.force:  # few clips will be missing
                        self._heads.read(clips_before, while_=texts.is_awaited)
                works: dict[str, int] = {}
                unmade = 0
                for task, missing in self._script(with_casts, partial(self._text, texts), pool):
                    self._await(task, missing)
                    works[task.outcome.edition.label] = task.missing_count
                    unmade += task.outcome.clips_made
                with_casts.clear()
                if len(self._jobs) > _MANY_JOBS:
                    return_freed_memory()  # which reading and narrating needed; clips are made for a while now
                verb = "listen to or encode" if self.listener else "encode"
                to_do = to_do_in_words(unmade, sum(works.values()) - unmade, verb)
                self.reporter.begin(works, self._wait(self._needed.speech, parallel), to_do)
                while self._early_results:
                    self._handle(*self._early_results.popleft())
                self._make(pool)
            self._waiting = dict(self._waiting)  # its memory was that of all clips
            self._stopwatch.keep()
            if pool.has_killed:
                self.project.store.sweep()
            while self._ready:
                self._assemble(self._ready.popleft())
                if self._jobs:
                    with _Local(1) as pool:
                        self._make(pool)
        finally:
            self.reporter.end()

    def _text(self, texts: TextsAhead, plan: Plan, language: str) -> PreparedText:
        """Return the text of a plan; see `TextsAhead.text`. The core that has read it then checks the old MP3."""
        text = texts.text(plan, language)
        if Reason.TEXT_CHANGED in plan.reasons and not (self.force or texts.are_long):
            self._assembler.check_ahead(plan.edition)
        return text

    def _load_ahead(self, with_casts: list[tuple[Outcome, Plan, Cast]]) -> None:
        """Load what will be needed, while another process reads the first text. Workers do not get this memory."""
        for outcome, _, cast in with_casts[:1]:
            # If its rules fail, so does the narration of the text, which reports it.
            with suppress(WorkError), contained(outcome.edition.name):
                load_language(cast.main.language)
        rules_identity()
        id3.load_library()

    def _with_casts(self, stale: Iterable[tuple[Outcome, Plan]]) -> list[tuple[Outcome, Plan, Cast]]:
        """Return the works with their voices; works whose voices cannot be used are reported as failed."""
        found: list[tuple[Outcome, Plan, Cast]] = []
        for outcome, plan in stale:
            try:
                require_encoders(plan.inputs.formats, plan.inputs.audio)
                if self.cluster:
                    require_offline(plan.chosen.voice)
                found.append((outcome, plan, Cast(plan, self.voices, self._level)))
            except ServiceError as error:
                # The voice failed while it was measured, so the error belongs to no line of the text.
                located_error = ServiceError(error.message, hint=error.hint, where=outcome.edition.name)
                self.failures.add(outcome, located_error)
            except (WorkError, EngineMissing) as error:
                self.failures.add(outcome, error)
        return found

    def _level(self, chosen: ChosenVoice, language: str) -> VoiceLevel:
        loudness = self.settings.audio.loudness_lufs
        tick = partial(self.reporter.waiting, f"measuring the voice {chosen.voice.name}")
        try:
            return voice_level(
                chosen, language, loudness, self.project.store, keep=not self.dry_run, tick=tick
            )
        finally:
            self.reporter.waiting("")

    def _encodings(self, plan: Plan) -> frozenset[Encoding]:
        """Return the encodings besides MP3 that the formats of a work need."""
        return encodings_of(plan.inputs.formats, plan.inputs.audio)

    def _script(
        self,
        stale: list[tuple[Outcome, Plan, Cast]],
        read: Callable[[Plan, str], PreparedText],
        pool: _Pool | None,
    ) -> Iterator[tuple[Task, Iterator[bytes]]]:
        """Read and narrate every stale edition, and submit jobs to the pool in the meantime.

        Yields:
            A task, and the keys of the clips that must be made, listened to or encoded for it.
        """
        store = self.project.store
        cache = NarrationCache(store.narrated, reads=not self.force, writes=not self.dry_run)
        hold_chapters = tuple if self.dry_run else self._scripts.chapters
        for outcome, plan, cast in stale:
            clips = WorkClips(self._encodings(plan))
            on_passage = partial(self._add_passage, clips, pool)
            try:
                book = script_book(
                    plan, cast, on_passage, cache=cache, hold_chapters=hold_chapters, read=read
                )
            except (WorkError, EngineMissing) as error:
                self.failures.add(outcome, error)
                continue
            outcome.state = "stale"
            outcome.clips_total, outcome.clips_made = len(clips.keys), self._needed.unmade(clips.keys)
            outcome.problems = list(book.problems)
            for problem in book.problems:
                self.reporter.warn(problem)
            if again := self._needed.respoken(clips.keys):
                self.reporter.warn(spoken_again(outcome.edition.label, again))
            folder = self.project.folder(outcome.edition.language)
            yield Task(outcome, book, folder, clips.speech), self._needed.incomplete(clips)

    def _add_passage(self, clips: WorkClips, pool: _Pool | None, passage: SpokenPassage) -> None:
        """Add the clip of a passage to those that its work needs, and schedule it unless it is already scheduled.

        Args:
            clips: The clips of the work.
            pool: The pool; None in a dry run.
            passage: The passage.
        """
        if self._needed.add(passage, clips) and pool:
            # A job that has started encodes for earlier works only; `_job_done` handles the rest.
            self._jobs.append(self._job(passage))
            self._submit_early(pool)

    def _submit_early(self, pool: _Pool) -> None:
        """Keep the workers busy while texts are read. Their results are handled once all texts have been read."""
        if not pool.free_slots:
            for result in pool.results(0):
                self._early_results.append(result)
        while self._jobs and pool.free_slots:
            pool.submit(self._jobs.popleft())

    def _await(self, task: Task, missing: Iterable[bytes]) -> None:
        """Make a task wait for the clips with these keys, each of which is given once; without any, it is ready."""
        alone = (task,)
        for key in missing:
            task.missing_count += 1
            others = self._waiting.get(key)
            self._waiting[key] = (*others, task) if others else alone
        if not task.missing_count:
            self._ready.append(task)

    def _remake(self, task: Task, key: str) -> None:
        """Schedule a damaged clip to be made again."""
        self._await(task, [bytes.fromhex(key)])
        self._heads.forget(key)
        if not self._needed.needs_speech(key):
            self._needed.note_made(key)  # only an encoding that can be made from the MP3 frames was damaged
        entry = next(entry for entry, _ in task.book.script.passages() if entry.key == key)
        self._jobs.append(self._job(entry))

    def _job(self, entry: SpokenPassage) -> Job:
        sentences = tuple(map(bare_sentence, entry.passage.sentences))
        outfit = self.voices.outfit(entry.speaker.engine)
        store = self.project.store.folder
        return Job(
            entry.key,
            sentences,
            entry.passage.language,
            outfit,
            entry.speaker,
            entry.sound,
            store,
            self.listener,
            self._needed.is_made(entry.key),
            self._needed.encodings(entry.key),
        )

    def _make(self, pool: _Pool) -> None:
        while self._jobs or pool.busy:
            while self._jobs and pool.free_slots:
                job = self._jobs.popleft()
                if any(
                    task.outcome.state != "failed" for task in self._waiting.get(bytes.fromhex(job.key), ())
                ):
                    pool.submit(job)
            if not self._jobs:
                pool.submit_waiting()
            elif self._ready:
                # The workers are busy meanwhile. Books that become ready after the last job was submitted wait until
                # the workers have ended and freed their memory.
                self._assemble(self._ready.popleft())
            for job, result in pool.results(_TICK_S):
                self._handle(job, result)
            self.reporter.tick()

    def _handle(self, job: Job, result: Made | Failed | SpeechError) -> None:
        match result:
            case Made():
                self._measure(job, result)
                self._job_done(job, result)
            case Failed():
                self._job_failed(job, result)
            case SpeechError():
                self._job_failed(job, Failed(result, 0))

    def _measure(self, job: Job, made: Made) -> None:
        if job.is_made or job.listener or self.cluster:
            self._stopwatch.skip()
        else:
            self._stopwatch.count(job.speaker, made.length_s)

    def _wait(self, speech: SpeechToMake, parallel: Parallel) -> str:
        """Return the estimated time for clips as text, such as "about 12 s"; empty for no clips."""
        is_known = not (self.listener or self.cluster)
        return speech.wait_in_words(parallel if is_known else None)

    def _job_done(self, job: Job, made: Made) -> None:
        encodings = self._needed.encodings(job.key)
        self._heads.forget(job.key)
        if made.is_other:
            for task in self._waiting.get(bytes.fromhex(job.key), ()):
                task.forget_files()
        if encodings != job.encodings:  # a work that was read in the meantime needs more encodings
            self._needed.note_made(job.key)
            self._jobs.append(replace(job, is_made=True, encodings=encodings))
            return
        # No task waits for this clip if its text could not be read completely.
        for task in self._waiting.pop(bytes.fromhex(job.key), ()):
            task.missing_count -= 1
            self.reporter.clip_made(task.outcome.edition.label, made.length_s)
            if not made.is_clear:
                task.unclear.add(job.key)
            if not task.missing_count and task.outcome.state != "failed":
                self._ready.append(task)

    def _job_failed(self, job: Job, failure: Failed) -> None:
        if isinstance(failure.error, StorageError):
            raise failure.error
        for task in self._waiting.get(bytes.fromhex(job.key), ()):
            if task.outcome.state != "failed":
                self.failures.add(task.outcome, located(task.book, job.key, failure))

    def _assemble(self, task: Task) -> None:
        """Write the book; a clip that turns out to be damaged is made again first."""
        damaged = self._assembler.assemble(task)
        if damaged:
            task.outcome.clips_made += self._needed.needs_speech(damaged)
            self._remake(task, damaged)
