"""The book's file: exactly its tag, its Info frame and the frames of its timeline, or nothing."""

from __future__ import annotations

import hashlib
import shutil
from array import array
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from stores import store_of

from audiobook.audio.mp3.frames import count_frames, frames, parse_header, read_info
from audiobook.audio.mp3.lame import EncoderSettings, encoder_name
from audiobook.audio.pcm import Pcm
from audiobook.book.record.stamps import FileStamp
from audiobook.book.sound.book_frames import BookFrames, DamagedClip
from audiobook.book.sound.mp3_file import write_mp3
from audiobook.book.timeline import Stretch, Timeline
from audiobook.clips.clip import Clip, ClipShape, Sound, make_clip, silent_frames
from audiobook.clips.store import ClipStore
from audiobook.errors import StorageError

RATE_HZ = 22050
STEP = 576
SOUND = Sound(350, 0.0, -1.0, 64, 7)
TAG = b"ID3\x03\x00\x00\x00\x00\x00\x05a tag"
LONG, SHORT, QUIET = "a" * 64, "b" * 64, None


def clip(length_ms: int) -> Clip:
    """A square wave."""
    samples = array("h", [9000 if at // 50 % 2 else -9000 for at in range(RATE_HZ * length_ms // 1000)])
    return make_clip([(Pcm(samples.tobytes(), RATE_HZ), ())], RATE_HZ, SOUND)


CLIPS = {LONG: clip(1500), SHORT: clip(100)}


@pytest.fixture
def store(tmp_path: Path) -> ClipStore:
    return store_of(CLIPS, tmp_path / "store")


def timeline(*parts: tuple[str | None, int]) -> Timeline:
    """Return a timeline of clips and silences (in frames), one after the other."""
    counts = [CLIPS[key].shape.frame_count if key else count for key, count in parts]
    starts = [0, *accumulate(counts)]
    row = zip(parts, counts, starts[:-1], strict=True)
    stretches = tuple(Stretch(key, count, start * STEP) for (key, _), count, start in row)
    return Timeline(RATE_HZ, stretches, (0,), (0,), starts[-1])


ROW = timeline((QUIET, 7), (LONG, 0), (QUIET, 40), (SHORT, 0), (QUIET, 3))


def shape_of(key: str) -> ClipShape:
    return CLIPS[key].shape


def sha256_of(key: str) -> str:
    return hashlib.sha256(CLIPS[key].data).hexdigest()


def written(path: Path, store: ClipStore, row: Timeline = ROW) -> FileStamp:
    return write_mp3(path, TAG, frames_of(store, row)).stamp


def frames_of(
    store: ClipStore,
    row: Timeline = ROW,
    shape_of: Callable[[str], ClipShape] = shape_of,
    encoder: EncoderSettings = SOUND.encoder,
) -> BookFrames:
    return BookFrames(row, store, shape_of, sha256_of, encoder)


def parts_of(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the tag, the Info frame and the frames after it."""
    end = len(TAG) + parse_header(data, len(TAG)).length_bytes
    return data[: len(TAG)], data[len(TAG) : end], data[end:]


def test_the_file_is_tag_info_frame_clips_and_silence_in_order(tmp_path: Path, store: ClipStore) -> None:
    stamp = written(tmp_path / "book.mp3", store)
    data = (tmp_path / "book.mp3").read_bytes()
    tag, info, rest = parts_of(data)
    expected = [
        CLIPS[stretch.key].data if stretch.key else silent_frames(RATE_HZ, SOUND.encoder, stretch.frame_count)
        for stretch in ROW.stretches
    ]
    assert tag == TAG
    assert rest == b"".join(expected)
    assert count_frames(rest) == ROW.frame_count
    assert stamp == FileStamp("book.mp3", len(data), hashlib.sha256(data).hexdigest())
    said = read_info(info)
    assert (said.frame_count, said.total_bytes) == (ROW.frame_count, len(info) + len(rest))
    assert encoder_name(silent_frames(RATE_HZ, SOUND.encoder, 1)) in info


@pytest.mark.parametrize(
    "row", [ROW, timeline((LONG, 0)), timeline((QUIET, 1)), timeline((SHORT, 0), (QUIET, 250))]
)
def test_the_seek_table_points_to_each_hundredth_of_the_duration(
    tmp_path: Path, store: ClipStore, row: Timeline
) -> None:
    written(tmp_path / "book.mp3", store, row)
    _, info, rest = parts_of((tmp_path / "book.mp3").read_bytes())
    at = info.index(b"Info") + 16
    table = list(info[at : at + 100])
    offsets = [offset for offset, _ in frames(rest)]
    total = len(info) + len(rest)
    # Where the frame played at each hundredth begins, in 256ths of the file, and how many of these a frame takes.
    wanted = [(len(info) + offsets[row.frame_count * point // 100]) * 256 / total for point in range(100)]
    most = 256 * (max(header.length_bytes for _, header in frames(rest)) + len(info) % 2) / total + 1
    assert table == sorted(table)
    assert all(abs(found - exact) <= most for found, exact in zip(table, wanted, strict=True))


def test_the_seek_table_is_interpolated_within_a_stretch(tmp_path: Path, store: ClipStore) -> None:
    # Three clips with frames of 8, 24 and 12 bytes, which real ones never have.
    sizes = {"a" * 64: (20, 160), "b" * 64: (50, 1200), "c" * 64: (30, 360)}
    shapes = {key: ClipShape(RATE_HZ, count, length, 1, ()) for key, (count, length) in sizes.items()}
    for key, shape in shapes.items():
        store.put(key, Clip(shape, bytes(shape.length_bytes)))
    starts = (0, 20, 70)
    stretches = tuple(
        Stretch(key, shape.frame_count, start * STEP)
        for (key, shape), start in zip(shapes.items(), starts, strict=True)
    )
    row = Timeline(RATE_HZ, stretches, (0,), (0,), 100)
    write_mp3(tmp_path / "book.mp3", TAG, frames_of(store, row, shapes.__getitem__))
    _, info, rest = parts_of((tmp_path / "book.mp3").read_bytes())
    assert len(rest) == 1720
    at = info.index(b"Info") + 16
    begins = [*range(0, 160, 8), *range(160, 1360, 24), *range(1360, 1720, 12)]
    total = len(info) + len(rest)
    assert list(info[at : at + 100]) == [min(255, (len(info) + begin) * 256 // total) for begin in begins]


def test_a_book_is_only_written_if_the_whole_book_fits_on_the_disk(
    tmp_path: Path, store: ClipStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = written(tmp_path / "fits.mp3", store).length_bytes
    free = [length]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free[0]))
    written(tmp_path / "book.mp3", store)
    free[0] = length - 1
    with pytest.raises(StorageError, match=f"{length} bytes are needed and {length - 1} are free"):
        written(tmp_path / "more.mp3", store)
    assert not (tmp_path / "more.mp3").exists()


def test_silence_is_encoded_like_the_clips(tmp_path: Path, store: ClipStore) -> None:
    loud = EncoderSettings(32, 7)
    write_mp3(tmp_path / "book.mp3", TAG, frames_of(store, timeline((QUIET, 10)), encoder=loud))
    _, _, rest = parts_of((tmp_path / "book.mp3").read_bytes())
    assert rest == silent_frames(RATE_HZ, loud, 10)
    assert {header.kbits for _, header in frames(rest)} == {32}


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\0")])
def test_an_incomplete_clip_is_named_and_the_old_book_stays(
    tmp_path: Path, store: ClipStore, harm: object
) -> None:
    book = tmp_path / "book.mp3"
    book.write_bytes(b"the old one")
    assert callable(harm)
    harm(store.path(SHORT))
    with pytest.raises(DamagedClip) as caught:
        written(book, store)
    assert caught.value.key == SHORT
    assert book.read_bytes() == b"the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.mp3", "store"]


def test_a_clip_that_was_replaced_by_a_longer_one_is_named(tmp_path: Path, store: ClipStore) -> None:
    """The head of a clip is read long before its frames, and another build may have made it again in between."""
    store.put(SHORT, clip(200))
    with pytest.raises(DamagedClip) as caught:
        written(tmp_path / "book.mp3", store)
    assert caught.value.key == SHORT


def test_the_folder_of_a_book_is_created(tmp_path: Path, store: ClipStore) -> None:
    assert written(tmp_path / "fi" / "book.mp3", store) == written(tmp_path / "book.mp3", store)


def test_a_book_can_be_cut_at_its_chapters(tmp_path: Path, store: ClipStore) -> None:
    row = replace(ROW, chapter_starts=(0, 7 * STEP + 100, ROW.stretches[3].start_samples + STEP - 1))
    book = frames_of(store, row)
    stamp = write_mp3(tmp_path / "book.mp3", TAG, book).stamp
    head = stamp.length_bytes - sum(book.lengths)
    found = book.places(head)
    offsets = [head + offset for offset, _ in frames((tmp_path / "book.mp3").read_bytes()[head:])]
    offsets.append(stamp.length_bytes)
    assert found.encoder == encoder_name(silent_frames(RATE_HZ, SOUND.encoder, 1))
    numbers = [0, 7, ROW.stretches[3].start_samples // STEP, ROW.frame_count]
    assert found.starts == {number: offsets[number] for number in numbers}
