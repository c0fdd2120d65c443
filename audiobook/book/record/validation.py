"""Impossible values in a record: a valid digest is no proof, since anyone can write a record that no build produces."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from audiobook.audio.mp3.frames import RATES_HZ
from audiobook.book.record.archive_names import ARCHIVES, archive_name
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.pictures import PictureRecord, is_picture_name
from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import Record, RecordHead
from audiobook.clips.key import Speaker
from audiobook.document import LANGUAGE_TAG
from audiobook.layout import (
    LONGEST_DESCRIPTION_CHARS,
    MOST_BOXES,
    MOST_COLUMNS,
    MOST_PICTURES,
    MOST_STYLES,
    is_address,
)

_SLUG: Final = re.compile(r"[A-Za-z0-9_-]+")
_FORMAT: Final = re.compile(r"[a-z0-9]{1,8}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DATE: Final = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_LONGEST_TITLE_CHARS: Final = 200
_DEEPEST_LEVEL: Final = 1000
"""No supported format nests this deep."""
_LARGEST: Final = 1 << 53
"""No count, length or time is larger; JSON represents integers exactly up to here."""
_COVER_PX: Final = range(1400, 3001)
_PICTURE_PX: Final = range(1, 1 << 16)


def impossibilities(record: Record, path: Path, *, is_beside: bool = False) -> Iterator[str]:
    """Yield a description of each value that no build can have written, in one pass.

    Args:
        record: The record.
        path: Its file.
        is_beside: Whether it is next to its text, in a folder of any name.
    """
    yield from head_impossibilities(record, path, is_beside=is_beside)
    if record.rate_hz in RATES_HZ:
        yield from _bad_chapters(record)


def head_impossibilities(record: RecordHead, path: Path, *, is_beside: bool) -> Iterator[str]:
    """Check everything but the chapters."""
    yield from _misplaced(record, path, record.language if is_beside else path.parent.name)
    yield from _bad_files(record)
    yield from _bad_inputs(record)
    yield from _bad_details(record)
    if record.rate_hz not in RATES_HZ:
        yield f"MP3 does not support a sample rate of {record.rate_hz} Hz"
        return
    if not 0 < record.length_samples < _LARGEST:
        yield f"its length is {record.length_samples} samples"
    elif record.duration_s != round(record.length_samples / record.rate_hz, 3):
        yield f"{record.length_samples} samples do not last {record.duration_s} s"


def _misplaced(record: RecordHead, path: Path, language: str) -> Iterator[str]:
    """Check that the path matches the language and slug, from which other paths and URLs are made."""
    slug = path.name.removesuffix(".json")
    if record.language != language or not LANGUAGE_TAG.match(language):
        yield f"its language is {record.language!r}, but its folder is {language!r}"
    if record.slug != slug or not _SLUG.fullmatch(slug):
        yield f"its slug is {record.slug!r}, but its file is {path.name!r}"


def _bad_files(record: RecordHead) -> Iterator[str]:
    """Check that a record only names the files of its own slug."""
    audio, cover = record.audio, record.cover
    if (audio.name, cover.name) != (f"{record.slug}.mp3", f"{record.slug}.cover-{cover.sha256[:8]}.jpg"):
        yield "it names files of another work"
    for name, file in record.formats.items():
        if not _FORMAT.fullmatch(name) or file.name != _format_name(record, name) or name in ("json", "mp3"):
            yield f"its format {name[:40]!r} is in a file of another name"
    if record.chapter_files:
        yield from _bad_chapter_files(record)
    for stamp in (audio, cover, *record.formats.values(), *record.chapter_files, *record.shown_pictures):
        yield from _bad_stamp(stamp)
    for picture in record.pictures:
        yield from _bad_picture(picture, record.slug)
    if cover.size_px not in _COVER_PX:
        yield f"its cover is {cover.size_px} pixels wide"


def _format_name(record: RecordHead, name: str) -> str:
    """Return the name that the file of a format must have."""
    return archive_name(record.slug, record.source, name) if name in ARCHIVES else f"{record.slug}.{name}"


def _bad_chapter_files(record: RecordHead) -> Iterator[str]:
    folder = re.escape(record.slug)
    chapter_file = re.compile(
        rf"{folder}/(?:\d{{2,}}(?: - [^/\\\x00-\x1f]+)?\.mp3|{folder}\.(?:m3u8|sample\.mp3))"
    )
    for stamp in record.chapter_files:
        if not chapter_file.fullmatch(stamp.name):
            yield f"{stamp.name[:_LONGEST_TITLE_CHARS]!r} is not a file of one of its chapters"


def _bad_stamp(stamp: FileStamp) -> Iterator[str]:
    if not 0 < stamp.length_bytes < _LARGEST:
        yield f"{stamp.name!r} has {stamp.length_bytes} bytes"
    if not _SHA256.fullmatch(stamp.sha256):
        yield f"{stamp.sha256!r} is not a SHA-256"


def _bad_picture(picture: PictureRecord, slug: str) -> Iterator[str]:
    if picture.name and not is_picture_name(picture.name, slug, picture.sha256):
        yield f"{picture.name[:_LONGEST_TITLE_CHARS]!r} is not a file of one of its pictures"
    if bool(picture.name) != (picture.width_px in _PICTURE_PX and picture.height_px in _PICTURE_PX):
        yield f"a picture has {picture.width_px} × {picture.height_px} pixels"
    if picture.source_sha256 and not _SHA256.fullmatch(picture.source_sha256):
        yield f"{picture.source_sha256!r} is not a SHA-256"


def _bad_inputs(record: RecordHead) -> Iterator[str]:
    inputs, cover = record.inputs, record.cover
    needed = (inputs.source_sha256, cover.design, cover.small_sha256)
    digests = (
        *needed,
        *record.source_files.values(),
        *filter(None, (inputs.cover_sha256, inputs.lexicon_sha256)),
    )
    yield from (f"{each!r} is not a SHA-256" for each in digests if not _SHA256.fullmatch(each))
    for speaker in (inputs.speaker, *record.foreign.values(), *record.voices.values()):
        yield from _bad_speaker(speaker)
    yield from (f"{tag!r} is not a language tag" for tag in record.foreign if not LANGUAGE_TAG.match(tag))


def _bad_speaker(speaker: Speaker) -> Iterator[str]:
    factors = (speaker.speed, speaker.pitch, speaker.volume)
    if speaker.rate_hz not in RATES_HZ or not all(0 < factor < _LARGEST for factor in factors):
        yield f"the speed, pitch, volume or sample rate of {speaker.voice!r} is out of range"


def _bad_details(record: RecordHead) -> Iterator[str]:
    yield from _bad_title(record.title)
    if record.date is not None and not _DATE.fullmatch(record.date):
        yield f"{record.date!r} is not a date"
    counts = (record.characters.source, record.characters.spoken, *record.characters.skipped.values())
    if not all(0 <= count < _LARGEST for count in counts):
        yield "a character count is out of range"
    if record.encoding is not None and not _is_encoding(record.encoding):
        yield f"{record.encoding!r} is not an encoding"
    if not re.fullmatch("[a-z]{1,40}", record.chapters_by):
        yield f"{record.chapters_by!r} is not a rule for chapters"
    if "\0" in record.source or ".." in record.source.split("/")[1:]:
        yield f"{record.source!r} is not the name of a text"


def _bad_title(title: str) -> Iterator[str]:
    if not 0 < len(title) <= _LONGEST_TITLE_CHARS or _CONTROL.search(title):
        yield f"{title[:_LONGEST_TITLE_CHARS]!r} is not a title"


def _is_encoding(name: str) -> bool:
    """Return whether a codec of this name converts bytes to text."""
    try:
        "".encode(codecs.lookup(name).name)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def _bad_chapters(record: Record) -> Iterator[str]:
    """Check that chapters follow each other without gaps from the first sample to the last."""
    at = 0
    for number, chapter in enumerate(record.chapters, 1):
        if chapter.start_samples != at or not at < chapter.end_samples <= record.length_samples:
            yield (
                f"chapter {number} covers samples {chapter.start_samples} to {chapter.end_samples}, "
                f"but the previous one ends at {at}, and the book at {record.length_samples}"
            )
        at = chapter.end_samples
        for problem in _bad_chapter(chapter, len(record.pictures)):
            yield f"chapter {number}: {problem}"
    if at != record.length_samples:
        yield f"the last chapter ends at sample {at}, the book at {record.length_samples}"


def _bad_chapter(chapter: ChapterRecord, picture_count: int) -> Iterator[str]:
    yield from _bad_title(chapter.title)
    if not 0 < chapter.level < _DEEPEST_LEVEL:
        yield f"its level is {chapter.level}"
    if not chapter.paragraphs:
        yield "it has no paragraphs"
    at = chapter.start_samples
    for number, paragraph in enumerate(chapter.paragraphs, 1):
        if not 0 <= paragraph.line < _LARGEST:
            yield f"paragraph {number} begins on line {paragraph.line}"
        yield from (f"paragraph {number} {problem}" for problem in _bad_spans(paragraph, picture_count))
        at, problem = _heard(paragraph.sentences, len(paragraph.text), at)
        if problem:
            yield f"paragraph {number} {problem}"
    if at > chapter.end_samples:
        yield f"its speech ends at sample {at}, after its own end at {chapter.end_samples}"


def _bad_spans(paragraph: ParagraphRecord, picture_count: int) -> Iterator[str]:
    at = 0
    for start, end, language in paragraph.foreign:
        if not at <= start < end <= len(paragraph.text) or not LANGUAGE_TAG.match(language):
            yield f"has a part in {language[:40]!r} from character {start} to {end}, which is not valid"
        at = end
    if not all(map(_SHA256.fullmatch, paragraph.clips)):
        yield "has a clip key that is not valid"
    yield from _bad_layout(paragraph)
    for index, _, description in paragraph.pictures[: MOST_PICTURES + 1]:
        if not 0 <= index < picture_count or len(description) > LONGEST_DESCRIPTION_CHARS:
            yield f"has the picture {index}, which does not exist, or with too long a description"
    if len(paragraph.pictures) > MOST_PICTURES:
        yield "has too many pictures"


def _bad_layout(paragraph: ParagraphRecord) -> Iterator[str]:
    length = len(paragraph.text)
    for start, end, name in (*paragraph.styles, *paragraph.links):
        if not 0 <= start < end <= length:
            yield f"has a part in {name[:40]!r} from character {start} to {end}, out of place"
    for _, _, address in paragraph.links:
        if not is_address(address):
            yield f"has a link to {address[:40]!r}, which is not the address of a page"
    if len(paragraph.styles) + len(paragraph.links) > MOST_STYLES:
        yield "has too many styles and links"
    if len(paragraph.within) > MOST_BOXES or not all(0 <= each[2] < _LARGEST for each in paragraph.within):
        yield "is in too many lists or quotations, or has a number out of range"
    at = column = 0
    for index, start, end, _ in paragraph.cells:
        if not at <= start < end <= length or not column <= index < MOST_COLUMNS:
            yield f"has a cell from character {start} to {end}, out of place"
        at, column = end, index + 1


def _heard(sentences: Sequence[SentenceRecord], length: int, at: int) -> tuple[int, str]:
    """Check that a paragraph's sentences and words are in order, both in the text and in time.

    This runs over every word of a library, so it is a single plain loop.

    Args:
        sentences: In order.
        length: Number of characters of the paragraph.
        at: The sample at which the previous paragraph ends.

    Returns:
        The sample at which the last sentence ends; and a description of the first problem, or "".
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
