"""The clip store: clips are returned as they were stored, and damaged ones never."""

import contextlib
import hashlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from patience import PATIENCE_S

from audiobook.audio.pcm import Pcm
from audiobook.clips.clip import Clip, ClipSentence, ClipShape, Sound, make_clip, unpack_sentences
from audiobook.clips.encoded import EncodedClip, EncodedShape, Encoding, encode_sound, encoded_key, sound_of
from audiobook.clips.store import ClipStore, encoded_clip_key, missing_encodings, put_encoded
from audiobook.errors import StorageError
from audiobook.files import digest

KEY, OTHER_KEY = "ab" * 32, "cd" * 32
SHAPE = ClipShape(
    22050, 3, 12, 1000, (ClipSentence(0, 500, ((0, 3, 0), (4, 5, 250))), ClipSentence(600, 1000, ()))
)
CLIP = Clip(SHAPE, b"twelve bytes")
OTHER = Clip(ClipShape(24000, 2, 5, 700, (ClipSentence(0, 700, ()),)), b"other")


@pytest.fixture
def store(tmp_path: Path) -> ClipStore:
    return ClipStore(tmp_path / ".audiobook")


def entry_bytes() -> bytes:
    """The bytes of a complete entry on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        store = ClipStore(Path(folder))
        store.put(KEY, CLIP)
        return store.path(KEY).read_bytes()


ENTRY = entry_bytes()


def overwrite(store: ClipStore, data: bytes, key: str = KEY) -> None:
    path = store.path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def assert_set_aside(store: ClipStore, data: bytes) -> None:
    """Assert that the damaged entry is a miss, was moved aside, and does not block a new one."""
    assert store.get(KEY) is None
    assert not store.path(KEY).exists()
    assert [path.read_bytes() for path in (store.folder / "damaged").iterdir()] == [data]
    assert store.shape(KEY) is None
    assert list(store.keys()) == []
    store.put(KEY, CLIP)
    assert store.get(KEY) == CLIP


def test_a_stored_clip_is_returned_unchanged(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    store.put(OTHER_KEY, OTHER)
    assert (store.get(KEY), store.get(OTHER_KEY)) == (CLIP, OTHER)
    assert (store.shape(KEY), store.shape(OTHER_KEY)) == (SHAPE, OTHER.shape)


def test_a_clip_that_was_not_put_is_not_there(store: ClipStore) -> None:
    assert store.get(KEY) is None
    assert store.shape(KEY) is None
    assert list(store.keys()) == []
    assert not store.folder.exists()


def test_a_clip_is_found_by_another_user_of_the_folder(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    assert ClipStore(store.folder).get(KEY) == CLIP


def test_the_same_clip_is_the_same_bytes(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    assert store.path(KEY).read_bytes() == ENTRY


def test_a_clip_stored_again_replaces_the_old_one(store: ClipStore) -> None:
    store.put(KEY, OTHER)
    store.put(KEY, CLIP)
    assert store.get(KEY) == CLIP
    assert list(store.keys()) == [KEY]


def test_keys_come_in_alphabetical_order(store: ClipStore) -> None:
    keys = [hashlib.sha256(bytes([number])).hexdigest() for number in range(20)]
    for key in keys:
        store.put(key, OTHER)
    assert list(store.keys()) == sorted(keys)


def test_a_removed_clip_is_gone_and_frees_its_bytes(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    store.put(OTHER_KEY, OTHER)
    assert store.remove(KEY) == len(ENTRY)
    assert store.get(KEY) is None
    assert store.remove(KEY) == 0
    assert list(store.keys()) == [OTHER_KEY]


def test_a_flipped_bit_anywhere_is_a_miss(store: ClipStore) -> None:
    for at in range(len(ENTRY)):
        damaged = bytearray(ENTRY)
        damaged[at] ^= 1 << at % 8
        overwrite(store, bytes(damaged))
        is_in_frames = at >= len(ENTRY) - len(CLIP.data)
        assert store.shape(KEY) == (SHAPE if is_in_frames else None), at
        assert_set_aside(store, bytes(damaged))


def test_an_entry_truncated_anywhere_is_a_miss(store: ClipStore) -> None:
    for length in range(len(ENTRY)):
        overwrite(store, ENTRY[:length])
        assert store.shape(KEY) is None, length
        assert_set_aside(store, ENTRY[:length])


@pytest.mark.parametrize(
    "data",
    [
        bytes(len(ENTRY)),
        bytes(48),
        b"",
        ENTRY + b"\0",
        ENTRY * 2,
        ENTRY[1:],
        b"\xff" * 100,
        b"ID3\x03 some MP3",
    ],
    ids=["zeroed", "zeros", "empty", "one more byte", "twice", "first byte gone", "ones", "another file"],
)
def test_another_file_in_place_of_an_entry_is_a_miss(store: ClipStore, data: bytes) -> None:
    overwrite(store, data)
    assert store.shape(KEY) is None
    assert_set_aside(store, data)


def test_swapped_entries_are_misses(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    store.put(OTHER_KEY, OTHER)
    ours, theirs = store.path(KEY).read_bytes(), store.path(OTHER_KEY).read_bytes()
    overwrite(store, theirs, KEY)
    overwrite(store, ours, OTHER_KEY)
    assert store.shape(KEY) is None
    assert store.get(KEY) is None
    assert store.get(OTHER_KEY) is None


def sealed(shape: bytes, data: bytes = b"") -> bytes:
    """An entry as the module describes it, with a shape that another version might write."""
    digest = hashlib.sha256(data).digest()
    lengths = struct.pack("<II", len(shape), len(data))
    return (
        ENTRY[:8]
        + hashlib.sha256(KEY.encode() + digest + lengths + shape).digest()
        + digest
        + lengths
        + shape
        + data
    )


def test_an_entry_has_the_documented_format() -> None:
    assert sealed(msgspec.msgpack.encode(SHAPE), CLIP.data) == ENTRY


DEEP = b"\x96" + b"\x01" * 4 + b"\x90" + b"\x91" * 100_000


@pytest.mark.parametrize(
    "shape",
    [
        b"",
        b"\xc1",
        b"\x90",
        b"\x93\x01",
        b"\x80",
        msgspec.msgpack.encode("text"),
        b"\x95" + b"\x90" * 5,
        DEEP,
    ],
)
def test_a_sealed_entry_of_another_kind_is_a_miss(store: ClipStore, shape: bytes) -> None:
    overwrite(store, sealed(shape, b"frames"))
    assert store.shape(KEY) is None
    assert_set_aside(store, sealed(shape, b"frames"))


def test_a_second_damaged_entry_replaces_the_first_that_was_set_aside(store: ClipStore) -> None:
    for data in (b"one", b"two"):
        overwrite(store, data)
        assert store.get(KEY) is None
    assert [path.read_bytes() for path in (store.folder / "damaged").iterdir()] == [b"two"]


def put_in_place(kind: str, path: Path) -> None:
    """Put something that is not a file in the place of one of ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        path.mkdir()
        (path / "mine.txt").write_text("mine")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(path.parent):
            listener.bind(path.name)
    else:
        path.symlink_to({"loop": path.name, "dangling": "nowhere", "link": "/etc/passwd"}[kind])


