"""Reading the whole store: which files are in it, and which of them are damaged."""

from __future__ import annotations

from pathlib import Path

from audiobook.clips.clip import Clip, ClipShape
from audiobook.clips.encoded import EncodedClip, EncodedShape
from audiobook.clips.inspection import inspected, stored_files
from audiobook.clips.store import ClipStore

CLIP_KEY, ENCODED_KEY = "ab" * 32, "cd" * 32


def filled_store(folder: Path) -> ClipStore:
    """Return a store with one file in each part that is read."""
    store = ClipStore(folder)
    store.put(CLIP_KEY, Clip(ClipShape(22050, 3, 6, 1000, ()), b"frames"))
    store.put(ENCODED_KEY, EncodedClip(EncodedShape(22050, b"\7\0"), b"packets"))
    store.heard.put(f"{CLIP_KEY}-{'0' * 32}", b"words")
    store.narrated.put(CLIP_KEY, b"passages")
    store.notes.put("told-tone", b"1")
    store.replies.put(f"tone-{CLIP_KEY}", b"sound")
    (store.folder / "notes" / "mine.txt").write_bytes(b"mine")
    return store


def test_all_files_of_a_store_are_found_with_their_sizes(tmp_path: Path) -> None:
    found = stored_files(filled_store(tmp_path / "store"))
    names = [(stored.part, stored.path.stem[:6]) for stored in found]
    assert names == [
        ("clips", CLIP_KEY[:6]),
        ("clips", ENCODED_KEY[:6]),
        ("heard", CLIP_KEY[:6]),
        ("narrated", CLIP_KEY[:6]),
        ("notes", "told-t"),
        ("replies", "tone-a"),
    ]
    assert [stored.size_bytes for stored in found] == [len(stored.path.read_bytes()) for stored in found]
    assert stored_files(ClipStore(tmp_path / "nothing")) == []


def test_a_file_that_is_not_as_it_was_written_is_damaged(tmp_path: Path) -> None:
    for stored in stored_files(filled_store(tmp_path / "store")):
        assert inspected(stored), stored
        whole = stored.path.read_bytes()
        for damaged in (whole[:-1], bytes([whole[0] ^ 1]) + whole[1:], b""):
            stored.path.write_bytes(damaged)
            assert not inspected(stored), (stored, damaged)
        stored.path.unlink()
        assert not inspected(stored), stored
