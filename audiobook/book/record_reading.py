"""The record as readers get it: whole, as it was written, and believed only as far as it can be true.

Anybody can seal a record that says what no build could have written. Everything that reads records reads them here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from audiobook.audio.mp3_frames import RATES_HZ
from audiobook.book.record import (
    FORMAT,
    ChapterRecord,
    FileStamp,
    ParagraphRecord,
    Record,
    SentenceRecord,
    sealed,
)
from audiobook.clips.key import Speaker
from audiobook.document import LANGUAGE_TAG
from audiobook.errors import OutputMismatch
from audiobook.files import read_whole

_SLUG: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DATE: Final = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_LONGEST_TITLE_CHARS: Final = 200
_DEEPEST_LEVEL: Final = 1000
"""No format that is read nests as deep as this."""
_LARGEST: Final = 1 << 53
"""No count, length or time is larger; JSON holds integers up to here exactly."""
_COVER_PX: Final = range(1400, 3001)


def read_record(path: Path) -> Record | None:
    """Read a record.

    Args:
        path: `<language>/<slug>.json`, which has to be the language and the slug that it names.

    Returns:
        The record, or None when there is none.

    Raises:
        OutputMismatch: It is damaged, was edited, is of another version, or says what cannot be true.
        StorageError: It cannot be read.
    """
    record = load_record(path)
    if record is not None:
        for problem in impossibilities(record, path):
            raise OutputMismatch(f"cannot be true: {problem}", where=path.name)
    return record


def load_record(path: Path) -> Record | None:
    """Read a record as it was written, whatever it says; for `check`, which names all that is wrong with it.

    Raises:
        OutputMismatch: It is damaged, was edited, or is of another version.
        StorageError: It cannot be read.
    """
    data = read_whole(path)
    if data is None:
        return None
    try:
        record = msgspec.json.decode(data, type=Record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OutputMismatch(f"is no record that can be read: {error}", where=path.name) from error
    if record.format != FORMAT:
        raise OutputMismatch(f"is a record of format {record.format}, not {FORMAT}", where=path.name)
    if sealed(record).digest != record.digest:
        raise OutputMismatch("is not as it was written", where=path.name)
    return record


def impossibilities(record: Record, path: Path) -> Iterator[str]:
    """Yield everything in a record that no build can have written, in one pass over it.

    Args:
        record: What it says.
        path: Where it is.
    """
    yield from _misplaced(record, path)
    yield from _bad_files(record)
    yield from _bad_inputs(record)
    yield from _bad_details(record)
    if record.rate_hz not in RATES_HZ:
        yield f"no MP3 has {record.rate_hz} samples a second"
        return
    if not 0 < record.length_samples < _LARGEST:
        yield f"its length is {record.length_samples} samples"
    elif record.duration_s != round(record.length_samples / record.rate_hz, 3):
        yield f"{record.length_samples} samples do not last {record.duration_s} s"
    yield from _bad_chapters(record)


def _misplaced(record: Record, path: Path) -> Iterator[str]:
    """A record stands under the language and the slug that it names: paths and addresses are made of them."""
    language, slug = path.parent.name, path.name.removesuffix(".json")
    if record.language != language or not LANGUAGE_TAG.match(language):
        yield f"it is of the language {record.language!r}, and in the folder {language!r}"
    if record.slug != slug or not _SLUG.fullmatch(slug):
        yield f"it is of the work {record.slug!r}, and is called {path.name!r}"


def _bad_files(record: Record) -> Iterator[str]:
    """The files beside a record are named by its slug, so it can name no others."""
    audio, cover = record.audio, record.cover
    if (audio.name, cover.name) != (f"{record.slug}.mp3", f"{record.slug}.cover-{cover.sha256[:8]}.jpg"):
        yield "it names files that are not its own"
    for stamp in (audio, cover):
        yield from _bad_stamp(stamp)
    if cover.size_px not in _COVER_PX:
        yield f"its cover has {cover.size_px} pixels a side"


def _bad_stamp(stamp: FileStamp) -> Iterator[str]:
    if not 0 < stamp.length_bytes < _LARGEST:
        yield f"{stamp.name!r} has {stamp.length_bytes} bytes"
    if not _SHA256.fullmatch(stamp.sha256):
        yield f"{stamp.sha256!r} is not a SHA-256"


def _bad_inputs(record: Record) -> Iterator[str]:
    inputs, cover = record.inputs, record.cover
    needed = (inputs.source_sha256, cover.design, cover.small_sha256)
    digests = (*needed, *filter(None, (inputs.cover_sha256, inputs.lexicon_sha256)))
    yield from (f"{each!r} is not a SHA-256" for each in digests if not _SHA256.fullmatch(each))
    for speaker in (inputs.speaker, *record.foreign.values()):
        yield from _bad_speaker(speaker)
    yield from (f"{tag!r} is not a language tag" for tag in record.foreign if not LANGUAGE_TAG.match(tag))


def _bad_speaker(speaker: Speaker) -> Iterator[str]:
    factors = (speaker.speed, speaker.pitch, speaker.volume)
    if speaker.rate_hz not in RATES_HZ or not all(0 < factor < _LARGEST for factor in factors):
        yield f"nobody can speak like {speaker.voice!r}"


def _bad_details(record: Record) -> Iterator[str]:
    yield from _bad_title(record.title)
    if record.date is not None and not _DATE.fullmatch(record.date):
        yield f"{record.date!r} is not a date"
    counts = (record.characters.source, record.characters.spoken, *record.characters.skipped.values())
    if not all(0 <= count < _LARGEST for count in counts):
        yield "it counts fewer characters than none, or too many"
    if record.encoding is not None and not _is_encoding(record.encoding):
        yield f"{record.encoding!r} is not an encoding"
    if "\0" in record.source or ".." in record.source.split("/")[1:]:
        yield f"{record.source!r} is not the name of a text"


def _bad_title(title: str) -> Iterator[str]:
    if not 0 < len(title) <= _LONGEST_TITLE_CHARS or _CONTROL.search(title):
        yield f"{title[:_LONGEST_TITLE_CHARS]!r} is not a title"


def _is_encoding(name: str) -> bool:
    """Whether a codec of this name makes text of bytes."""
    try:
        "".encode(codecs.lookup(name).name)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def _bad_chapters(record: Record) -> Iterator[str]:
    """Chapters follow each other without a gap, from the first sample to the last."""
    at = 0
    for number, chapter in enumerate(record.chapters, 1):
        if chapter.start_samples != at or not at < chapter.end_samples <= record.length_samples:
            yield (
                f"chapter {number} is from sample {chapter.start_samples} to {chapter.end_samples}, "
                f"after one that ends at {at} in a book of {record.length_samples}"
            )
        at = chapter.end_samples
        for problem in _bad_chapter(chapter):
            yield f"chapter {number}: {problem}"
    if at != record.length_samples:
        yield f"the last chapter ends at sample {at}, the book at {record.length_samples}"


def _bad_chapter(chapter: ChapterRecord) -> Iterator[str]:
    yield from _bad_title(chapter.title)
    if not 0 < chapter.level < _DEEPEST_LEVEL:
        yield f"its depth is {chapter.level}"
    if not chapter.paragraphs:
        yield "it has no paragraphs"
    at = chapter.start_samples
    for number, paragraph in enumerate(chapter.paragraphs, 1):
        if not 0 <= paragraph.line < _LARGEST:
            yield f"paragraph {number} begins on line {paragraph.line}"
        yield from (f"paragraph {number} {problem}" for problem in _bad_spans(paragraph))
        at, problem = _heard(paragraph.sentences, len(paragraph.text), at)
        if problem:
            yield f"paragraph {number} {problem}"
    if at > chapter.end_samples:
        yield f"it is heard until sample {at}, after its end at {chapter.end_samples}"


def _bad_spans(paragraph: ParagraphRecord) -> Iterator[str]:
    at = 0
    for start, end, language in paragraph.foreign:
        if not at <= start < end <= len(paragraph.text) or not LANGUAGE_TAG.match(language):
            yield f"has {language[:40]!r} from character {start} to {end}"
        at = end
    if not all(map(_SHA256.fullmatch, paragraph.clips)):
        yield "names a clip that cannot be"


def _heard(sentences: Sequence[SentenceRecord], length: int, at: int) -> tuple[int, str]:
    """Follow the sentences of a paragraph: each is in its text, after the one before, and heard after it.

    This is run over every word of a library, so it is one plain loop.

    Args:
        sentences: In order.
        length: Characters of the paragraph.
        at: The sample at which what comes before is heard to its end.

    Returns:
        The sample at which they are heard to their end, and what is wrong first; empty if nothing is.
    """
    before, wrong = 0, ""
    for sentence in sentences:
        if not before <= sentence.start < sentence.end <= length:
            wrong = wrong or f"has a sentence from character {sentence.start} to {sentence.end}, out of place"
        before = sentence.start
        if sentence.start_samples < at:
            wrong = wrong or f"has a sentence at sample {sentence.start_samples}, before {at}"
        at = sentence.start_samples
        for first, count, when in sentence.words:
            if first < 0 or count < 1 or first + count > length:
                wrong = wrong or f"has a word of {count} characters at character {first}, out of place"
            if when < at:
                wrong = wrong or f"has a word at sample {when}, before {at}"
            at = when
        if sentence.end_samples < at:
            wrong = wrong or f"has a sentence that ends at sample {sentence.end_samples}, before {at}"
        at = sentence.end_samples
    return at, wrong
