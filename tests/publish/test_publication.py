"""What was published before is believed only as far as it can be true: nothing outside the folder is ever touched."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import put, record
from tools import Shelf

from audiobook.book.record import read_record, write_record
from audiobook.errors import OutputMismatch
from audiobook.publish.publication import Publication, PublicFile, read_publication
from audiobook.publish.shelf import read_shelf

BASE = ("publish", "--base-url", "https://example.org/books")
FILE = {"length_bytes": 1, "sha256": "0" * 64, "type": "text/plain", "made": True}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("published"))
    shelf.write("texts/en/walk.txt", "A Walk\n\nHere it is.\n")
    shelf.write("texts/fi/walk.txt", "Kävely\n\nTässä se on.\n")
    shelf.build("--engine", "tone")
    assert shelf.run(*BASE).code == 0
    return shelf.root


@pytest.fixture
def works(published: Path, tmp_path: Path) -> Shelf:
    return Shelf(shutil.copytree(published, tmp_path / "project"))


def edit(works: Shelf, change: Callable[[Any], None]) -> None:
    path = works.output / "publication.json"
    publication = json.loads(path.read_bytes())
    change(publication)
    path.write_text(json.dumps(publication), "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "../../precious.txt",
        "{root}/precious.txt",
        "en/../../precious.txt",
        "en//x.html",
        "./x.html",
        "en\\..\\x",
        "en/a\0b",
        "",
        ".audiobook.lock",
        "en/walk.json",
        "en/walk.mp3",
        "publication.json",
    ],
)
def test_a_list_that_names_what_is_not_published_is_refused_and_nothing_is_removed(
    works: Shelf, path: str
) -> None:
    works.write("precious.txt", "precious")
    edit(works, lambda found: found["files"].update({path.format(root=works.root): FILE}))
    before = works.tree()
    done = works.run(*BASE)
    assert done.code == 1
    assert done.err.startswith("error: publication.json: lists ")
    assert "hint: bring back a copy of it" in done.err
    assert works.tree() == before


def first_episode(found: Any) -> Any:
    return found["feeds"]["en"]["episodes"]["walk"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["feeds"]["en"].update(guid="hello"),
        lambda found: found["feeds"]["en"].update(guid=""),
        lambda found: found["feeds"]["en"].update(guid=found["feeds"]["fi"]["guid"]),
        lambda found: first_episode(found).update(guid="a\0b"),
        lambda found: first_episode(found).update(published="yesterday"),
        lambda found: first_episode(found).update(published="2026-02-30T00:00:00Z"),
        lambda found: found["files"]["index.html"].update(length_bytes=-1),
        lambda found: found["files"]["index.html"].update(sha256="x"),
        lambda found: found["files"]["index.html"].update(type="text/html\r\nX: y"),
    ],
)
def test_identities_and_files_that_cannot_be_are_refused_with_advice(
    works: Shelf, change: Callable[[Any], None]
) -> None:
    edit(works, change)
    for command in (BASE, ("check",)):
        done = works.run(*command)
        assert done.code == 1
        assert "error: publication.json: " in done.err
        assert "hint: bring back a copy of it" in done.err
        assert "Traceback" not in done.err


def test_what_was_published_is_read_back(published: Path) -> None:
    assert set(read_publication(published / "output").feeds) == {"en", "fi"}


@pytest.mark.parametrize(
    ("audio", "cover"),
    [
        ("../secret.mp3", None),
        ("other.mp3", None),
        ("essay.txt", None),
        (None, "../../../secret.jpg"),
        (None, "essay.txt"),
        (None, "essay.cover-zz.jpg"),
    ],
)
def test_a_sealed_record_that_names_files_of_others_is_left_out(
    tmp_path: Path, audio: str | None, cover: str | None
) -> None:
    put(tmp_path, record())
    path = tmp_path / "en" / "essay.json"
    built = read_record(path)
    assert built
    (tmp_path / "secret.jpg").write_bytes(bytes(5))
    forged = msgspec.structs.replace(
        built,
        audio=msgspec.structs.replace(built.audio, name=audio or built.audio.name),
        cover=msgspec.structs.replace(built.cover, name=cover or built.cover.name),
    )
    write_record(path, forged)
    with pytest.raises(OutputMismatch, match="names files that are not its own"):
        read_record(path)
    shelf = read_shelf(tmp_path)
    assert not shelf.editions
    assert [problem.where for problem in shelf.problems] == ["en/essay.json"]


def test_a_sealed_record_without_chapters_or_a_rate_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, record("one"), record("two"), record("three"))
    for slug, change in (("one", {"rate_hz": 0}), ("two", {"chapters": ()})):
        path = tmp_path / "en" / f"{slug}.json"
        built = read_record(path)
        assert built
        write_record(path, msgspec.structs.replace(built, **change))
    shelf = read_shelf(tmp_path)
    assert [edition.slug for edition in shelf.editions] == ["three"]
    assert [problem.where for problem in shelf.problems] == ["en/one.json", "en/two.json"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_list_with_any_damage_is_read_or_refused(
    published: Path, tmp_path: Path, data: st.DataObject
) -> None:
    found = bytearray((published / "output" / "publication.json").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(found) - 1))
        found[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    (tmp_path / "publication.json").write_bytes(found)
    try:
        publication = read_publication(tmp_path)
    except OutputMismatch:
        return
    for path in publication.files:
        assert (tmp_path / path).resolve().is_relative_to(tmp_path)


UUIDS = tuple(f"{number}0000000-0000-4000-8000-000000000000" for number in range(5))
DATE = "2026-01-01T00:00:00Z"


def read(folder: Path, **parts: Any) -> Publication:
    (folder / "publication.json").write_text(json.dumps({"format": 1, **parts}), "utf-8")
    return read_publication(folder)


def refused(folder: Path, **parts: Any) -> OutputMismatch:
    with pytest.raises(OutputMismatch) as caught:
        read(folder, **parts)
    assert caught.value.where == "publication.json"
    return caught.value


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "a",
        "A-b/c_d.1",
        "en/book.read/0.json",
        "en/book.chapters.json",
        "en/book.1.mp3",
        "a/b/c.mp3",
    ],
)
def test_a_path_below_the_folder_may_be_public_whoever_made_it(tmp_path: Path, path: str, made: bool) -> None:
    assert list(read(tmp_path, files={path: FILE | {"made": made}}).files) == [path]


@pytest.mark.parametrize("path", ["en/book.mp3", "en/book.m4b", "en/book.cover-0123abcd.jpg"])
def test_what_was_built_is_public_but_never_made_by_publishing(tmp_path: Path, path: str) -> None:
    assert list(read(tmp_path, files={path: FILE | {"made": False}}).files) == [path]
    assert path in refused(tmp_path, files={path: FILE | {"made": True}}).message


@pytest.mark.parametrize(
    "path", ["en/book.json", "publication.json", "en/.book", ".en/book", "en/", "/en", "a b"]
)
@pytest.mark.parametrize("made", [True, False])
def test_records_and_what_is_hidden_are_never_public(tmp_path: Path, path: str, made: bool) -> None:
    error = refused(tmp_path, files={path: FILE | {"made": made}})
    assert (repr(path) in error.message, error.hint is not None) == (True, True)


def feeds(*guids: str, published: str = DATE) -> dict[str, Any]:
    """Two feeds with a work and a part: five guids, and one date of the last part."""
    feed, work, part, other, other_work = guids
    episode = {"guid": work, "published": DATE}
    parts = {"book": [{"guid": part, "published": published, "title": "One"}]}
    return {
        "en": {"guid": feed, "episodes": {"book": episode}, "parts": parts},
        "fi": {"guid": other, "episodes": {"kirja": {"guid": other_work, "published": DATE}}},
    }


def test_identities_that_can_be_are_read_back(tmp_path: Path) -> None:
    found = read(tmp_path, base_url="https://example.org", feeds=feeds(*UUIDS))
    assert found.base_url == "https://example.org"
    assert found.feeds["en"].parts["book"][0].is_there
    assert [found.feeds[tag].guid for tag in ("en", "fi")] == [UUIDS[0], UUIDS[3]]


@pytest.mark.parametrize("one", range(5))
@pytest.mark.parametrize("other", range(5))
def test_no_two_identities_are_the_same(tmp_path: Path, one: int, other: int) -> None:
    guids = list(UUIDS)
    guids[one] = guids[other]
    if one == other:
        read(tmp_path, feeds=feeds(*guids))
    else:
        assert repr(UUIDS[other]) in refused(tmp_path, feeds=feeds(*guids)).message


@pytest.mark.parametrize(
    "guid", ["", "x", UUIDS[4].replace("-", ""), "{" + UUIDS[4] + "}", "ABCDEF00" + UUIDS[4][8:]]
)
@pytest.mark.parametrize("at", range(5))
def test_an_identity_is_a_guid_as_it_is_written(tmp_path: Path, guid: str, at: int) -> None:
    error = refused(tmp_path, feeds=feeds(*UUIDS[:at], guid, *UUIDS[at + 1 :]))
    assert (repr(guid) in error.message, error.hint is not None) == (True, True)


@pytest.mark.parametrize(
    "published",
    ["", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00", "2026-13-01T00:00:00Z",
     "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00Z\n", "2026-01-01 00:00:00Z"],
)  # fmt: skip
def test_a_date_is_written_in_one_way(tmp_path: Path, published: str) -> None:
    error = refused(tmp_path, feeds=feeds(*UUIDS, published=published))
    assert (repr(published) in error.message, error.hint is not None) == (True, True)


def test_another_version_is_told_and_is_not_called_damaged(tmp_path: Path) -> None:
    error = refused(tmp_path, format=2)
    assert (error.message, error.hint) == ("is of format 2, not 1", None)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff", b'{"feeds": ' + b"[" * 100_000, b'{"base_url": "\xff"}']
)
def test_what_is_no_list_is_damaged(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "publication.json").write_bytes(data)
    with pytest.raises(OutputMismatch, match="cannot be read") as caught:
        read_publication(tmp_path)
    assert caught.value.hint is not None


def test_without_a_list_nothing_was_published(tmp_path: Path) -> None:
    assert read_publication(tmp_path) == Publication(1, "", {}, {})


def test_a_file_without_a_design_does_not_speak_of_one() -> None:
    assert b"design" not in msgspec.json.encode(PublicFile(1, "0" * 64, "text/plain", made=True))


@pytest.mark.skipif(os.name != "posix", reason="no pipes with names")
def test_a_pipe_in_place_of_a_record_or_the_list_is_refused_at_once(tmp_path: Path) -> None:
    put(tmp_path, record(), record("other"))
    (tmp_path / "en" / "essay.json").unlink()
    os.mkfifo(tmp_path / "en" / "essay.json")
    shelf = read_shelf(tmp_path)
    assert [edition.slug for edition in shelf.editions] == ["other"]
    assert "is not a regular file" in shelf.problems[0].message
    os.mkfifo(tmp_path / "publication.json")
    with pytest.raises(OutputMismatch, match="is not a regular file"):
        read_publication(tmp_path)
