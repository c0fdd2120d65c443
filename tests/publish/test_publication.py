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
from audiobook.publish.publication import read_publication
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
