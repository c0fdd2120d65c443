"""The list of a publication is only trusted if it is possible, and nothing outside the folder is ever touched."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import put, record
from tools import Shelf

from audiobook.book.record import write_record
from audiobook.book.record_reading import read_record
from audiobook.errors import OutputMismatch
from audiobook.publish.guids import episode_guid, part_guid
from audiobook.publish.publication import Publication, PublicFile, publication_bytes, read_publication
from audiobook.publish.works.shelf import read_shelf

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


def edit(works: Shelf, change: Callable[[Any], object], *, seal: bool = True) -> None:
    """Change the list, and seal it again if possible, as if it had been written like this."""
    path = works.output / "publication.json"
    publication = json.loads(path.read_bytes())
    change(publication)
    path.write_text(json.dumps(publication), "utf-8")
    if seal:
        with suppress(msgspec.MsgspecError):
            path.write_bytes(publication_bytes(msgspec.convert(publication, Publication)))


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
def test_a_list_with_files_that_are_never_published_is_refused_and_nothing_is_removed(
    works: Shelf, path: str
) -> None:
    works.write("precious.txt", "precious")
    edit(works, lambda found: found["files"].update({path.format(root=works.root): FILE}))
    before = works.tree()
    done = works.run(*BASE)
    assert done.code == 1
    assert done.err.startswith("error: publication.json: lists ")
    assert "hint: restore a copy of it" in done.err
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
def test_impossible_identities_and_files_are_refused_with_a_hint(
    works: Shelf, change: Callable[[Any], None]
) -> None:
    edit(works, change)
    for command in (BASE, ("check",)):
        done = works.run(*command)
        assert done.code == 1
        assert "error: publication.json: " in done.err
        assert "hint: restore a copy of it" in done.err
        assert "Traceback" not in done.err


def test_an_edited_list_is_refused_with_a_hint_and_no_guid_changes(works: Shelf) -> None:
    """Promise: a sealed file with impossible contents (another guid) is found by `check` and refused by name."""
    feed = (works.output / "en/feed.xml").read_bytes()

    def another(found: Any) -> None:
        found["feeds"]["en"]["guid"] = str(uuid5(NAMESPACE_URL, "another"))

    edit(works, another, seal=False)
    before = works.tree()
    for command in (BASE, (*BASE, "--force"), ("check",)):
        done = works.run(*command)
        assert done.code == 1
        assert (
            "error: publication.json: was changed after it was written\nhint: restore a copy of it"
            in done.err
        )
    assert works.tree() == before
    assert (works.output / "en/feed.xml").read_bytes() == feed


def another_part(found: Any) -> None:
    """Give the work a single part, with the guid of a third one."""
    guid = part_guid(found["feeds"]["en"]["guid"], "walk", 3)
    found["feeds"]["en"]["parts"]["walk"] = [
        {"guid": guid, "published": "2026-01-01T00:00:00Z", "title": "x"}
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda found: first_episode(found).update(guid=str(uuid5(NAMESPACE_URL, "another"))),
        lambda found: found["feeds"]["en"].update(guid=str(uuid5(NAMESPACE_URL, "another"))),
        lambda found: found["feeds"]["en"]["episodes"].update(other=first_episode(found)),
        another_part,
        lambda found: found["feeds"].update({"../x": found["feeds"].pop("fi")}),
        lambda found: found["files"].update({"diary.html": FILE}),
        lambda found: found["files"].update({"en/walk/diary.html": FILE}),
        lambda found: found["files"].update({"photos/cat.jpg": FILE}),
        lambda found: found["files"]["index.html"].update(length_bytes=1 << 60),
    ],
)
def test_a_sealed_but_impossible_list_is_found(works: Shelf, change: Callable[[Any], object]) -> None:
    """Promise: a sealed file with impossible contents (another guid) is found by `check` and refused by name."""
    mine = works.write("output/diary.html", "mine")
    edit(works, change)
    for command in (BASE, ("check",)):
        done = works.run(*command)
        assert done.code == 1
        assert "error: publication.json: " in done.err
        assert "Traceback" not in done.err
    assert mine.read_text("utf-8") == "mine"


def unseal(works: Shelf) -> None:
    """Write the list in the format without a seal."""

    def old(found: Any) -> None:
        found["format"] = 1
        del found["digest"]

    edit(works, old, seal=False)


def test_a_list_without_a_seal_is_accepted_once_with_its_guids_and_dates(works: Shelf) -> None:
    path = works.output / "publication.json"
    sealed, feed = path.read_bytes(), (works.output / "en/feed.xml").read_bytes()
    unseal(works)
    assert works.run("check").code == 0
    assert works.run(*BASE, "--json").answer["written"] == ["publication.json"]
    assert path.read_bytes() == sealed
    assert (works.output / "en/feed.xml").read_bytes() == feed
    edit(works, lambda found: found.pop("digest"), seal=False)
    assert "was changed after it was written" in works.run(*BASE).err


def test_a_changed_guid_is_found_in_a_list_without_a_seal_too(works: Shelf) -> None:
    unseal(works)
    edit(works, lambda found: first_episode(found).update(guid=str(uuid5(NAMESPACE_URL, "x"))), seal=False)
    assert "on a feed or episode that it does not belong to" in works.run(*BASE).err


def test_a_list_with_other_white_space_is_the_same(works: Shelf) -> None:
    edit(works, lambda found: None, seal=False)
    assert works.run("check").code == 0


def test_a_publication_is_read_back_as_it_was_written(published: Path) -> None:
    assert set(read_publication(published / "output").feeds) == {"en", "fi"}


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
def test_a_list_with_any_damage_is_the_same_or_refused(
    published: Path, tmp_path: Path, data: st.DataObject
) -> None:
    whole = (published / "output" / "publication.json").read_bytes()
    found = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(found) - 1))
        found[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    (tmp_path / "publication.json").write_bytes(found)
    try:
        publication = read_publication(tmp_path)
    except OutputMismatch:
        return
    assert publication == read_publication(published / "output")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("../x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
UUIDS = st.uuids().map(str) | st.text(max_size=36)
EPISODES = st.fixed_dictionaries(
    {"guid": UUIDS, "published": st.text(max_size=20), "title": st.text(max_size=3)}
)
NAMES = st.sampled_from(["en", "fi", "walk", "../x", "en/walk.html", "en/walk.mp3", "diary.html", "\0"])
LISTS = st.fixed_dictionaries(
    {
        "format": st.sampled_from([1, 2, 3]) | VALUES,
        "base_url": st.text(max_size=8) | VALUES,
        "feeds": st.dictionaries(
            NAMES,
            st.fixed_dictionaries(
                {
                    "guid": UUIDS,
                    "episodes": st.dictionaries(NAMES, EPISODES, max_size=2),
                    "parts": st.dictionaries(NAMES, st.lists(EPISODES, max_size=2), max_size=2),
                }
            )
            | VALUES,
            max_size=2,
        ),
        "files": st.dictionaries(NAMES, st.just(FILE) | VALUES, max_size=3),
    }
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=LISTS | VALUES, seal=st.booleans())
def test_a_list_of_any_values_is_refused_or_has_only_publishable_paths(
    tmp_path: Path, found: Any, seal: bool
) -> None:
    path = tmp_path / "publication.json"
    path.write_text(json.dumps(found), "utf-8")
    if seal:
        with suppress(msgspec.MsgspecError, UnicodeEncodeError):
            path.write_bytes(publication_bytes(msgspec.json.decode(path.read_bytes(), type=Publication)))
    try:
        publication = read_publication(tmp_path)
    except OutputMismatch:
        return
    assert set(publication.files) <= {"en/walk.html", "en/walk.mp3"}
    assert set(publication.feeds) <= {"en", "fi", "walk"}


DATE = "2026-01-01T00:00:00Z"


def read(folder: Path, **parts: Any) -> Publication:
    (folder / "publication.json").write_text(json.dumps({"format": 1, **parts}), "utf-8")
    return read_publication(folder)


def refused(folder: Path, **parts: Any) -> OutputMismatch:
    with pytest.raises(OutputMismatch) as caught:
        read(folder, **parts)
    assert caught.value.where == "publication.json"
    return caught.value


MADE = (
    "index.html",
    "feeds.opml",
    "assets/0123abcd/player.js",
    "en/feed.xml",
    "pt-BR/podcast-0123abcd.jpg",
    "en/book.html",
    "en/book.read/0.json",
    "en/book.chapters.json",
    "en/book.parts/01.mp3",
)


@pytest.mark.parametrize("path", MADE)
def test_paths_that_publish_makes_are_accepted_only_as_made(tmp_path: Path, path: str) -> None:
    assert list(read(tmp_path, files={path: FILE | {"made": True}}).files) == [path]
    assert path in refused(tmp_path, files={path: FILE | {"made": False}}).message


@pytest.mark.parametrize("path", ["a", "A-b/c_d.1", "en/book.1.mp3", "a/b/c.mp3", "en/diary.txt"])
@pytest.mark.parametrize("made", [True, False])
def test_no_other_path_is_ever_public(tmp_path: Path, path: str, made: bool) -> None:
    assert path in refused(tmp_path, files={path: FILE | {"made": made}}).message


@pytest.mark.parametrize("path", ["en/book.mp3", "en/book.m4b", "en/book.cover-0123abcd.jpg"])
def test_paths_that_build_makes_are_accepted_only_as_built(tmp_path: Path, path: str) -> None:
    assert list(read(tmp_path, files={path: FILE | {"made": False}}).files) == [path]
    assert path in refused(tmp_path, files={path: FILE | {"made": True}}).message


@pytest.mark.parametrize(
    "path", ["en/book.json", "publication.json", "en/.book", ".en/book", "en/", "/en", "a b"]
)
@pytest.mark.parametrize("made", [True, False])
def test_records_and_hidden_files_are_never_public(tmp_path: Path, path: str, made: bool) -> None:
    error = refused(tmp_path, files={path: FILE | {"made": made}})
    assert (repr(path) in error.message, error.hint is not None) == (True, True)


FEED, OTHER_FEED = "00000000-0000-4000-8000-000000000000", "30000000-0000-4000-8000-000000000000"
GUIDS = (
    FEED,
    episode_guid(FEED, "book"),
    part_guid(FEED, "book", 1),
    OTHER_FEED,
    episode_guid(OTHER_FEED, "kirja"),
)
"""The guids of a feed, its work and the work's first part; and of another feed and its work."""


