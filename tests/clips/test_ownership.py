"""Which folders and files belong to a store: what `clean` may remove, and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from audiobook.clips import ownership
from audiobook.system.opening import ASIDE

KEY = "ab" * 32


def write(path: Path, data: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def sealed(name: str, value: bytes) -> bytes:
    return value + b"\n" + hashlib.sha256(name.encode() + b"\n" + value).hexdigest().encode()


def test_a_mark_of_ours_and_no_other_makes_a_folder_with_other_files_a_store(tmp_path: Path) -> None:
    store = tmp_path / "kept"
    assert ownership.claim(store)
    write(store / "mine.txt", b"mine")
    assert ownership.is_ours(store)
    assert ownership.claim(store)
    mark = store / ownership.MARK_NAME
    for other in (b"", mark.read_bytes() + b"x", mark.read_bytes()[:-1]):
        mark.write_bytes(other)
        assert not ownership.is_ours(store), other
        assert not ownership.claim(store), other
        assert mark.read_bytes() == other


def test_only_files_with_our_names_or_seal_are_ours(tmp_path: Path) -> None:
    name = "what.an-engine-keeps"
    ours = (
        write(tmp_path / "clips" / KEY[:2] / f"{KEY}.clip"),
        write(tmp_path / "notes" / name, sealed(name, b"1")),
        write(tmp_path / "replies" / name, sealed(name, b"1")),
        write(tmp_path / "shared" / "pace-piper.json"),
        write(tmp_path / "shared" / ASIDE / "pace-piper.json"),
    )
    strangers = (
        write(tmp_path / "clips" / "cd" / f"{KEY}.clip"),
        write(tmp_path / "heard" / name, sealed(name, b"1")),
        write(tmp_path / "narrated" / name, sealed(name, b"1")),
        write(tmp_path / "notes" / "other", sealed(name, b"1")),
        write(tmp_path / "shared" / "pace-piper.txt"),
        write(tmp_path / "other" / KEY),
    )
    found = set(ownership.own_files(tmp_path, *ownership.NAMES, ASIDE))
    assert found == set(ours)
    assert not found & set(strangers)


def test_a_folder_or_a_link_with_the_name_of_a_lock_note_is_not_one(tmp_path: Path) -> None:
    note = ownership.lock_note(tmp_path, tmp_path / "output")
    write(note)
    (tmp_path / "build-00000000.lock").mkdir()
    try:
        (tmp_path / "build-11111111.lock").symlink_to(note)
    except OSError:
        pytest.skip("links are not allowed here")
    write(tmp_path / "build-mine.lock")
    assert ownership.own_lock_notes(tmp_path) == [note]
