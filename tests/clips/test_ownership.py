"""Which folders and files belong to a store: what `clean` may remove, and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from audiobook.clips import ownership
from audiobook.errors import StorageError
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


MARK = (
    b"This folder is a store of audiobook, which removes what it keeps here when it is told to.\n"
    b"Keep nothing of your own in it.\n"
)


def test_the_mark_of_earlier_versions_makes_a_folder_a_store(tmp_path: Path) -> None:
    write(tmp_path / "kept" / "mine.txt")
    write(tmp_path / "kept" / ".audiobook-store", MARK)
    assert ownership.is_ours(tmp_path / "kept")


def test_a_store_is_claimed_wherever_it_is_and_whatever_is_in_place_of_its_mark(tmp_path: Path) -> None:
    for wrong in (None, b"", "a link"):
        store = tmp_path / f"where {wrong!r}" / ownership.USUAL_NAME
        mark = store / ownership.MARK_NAME
        if wrong is not None:
            write(mark, b"")
        if wrong == "a link":
            mark.unlink()
            mark.symlink_to(tmp_path / "elsewhere")
        assert ownership.claim(store)
        assert (mark.is_symlink(), mark.read_bytes()) == (False, MARK)
        assert (store / ASIDE / ownership.MARK_NAME).is_symlink() == (wrong == "a link")
        assert len(list(store.iterdir())) == (2 if wrong == "a link" else 1)
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(StorageError, match="writing failed"):
        ownership.claim(tmp_path / ("long" * 99))
    with pytest.raises(StorageError, match="reading failed"):
        ownership.own_lock_notes(tmp_path / ("long" * 99))


def test_a_folder_is_like_a_store_if_nothing_in_it_is_of_another_kind(tmp_path: Path) -> None:
    like_ours = (
        *("clips/", f"clips/{KEY[:2]}/{KEY}.clip", f"clips/{KEY[:2]}/.{KEY}.clip.12.part"),
        *("notes/told-tone", "notes/.told-tone.12.part", "damaged/told-tone.2", "damaged/.audiobook-store"),
        *("shared/pace-tone.json", f"shared/{ASIDE}/pace-tone.json", "..audiobook-store.12.part"),
        *("site.lock", "build-0123abcd.lock", "site/", "site/publication.json", ".audiobook-store"),
    )
    others = (
        *(
            "clips/mine.txt",
            f"clips/{KEY[:2]}",
            f"clips/{KEY[:2]}/mine.txt",
            "clips/mine/",
            f"clips/cd/{KEY}.clip",
        ),
        *("notes/mine.txt", f"notes/{ASIDE}/told-tone", "damaged/mine.txt", "notes/told-tone/", "notes"),
        *(f"shared/{ASIDE}/mine.txt", f"shared/{ASIDE}", "shared/mine.txt", "site/index.html", "site"),
        *("build-mine.lock", "mine.txt", "mine/", "replies/.mine.txt.12.part"),
    )
    found = {}
    for number, name in enumerate((*like_ours, *others)):
        path = tmp_path / str(number) / name
        path.mkdir(parents=True) if name.endswith("/") else write(path)
        found[name] = ownership.is_ours(tmp_path / str(number))
    assert found == dict.fromkeys(like_ours, True) | dict.fromkeys(others, False)


def test_a_folder_with_the_usual_name_is_a_store_with_any_files_and_a_link_is_not(tmp_path: Path) -> None:
    usual, link = tmp_path / ".audiobook", tmp_path / "other" / ".audiobook"
    write(usual / "mine.txt")
    link.parent.mkdir()
    link.symlink_to(usual)
    assert (ownership.is_ours(usual), ownership.is_ours(link)) == (True, False)


def test_no_link_to_a_folder_is_a_folder_of_a_store(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for number, name in enumerate(("notes", "shared", f"clips/{KEY[:2]}", "site", f"shared/{ASIDE}")):
        path = tmp_path / str(number) / name
        path.parent.mkdir(parents=True)
        path.symlink_to(tmp_path / "elsewhere")
        assert not ownership.is_ours(tmp_path / str(number)), name
    note = tmp_path / "store" / "notes" / "told-tone"
    note.parent.mkdir(parents=True)
    note.symlink_to(tmp_path / "elsewhere")
    (note.parent / "name-of-an-engine").symlink_to(tmp_path / "elsewhere")
    assert list(ownership.own_files(tmp_path / "store", "notes")) == [note]


def test_only_files_with_our_names_or_seal_are_ours(tmp_path: Path) -> None:
    name = "what.an-engine-keeps"
    ours = (
        write(tmp_path / "clips" / KEY[:2] / f"{KEY}.clip"),
        write(tmp_path / "notes" / name, sealed(name, b"1")),
        write(tmp_path / "renewed" / name, sealed(name, b"1")),
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