def feeds(*guids: str, published: str = DATE) -> dict[str, Any]:
    """Return two feeds with five guids in all, and the date of the last part."""
    feed, work, part, other, other_work = guids
    episode = {"guid": work, "published": DATE}
    parts = {"book": [{"guid": part, "published": published, "title": "One"}]}
    return {
        "en": {"guid": feed, "episodes": {"book": episode}, "parts": parts},
        "fi": {"guid": other, "episodes": {"kirja": {"guid": other_work, "published": DATE}}},
    }


def test_valid_identities_are_read_back(tmp_path: Path) -> None:
    found = read(tmp_path, base_url="https://example.org", feeds=feeds(*GUIDS))
    assert found.base_url == "https://example.org"
    assert found.feeds["en"].parts["book"][0].is_there
    assert [found.feeds[tag].guid for tag in ("en", "fi")] == [FEED, OTHER_FEED]


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in product(range(5), repeat=2) if len(set(pair)) == 2]
)
def test_no_two_identities_are_the_same(tmp_path: Path, one: int, other: int) -> None:
    guids = list(GUIDS)
    guids[one] = guids[other]
    assert "on a feed or episode that it does not belong to" in refused(tmp_path, feeds=feeds(*guids)).message


@pytest.mark.parametrize(
    "guid", ["", "x", OTHER_FEED.replace("-", ""), "{" + OTHER_FEED + "}", "ABCDEF00" + OTHER_FEED[8:]]
)
@pytest.mark.parametrize("at", range(5))
def test_a_guid_must_be_in_canonical_form(tmp_path: Path, guid: str, at: int) -> None:
    error = refused(tmp_path, feeds=feeds(*GUIDS[:at], guid, *GUIDS[at + 1 :]))
    assert (repr(guid) in error.message, error.hint is not None) == (True, True)


@pytest.mark.parametrize(
    "published",
    ["", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00", "2026-13-01T00:00:00Z",
     "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00Z\n", "2026-01-01 00:00:00Z"],
)  # fmt: skip
def test_a_date_must_be_in_canonical_form(tmp_path: Path, published: str) -> None:
    error = refused(tmp_path, feeds=feeds(*GUIDS, published=published))
    assert (repr(published) in error.message, error.hint is not None) == (True, True)


def test_another_version_is_reported_as_such_and_not_as_damage(tmp_path: Path) -> None:
    error = refused(tmp_path, format=3)
    assert (error.message, error.hint) == ("has format 3; expected 2", None)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff", b'{"feeds": ' + b"[" * 100_000, b'{"base_url": "\xff"}']
)
def test_bytes_that_are_not_a_list_are_reported_as_damage(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "publication.json").write_bytes(data)
    with pytest.raises(OutputMismatch, match="cannot be read") as caught:
        read_publication(tmp_path)
    assert caught.value.hint is not None


def test_without_a_list_nothing_was_published(tmp_path: Path) -> None:
    assert read_publication(tmp_path) == Publication()


def test_a_file_without_a_design_is_written_without_one() -> None:
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
