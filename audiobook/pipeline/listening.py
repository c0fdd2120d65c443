"""Listening to clips in worker processes: to those that were just made, and to those of built works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from audiobook.clips.clip import Clip
from audiobook.clips.store import ClipStore
from audiobook.document import Sentence
from audiobook.errors import AudiobookError, OutputMismatch, SpeechError
from audiobook.listening.hearing import Hearing, hear, hearing_name, store_hearing, stored_hearing
from audiobook.listening.model import Listener
from audiobook.listening.recogniser import loaded
from audiobook.pipeline.voices.replies import MOST_RENEWALS, Replies


class HearJob(msgspec.Struct, frozen=True):
    """A clip to listen to.

    Attributes:
        key: Key of the clip.
        texts: What each sentence of the clip should say.
        language: BCP 47 tag of the passage.
        listener: The recogniser.
        store: Folder of the clip store.
    """

    key: str
    texts: tuple[str, ...]
    language: str
    listener: Listener
    store: Path

    @property
    def name(self) -> str:
        """The name under which the hearing is stored."""
        return hearing_name(self.key, self.listener.identity, self.texts, self.language)

    def begin(self) -> None:
        """Do nothing: a recogniser uses only one core, so nothing can be started ahead."""

    def run(self) -> Hearing | AudiobookError:
        """Listen to the clip and store what is heard. Errors are returned, not raised, so that workers can send them."""
        store = ClipStore(self.store)
        try:
            clip = store.get(self.key)
            if clip is None:
                return OutputMismatch("the clip is damaged", hint="build it again: audiobook build --force")
            hearing = hear_text(clip, self.texts, self.language, self.listener)
            store_hearing(store, self.name, hearing)
        except AudiobookError as error:
            return error
        return hearing


def hear_text(clip: Clip, texts: Sequence[str], language: str, listener: Listener) -> Hearing:
    """Listen to a clip; the result has no sentences if the recogniser does not know the language.

    Args:
        clip: The clip.
        texts: What each sentence of the clip should say.
        language: BCP 47 tag of the passage.
        listener: The recogniser.

    Raises:
        EngineMissing: The recogniser cannot be loaded.
        SpeechError: The clip cannot be decoded.
    """
    known = loaded(listener.folder).knows(language)
    return hear(clip, texts, language, listener) if known else Hearing(())


class ClipCheck(msgspec.Struct, frozen=True):
    """Listens to a clip that was just made, and requests sentences with faults from the service again.

    Attributes:
        job: The clip, what it should say, and the store for the hearing.
        remake: Makes the clip again from the cached responses.
        request: Requests one sentence from the service.
        replies: The cached responses; None for an offline voice, which would speak every sentence in the same way again.
    """

    job: HearJob
    remake: Callable[[], Clip]
    request: Callable[[Sentence], None]
    replies: Replies | None

    def run(self, clip: Clip, sentences: Sequence[Sentence]) -> tuple[Clip, Hearing]:
        """Return the best of up to three clips, and what is heard in it. Both are stored.

        Args:
            clip: The clip.
            sentences: The sentences of its passage.

        Raises:
            AudiobookError: The recogniser or the store failed.
        """
        store = ClipStore(self.job.store)
        hearing = self._heard(clip)
        for _ in range(MOST_RENEWALS if self.replies else 0):
            if not hearing.strength:
                break
            found = self._renewed(hearing, sentences)
            if found and found[1].strength < hearing.strength:
                clip, hearing = found
                store.put(self.job.key, clip)
        store_hearing(store, self.job.name, hearing)
        return clip, hearing

    def _heard(self, clip: Clip) -> Hearing:
        return hear_text(clip, self.job.texts, self.job.language, self.job.listener)

    def _renewed(self, hearing: Hearing, sentences: Sequence[Sentence]) -> tuple[Clip, Hearing] | None:
        """Request each sentence with a fault once more, and return the new clip and what is heard in it.

        The previous responses are restored if the new clip is no better. None if it could not be made, or if all
        sentences with faults have been requested often enough.
        """
        assert self.replies
        doubtful = [
            sentence for sentence, heard in zip(sentences, hearing.sentences, strict=True) if heard.faults
        ]
        with self.replies.renewing() as before:
            try:
                for sentence in doubtful:
                    self.request(sentence)
                found = self._made() if before else None
            except SpeechError:
                found = None  # keep the existing clip
        if found is None or found[1].strength >= hearing.strength:
            self.replies.restore(before)
        return found

    def _made(self) -> tuple[Clip, Hearing]:
        clip = self.remake()
        return clip, self._heard(clip)


def known_hearing(job: HearJob) -> Hearing | None:
    """Return what was heard in a clip earlier; None if it has not been listened to.

    Raises:
        StorageError: The store cannot be read.
    """
    return stored_hearing(ClipStore(job.store), job.name)
