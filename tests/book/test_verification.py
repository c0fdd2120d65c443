"""Checking a book finds whatever differs from its record, and names the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from records import RATE_HZ, chapter, info, record

from audiobook.audio.mp3.frames import FrameHeader, read_info
from audiobook.audio.mp3.id3 import Picture, Tags, id3_tag
from audiobook.book.record.from_script import chapter_marks
from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import Record
from audiobook.book.record.writing import write_record
from audiobook.book.verification import check_book

AGAIN = "build it again: audiobook build"
MOVE = "move it elsewhere, or replace it: audiobook build --force"
COVER_BYTES = b"a cover"
COVER_SHA256 = hashlib.sha256(COVER_BYTES).hexdigest()
NAME, MP3, COVER = "en/essay.json", "en/essay.mp3", f"en/essay.cover-{COVER_SHA256[:8]}.jpg"
CHAPTERS = (chapter("One", 0, ("A sentence.",)), chapter("Two", 1000, ("Another one.", "The last.")))


def stamp(name: str, data: bytes) -> FileStamp:
    return FileStamp(name, len(data), hashlib.sha256(data).hexdigest())


def mp3_of(one: Record) -> bytes:
    """Return a tag, an Info frame, and frames without content."""
    marks = chapter_marks(one.chapters, RATE_HZ)
    cover = Picture("image/jpeg", b"\xff\xd8\xff small")
    length_ms = one.length_samples * 1000 // RATE_HZ
    first = info(length_ms)
    frame = FrameHeader(0, 64, RATE_HZ, padded=False, mono=True, checked=False)
    frames = (frame.encode() + bytes(frame.length_bytes - 4)) * read_info(first).frame_count
    tag = id3_tag(Tags(one.title, (), "tone", "eng", length_ms, "", "audiobook 1.0", marks, cover))
    return tag + first + frames


def put(folder: Path, data: bytes | None = None, **changes: object) -> Path:
    """Write a book, and return its record."""
    one = record(chapters=CHAPTERS)
    data = mp3_of(one) if data is None else data
    cover = msgspec.structs.replace(
        one.cover, name=COVER.removeprefix("en/"), length_bytes=len(COVER_BYTES), sha256=COVER_SHA256
    )
    (folder / "en").mkdir()
    (folder / MP3).write_bytes(data)
    (folder / COVER).write_bytes(COVER_BYTES)
    one = msgspec.structs.replace(one, audio=stamp("essay.mp3", data), cover=cover)
    write_record(folder / NAME, msgspec.structs.replace(one, **changes))
    return folder / NAME


def found(path: Path) -> list[tuple[str | None, str, str | None]]:
    return [(each.where, each.message, each.hint) for each in check_book(path, NAME)]


DATA = mp3_of(record(chapters=CHAPTERS))
FRAME = FrameHeader(0, 64, RATE_HZ, padded=False, mono=True, checked=False).length_bytes
CHANGED = "is damaged: its content has changed"


def test_a_book_as_it_was_built_has_no_mismatches(tmp_path: Path) -> None:
    assert found(put(tmp_path)) == []


def overwrite(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def replace_by_folder(folder: Path) -> None:
    for name in (MP3, COVER):
        (folder / name).unlink()
        (folder / name).mkdir()


@pytest.mark.parametrize(
    ("harm", "mismatches"),
    [
        (overwrite(MP3, DATA[:-1] + b"\1"), {MP3: CHANGED}),
        (overwrite(COVER, b"A cover"), {COVER: CHANGED}),
        (overwrite(COVER, b"a covers"), {COVER: "has 8 bytes, but the record says 7"}),
        (lambda folder: (folder / MP3).unlink(), {MP3: "is missing"}),
        (lambda folder: (folder / COVER).unlink(), {COVER: "is missing"}),
        (replace_by_folder, {MP3: "is not a regular file", COVER: "is not a regular file"}),
        (
            lambda folder: (folder / NAME).unlink(),
            {NAME: "is missing, but the MP3 exists"},
        ),
        (
            overwrite(NAME, b'{"format":1,"slug":"essay"'),
            {NAME: "not a valid record: Input data was truncated"},
        ),
    ],
)
def test_a_changed_file_is_named_with_its_mismatch(
    tmp_path: Path, harm: Callable[[Path], object], mismatches: dict[str, str]
) -> None:
    path = put(tmp_path)
    harm(tmp_path)
    assert found(path) == [(where, message, AGAIN) for where, message in mismatches.items()]


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        (DATA[:-FRAME], ["has 43 frames, but its Info tag says 44"]),
        (DATA + DATA[-FRAME:], ["has 45 frames, but its Info tag says 44"]),
        (DATA[:-1], ["is not a valid MP3: the last frame is truncated"]),
        (DATA + b"TAG", ["is not a valid MP3: no frame at byte "]),
        (DATA[:3000], ["is not a valid MP3: "]),
        (b"no MP3 at all", ["is not a valid MP3: "]),
    ],
)
def test_a_record_of_a_file_that_is_not_a_whole_book_is_found(
    tmp_path: Path, data: bytes, messages: list[str]
) -> None:
    path = put(tmp_path, data)
    assert [(where, hint) for where, _, hint in found(path)] == [(MP3, AGAIN)] * len(messages)
    for (_, message, _), expected in zip(found(path), messages, strict=True):
        assert message.startswith(expected)


def test_an_emptied_book_is_found(tmp_path: Path) -> None:
    path = put(tmp_path)
    (tmp_path / MP3).write_bytes(b"")
    assert [where for where, _, _ in found(path)] == [MP3, MP3]
    assert found(path)[0][1] == f"has 0 bytes, but the record says {len(DATA)}"


def test_a_title_chapters_and_length_other_than_in_the_record_are_found(tmp_path: Path) -> None:
    path = put(tmp_path, mp3_of(record(title="Another", chapters=(chapter("One", 0, ("A sentence.",)),))))
    assert found(path) == [
        (MP3, "has the title “Another”, but the record says “An Essay”", AGAIN),
        (MP3, "has other chapters than the record", AGAIN),
        (MP3, "lasts 8000 samples, but the record says 24000", AGAIN),
    ]


@pytest.mark.parametrize(("count", "more"), [(1, 0), (20, 0), (21, 1), (30, 10)])
def test_an_impossible_record_is_reported_but_not_in_full_and_no_file_that_it_names_is_read(
    tmp_path: Path, count: int, more: int
) -> None:
    # Each chapter with a level of 0 is one problem.
    chapters = tuple(
        msgspec.structs.replace(chapter("One", 1000 * at, ("A sentence.",)), level=0) for at in range(count)
    )
    path = put(tmp_path, chapters=chapters, length_samples=8000 * count, duration_s=float(count))
    (tmp_path / MP3).unlink()
    wanted = [f"impossible record: chapter {at}: its level is 0" for at in range(1, min(count, 20) + 1)]
    if more:
        wanted.append(f"impossible record: {more} more problems")
    assert found(path) == [(NAME, message, AGAIN) for message in wanted]


def test_files_that_were_not_made_here_are_left_to_the_user(tmp_path: Path) -> None:
    path = put(tmp_path)
    path.write_bytes(b"[]")
    [(where, message, hint)] = found(path)
    assert (where, hint) == (NAME, MOVE)
    assert message.startswith("was not made by audiobook: not a valid record: ")
    path.unlink()
    (tmp_path / MP3).write_bytes(b"ID3 some music")
    assert found(path) == [(MP3, "was not made by audiobook", "move it elsewhere")]
