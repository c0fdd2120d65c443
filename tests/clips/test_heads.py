"""Heads of clips that are kept: read once, and forgotten when their clip is made again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audiobook.clips.clip import Clip, ClipSentence, ClipShape
from audiobook.clips.heads import ClipHeads
from audiobook.clips.store import ClipStore
from audiobook.files import Spool

KEYS = ["ab" * 32, "cd" * 32, "ef" * 32]
CLIP = Clip(ClipShape(22050, 3, 12, 1000, (ClipSentence(0, 500, ((0, 3, 0),)),)), b"twelve bytes")


@pytest.fixture
def store(tmp_path: Path) -> ClipStore:
    store = ClipStore(tmp_path / "store")
    for key in KEYS:
        store.put(key, CLIP)
    return store


@pytest.fixture
def heads(store: ClipStore) -> Iterator[ClipHeads]:
    with Spool(store.folder) as spool:
        yield ClipHeads(store, spool)


def test_a_head_that_is_kept_is_not_read_again(store: ClipStore, heads: ClipHeads) -> None:
    sha256 = heads.frames_sha256(KEYS[0])
    store.path(KEYS[0]).unlink()
    assert heads.frames_sha256(KEYS[0]) == sha256 is not None
    heads.forget(KEYS[0])
    assert heads.frames_sha256(KEYS[0]) is None


def test_heads_are_read_ahead_until_there_is_something_else_to_do(heads: ClipHeads) -> None:
    answers = iter([True, True, False, True])
    heads.read(["00" * 32, *KEYS], while_=lambda: next(answers))
    assert [heads.kept(key) is not None for key in KEYS] == [True, False, False]
    assert next(answers)
