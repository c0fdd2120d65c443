"""Which clips the works of a build need, and what is missing of them in the store."""

from __future__ import annotations

from dataclasses import dataclass, field

from audiobook.book.script import SpokenPassage
from audiobook.book.sound.book_clips import passage_hearing
from audiobook.clips.encoded import Encoding, lack_speech
from audiobook.clips.store import ClipStore, missing_encodings
from audiobook.listening.hearing import stored_hearing
from audiobook.listening.model import Listener
from audiobook.pipeline.cost import SpeechToMake


@dataclass(slots=True)
class WorkClips:
    """The clips that one work needs, collected while its text is narrated.

    Attributes:
        encodings: Encodings besides MP3.
        keys: Keys of the clips.
        speech: The clips that must be spoken, and the length of their speech.
    """

    encodings: frozenset[Encoding]
    keys: set[str] = field(default_factory=set)
    speech: SpeechToMake = field(default_factory=SpeechToMake)


class NeededClips:
    """The clips that all works of a build need.

    Attributes:
        speech: The clips that must be spoken, and the length of their speech.
    """

    def __init__(self, store: ClipStore, listener: Listener | None, *, force: bool) -> None:
        """Compare with a store.

        Args:
            store: The store.
            listener: The recogniser that must have listened to each clip; None if clips are not listened to.
            force: Whether all clips are made again.
        """
        self._store = store
        self._listener = listener
        self._force = force
        self._incomplete: dict[str, bool] = {}
        """Keys of all passages so far, each with whether the clip must be made, listened to or encoded."""
        self._unmade: set[str] = set()
        """Keys of clips that must be spoken: not in the store, or not in a lossless encoding that a work needs."""
        self._respoken: set[str] = set()
        """Keys of clips that are in the store, but must be spoken again for a lossless encoding."""
        self._encodings: dict[str, frozenset[Encoding]] = {}
        self.speech = SpeechToMake()

    def add(self, passage: SpokenPassage, work: WorkClips) -> bool:
        """Add the clip of a passage to those that its work needs.

        Args:
            passage: The passage.
            work: The clips of the work, to which this one is added.

        Returns:
            Whether a job is needed for this clip, and none was needed before.
        """
        key, was_unmade = passage.key, passage.key in self._unmade
        needs_job = self._is_newly_needed(passage, work.encodings)
        if key in self._unmade:
            if not was_unmade:
                self.speech.add(passage)
            if key not in work.keys:
                work.speech.add(passage)
        work.keys.add(key)
        return needs_job

    def _is_newly_needed(self, passage: SpokenPassage, encodings: frozenset[Encoding]) -> bool:
        key = passage.key
        before = self._encodings.get(key, frozenset[Encoding]())
        if key in self._incomplete and encodings <= before:
            return False
        had_job = self._incomplete.get(key, False)
        # Most clips share one set, which saves memory.
        self._encodings[key] = before | encodings if before else encodings
        self._incomplete[key] = had_job or self._is_incomplete(passage)
        return self._incomplete[key] and not had_job

    def _is_incomplete(self, passage: SpokenPassage) -> bool:
        """Return whether the clip of a passage must be made, listened to, or encoded."""
        head = None if self._force else self._store.head(passage.key)
        if head is None:
            self._unmade.add(passage.key)
            return True
        missing = missing_encodings(self._store, head[1], self._encodings[passage.key])
        if lack_speech(missing):
            self._unmade.add(passage.key)
            self._respoken.add(passage.key)
        if self._listener:
            name = passage_hearing(passage, self._listener.identity)
            if stored_hearing(self._store, name) is None:
                return True
        return bool(missing)

    def incomplete(self, work: WorkClips) -> set[str]:
        """Return the keys of the clips of a work that must be made, listened to or encoded."""
        return {key for key in work.keys if self._incomplete[key]}

    def unmade(self, keys: set[str]) -> int:
        """Return how many of some clips must be spoken."""
        return len(keys & self._unmade)

    def respoken(self, keys: set[str]) -> int:
        """Return how many of some clips are in the store, but must be spoken again for a lossless encoding."""
        return len(keys & self._respoken)

    def encodings(self, key: str) -> frozenset[Encoding]:
        """Return the encodings besides MP3 in which the works so far need a clip."""
        return self._encodings[key]

    def is_made(self, key: str) -> bool:
        """Return whether a clip does not have to be spoken."""
        return key not in self._unmade

    def note_made(self, key: str) -> None:
        """Note that a clip was spoken."""
        self._unmade.discard(key)

    def needs_speech(self, key: str) -> bool:
        """Return whether the clip with this key must be spoken now, even if only for a lossless encoding."""
        head = self._store.head(key)
        return head is None or lack_speech(missing_encodings(self._store, head[1], self._encodings[key]))
