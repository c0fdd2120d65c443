"""The list of a publication is only accepted if it is possible."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from itertools import permutations, product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import put, record

from audiobook.book.record.reading import read_record
from audiobook.book.record.writing import write_record
from audiobook.errors import OutputMismatch
from audiobook.publish.guids import episode_guid, part_guid
from audiobook.publish.publication import Publication, PublicFile, publication_pieces, read_publication
from audiobook.publish.works.shelf import read_shelf

FILE = {"length_bytes": 1, "sha256": "0" * 64, "type": "text/plain", "made": True}


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


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_list_with_any_damage_is_the_same_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    publication = msgspec.convert({"feeds": feeds(*GUIDS), "files": {"index.html": FILE}}, Publication)
    damaged = bytearray(b"".join(publication_pieces(publication)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    (tmp_path / "publication.json").write_bytes(damaged)
    with suppress(OutputMismatch):
        found = read_publication(tmp_path)
        assert msgspec.structs.replace(found, digest="") == publication


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
        "format": st.sampled_from([1, 2, 3, 4, 5, 6]) | VALUES,
        "base_url": st.text(max_size=8) | VALUES,
        "feeds": st.dictionaries(
            NAMES,
            st.fixed_dictionaries(
                {
                    "guid": UUIDS,
                    "episodes": st.dictionaries(NAMES, EPISODES, max_size=2),
                    "parts": st.dictionaries(NAMES, st.lists(EPISODES, max_size=2), max_size=2),
                    "books": st.dictionaries(NAMES, UUIDS, max_size=2),
                    "works": st.lists(NAMES, max_size=2),
                }
            )
            | VALUES,
            max_size=2,
        ),
        "files": st.dictionaries(NAMES, st.just(FILE) | VALUES, max_size=3),
    }
)


@pytest.mark.slow
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=LISTS | VALUES, seal=st.booleans())
def test_a_list_of_any_values_is_refused_or_has_only_publishable_paths(
    tmp_path: Path, found: Any, seal: bool
) -> None:
    path = tmp_path / "publication.json"
    path.write_text(json.dumps(found), "utf-8")
    if seal:
        with suppress(msgspec.MsgspecError, UnicodeEncodeError):
            path.write_bytes(
                b"".join(publication_pieces(msgspec.json.decode(path.read_bytes(), type=Publication)))
            )
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
    "en/feed.svg",
    "en/book.feed.xml",
    "en/book.feed.svg",
    "pt-BR/podcast-0123abcd.jpg",
    "en/book.html",
    "en/book.text.html",
    "en/book.vtt",
    "en/book.small.jpg",
    "en/book.read/0.json",
    "en/book.chapters.json",
    "en/book.parts/01.mp3",
    "en/book.parts/book-01-the-kitchen-0123abcd.mp3",
    "en/book.parts/book-102-0123abcd.chapters.json",
    "en/book.read/0-0123abcd.json",
    "en/book.sound/book-0123abcd.mp3",
    "en/book.sound/book-0123abcd.m4b",
    "en/book.sound/book-0123abcd.srt",
)
BUILT = ("en/book.mp3", "en/book.m4b", "en/book.vtt", "en/book.cover-0123abcd.jpg")
NEVER_PUBLIC = (
    *("", "a", "a b", "en/", "/en", "A-b/c_d.1", "a/b/c.mp3", "../../precious.txt", "en/../../precious.txt"),
    *("en/book.1.mp3", "en/diary.txt", "en/walk/diary.html", "photos/cat.jpg", "diary.html", "en/book.json"),
    *("publication.json", ".audiobook.lock", "en/.book", ".en/book", "en//x.html", "./x.html", "en\\..\\x"),
    *(
        "en/a\0b",
        "en/feed.xml\n",
        "en/book.mp3\n",
        "english/feed.xml",
        "index.htmlx",
        "assets/0123abc/player.js",
    ),
    *(
        f"en/book.parts/{name}.mp3"
        for name in (
            "../book.sound/book-0123abcd",
            "book-01-x",
            "book-x-0123abcd",
            "book-01-X-0123abcd",
            "x",
        )
    ),
)


def test_only_paths_that_publish_or_build_makes_are_accepted_and_only_as_theirs(tmp_path: Path) -> None:
    wrong = []
    for path, made in product({*MADE, *BUILT, *NEVER_PUBLIC}, (True, False)):
        files = {path: FILE | {"made": made}}
        if path in (MADE if made else BUILT):
            is_right = list(read(tmp_path, files=files).files) == [path]
        else:
            error = refused(tmp_path, files=files)
            is_right = f"lists {path!r}, " in error.message and error.hint is not None
        if not is_right:
            wrong.append((path, made))
    assert not wrong


FEED, OTHER_FEED = "00000000-0000-4000-8000-000000000000", "30000000-0000-4000-8000-000000000000"
GUIDS = (
    FEED,
    episode_guid(FEED, "book"),
    part_guid(FEED, "book", 1),
    OTHER_FEED,
    episode_guid(OTHER_FEED, "kirja"),
    "50000000-0000-4000-8000-000000000000",
)
"""The guids of a feed, its work and the work's first part; of another feed and its work; and of the first work's feed."""


def feeds(*guids: str, published: str = DATE) -> dict[str, Any]:
    """Return two feeds with six guids in all, and the date of the last part."""
    feed, work, part, other, other_work, book = guids
    episode = {"guid": work, "published": DATE}
    parts = {"book": [{"guid": part, "published": published, "title": "One"}]}
    return {
        "en": {
            "guid": feed,
            "episodes": {"book": episode},
            "parts": parts,
            "books": {"book": book},
            "works": ["en/book", "fi/kirja"],
        },
        "fi": {"guid": other, "episodes": {"kirja": {"guid": other_work, "published": DATE}}},
    }


def test_valid_identities_are_read_back(tmp_path: Path) -> None:
    found = read(tmp_path, base_url="https://example.org", feeds=feeds(*GUIDS))
    assert found.base_url == "https://example.org"
    assert found.feeds["en"].parts["book"][0].is_there
    assert [found.feeds[tag].guid for tag in ("en", "fi")] == [FEED, OTHER_FEED]
    assert not found.feeds["en"].is_joined


def test_no_two_identities_are_the_same(tmp_path: Path) -> None:
    for one, other in permutations(range(6), 2):
        guids = list(GUIDS)
        guids[one] = guids[other]
        error = refused(tmp_path, feeds=feeds(*guids))
        assert error.message.endswith("on a feed or episode that it does not belong to")
        assert error.hint is not None
    refused(tmp_path, feeds={"en": {"guid": FEED}, "fi": {"guid": FEED}})


def test_every_part_of_a_work_has_one_of_its_numbers_in_any_order(tmp_path: Path) -> None:
    def numbered(*numbers: int) -> dict[str, Any]:
        found = feeds(*GUIDS)
        found["en"]["parts"]["book"] = [
            {"guid": part_guid(FEED, "book", number), "published": DATE, "title": "x"} for number in numbers
        ]
        return found

    assert len(read(tmp_path, feeds=numbered(2, 3, 1)).feeds["en"].parts["book"]) == 3
    for numbers in ((3,), (0,), (1, 3), (1, 1)):
        refused(tmp_path, feeds=numbered(*numbers))


def test_a_feed_lists_known_works_once_and_only_works_have_feeds(tmp_path: Path) -> None:
    for change in (
        {"works": ["en/book", "en/book"]},
        {"works": ["en/hook"]},
        {"works": ["sv/book"]},
        {"works": ["book"]},
        {"books": {"hook": OTHER_FEED[::-1]}},
        {"books": {"hook": GUIDS[5]}},
    ):
        found = feeds(*GUIDS)
        found["en"] |= change
        assert refused(tmp_path, feeds=found).hint


def test_the_feeds_of_single_works_have_guids_of_their_own(tmp_path: Path) -> None:
    found = feeds(*GUIDS)
    found["fi"]["books"] = {"kirja": GUIDS[5]}
    assert "twice" in refused(tmp_path, feeds=found).message
    found["fi"]["books"] = {"kirja": GUIDS[5].replace("5", "6")}
    assert read(tmp_path, feeds=found).feeds["fi"].books


def test_the_names_of_parts_are_unique_and_those_of_their_work(tmp_path: Path) -> None:
    def named(*names: str) -> dict[str, Any]:
        found = feeds(*GUIDS)
        found["en"]["parts"]["book"] = [
            {"guid": part_guid(FEED, "book", number), "published": DATE, "title": "x", "name": name}
            for number, name in enumerate(names, 1)
        ]
        return found

    for names in (["book-01", "book-02-the-end", "book-100"], ["", "", "book-01"]):
        assert [part.name for part in read(tmp_path, feeds=named(*names)).feeds["en"].parts["book"]] == [
            *names
        ]
    for names in (["book-01", "book-01"], ["kirja-01"], ["book-1"], ["book-01-X"], ["book"]):
        assert refused(tmp_path, feeds=named(*names)).hint


def test_moves_are_possible_and_no_two_works_come_from_the_same_place(tmp_path: Path) -> None:
    book: dict[str, Any] = {"identity": "en/book", "addresses": ["en/book", "en/tome"]}
    kirja: dict[str, Any] = {"identity": "fi/kirja", "addresses": ["fi/kirja"]}
    found = read(tmp_path, feeds=feeds(*GUIDS), moves={"en-GB/book": book, "fi/teos": kirja})
    assert found.moves["en-GB/book"].addresses == ("en/book", "en/tome")
    for moves in (
        {"en-GB/book": book | {"identity": "sv/book"}},
        {"en-GB/book": book | {"identity": "en/hook"}},
        {"en-GB/book": book | {"identity": "book"}},
        {"../book": book},
        {"en-GB/book": book | {"addresses": ["../book"]}},
        {"en/tome": book},
        {"en-GB/book": book, "fi/teos": kirja | {"identity": "en/book"}},
        {"en-GB/book": book, "fi/teos": kirja | {"addresses": ["en/tome"]}},
    ):
        assert "has an impossible move to " in refused(tmp_path, feeds=feeds(*GUIDS), moves=moves).message


def test_a_guid_must_be_in_canonical_form(tmp_path: Path) -> None:
    noncanonical = (OTHER_FEED.replace("-", ""), f"{{{OTHER_FEED}}}", "ABCDEF00" + OTHER_FEED[8:])
    for at, guid in product(range(6), ("", "x", "a\0b", *noncanonical)):
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


def test_a_language_is_a_tag(tmp_path: Path) -> None:
    for language in ("../x", "english", "en\n", ""):
        error = refused(tmp_path, feeds={language: {"guid": FEED}})
        assert (f"a feed for {language!r}" in error.message, error.hint is not None) == (True, True)


def test_lengths_digests_and_types_of_files_are_possible(tmp_path: Path) -> None:
    [found] = read(tmp_path, files={"index.html": FILE | {"length_bytes": 1 << 53}}).files.values()
    assert (found.length_bytes, found.design, found.superseded) == (1 << 53, "", "")
    for change in (
        {"length_bytes": -1},
        {"length_bytes": (1 << 53) + 1},
        {"sha256": "x"},
        {"sha256": "0" * 65},
        {"type": "text/html\r\nX: y"},
        {"type": ""},
    ):
        assert "cannot be read" in refused(tmp_path, files={"index.html": FILE | change}).message


def test_an_unsealed_list_has_no_digest_and_a_sealed_one_its_own(tmp_path: Path) -> None:
    path = tmp_path / "publication.json"
    publication = Publication(base_url="https://example.org")
    data = b"".join(publication_pieces(publication))
    path.write_bytes(data)
    seal = hashlib.sha256(msgspec.json.encode(publication)).hexdigest()
    assert read_publication(tmp_path) == msgspec.structs.replace(publication, digest=seal)
    assert data.startswith(b'{\n "format": 5,\n "base_url": "https://example.org",\n')
    for harm in (
        data.replace(b"example.org", b"example.net"),
        data.replace(b'"format": 5', b'"format": 1'),
        b'{"format": 5}',
    ):
        path.write_bytes(harm)
        with pytest.raises(OutputMismatch, match="was changed after it was written") as caught:
            read_publication(tmp_path)
        assert caught.value.hint is not None


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_sealed_list_of_an_earlier_format_is_read(tmp_path: Path, number: int) -> None:
    fields = {"format": number, "base_url": "https://example.org", "digest": ""}
    seal = hashlib.sha256(msgspec.json.encode(fields)).hexdigest()
    assert read(tmp_path, **(fields | {"digest": seal})).format == number


def test_a_long_list_is_written_in_pieces_and_is_the_same_as_a_whole(tmp_path: Path) -> None:
    files = {
        f"en/book{number}.html": PublicFile(number, "0" * 64, "text/html", made=True) for number in range(500)
    }
    pieces = list(publication_pieces(Publication(files=files)))
    assert max(map(len, pieces)) * 2 < sum(map(len, pieces))
    (tmp_path / "publication.json").write_bytes(b"".join(pieces))
    found = read_publication(tmp_path)
    assert found.files == files
    assert b"".join(pieces) == msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def test_another_version_is_reported_as_such_and_not_as_damage(tmp_path: Path) -> None:
    error = refused(tmp_path, format=6)
    assert (error.message, error.hint) == ("has format 6; expected 5", None)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff", b'{"feeds": ' + b"[" * 100_000, b'{"base_url": "\xff"}']
)
def test_bytes_that_are_not_a_list_are_reported_as_damage(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "publication.json").write_bytes(data)
    with pytest.raises(OutputMismatch, match="cannot be read") as caught:
        read_publication(tmp_path)
    assert caught.value.hint is not None


def test_without_a_list_nothing_was_published(tmp_path: Path) -> None:
    assert read_publication(tmp_path) == Publication(5, "", "", {}, {}, {}, "")


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
