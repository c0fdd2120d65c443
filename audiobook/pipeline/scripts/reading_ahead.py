"""Reads texts in another process, while this one starts its workers and narrates earlier texts.

The memory that a reader does not free, such as the modules and tables of its format and the gaps between freed values, is freed
when that process ends.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Self

from msgspec.structs import replace

from audiobook.document import Chapter
from audiobook.engines.isolation import can_fork
from audiobook.errors import AudiobookError, WorkError
from audiobook.files import Spool
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.scripts.long_texts import LongTexts
from audiobook.pipeline.scripts.prepared_text import PreparedText, prepare
from audiobook.pipeline.scripts.waiting import Spooled
from audiobook.system.fork_ahead import ForkAhead, ForkDied


class TextsAhead:
    """The texts of some plans, read ahead in the order of the plans. Without `fork`, each text is read when it is requested."""

    def __init__(self, plans: Iterable[Plan], spool: Spool) -> None:
        """Prepare to read; entering the context starts the process.

        Args:
            plans: The plans.
            spool: Temporary file for long texts and for the chapters.
        """
        self._long_texts = LongTexts(spool)
        self._plans = deque(map(self._long_texts.without_text, plans))
        """The plans whose texts were not requested yet. The others are no longer needed: they may contain whole files."""
        self._spool = spool
        self._fork: ForkAhead | None = None
        self._next_number = 0
        self._stack = ExitStack()

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans whose texts were not requested yet, in order; long texts are not in them any more."""
        return tuple(self._plans)

    @property
    def is_ahead(self) -> bool:
        """Whether texts are read in another process."""
        return self._fork is not None

    @property
    def are_long(self) -> bool:
        """Whether a text is so long that little else should be in memory while it is read."""
        return self._long_texts.has_any

    def is_awaited(self) -> bool:
        """Return whether the process that reads has not sent anything yet of the first text. Ask before it is requested."""
        return self._fork is not None and not self._fork.has_sent()

    def __enter__(self) -> Self:
        """Start the process that reads.

        Raises:
            StorageError: The system allows no more processes.
        """
        if can_fork():
            self._fork = self._stack.enter_context(ForkAhead(self._pieces, len(self._plans)))
        return self

    def __exit__(self, *_: object) -> None:
        """End the process that reads."""
        self._stack.close()

    def text(self, plan: Plan, language: str) -> PreparedText:
        """Return the text of one of `plans`, which must be requested in their order; see `prepare`.

        Args:
            plan: The plan. Those before it are left out.
            language: BCP 47 tag of its main voice.

        Raises:
            SourceError: The text cannot be read, or there is nothing to read aloud.
            StorageError: The disk is full.
            WorkError: A reader has a bug, or ended its process.
        """
        while self._plans[0] is not plan:
            with suppress(AudiobookError, ForkDied):  # it is of no concern for a work that is left out
                deque(self._received(), maxlen=0)
        if self._fork is None:
            return prepare(self._long_texts.with_text(self._plans.popleft(), self._spool.get), language)
        try:
            pieces = self._received()
            head: PreparedText = pickle.loads(next(pieces))  # noqa: S301 - written by a fork of this process
            return replace(
                head, chapters=Spooled[Chapter](self._spool, [self._spool.add(piece) for piece in pieces])
            )
        except ForkDied as error:
            raise WorkError(
                f"the process that read it ended with {error.how}",
                where=plan.edition.name,
                hint="if it happens again, convert the text to another format",
            ) from error

    def _received(self) -> Iterator[bytes]:
        """Yield what the other process sends of the next text; nothing if there is no such process."""
        number, self._next_number = self._next_number, self._next_number + 1
        self._plans.popleft()
        if self._fork:
            yield from self._fork.received(number)

    def _pieces(self, number: int) -> Iterator[bytes]:
        plan = self._plans[number - self._next_number]
        text = prepare(self._long_texts.with_text(plan, self._spool.get_in_fork), plan.edition.language)
        yield pickle.dumps(replace(text, chapters=()), pickle.HIGHEST_PROTOCOL)
        for chapter in text.chapters:
            yield pickle.dumps(chapter, pickle.HIGHEST_PROTOCOL)