KINDS = ("folder", "pipe", "socket", "loop", "dangling", "link")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ask", ["get", "shape", "put"])
def test_anything_but_a_file_in_place_of_an_entry_is_set_aside_whole(
    store: ClipStore, kind: str, ask: str
) -> None:
    put_in_place(kind, store.path(KEY))
    if ask != "put":
        assert getattr(store, ask)(KEY) is None
    store.put(KEY, CLIP)
    assert store.get(KEY) == CLIP
    aside = store.folder / "damaged" / f"{KEY}.clip"
    if kind == "folder":
        assert (aside / "mine.txt").read_text() == "mine"
    elif ask != "put":
        assert os.path.lexists(aside)


@pytest.mark.parametrize("kind", KINDS)
def test_anything_but_a_file_in_place_of_a_note_or_reply_is_set_aside(store: ClipStore, kind: str) -> None:
    for folder in (store.notes, store.replies):
        put_in_place(kind, folder.folder / "told-name")
        assert folder.get("told-name") is None
        folder.put("told-name", b"1")
        assert folder.get("told-name") == b"1"
    assert {path.name for path in (store.folder / "damaged").iterdir()} == {"told-name", "told-name.2"}


def test_a_folder_in_place_of_a_note_is_set_aside_whole_before_one_is_kept(store: ClipStore) -> None:
    put_in_place("folder", store.notes.folder / "told-name")
    store.notes.put("told-name", b"1")
    assert store.notes.get("told-name") == b"1"
    assert (store.folder / "damaged" / "told-name" / "mine.txt").read_text() == "mine"


