"""Messages of a build about the passages of a book."""

from __future__ import annotations

from audiobook.book.book import Book
from audiobook.errors import AudiobookError, SpeechError
from audiobook.pipeline.clip_job import Failed


def spoken_again(label: str, count: int) -> str:
    """Return the warning that passages are spoken again for a lossless format."""
    passages = "1 passage is" if count == 1 else f"{count} passages are"
    return f"{label}: {passages} spoken again for the FLAC, because only the MP3 was kept"


def unclear(label: str, count: int) -> str:
    """Return the warning that listening found faults in passages."""
    passages = "1 passage does" if count == 1 else f"{count} passages do"
    return f"{label}: {passages} not sound like the text; to list them: audiobook check --listen"


def located(book: Book, key: str, failure: Failed) -> AudiobookError:
    """Return the error of a passage, with the `path:line` and the text of the sentence that could not be spoken.

    Args:
        book: The book.
        key: Clip key of the passage.
        failure: The failure.

    Raises:
        KeyError: The book has no such passage.
    """
    for passage, paragraph in book.script.passages():
        if passage.key == key:
            sentence = passage.passage.sentences[failure.sentence]
            where = paragraph.where(book.source, sentence.span[0])
            quote = sentence.text if len(sentence.text) <= 60 else sentence.text[:59] + "…"
            return SpeechError(
                f"cannot be spoken: {failure.error.message}: “{quote}”",
                where=where,
                hint=failure.error.hint or "rephrase the sentence, or choose another voice",
            )
    raise KeyError(key)
