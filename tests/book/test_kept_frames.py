"""An MP3 that is written again after an edit takes what has not changed from the old file, if that is intact."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import zlib
from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from stores import store_of

from audiobook.audio.pcm import Pcm
from audiobook.book.sound.book_frames import BookFrames, DamagedClip
from audiobook.book.sound.kept_frames import KeptFrames
from audiobook.book.sound.mp3_file import write_mp3
from audiobook.book.sound.old_frames import NotedFrames, OldFrames, note_frames, old_frames
from audiobook.book.timeline import Stretch, Timeline
from audiobook.clips.clip import Clip, ClipExtent, Sound, make_clip
from audiobook.clips.store import ClipStore

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")

RATE_HZ = 22050
SOUND = Sound(350, 0.0, -1.0, 64, 7)
TAG = b"ID3\x03\x00\x00\x00\x00\x00\x05a tag"
LONGER_TAG = b"ID3\x03\x00\x00\x00\x00\x00\x0banother tag"


def clip(number: int) -> Clip:
    """A square wave with a frequency of its own; some clips are as long as others."""
    count = RATE_HZ // 10 + number % 3 * 600
    samples = array("h", [9000 if at // (20 + number) % 2 else -9000 for at in range(count)])
    return make_clip([(Pcm(samples.tobytes(), RATE_HZ), ())], RATE_HZ, SOUND)


CLIPS = {name * 64: clip(number) for number, name in enumerate("0123456789abcdef")}


@pytest.fixture
def store(tmp_path: Path) -> ClipStore:
    return store_of(CLIPS, tmp_path / "store")


def sha256_of(key: str) -> str:
    return hashlib.sha256(CLIPS[key].data).hexdigest()


def frames_of(store: ClipStore, names: str) -> BookFrames:
    """Return the frames of some clips, with a pause before each and one at the end."""
    row: list[tuple[str | None, int]] = []
    for name in names:
        row += [(None, 3), (name * 64, CLIPS[name * 64].shape.frame_count)]
    row.append((None, 5))
    starts = [0, *accumulate(count for _, count in row)]
    stretches = tuple(
        Stretch(key, count, start * 576) for (key, count), start in zip(row, starts[:-1], strict=True)
    )
    return BookFrames(
        Timeline(RATE_HZ, stretches, (0,), (0,), starts[-1]),
        store,
        lambda key: CLIPS[key].shape,
        sha256_of,
        SOUND.encoder,
    )


def empty(path: Path, length_bytes: int) -> Path:
    """Create a file of zeros, which takes no room on the disk."""
    with path.open("wb") as stream:
        stream.truncate(length_bytes)
    return path


def without_clips(store: ClipStore, names: Sequence[str]) -> None:
    for name in names:
        store.path(name * 64).unlink(missing_ok=True)


BEFORE = "0123456789"
EDITS = {
    "nothing": BEFORE,
    "one replaced": "01234a6789",
    "one replaced by one of the same length": "01234b6789",
    "one added": "01234a56789",
    "two added at the beginning": "ab0123456789",
    "two added at the end": "0123456789ab",
    "the first one dropped": "123456789",
    "the last one dropped": "012345678",
    "one dropped in the middle": "01236789",
}


def write(book: Path, store: ClipStore, names: str) -> None:
    """Write a book of some clips, and note its frames."""
    frames = frames_of(store, names)
    note_frames(store.notes, book, frames, write_mp3(book, TAG, frames).checksums, 0)


def old(book: Path, store: ClipStore, most_in_fork_bytes: int = 1 << 30) -> OldFrames:
    """Return what is known of the frames in a file."""
    found = old_frames(book, store.notes)
    assert found
    with found:
        return OldFrames(book, found.noted, most_in_fork_bytes)


def rewritten(book: Path, store: ClipStore, names: str, most_in_fork_bytes: int = 1 << 30) -> bytes:
    """Write a book again with what stays of the old file, and return its bytes."""
    frames = frames_of(store, names)
    with old(book, store, most_in_fork_bytes) as before:
        write_mp3(book, TAG, frames, KeptFrames(frames, before))
    return book.read_bytes()


def whole(store: ClipStore, names: str, tag: bytes = TAG) -> bytes:
    """Return the bytes of a book that is written without an old file."""
    path = store.folder.parent / "whole.mp3"
    write_mp3(path, tag, frames_of(store, names))
    return path.read_bytes()


@pytest.mark.parametrize("most_in_fork_bytes", [0, 1 << 30], ids=["while it is copied", "in a fork"])
@pytest.mark.parametrize("after", EDITS.values(), ids=list(EDITS))
def test_what_has_not_changed_is_copied_from_the_old_file(
    tmp_path: Path, store: ClipStore, after: str, most_in_fork_bytes: int
) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    expected = whole(store, after, LONGER_TAG)
    without_clips(store, BEFORE)
    frames = frames_of(store, after)
    with old(book, store, most_in_fork_bytes) as before:
        stamp, checksums = write_mp3(book, LONGER_TAG, frames, KeptFrames(frames, before))
    assert book.read_bytes() == expected
    assert (stamp.length_bytes, stamp.sha256) == (len(expected), hashlib.sha256(expected).hexdigest())
    note_frames(store.notes, book, frames, checksums, 0)
    with old(book, store) as now:
        assert now.are_intact()


def test_what_is_between_two_edits_comes_from_the_store(tmp_path: Path, store: ClipStore) -> None:
    book, after = tmp_path / "book.mp3", "012a45b789"
    write(book, store, BEFORE)
    expected = whole(store, after)
    without_clips(store, "012" + "789")
    assert rewritten(book, store, after) == expected


def test_another_book_at_the_same_place_shares_nothing(tmp_path: Path, store: ClipStore) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    with old(book, store) as before:
        assert not KeptFrames(frames_of(store, "abcdef"), before)


@pytest.mark.parametrize(
    ("lengths", "stay"),
    [
        ([("a", 5), ("d", 10), ("b", 5)], False),
        ([("a", 6), ("d", 10), ("b", 5)], True),
        ([("a", 6), ("d", 10), ("e", 5)], False),
        ([("d", 6), ("a", 10), ("e", 5)], False),
        ([("d", 9), ("a", 1), ("b", 11)], True),
        ([("d", 12), ("c", 9)], False),
        ([("d", 21)], False),
        ([("a", 11), ("d", 10)], True),
    ],
    ids=str,
)
def test_frames_are_only_copied_if_more_than_half_of_the_bytes_stay(
    tmp_path: Path, store: ClipStore, lengths: list[tuple[str, int]], stay: bool
) -> None:
    sizes = {name * 64: length for name, length in lengths}
    row = Timeline(RATE_HZ, tuple(Stretch(name * 64, 1, 0) for name, _ in lengths), (0,), (0,), len(lengths))
    frames = BookFrames(
        row, store, lambda key: ClipExtent(RATE_HZ, 1, sizes[key], 1), lambda key: key, SOUND.encoder
    )
    digests = bytes.fromhex("a" * 16 + "c" * 16 + "b" * 16)
    noted = NotedFrames(7, bytes(12), digests, bytes(12))
    with OldFrames(empty(tmp_path / "book.mp3", 7), noted) as before:
        assert bool(KeptFrames(frames, before)) == stay


def test_frames_of_short_files_are_not_noted(tmp_path: Path, store: ClipStore) -> None:
    book, frames = tmp_path / "book.mp3", frames_of(store, BEFORE)
    note_frames(store.notes, book, frames, write_mp3(book, TAG, frames).checksums)
    assert old_frames(book, store.notes) is None


@pytest.mark.parametrize(("length_bytes", "are_noted"), [(32 << 20, True), ((32 << 20) - 1, False)])
def test_frames_are_noted_from_32_mb_on(
    tmp_path: Path, store: ClipStore, length_bytes: int, are_noted: bool
) -> None:
    book = empty(tmp_path / "book.mp3", len(TAG) + length_bytes)
    row = Timeline(RATE_HZ, (Stretch("0" * 64, 10, 0),), (0,), (0,), 10)
    extent = ClipExtent(RATE_HZ, 10, length_bytes, 1)
    frames = BookFrames(row, store, lambda _: extent, sha256_of, SOUND.encoder)
    note_frames(store.notes, book, frames, bytes(4))
    assert (len(list(store.notes.folder.glob("*"))) == 1) == are_noted
    if are_noted:
        with old(book, store) as before:
            assert before.noted.start == len(TAG)


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """Return a function that returns the process of every `pread` so far, in this process and its forks."""
    noted, read = tmp_path / "readers", os.pread

    def noting(descriptor: int, length: int, start: int) -> bytes:
        with noted.open("a") as stream:
            stream.write(f"{os.getpid()}\n")
        return read(descriptor, length, start)

    monkeypatch.setattr(os, "pread", noting)
    return lambda: [int(line) for line in noted.read_text().splitlines()]


@pytest.mark.parametrize(("length_bytes", "is_forked"), [(1 << 30, True), ((1 << 30) + 1, False)])
def test_a_file_of_up_to_a_gigabyte_is_checked_by_a_fork_that_then_ends_and_a_longer_one_while_it_is_copied(
    tmp_path: Path, readers: Callable[[], list[int]], length_bytes: int, is_forked: bool
) -> None:
    book = empty(tmp_path / "book.mp3", length_bytes)
    crc32 = array("I", [zlib.crc32(bytes(9))]).tobytes()
    before = OldFrames(book, NotedFrames(7, array("I", [9]).tobytes(), bytes(8), crc32))
    reading, writing = os.pipe()
    with before:
        os.close(writing)
        assert before.are_intact()
        assert before.is_checked_ahead == is_forked
        assert is_forked or list(before.checked(0, 1)) == [bytes(9)]
        assert os.read(reading, 1) == b""  # once the fork, which has a copy of the other end, has ended
    os.close(reading)
    [reader] = readers()
    assert (reader != os.getpid()) == is_forked


def test_without_a_note_nothing_is_known(tmp_path: Path, store: ClipStore) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    [note] = store.notes.folder.iterdir()
    store.notes.put(note.name, b"no note")
    assert old_frames(book, store.notes) is None
    note.unlink()
    assert old_frames(book, store.notes) is None
    write(book, store, BEFORE)
    book.unlink()
    assert old_frames(book, store.notes) is None


def test_the_old_file_is_closed(tmp_path: Path, store: ClipStore) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    before = os.open(book, os.O_RDONLY)
    os.close(before)
    with old(book, store) as opened:
        assert opened.are_intact()
    after = os.open(book, os.O_RDONLY)
    os.close(after)
    assert after == before


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="the system takes no such advice")
@pytest.mark.parametrize("has_another_name", [False, True])
def test_the_memory_of_the_old_file_is_freed_unless_the_file_stays_under_another_name(
    tmp_path: Path, store: ClipStore, monkeypatch: pytest.MonkeyPatch, has_another_name: bool
) -> None:
    book, advised = tmp_path / "book.mp3", list[tuple[int, ...]]()
    write(book, store, BEFORE)
    if has_another_name:
        (tmp_path / "another.mp3").hardlink_to(book)
    monkeypatch.setattr(os, "posix_fadvise", lambda *arguments: advised.append(arguments))
    frames = frames_of(store, BEFORE)
    with old(book, store) as before:
        descriptor = before.descriptor
        write_mp3(book, TAG, frames, KeptFrames(frames, before))
    # From the first byte to the last.
    expected = [] if has_another_name else [(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)]
    assert [each for each in advised if each[0] == descriptor] == expected


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="the system takes no such advice")
def test_a_long_file_does_not_stay_in_memory_while_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, advised = 6 << 20, list[tuple[int, ...]]()
    book = empty(tmp_path / "book.mp3", 100 + 6 * size)
    checksums = array("I", [zlib.crc32(bytes(size))] * 6).tobytes()
    noted = NotedFrames(100, array("I", [size] * 6).tobytes(), bytes(6 * 8), checksums)
    monkeypatch.setattr(os, "posix_fadvise", lambda *arguments: advised.append(arguments))
    with OldFrames(book, noted, 0) as before:
        assert sum(map(len, before.checked(1, 6))) == 5 * size
        assert advised == [(before.descriptor, 100 + size, 3 * size, os.POSIX_FADV_DONTNEED)]


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("most_in_fork_bytes", [0, 1 << 30], ids=["while it is copied", "in a fork"])
def test_a_damaged_byte_of_the_old_file_is_not_copied(
    tmp_path: Path, store: ClipStore, most_in_fork_bytes: int
) -> None:
    book, after = tmp_path / "book.mp3", "01234a6789"
    expected = whole(store, after)
    write(book, store, BEFORE)
    length = book.stat().st_size
    for at in range(0, length, length // 23):
        write(book, store, BEFORE)
        flip(book, at)
        assert rewritten(book, store, after, most_in_fork_bytes) == expected, at


def test_a_file_that_is_changed_meanwhile_is_not_used(tmp_path: Path, store: ClipStore) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    expected, frames = whole(store, BEFORE), frames_of(store, BEFORE)
    with old(book, store) as before:
        assert before.are_intact()  # the fork has checked everything
        flip(book, 3000)
        write_mp3(book, TAG, frames, KeptFrames(frames, before))
    assert book.read_bytes() == expected


def test_nothing_is_believed_if_the_process_that_checks_is_killed(
    tmp_path: Path, store: ClipStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, own, read = tmp_path / "book.mp3", os.getpid(), os.pread
    write(book, store, BEFORE)

    def killing(descriptor: int, length: int, start: int) -> bytes:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(descriptor, length, start)

    monkeypatch.setattr(os, "pread", killing)
    with old(book, store) as before:
        assert not before.are_intact()


@pytest.mark.parametrize("most_in_fork_bytes", [0, 1 << 30], ids=["while it is copied", "in a fork"])
def test_an_old_file_that_cannot_be_read_is_not_copied(
    tmp_path: Path, store: ClipStore, most_in_fork_bytes: int
) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    expected, frames = whole(store, BEFORE), frames_of(store, BEFORE)
    with old(book, store, most_in_fork_bytes) as before:
        unreadable = replace(before.noted, start=-1)  # the system refuses to read there, as in a bad sector
    with OldFrames(book, unreadable, most_in_fork_bytes) as before:
        assert before.are_intact() != before.is_checked_ahead
        write_mp3(book, TAG, frames, KeptFrames(frames, before))
    assert book.read_bytes() == expected


@pytest.mark.parametrize("call", [name for name in ("fstat", "posix_fadvise") if hasattr(os, name)])
def test_an_old_file_about_which_the_system_answers_nothing_does_not_matter(
    tmp_path: Path, store: ClipStore, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    expected, frames = whole(store, BEFORE), frames_of(store, BEFORE)
    answer = getattr(os, call)
    with old(book, store) as before:

        def refusing(descriptor: int, *arguments: int) -> object:
            if descriptor == before.descriptor:
                raise OSError(errno.ESTALE, "Stale file handle")  # as network drives do
            return answer(descriptor, *arguments)

        monkeypatch.setattr(os, call, refusing)
        assert before.are_intact() == (call != "fstat")
        write_mp3(book, TAG, frames, KeptFrames(frames, before))
    assert book.read_bytes() == expected


def test_a_system_that_allows_no_more_processes_has_the_file_checked_in_this_one(
    tmp_path: Path, store: ClipStore
) -> None:
    book = tmp_path / "book.mp3"
    import resource  # not on Windows

    write(book, store, BEFORE)
    with old(book, store) as closed:
        noted = closed.noted
    before = OldFrames(book, noted)
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before.descriptor + 1, most))  # no descriptor for a pipe
    try:
        with before:
            assert not before.is_checked_ahead
            assert list(before.checked(0, noted.count))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (least, most))


def test_a_file_in_place_of_the_old_one_is_not_copied(tmp_path: Path, store: ClipStore) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    book.write_bytes(bytes(book.stat().st_size))
    assert rewritten(book, store, BEFORE) == whole(store, BEFORE)
    for other in (b"", b"ID3", b"no music " * 4000):
        book.write_bytes(other)
        assert old_frames(book, store.notes) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"start": 0},
        {"start": -1000, "longer": 1000},
        {"lengths": b"odd"},
        {"lengths": b"\xff" * 4 * 21},
        {"lengths": b"", "checksums": b"", "digests": b""},
        {"checksums": b""},
        {"digests": b""},
    ],
    ids=str,
)
def test_a_note_that_cannot_be_of_the_file_is_not_used(
    tmp_path: Path, store: ClipStore, changed: dict[str, Any]
) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    [note] = store.notes.folder.iterdir()
    with old(book, store) as before:
        noted = before.noted
    if longer := changed.pop("longer", 0):  # as long as the file in all
        first, *others = array("I", noted.lengths)
        changed["lengths"] = array("I", [first + noted.start + longer, *others]).tobytes()
    noted = msgspec.structs.replace(noted, **changed)
    store.notes.put(note.name, msgspec.msgpack.encode(noted))
    assert old_frames(book, store.notes) is None


def test_a_damaged_clip_that_is_needed_is_named(tmp_path: Path, store: ClipStore) -> None:
    book = tmp_path / "book.mp3"
    write(book, store, BEFORE)
    without_clips(store, "a")
    frames = frames_of(store, "01234a6789")
    with old(book, store) as before, pytest.raises(DamagedClip) as caught:
        write_mp3(book, TAG, frames, KeptFrames(frames, before))
    assert caught.value.key == "a" * 64