def test_what_a_digest_protects_does_not_wait_for_the_disk(
    store: ClipStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    store.put(KEY, CLIP)
    store.notes.put("told-name", b"1")
    assert not waited


def test_a_file_in_place_of_a_folder_of_entries_is_set_aside(store: ClipStore) -> None:
    store.path(KEY).parent.parent.mkdir(parents=True)
    bucket = store.path(KEY).parent
    for ask in (store.get, store.shape, lambda key: store.put(key, CLIP)):
        bucket.write_text("in the way")
        assert ask(KEY) is None
        assert (store.folder / "damaged" / bucket.name).read_text() == "in the way"
        (store.folder / "damaged" / bucket.name).unlink()
    assert store.get(KEY) == CLIP


@pytest.mark.parametrize("folder", ["clips", "clips/ab", "notes", "replies", "damaged"])
def test_a_folder_of_the_store_that_is_a_link_is_refused_by_name(
    store: ClipStore, tmp_path: Path, folder: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = store.folder / folder
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(elsewhere)

    def use_all() -> None:
        for values in (store.notes, store.replies):
            values.put("told-name", b"1")
        overwrite(store, b"damaged")
        store.get(KEY)

    with pytest.raises(StorageError) as caught:
        use_all()
    assert caught.value.where == str(place)
    assert caught.value.hint
    assert list(elsewhere.iterdir()) == []


def test_a_file_in_place_of_the_store_is_a_storage_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / ".audiobook").write_bytes(b"in the way")
    store = ClipStore(tmp_path / ".audiobook")
    with pytest.raises(StorageError) as caught:
        store.put(KEY, CLIP)
    assert str(caught.value).startswith(f"{store.folder} is a file")


def test_a_failure_to_set_aside_is_a_storage_error(store: ClipStore) -> None:
    overwrite(store, b"damaged")
    (store.folder / "damaged").write_bytes(b"in the way")
    with pytest.raises(StorageError):
        store.get(KEY)


def test_leftovers_of_killed_workers_are_swept_and_clips_stay(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    dead = int(ended.stdout)
    for owner in (dead, os.getpid()):
        (store.path(KEY).parent / f".{KEY}.clip.{owner}.part").write_bytes(b"half")
    store.sweep()
    assert sorted(path.name for path in store.path(KEY).parent.iterdir()) == [
        f".{KEY}.clip.{os.getpid()}.part",
        f"{KEY}.clip",
    ]


def test_a_leftover_temporary_is_not_a_clip(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    (store.path(KEY).parent / f".{OTHER_KEY}.clip.1.part").write_bytes(ENTRY)
    assert list(store.keys()) == [KEY]


def test_a_note_is_stored_next_to_the_clips(store: ClipStore) -> None:
    assert store.notes.get("told-gtts") is None
    store.notes.put("told-gtts", b"-19.5")
    store.notes.put("told-gtts", b"-20.5")
    assert store.notes.get("told-gtts") == b"-20.5"
    assert list(store.keys()) == []


@pytest.mark.parametrize("part", ["notes", "narrated", "heard"])
def test_a_value_whose_remains_would_not_be_recognised_is_not_stored(store: ClipStore, part: str) -> None:
    with pytest.raises(AssertionError):
        getattr(store, part).put("other", b"value")
    assert not (store.folder / part).exists()


def test_small_values_keep_the_format_of_earlier_versions(store: ClipStore) -> None:
    # Replies of services have this format too, and requesting them again may cost money.
    seal = hashlib.sha256(b"told-gtts\n-19.5").hexdigest().encode()
    store.notes.put("told-gtts", b"-19.5")
    path = store.folder / "notes" / "told-gtts"
    assert path.read_bytes() == b"-19.5\n" + seal
    path.unlink()
    path.write_bytes(b"-19.5\n" + seal)
    assert store.notes.get("told-gtts") == b"-19.5"


def test_everything_stays_where_earlier_versions_stored_it(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    store.notes.put("told-gtts", b"-19.5")
    store.replies.put("reply", b"a sound")
    store.heard.put(f"{KEY}-{'0' * 32}", b"words")
    store.narrated.put(KEY, b"passages")
    assert store.shared == store.folder / "shared"
    found = {path.relative_to(store.folder).as_posix() for path in store.folder.rglob("*") if path.is_file()}
    assert found == {
        f"clips/{KEY[:2]}/{KEY}.clip",
        f"heard/{KEY}-{'0' * 32}",
        f"narrated/{KEY}",
        "notes/told-gtts",
        "replies/reply",
    }
    store.shared.mkdir()
    store.remove_rest()
    assert {path.name for path in store.folder.iterdir()} == {".audiobook-store", "clips", "replies"}


def test_a_half_written_reply_is_removed(store: ClipStore) -> None:
    name = f"gtts-{'0' * 64}"
    store.replies.put(name, b"a sound")
    left = store.replies.folder / f".{name}.999999999.part"
    left.touch()
    store.sweep()
    assert not left.exists()
    assert store.replies.get(name) == b"a sound"


@pytest.mark.parametrize("value", [b"-19.5", b"", b"a\nb\n", bytes(range(256))])
def test_a_damaged_note_counts_as_missing(store: ClipStore, value: bytes) -> None:
    store.notes.put("told-gtts", value)
    assert store.notes.get("told-gtts") == value
    path = store.folder / "notes" / "told-gtts"
    whole = path.read_bytes()
    for at in range(0, len(whole), 5):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            path.write_bytes(damaged)
            assert store.notes.get("told-gtts") is None


def test_a_note_under_another_name_counts_as_missing(store: ClipStore) -> None:
    store.notes.put("told-gtts", b"-19.5")
    (store.folder / "notes" / "told-gtts").rename(store.folder / "notes" / "other")
    assert store.notes.get("other") is None


def test_a_note_that_cannot_be_written_or_read_is_a_storage_error(store: ClipStore) -> None:
    store.folder.mkdir()
    (store.folder / "notes").write_bytes(b"in the way")
    with pytest.raises(StorageError, match="notes is a file, not a folder"):
        store.notes.get("told-gtts")
    with pytest.raises(StorageError, match="notes is a file, not a folder"):
        store.notes.put("told-gtts", b"1")


@pytest.fixture(scope="module")
def spoken() -> Clip:
    """A clip with the sound that was encoded."""
    tone = Pcm(array("h", (number * 997 % 9001 for number in range(3000))).tobytes(), 22050)
    return make_clip([(tone, ())], 22050, Sound(0, 0.0, -1.0, 64, 7), keeps_speech=True)


def test_a_clip_is_stored_in_each_encoding_that_is_missing(store: ClipStore, spoken: Clip) -> None:
    assert spoken.speech
    pcm, lossy = Encoding("pcm"), [Encoding("aac", 64), Encoding("opus", 24)]
    frames_sha256 = digest(spoken.data)
    keys = [encoded_key(frames_sha256, each.identity) for each in (pcm, *lossy)]
    there = EncodedClip(EncodedShape(22050, b"\3\0"), b"aac")
    store.put(keys[1], there)
    put_encoded(store, msgspec.structs.replace(spoken, speech=None), [pcm, *lossy])
    assert missing_encodings(store, frames_sha256, [pcm, *lossy]) == [pcm]
    put_encoded(store, spoken, [pcm, *lossy])
    assert missing_encodings(store, frames_sha256, [pcm, *lossy]) == []
    expected = [
        encode_sound(spoken.speech, spoken.shape.speech_samples, pcm),
        there,
        encode_sound(sound_of(spoken), spoken.shape.speech_samples, lossy[1]),
    ]
    assert [store.get_encoded(key) for key in keys] == expected
    assert [store.encoded_shape(key) for key in keys] == [each.shape for each in expected]
    overwrite(store, b"damaged", keys[1])
    assert missing_encodings(store, frames_sha256, lossy) == lossy[:1]
    assert store.get_encoded(keys[1]) is None
    assert not store.path(keys[1]).exists()


def test_a_clip_in_another_encoding_is_found_by_the_frames_of_the_clip(store: ClipStore) -> None:
    assert encoded_clip_key(store, KEY, "aac 1") is None
    store.put(KEY, CLIP)
    assert encoded_clip_key(store, KEY, "aac 1") == encoded_key(digest(CLIP.data), "aac 1")


def test_what_was_heard_is_removed_with_its_clips(store: ClipStore) -> None:
    def fill() -> tuple[str, str]:
        names = (f"{KEY}-{'0' * 32}", f"{OTHER_KEY}-{'1' * 32}")
        for name in names:
            store.heard.put(name, b"words")
        return names

    first, second = fill()
    assert store.heard_names() == {first, second}
    store.remove_heard({KEY})
    assert store.heard_names() == {first}
    fill()
    store.remove_heard_in({KEY})
    assert store.heard_names() == {second}
    store.remove_heard()
    assert store.heard_names() == set()


def test_the_rest_of_the_store_is_removed_and_files_of_others_stay(store: ClipStore) -> None:
    store.claim()
    overwrite(store, b"damaged")
    assert store.get(KEY) is None
    store.notes.put("told-tone", b"1")
    (store.folder / "mine.txt").write_bytes(b"mine")
    store.remove_rest()
    assert {path.name for path in store.folder.iterdir()} == {"mine.txt", ".audiobook-store"}
    (store.folder / "mine.txt").unlink()
    store.remove_rest()
    assert not store.folder.exists()
    store.remove_rest()


def test_each_kind_of_file_is_removed_when_asked_and_no_other(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    store.notes.put("told-tone", b"1")
    store.replies.put(f"tone-{OTHER_KEY}", b"RIFF")
    store.renewed.put(f"tone-{OTHER_KEY}", b"1")
    store.narrated.put(OTHER_KEY, b"said")
    store.shared.mkdir()
    (store.shared / "pace-tone.json").write_bytes(b"{}")
    kinds = [
        f"clips/ab/{KEY}.clip",
        f"narrated/{OTHER_KEY}",
        "notes/told-tone",
        f"renewed/tone-{OTHER_KEY}",
        f"replies/tone-{OTHER_KEY}",
        "shared/pace-tone.json",
    ]
    mine = [f"{Path(name).parent}/mine.txt" for name in kinds]
    for name in mine:
        (store.folder / name).write_bytes(b"mine")

    def left() -> list[str]:
        files = (path for path in store.folder.rglob("*") if path.is_file() and path.name != "mine.txt")
        return sorted(path.relative_to(store.folder).as_posix() for path in files)

    assert left() == kinds
    assert [path.name for path in store.reply_paths()] == [f"tone-{OTHER_KEY}"]
    store.remove_narrated()
    assert left() == [kinds[0], *kinds[2:]]
    store.remove_replies()
    assert left() == [kinds[0], kinds[2], kinds[5]]
    assert store.remove(KEY) > len(CLIP.data)
    store.remove_rest()
    assert left() == [".audiobook-store"]
    assert all((store.folder / name).read_bytes() == b"mine" for name in mine)


def test_leftovers_in_every_folder_are_swept_before_the_rest_is_removed(store: ClipStore) -> None:
    store.claim()
    store.put(KEY, CLIP)
    store.remove(KEY)
    for folder, name in (("", ".audiobook-store"), ("clips/ab", f"{KEY}.clip"), ("notes", "told-tone")):
        (store.folder / folder).mkdir(exist_ok=True)
        (store.folder / folder / f".{name}.999999999.part").write_bytes(b"half")
    store.remove_rest()
    assert not store.folder.exists()


def test_a_sweep_marks_a_store_of_an_earlier_version_and_leaves_other_folders_alone(tmp_path: Path) -> None:
    old, other = ClipStore(tmp_path / "old"), ClipStore(tmp_path / "other")
    old.put(KEY, CLIP)
    other.put(KEY, CLIP)
    (other.folder / "mine.txt").write_bytes(b"mine")
    half = [store.path(KEY).parent / f".{KEY}.clip.999999999.part" for store in (old, other)]
    for path in half:
        path.write_bytes(b"half")
    old.sweep()
    other.sweep()
    assert [path.exists() for path in half] == [False, True]
    assert (old.is_ours(), other.is_ours()) == (True, False)
    assert [(store.folder / ".audiobook-store").exists() for store in (old, other)] == [True, False]


def test_messages_say_what_failed(store: ClipStore) -> None:
    store.folder.mkdir()
    (store.folder / "clips").write_bytes(b"in the way")
    (store.folder / "damaged").write_bytes(b"in the way")
    with pytest.raises(StorageError, match="clips is a file, not a folder"):
        store.get(KEY)
    (store.folder / "clips").unlink()
    store.path(KEY).mkdir(parents=True)
    with pytest.raises(StorageError, match="removing failed"):
        store.remove(KEY)
    with pytest.raises(StorageError, match="reading failed"):
        store.get(KEY * 9)
    store.notes.put("told-gtts", b"1")
    with pytest.raises(StorageError, match=r"notes.*: reading failed"):
        store.notes.get("told-gtts" * 99)


def test_the_site_is_moved_out_of_the_way(store: ClipStore) -> None:
    store.folder.mkdir()
    store.site.write_bytes(b"in the way")
    store.set_site_aside()
    assert (store.folder / "damaged" / "site").read_bytes() == b"in the way"
    assert not store.site.exists()


def test_each_output_folder_has_its_own_lock_note(store: ClipStore, tmp_path: Path) -> None:
    one, other = store.lock_note(tmp_path / "output"), store.lock_note(tmp_path / "elsewhere")
    assert one != other
    assert one == store.lock_note(tmp_path / "output")
    assert one.parent == store.folder


# end_to_end/test_users_own_things.py tests with the real command whether a folder is ours.


@pytest.mark.parametrize("name", ["notes", f"clips/ab/{KEY}.clip", "replies", "damaged", ".audiobook-store"])
def test_a_folder_that_looks_like_a_store_of_an_earlier_version_is_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / "store" / name
    path.parent.mkdir(parents=True)
    path.mkdir() if "." not in name else path.write_bytes(b"")
    assert ClipStore(tmp_path / "store").is_ours()


def any_bytes() -> st.SearchStrategy[bytes]:
    """Draw bytes: arbitrary ones, a changed entry, or arbitrary ones with a valid seal."""
    cuts = st.tuples(st.integers(0, len(ENTRY)), st.integers(0, len(ENTRY)), st.binary(max_size=40))
    changed = cuts.map(lambda cut: ENTRY[: cut[0]] + cut[2] + ENTRY[cut[1] :])
    return st.one_of(st.binary(max_size=300), changed, st.binary(max_size=60).map(sealed))


@given(any_bytes())
def test_arbitrary_bytes_in_place_of_an_entry_are_a_clip_or_a_miss(data: bytes) -> None:
    """Promise, “Faults”: a damaged store entry is a miss and is set aside."""
    with tempfile.TemporaryDirectory() as folder:
        store = ClipStore(Path(folder))
        overwrite(store, data)
        shape, clip = store.shape(KEY), store.get(KEY)
        assert (clip is None) == (not store.path(KEY).exists())
        assert clip is None or clip.shape == shape
        store.put(KEY, CLIP)
        assert store.get(KEY) == CLIP


@given(st.binary(max_size=300), st.booleans())
def test_arbitrary_bytes_in_place_of_a_note_or_reply_are_its_value_or_nothing(
    data: bytes, is_sealed: bool
) -> None:
    """Promise, “The user's own things”: arbitrary bytes in notes of the store count as missing."""
    with tempfile.TemporaryDirectory() as folder:
        for values in (ClipStore(Path(folder)).notes, ClipStore(Path(folder)).replies):
            values.folder.mkdir()
            if is_sealed:
                values.put("told-name", data)
            else:
                (values.folder / "told-name").write_bytes(data)
            assert values.get("told-name") == (data if is_sealed else None)


PUT_AND_GET = """
import sys
import tempfile
from pathlib import Path
from audiobook.clips.clip import Clip, ClipSentence, ClipShape
from audiobook.clips.store import ClipStore
clip = Clip(ClipShape(22050, 9, 300_000, 1, (ClipSentence(0, 1, ()),)), bytes(300_000))
store = ClipStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(100):
    store.put("ab" * 32, clip)
    assert store.get("ab" * 32) == clip
    assert store.shape("ab" * 32) == clip.shape
"""


@pytest.mark.slow
def test_two_processes_can_store_the_same_key_at_once(store: ClipStore) -> None:
    command = [sys.executable, "-c", PUT_AND_GET, str(store.folder)]

    def start() -> "subprocess.Popen[bytes]":
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)

    with start() as one, start() as other:
        for process in (one, other):
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
        for process in (one, other):
            assert process.stdin
            process.stdin.write(b"\n")
            process.stdin.flush()
        complaints = [process.communicate(timeout=PATIENCE_S)[1] for process in (one, other)]
    assert complaints == [b"", b""]
    assert [one.returncode, other.returncode] == [0, 0]
    assert list(store.keys()) == ["ab" * 32]
    assert not (store.folder / "damaged").exists()
    assert [path.name for path in store.path(KEY).parent.iterdir()] == [store.path(KEY).name]


SENTENCES = st.builds(
    ClipSentence,
    st.integers(0, 1 << 40),
    st.integers(0, 1 << 40),
    st.lists(st.tuples(*[st.integers(0, 1 << 33)] * 3)).map(tuple),
)
CLIPS = st.builds(
    Clip,
    st.builds(
        ClipShape,
        st.sampled_from([22050, 24000, 44100]),
        st.integers(0, 1 << 33),
        st.integers(0, 1 << 33),
        st.integers(0, 1 << 40),
        st.lists(SENTENCES, max_size=4).map(tuple),
    ),
    st.binary(),
)


@pytest.mark.slow
@given(clip=CLIPS)
def test_any_stored_clip_is_returned_unchanged(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = ClipStore(tmp_path_factory.getbasetemp() / "any-clip")
    store.put(KEY, clip)
    assert store.get(KEY) == clip
    assert store.shape(KEY) == clip.shape


MUTATED = st.builds(
    lambda start, end, middle: ENTRY[:start] + middle + ENTRY[end:],
    st.integers(0, len(ENTRY)),
    st.integers(0, len(ENTRY)),
    st.binary(max_size=20),
)


@hypothesis_settings(max_examples=150)
@given(data=st.binary() | MUTATED | st.binary(max_size=30).map(ENTRY[:8].__add__))
def test_arbitrary_bytes_are_never_read_as_a_clip(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = ClipStore(tmp_path_factory.getbasetemp() / "any-bytes")
    overwrite(store, data)
    store.shape(KEY)
    assert store.get(KEY) == (CLIP if data == ENTRY else None)
    assert store.path(KEY).exists() == (data == ENTRY)


def test_the_head_of_a_clip_has_its_shape_packed(store: ClipStore) -> None:
    store.put(KEY, CLIP)
    found = store.head(KEY)
    assert found
    assert unpack_sentences(found[0].sentences) == SHAPE.sentences
    assert found[0].length_samples == SHAPE.length_samples


def test_sentences_that_another_version_packed_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected"):
        unpack_sentences(msgspec.msgpack.encode([["no", "sentence"]]))
