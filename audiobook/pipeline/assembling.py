"""Writing a book once all its clips are in the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import msgspec
from msgspec.structs import replace

from audiobook.book.assemble import Assembled, assemble
from audiobook.book.book import Book
from audiobook.book.extra_files import PreviousFiles
from audiobook.book.record.archive_names import missing_archives
from audiobook.book.sound.book_frames import DamagedClip
from audiobook.book.sound.old_frames import OldFrames, old_frames
from audiobook.clips.heads import ClipHeads
from audiobook.errors import OutputMismatch, StorageError, WorkError
from audiobook.pipeline.containment import contained
from audiobook.pipeline.cost import SpeechToMake
from audiobook.pipeline.outcome import Built, Failures, Outcome
from audiobook.pipeline.project import Project
from audiobook.pipeline.remarks import unclear
from audiobook.pipeline.texts.edition import Edition
from audiobook.report.base import Reporter, counted
from audiobook.report.pace import clock


class Task(msgspec.Struct):
    """A book that is being built."""

    outcome: Outcome
    book: Book
    folder: Path
    speech: SpeechToMake
    """The clips of the work that were not in the store when the text was read, and the length of their speech."""
    missing_count: int = 0
    """Number of clips that must still be made, listened to or encoded."""
    unclear: set[str] = msgspec.field(default_factory=set)
    """Keys of clips in which listening found faults."""
    repaired: set[str] = msgspec.field(default_factory=set)
    """Keys of clips that were damaged and made again."""

    def forget_files(self) -> None:
        """Make the build rewrite all files, because a clip has changed since they were written."""
        before = self.book.previous
        self.book = replace(
            self.book,
            previous=PreviousFiles(None, {}, before.made, before.chapter_files, pictures=before.pictures),
        )


class Assembler:
    """Writes the books of one build."""

    def __init__(
        self, project: Project, heads: ClipHeads, reporter: Reporter, failures: Failures, *, force: bool
    ) -> None:
        """Prepare for a build.

        Args:
            project: Folders of the project.
            heads: The heads of clips that were read before.
            reporter: Receives what was written, and problems.
            failures: Receives the books that could not be written.
            force: Whether to replace files that this program did not make.
        """
        self._project = project
        self._heads = heads
        self._reporter = reporter
        self._failures = failures
        self._force = force
        self._stack = ExitStack()
        self._checking: OldFrames | None = None
        """An MP3 that is being checked while its work is narrated."""

    def __enter__(self) -> Self:
        """Return the assembler."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the check of a work that was not assembled."""
        self._stack.close()

    def check_ahead(self, edition: Edition) -> None:
        """Start to check the MP3 that will be replaced, at a time when a core is idle.

        Args:
            edition: The text. Its book has changed a little, so that most frames of the MP3 will stay.
        """
        path = self._project.folder(edition.language) / f"{edition.slug}.mp3"
        if self._checking is None and (old := old_frames(path, self._project.store.notes)):
            self._checking = self._stack.enter_context(old)

    def assemble(self, task: Task) -> str | None:
        """Write a book and its record, and report it.

        Returns:
            The key of a clip that is damaged, and must be made again before the book can be written; otherwise None.

        Raises:
            StorageError: A file cannot be written, or a clip was damaged again after it was made again.
        """
        outcome = task.outcome
        try:
            with contained(outcome.edition.name):
                with self._checked_ahead(task) as old:
                    made = assemble(
                        task.book, self._project.store, task.folder, self._heads, old, replace=self._force
                    )
                made = self._with_archives(task, made)
        except (WorkError, OutputMismatch) as error:
            self._failures.add(outcome, error)
        except DamagedClip as damage:
            self._note_damage(task, damage)
            return damage.key
        else:
            self._report(task, made)
        return None

    @contextmanager
    def _checked_ahead(self, task: Task) -> Iterator[OldFrames | None]:
        """Yield the MP3 of a work if it is being checked, and close it at the end. It is not used again if a clip is damaged."""
        old = self._checking
        if old and old.path == task.folder / f"{task.book.slug}.mp3":
            self._checking = None
            with self._stack.pop_all():
                yield old
        else:
            yield None

    def _note_damage(self, task: Task, damage: DamagedClip) -> None:
        if damage.key in task.repaired:
            raise StorageError(
                "a clip was damaged again right after it was made",
                where=str(self._project.store.path(damage.key)),
                hint="check the disk",
            ) from damage
        self._reporter.warn(f"{task.outcome.edition.label}: a clip is missing or damaged; making it again")
        task.repaired.add(damage.key)

    def _with_archives(self, task: Task, made: Assembled) -> Assembled:
        """Write the archives that a book lacks; its record then has another digest."""
        if not missing_archives(made.record.inputs.formats, made.record.formats):
            return made
        from audiobook.pipeline.archives import add_archives  # not needed by other builds

        path = task.folder / f"{task.book.slug}.json"
        originals = [task.outcome.edition.path]
        record = add_archives(
            self._project, path, originals, self._reporter.warn, made.places, replace=self._force
        )
        return made._replace(sha256=record.digest) if record else made

    def _report(self, task: Task, made: Assembled) -> None:
        outcome, record = task.outcome, made.record
        outcome.state = "built"
        outcome.built = Built(record.audio.name, record.duration_s, made.chapter_count, made.sha256)
        for problem in record.problems[len(outcome.problems) :]:
            self._reporter.warn(problem)  # problems of the cover, which was just made
        outcome.problems = list(record.problems)
        if task.unclear:
            self._reporter.warn(unclear(outcome.edition.label, len(task.unclear)))
        clips = f"{outcome.clips_made} of {counted(outcome.clips_total, 'clip')} made"
        chapters = counted(made.chapter_count, "chapter")
        summary = f"{', '.join(outcome.reasons)}; {clips}; {clock(record.duration_s)}, {chapters}"
        if record.inputs.formats:
            summary += f"; {', '.join(('mp3', *record.inputs.formats))}"
        self._reporter.work_done(outcome.edition.label, summary, (task.folder / record.audio.name).as_posix())
