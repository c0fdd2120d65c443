"""The clips of a book, as its timeline and its sound need them."""

from __future__ import annotations

from audiobook.book.script import Script, SpokenPassage
from audiobook.book.sound.book_frames import DamagedClip
from audiobook.clips.clip import ClipExtent, ClipSentence
from audiobook.clips.heads import ClipHeads, Head
from audiobook.clips.store import ClipStore
from audiobook.files import Spool


class BookClips:
    """The clips of a book; the head of each, before its frames, is read only once."""

    def __init__(
        self,
        script: Script,
        listener: str,
        store: ClipStore,
        spool: Spool,
        known: ClipHeads | None = None,
    ) -> None:
        """Prepare to read clips; none is read yet.

        Args:
            script: The text with its clips.
            listener: Identity of the speech recogniser that gives the times of words; empty without one.
            store: The store with the clips.
            spool: Temporary storage for the sentences of clips.
            known: The heads that were read before; None if there are none.
        """
        self.store = store
        self._known = known or ClipHeads(store, spool)
        self._heads = ClipHeads(store, spool)
        """The heads of the other clips."""
        self._hearings = (
            {entry.key: passage_hearing(entry, listener) for entry, _ in script.passages()}
            if listener
            else {}
        )

    def extent(self, key: str) -> ClipExtent:
        """Return the length of a clip.

        Raises:
            DamagedClip: It is missing or damaged.
        """
        return self._head(key).extent

    def sentences(self, key: str) -> tuple[ClipSentence, ...]:
        """Return the sentences of a clip, with the times of words that a recogniser gave; see `extent`."""
        try:
            sentences = self._sentences(key)
        except ValueError as error:
            raise DamagedClip(key) from error
        if not self._hearings:
            return sentences
        from audiobook.listening.hearing import stored_hearing, with_word_times

        hearing = stored_hearing(self.store, self._hearings[key])
        if hearing is None:
            raise DamagedClip(key)
        return with_word_times(sentences, hearing)

    def frames_sha256(self, key: str) -> str:
        """Return the digest of the frames of a clip; see `extent`."""
        return self._head(key).frames_sha256

    def _sentences(self, key: str) -> tuple[ClipSentence, ...]:
        known = self._known.kept(key)
        return self._known.sentences(known) if known else self._heads.sentences(self._head(key))

    def _head(self, key: str) -> Head:
        head = self._known.kept(key) or self._heads.kept(key)
        if head is None and self._heads.frames_sha256(key):
            head = self._heads.kept(key)
        if head is None:
            raise DamagedClip(key)
        return head


def passage_hearing(entry: SpokenPassage, listener: str) -> str:
    """Return the name under which the store keeps what a speech recogniser, given by its identity, hears in a passage."""
    from audiobook.listening.hearing import hearing_name  # not needed by builds that listen to nothing

    texts = [sentence.text for sentence in entry.passage.sentences]
    return hearing_name(entry.key, listener, texts, entry.passage.language)
