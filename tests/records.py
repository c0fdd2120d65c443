"""Records and shelves of made-up works, for tests of publishing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.audio.mp3.frames import (
    STITCH_DELAY_SAMPLES,
    FrameHeader,
    StreamShape,
    frame_samples,
    info_frame,
)
from audiobook.audio.mp3.id3 import Picture, Tags, id3_tag
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.stamps import CoverRecord, FileStamp
from audiobook.book.record.works import Characters, Record
from audiobook.book.record.writing import write_record
from audiobook.clips.key import Speaker
from audiobook.document import Kind
from audiobook.files import digest
from audiobook.publish.works.shelf import Shelf, read_shelf
from audiobook.settings import AudioSettings, PauseSettings

RATE_HZ = 8000
_TAG = id3_tag(
    Tags(
        "An Essay",
        (),
        "tone",
        "eng",
        0,
        "",
        "audiobook 1.0",
        (),
        Picture("image/jpeg", b"\xff\xd8\xff small"),
    )
)
"""The bytes before the frames of a book."""
SPEAKER = Speaker("tone", "tone 1", "tone", 1.0, 1.0, 1.0, RATE_HZ)


def info(length_ms: int) -> bytes:
    """Return the Info frame of a book."""
    return _info(length_ms * RATE_HZ // 1000)


def _info(length_samples: int) -> bytes:
    length = length_samples + STITCH_DELAY_SAMPLES
    count = -(-length // frame_samples(RATE_HZ))
    header = FrameHeader(0, 64, RATE_HZ, padded=False, mono=True, checked=False)
    frame = bytearray(info_frame(StreamShape(header, count, 0, (0,) * 100)))
    at = 4 + header.side_bytes + 141
    padding = count * frame_samples(RATE_HZ) - length + 529
    frame[at : at + 3] = (576 << 12 | padding).to_bytes(3)
    return bytes(frame)


def mp3(length_ms: int) -> bytes:
    """Return a book with only its tag and Info frame."""
    return _TAG + info(length_ms)


def sound_of(texts: Sequence[str]) -> bytes:
    """Return what is repeated in the frames of a chapter with these paragraphs."""
    return digest("\n".join(texts).encode()).encode()


def spoken_mp3(one: Record) -> bytes:
    """Return a book whose frames can be cut: those of a chapter contain a digest of its text, over and over.

    All chapters of the record must begin with a frame; see `FRAME_MS`.
    """
    header = FrameHeader(0, 64, RATE_HZ, padded=False, mono=True, checked=False)
    pieces = [_TAG, _info(one.length_samples)]
    last_end = one.length_samples + STITCH_DELAY_SAMPLES
    ends = [*(each.start_samples for each in one.chapters[1:]), last_end]
    for each, end in zip(one.chapters, ends, strict=True):
        mark = sound_of([paragraph.text for paragraph in each.paragraphs])
        frame = header.encode() + mark * (header.length_bytes // len(mark) + 1)
        pieces.append(frame[: header.length_bytes] * ((end - each.start_samples) // frame_samples(RATE_HZ)))
    return b"".join(pieces)


FRAME_MS = frame_samples(RATE_HZ) * 1000 // RATE_HZ
MP3 = mp3(2000)
"""A book of two sentences of one second each."""


def sentence(text: str, start: int, end: int, at: int, length: int = 1000) -> SentenceRecord:
    """Return a sentence that speaks a part of a text word by word; times in milliseconds."""
    words, place = [], start
    for word in text[start:end].split(" "):
        if word:
            when = at + (place - start) * length // (end - start)
            words.append((place, len(word), _samples(when)))
        place += len(word) + 1
    return SentenceRecord(start, end, _samples(at), _samples(at + length), tuple(words))


def _samples(ms: int) -> int:
    return ms * RATE_HZ // 1000


def paragraph(text: str, at: int = 0, foreign: tuple[tuple[int, int, str], ...] = ()) -> ParagraphRecord:
    """Return a paragraph with one sentence of one second."""
    said = (sentence(text, 0, len(text), at),) if text else ()
    return ParagraphRecord(Kind.TEXT, "", 1, text, foreign, ("a" * 64,), said)


def chapter(title: str, start: int, texts: tuple[str, ...], length: int | None = None) -> ChapterRecord:
    """Return a chapter with paragraphs of one second each."""
    paragraphs = tuple(paragraph(text, start + 1000 * number) for number, text in enumerate(texts))
    end = start + (length or 1000 * len(texts))
    return ChapterRecord(title, 1, _samples(start), _samples(end), paragraphs)


def record(
    slug: str = "essay",
    language: str = "en",
    title: str = "An Essay",
    *,
    authors: tuple[str, ...] = ("Aino Ääni",),
    narrator: str = "A Patient Voice",
    date: str | None = None,
    description: str | None = None,
    chapters: tuple[ChapterRecord, ...] = (),
) -> Record:
    """Return a record without its seal."""
    chapters = chapters or (chapter(title, 0, ("One sentence.", "Another one.")),)
    length = chapters[-1].end_samples
    return Record(
        slug=slug,
        language=language,
        title=title,
        authors=authors,
        narrator=narrator,
        date=date,
        description=description,
        series=None,
        series_position=None,
        source=f"texts/{language}/{slug}.txt",
        inputs=Inputs(
            "0" * 64, None, None, authors, (), SPEAKER, PauseSettings(), AudioSettings(), "audiobook 1.0"
        ),
        audio=FileStamp(f"{slug}.mp3", len(mp3(0)), "f" * 64),
        cover=CoverRecord(
            f"{slug}.cover-ffffffff.jpg",
            5,
            "f" * 64,
            3000,
            drawn=True,
            design="d" * 64,
            small_sha256="e" * 64,
        ),
        rate_hz=RATE_HZ,
        length_samples=length,
        duration_s=round(length / RATE_HZ, 3),
        foreign={},
        characters=Characters(30, 30, {}),
        problems=(),
        chapters=chapters,
    )


def put(output: Path, *records: Record) -> Shelf:
    """Put works into an output folder, and return the shelf of all its works."""
    for one in records:
        folder = output / one.language
        folder.mkdir(parents=True, exist_ok=True)
        (folder / one.audio.name).write_bytes(mp3(one.length_samples * 1000 // RATE_HZ))
        (folder / one.cover.name).write_bytes(bytes(one.cover.length_bytes))
        write_record(folder / f"{one.slug}.json", one)
    return read_shelf(output)
