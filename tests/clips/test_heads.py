"""Heads of clips that are kept: read once, and forgotten when their clip is made again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audiobook.clips.clip import Clip, ClipExtent, ClipSentence, ClipShape
from audiobook.clips.heads import ClipHeads
from audiobook.clips.store import ClipStore
from audiobook.files import Spool, digest

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


def test_as_many_heads_are_kept_as_were_asked_for(store: ClipStore) -> None:
    with Spool(store.folder) as spool:
        heads = ClipHeads(store, spool, most=1)
        assert heads.frames_sha256(KEYS[0]) == heads.frames_sha256(KEYS[1]) == digest(CLIP.data)
        assert [heads.kept(key) is not None for key in KEYS] == [True, False, False]


def test_a_head_has_the_extent_and_the_sentences_of_its_clip(heads: ClipHeads) -> None:
    heads.read(KEYS, while_=lambda: True)
    head = heads.kept(KEYS[1])
    assert head
    assert head.extent == ClipExtent(22050, 3, 12, 1000)
    assert heads.sentences(head) == CLIP.shape.sentences
