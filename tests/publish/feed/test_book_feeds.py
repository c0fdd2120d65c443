"""The feed of each work in addition to that of its language, and languages with regions that share a feed."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest
from clients import seen_by_npm
from lxml import etree, html
from podcastparser import parse as podcast_parse
from records import chapter, put, record

from audiobook.book.record.works import Record
from audiobook.files import digest
from audiobook.publish.address import base_address
from audiobook.publish.guids import feed_guid
from audiobook.publish.publishing import Published, publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

BASE = "https://example.org/books"
NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
SETTINGS = PublishSettings(fast_start=False, author="The Publisher", email="books@example.org")


def published(
    output: Path, *records: Record, base: str = BASE, settings: PublishSettings = SETTINGS, **chosen: Any
) -> Published:
    put(output, *records)
    changed = msgspec.structs.replace(settings, **chosen)
    return publish(read_shelf(output), output, base_address(base), changed, NOW)


def read(output: Path, path: str) -> Any:
    """Return a feed as feedparser reads it, after podcastparser has accepted it too."""
    data = (output / path).read_bytes()
    podcast_parse(f"{BASE}/{path}", BytesIO(data))
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def episodes(output: Path, path: str) -> set[tuple[str, str]]:
    """Return guid and address of each episode of a feed."""
    return {(entry.id, entry.enclosures[0].href) for entry in read(output, path).entries}


def listed(output: Path) -> list[str]:
    """Return the paths of the feeds in the list of feeds."""
    outlines = etree.parse(output / "feeds.opml").findall(".//outline")
    assert len({one.get("text") for one in outlines}) == len(outlines), "two feeds have one title"
    assert all(one.get("type") == "rss" and one.get("language") for one in outlines)
    return [one.get("xmlUrl", "").removeprefix(f"{BASE}/") for one in outlines]


@pytest.mark.slow
def test_a_work_has_a_feed_that_describes_the_book(tmp_path: Path) -> None:
    one = record(title="A <Book>", description="Of chairs.\n\nAnd tables.")
    published(tmp_path, one, record("other"))
    [seen] = seen_by_npm("feed", [tmp_path / "en/essay.feed.xml"])
    assert (seen["medium"], seen["guid"]) == ("audiobook", feed_guid(f"{BASE}/en/essay.feed.xml"))
    channel = read(tmp_path, "en/essay.feed.xml").feed
    assert (channel.title, channel.link) == ("A <Book>", f"{BASE}/en/essay.html")
    assert channel.image.href == f"{BASE}/en/essay.cover-ffffffff.jpg"
    found = etree.parse(tmp_path / "en/essay.feed.xml").getroot()[0]
    values = [found.findtext(f"{{{found.nsmap['itunes']}}}{tag}") for tag in ("author", "type")]
    assert [*values, channel.publisher_detail.name] == ["Aino Ääni", "episodic", "The Publisher"]
    assert channel.description == "Of chairs. And tables. Read by a synthetic voice: A Patient Voice (tone)."
    assert [link.href for link in channel.links if link.rel == "self"] == [f"{BASE}/en/essay.feed.xml"]
    [seen] = seen_by_npm("feed", [tmp_path / "en/feed.xml"])
    assert (seen["medium"], len(seen["items"])) == ("podcast", 2)


def test_the_same_episodes_are_in_both_feeds_and_every_feed_is_in_the_list(tmp_path: Path) -> None:
    published(tmp_path, record(), record("b", title="B"), record(language="fi"))
    of_works = [episodes(tmp_path, f"en/{slug}.feed.xml") for slug in ("essay", "b")]
    assert [len(one) for one in of_works] == [1, 1]
    assert episodes(tmp_path, "en/feed.xml") == set.union(*of_works)
    assert listed(tmp_path) == [
        *("en/feed.xml", "fi/feed.xml"),
        *("en/essay.feed.xml", "en/b.feed.xml", "fi/essay.feed.xml"),
    ]


def test_the_page_of_a_work_links_its_own_feed_first(tmp_path: Path) -> None:
    published(tmp_path, record(language="en-GB", title="A & B"))
    page = html.document_fromstring((tmp_path / "en-GB/essay.html").read_bytes().decode())
    assert [
        (link.get("title"), link.get("href"))
        for link in page.xpath("//link[@rel='alternate'][contains(@type, 'rss')]")
    ] == [("A & B", "../en-GB/essay.feed.xml"), ("English", "../en/feed.xml")]
    shown = page.xpath("//details[contains(@class, 'subscribe')]//a/@href")
    assert shown == [f"{BASE}/en-GB/essay.feed.xml", f"{BASE}/en/feed.xml"]
    [code] = page.xpath("//img[@class='qr']/@src")
    assert (tmp_path / "en" / code).read_bytes().startswith(b"<svg")


def test_the_feed_of_a_work_keeps_its_guid_and_goes_and_comes_with_the_work(tmp_path: Path) -> None:
    path = tmp_path / "en/b.feed.xml"
    published(tmp_path, record(), record("b", title="B"))
    before = path.read_bytes()
    kept = (tmp_path / "en/b.json").read_bytes()
    (tmp_path / "en/b.json").unlink()
    assert "en/b.feed.xml" in published(tmp_path, record(), base="https://elsewhere.example").withdrawn
    assert not path.exists()
    (tmp_path / "en/b.json").write_bytes(kept)
    published(tmp_path, record(), base="https://elsewhere.example")
    moved = path.read_bytes()
    assert b"<itunes:new-feed-url>https://elsewhere.example/en/b.feed.xml<" in moved
    old_feed, new_feed = (etree.fromstring(data) for data in (before, moved))
    for tag in ("{*}guid", "item/guid", "item/pubDate"):
        assert old_feed.findtext(f"channel/{tag}") == new_feed.findtext(f"channel/{tag}")


def test_regions_of_a_language_share_a_feed_in_which_equal_works_can_be_distinguished(tmp_path: Path) -> None:
    chapters = tuple(chapter(name, at * 60_000, ("A.", "B."), 60_000) for at, name in enumerate("XY"))
    works = [record(language=tag, chapters=chapters) for tag in ("en-GB", "en-US")]
    published(tmp_path, *works)
    assert listed(tmp_path) == ["en/feed.xml", "en-GB/essay.feed.xml", "en-US/essay.feed.xml"]
    feed = read(tmp_path, "en/feed.xml")
    assert feed.feed.language == "en"
    assert [entry.title for entry in feed.entries] == ["An Essay (English, GB)", "An Essay (English, US)"]
    assert len({entry.published for entry in feed.entries}) == 2
    assert len(episodes(tmp_path, "en/feed.xml")) == 2
    assert read(tmp_path, "en-GB/essay.feed.xml").feed.language == "en-GB"


def test_a_language_with_one_region_is_named_with_it(tmp_path: Path) -> None:
    published(tmp_path, record(language="pt-BR"))
    assert read(tmp_path, "pt/feed.xml").feed.language == "pt-BR"


def test_a_region_has_its_own_feed_if_that_is_set_or_was_published_before(tmp_path: Path) -> None:
    works = [record(language=tag) for tag in ("en-GB", "en-US", "zh-Hant-TW")]
    published(tmp_path, works[0], feeds="region")
    own = episodes(tmp_path, "en-GB/feed.xml")
    published(tmp_path, *works)
    assert listed(tmp_path)[:3] == ["en/feed.xml", "en-GB/feed.xml", "zh-Hant/feed.xml"]
    assert episodes(tmp_path, "en-GB/feed.xml") == own, "its subscribers have the same feed as before"
    joined = episodes(tmp_path, "en/feed.xml")
    published(tmp_path, *works, feeds="region")
    assert listed(tmp_path)[:3] == ["en-GB/feed.xml", "en-US/feed.xml", "zh-Hant-TW/feed.xml"]
    assert episodes(tmp_path, "en-US/feed.xml") == joined, "no guid depends on the feed"


def test_the_seasons_of_a_shared_feed_stay_when_works_are_added(tmp_path: Path) -> None:
    def seasons() -> dict[str, str]:
        return {entry.link: entry.itunes_season for entry in read(tmp_path, "en/feed.xml").entries}

    published(tmp_path, record(language="en-US"), episodes="chapter")
    before = seasons()
    published(tmp_path, record(language="en-GB"), record("a", title="A"), episodes="chapter")
    assert sorted(seasons().values()) == ["1", "2", "3"]
    assert before.items() <= seasons().items()
    assert "<itunes:season>" not in (tmp_path / "en/a.feed.xml").read_text("utf-8")


def test_the_shared_feed_stays_while_all_its_works_are_damaged(tmp_path: Path) -> None:
    published(tmp_path, record(language="en-GB"), record(language="fi"))
    before = (tmp_path / "en/feed.xml").read_bytes()
    (tmp_path / "en-GB/essay.json").write_bytes(b"{}")
    assert len(published(tmp_path).problems) == 1
    for path in ("en/feed.xml", "en-GB/essay.feed.xml"):
        assert (tmp_path / path).is_file()
    assert (tmp_path / "en/feed.xml").read_bytes() == before


def test_a_list_of_an_earlier_version_keeps_all_its_feeds(tmp_path: Path) -> None:
    published(tmp_path, record(), record(language="en-GB"), feeds="region")
    path = tmp_path / "publication.json"
    found = msgspec.json.decode(path.read_bytes()) | {"format": 3, "digest": ""}
    for feed in found["feeds"].values():
        for name in ("books", "works", "is_joined"):
            del feed[name]
    own = ("en/feed.xml", "en-GB/feed.xml", "index.html")
    found["files"] = {name: file for name, file in found["files"].items() if ".feed." not in name}
    path.write_bytes(msgspec.json.encode(found | {"digest": digest(msgspec.json.encode(found))}))
    for feed_file in (*tmp_path.rglob("*.feed.xml"), *tmp_path.rglob("*.feed.svg")):
        feed_file.unlink()
    before = {name: (tmp_path / name).read_bytes() for name in own}
    published(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in own} == before
    assert listed(tmp_path)[:2] == ["en/feed.xml", "en-GB/feed.xml"]
