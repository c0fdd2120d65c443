"""A forged or damaged list of a publication: the commands refuse it by name, and touch nothing outside the folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest
from tools import Shelf

from audiobook.publish.publication import Publication, publication_pieces, read_publication

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
            path.write_bytes(b"".join(publication_pieces(msgspec.convert(publication, Publication))))


@pytest.mark.slow
def test_a_list_with_a_file_that_is_never_published_is_refused_and_nothing_is_removed(works: Shelf) -> None:
    precious = works.write("precious.txt", "precious")
    edit(works, lambda found: found["files"].update({precious.as_posix(): FILE}))
    before = works.tree()
    for command in (BASE, ("check",)):
        done = works.run(*command)
        assert done.code == 1
        assert done.err.startswith("error: publication.json: lists ")
        assert "hint: restore a copy of it" in done.err
    assert works.tree() == before


@pytest.mark.slow
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


def first_episode(found: Any) -> Any:
    return found["feeds"]["en"]["episodes"]["walk"]


@pytest.mark.slow
def test_a_sealed_but_impossible_list_is_found(works: Shelf) -> None:
    """Promise: a sealed file with impossible contents (another guid) is found by `check` and refused by name."""
    edit(works, lambda found: first_episode(found).update(guid=str(uuid5(NAMESPACE_URL, "another"))))
    for command in (BASE, ("check",)):
        done = works.run(*command)
        assert done.code == 1
        assert "on a feed or episode that it does not belong to" in done.err
        assert "Traceback" not in done.err


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
