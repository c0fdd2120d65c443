"""A work that moves to another language tag or name keeps its subscribers, and its former addresses lead to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import feedparser
import msgspec
import pytest
from lxml import html
from records import chapter, put, record

from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import Record
from audiobook.errors import OutputMismatch
from audiobook.files import digest
from audiobook.publish.address import base_address
from audiobook.publish.publication import Move, read_publication
from audiobook.publish.publishing import Published, publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

BASE: Final = "https://example.org/books"
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS: Final = PublishSettings(fast_start=False)


def work(path: str, text: str, sound: str = "") -> Record:
    """Return a work at a path, such as `en/essay`, made from a text."""
    language, _, slug = path.partition("/")
    one = record(slug, language, title="Essay", chapters=(chapter("One", 0, (text, text)),))
    audio = FileStamp(one.audio.name, one.audio.length_bytes, digest((sound or path + text).encode()))
    inputs = msgspec.structs.replace(one.inputs, source_sha256=digest(text.encode()))
    return msgspec.structs.replace(one, audio=audio, inputs=inputs)


def drop(output: Path, path: str) -> None:
    (output / f"{path}.json").unlink()


def published(output: Path, *works: Record, gone: tuple[str, ...] = (), days: int = 0) -> Published:
    put(output, *works)
    when = NOW + timedelta(days=days)
    done = publish(read_shelf(output), output, base_address(BASE), SETTINGS, when, gone=gone)
    assert not done.problems
    return done


def entries(output: Path, feed: str = "en/feed.xml") -> list[Any]:
    return list(feedparser.parse((output / feed).read_bytes()).entries)


def guids(output: Path, feed: str = "en/feed.xml") -> list[tuple[str, str]]:
    """Return guid and date of each episode."""
    return [(entry.id, entry.published) for entry in entries(output, feed)]


def pages(output: Path) -> list[str]:
    """Return the paths of the works that the feed of a language lists."""
    return [entry.link.removeprefix(f"{BASE}/").removesuffix(".html") for entry in entries(output)]


@pytest.mark.parametrize(
    ("path", "text", "sound", "is_deleted"),
    [
        ("en/novel", "Same.", "", False),  # renamed; the same text
        ("en-GB/essay", "Another voice has this text.", "", False),  # the same name, for the region
        ("en-GB/essay", "Another voice has this text.", "", True),
        ("en-GB/novel", "Edited.", "same sound", True),
    ],
)
def test_a_moved_work_keeps_its_episodes_and_its_old_addresses_lead_to_it(
    tmp_path: Path, path: str, text: str, sound: str, *, is_deleted: bool
) -> None:
    published(tmp_path, work("en/essay", "Same.", "same sound"))
    before, season = guids(tmp_path), read_publication(tmp_path).feeds["en"].works
    if is_deleted:
        drop(tmp_path, "en/essay")
    published(tmp_path, work(path, text, sound), gone=() if is_deleted else ("en/essay",), days=1)
    assert (guids(tmp_path), pages(tmp_path)) == (before, [path])
    assert read_publication(tmp_path).feeds["en"].works == season
    assert guids(tmp_path, f"{path}.feed.xml") == before
    old_feed = (tmp_path / "en/essay.feed.xml").read_text("utf-8")
    assert f"<itunes:new-feed-url>{BASE}/{path}.feed.xml<" in old_feed
    [link] = html.parse(tmp_path / "en/essay.html").xpath("//a[@id='moved']/@href")
    assert link == f"../{path}.html"
    [former] = html.parse(tmp_path / f"{path}.html").xpath("//main/@data-former")
    assert former == "../en/essay.html"
    published(tmp_path, gone=() if is_deleted else ("en/essay",), days=40)
    assert (guids(tmp_path), pages(tmp_path)) == (before, [path])
    assert (tmp_path / "en/essay.html").is_file()
    assert not (tmp_path / "en/essay.sound").exists()


def test_a_work_that_moves_on_and_back_is_one_work(tmp_path: Path) -> None:
    published(tmp_path, work("en/essay", "A."))
    before, last = guids(tmp_path), "en/essay"
    for path in ("en-GB/essay", "en-US/essay", "en/essay"):
        drop(tmp_path, last)
        published(tmp_path, work(path, "A."))
        assert (guids(tmp_path), pages(tmp_path)) == (before, [path])
        last = path
    moves = read_publication(tmp_path).moves
    assert moves == {"en/essay": Move("en/essay", ("en-GB/essay", "en-US/essay"))}
    for path in ("en-GB/essay", "en-US/essay"):
        assert (tmp_path / f"{path}.html").is_file()


def test_a_new_work_at_the_address_of_a_moved_one_is_another(tmp_path: Path) -> None:
    published(tmp_path, work("en/essay", "A."))
    [moved] = guids(tmp_path)
    drop(tmp_path, "en/essay")
    published(tmp_path, work("en-GB/essay", "A."))
    published(tmp_path, work("en/essay", "B."), days=1)
    assert sorted(pages(tmp_path)) == ["en-GB/essay", "en/essay"]
    assert guids(tmp_path, "en-GB/essay.feed.xml") == [moved]
    [new] = guids(tmp_path, "en/essay.feed.xml")
    assert new != moved
    assert not html.parse(tmp_path / "en/essay.html").xpath("//a[@id='moved']")
    for _ in range(2):
        published(tmp_path, work("en/essay-2", "C."), days=2)
        assert len({guid for guid, _ in guids(tmp_path)}) == 3
    (tmp_path / "en/essay.json").write_bytes(b"{}")
    left_out = publish(read_shelf(tmp_path), tmp_path, base_address(BASE), SETTINGS, NOW)
    assert [problem.where for problem in left_out.problems] == ["en/essay.json"]
    assert not html.parse(tmp_path / "en/essay.html").xpath("//a[@id='moved']")


def test_a_former_address_leads_to_the_work_that_was_there_last(tmp_path: Path) -> None:
    published(tmp_path, work("en/essay", "A.", "sound of A"))
    drop(tmp_path, "en/essay")
    published(tmp_path, work("en/first", "A.", "sound of A"))
    published(tmp_path, work("en/essay", "B.", "sound of B"), days=1)
    before = guids(tmp_path)
    drop(tmp_path, "en/essay")
    published(tmp_path, work("en/second", "B.", "sound of B"), days=2)
    published(tmp_path, days=3)
    assert (guids(tmp_path), sorted(pages(tmp_path))) == (before, ["en/first", "en/second"])
    [link] = html.parse(tmp_path / "en/essay.html").xpath("//a[@id='moved']/@href")
    assert link == "../en/second.html"
    assert not html.parse(tmp_path / "en/first.html").xpath("//main/@data-former")


def test_a_work_that_is_only_left_out_or_not_looked_at_has_not_moved(tmp_path: Path) -> None:
    published(tmp_path, work("en/essay", "A."))
    before = guids(tmp_path)
    put(tmp_path, work("en-GB/essay", "A."))
    british = read_shelf(tmp_path, ["en-GB"])
    assert not publish(british, tmp_path, base_address(BASE), SETTINGS, NOW).publication.moves
    kept = (tmp_path / "en/essay.json").read_bytes()
    (tmp_path / "en/essay.json").write_bytes(b"{}")
    publish(read_shelf(tmp_path), tmp_path, base_address(BASE), SETTINGS, NOW)
    (tmp_path / "en/essay.json").write_bytes(kept)
    published(tmp_path)
    assert not read_publication(tmp_path).moves
    assert {*before} < {*guids(tmp_path)}


def test_another_work_in_place_of_a_removed_one_is_new(tmp_path: Path) -> None:
    published(tmp_path, work("en/essay", "A."), work("fi/essay", "F."))
    before = guids(tmp_path)
    drop(tmp_path, "en/essay")
    published(tmp_path, work("en/novel", "B."), work("sv/essay", "S."))
    assert not read_publication(tmp_path).moves
    assert not {*before} & {*guids(tmp_path)}


def test_an_impossible_move_is_refused(tmp_path: Path) -> None:
    published(tmp_path, work("en/essay", "A."))
    good = read_publication(tmp_path)
    for moves in (
        {"en/x": Move("en/none")},
        {"../x": Move("en/essay")},
        {"en/x": Move("en/essay", ("../x",))},
        {"en/x": Move("en/essay", ("en/x",))},
        {"en/x": Move("en/essay"), "en/y": Move("en/essay")},
    ):
        forged = msgspec.structs.replace(good, moves=moves, format=1, digest="")
        (tmp_path / "publication.json").write_bytes(msgspec.json.encode(forged))
        with pytest.raises(OutputMismatch, match="impossible move"):
            read_publication(tmp_path)
