"""Feeds as feedparser, podcastparser and podcast-partytime read them, and their lasting identities."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
import pytest
from clients import seen_by_npm
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree
from podcastparser import parse as podcast_parse
from records import MP3, chapter, put, record
from tools import run_tool

from audiobook.book.record.works import Record
from audiobook.errors import SettingsError
from audiobook.files import digest
from audiobook.publish.address import base_address
from audiobook.publish.guids import feed_guid
from audiobook.publish.publication import read_publication
from audiobook.publish.publishing import Published, publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

BASE = "https://example.org/books"
NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
SETTINGS = PublishSettings(
    fast_start=False, author="Aino Ääni", email="aino@example.org", license="CC-BY-4.0"
)
URL = f"{BASE}/en/feed.xml"


def published(
    output: Path,
    *records: Record,
    settings: PublishSettings = SETTINGS,
    base: str = BASE,
    now: datetime = NOW,
) -> Published:
    shelf = put(output, *records)
    assert not shelf.problems
    return publish(shelf, output, base_address(base), settings, now)


def feed(output: Path, language: str = "en") -> Any:
    """Return a feed as feedparser reads it, after podcastparser has accepted it too."""
    data = (output / language / "feed.xml").read_bytes()
    podcast_parse(URL, BytesIO(data))
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def tags(output: Path, path: str, language: str = "en") -> Any:
    """Return what an XPath with our prefixes finds in a feed."""
    names = {
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "podcast": "https://podcastindex.org/namespace/1.0",
        "atom": "http://www.w3.org/2005/Atom",
    }
    return etree.parse(output / language / "feed.xml").xpath(path, namespaces=names)


def test_a_feed_meets_apples_requirements(tmp_path: Path) -> None:
    published(tmp_path, record(description="Of chairs.\n\nAnd of <b>tables</b> & such."))
    parsed = feed(tmp_path)
    channel, [entry] = parsed.feed, parsed.entries
    assert channel.title == "Aino Ääni: Audiobooks"
    assert channel.link == f"{BASE}/index.html"
    assert channel.language == "en"
    assert [(term.term, term.scheme) for term in channel.tags][:1] == [("Arts", "http://www.itunes.com/")]
    assert tags(tmp_path, "string(//itunes:category/itunes:category/@text)") == "Books"
    assert channel.author_detail.name == "Aino Ääni"
    assert tags(tmp_path, "string(//itunes:owner/itunes:email)") == "aino@example.org"
    assert tags(tmp_path, "string(//channel/itunes:explicit)") == "false"
    assert tags(tmp_path, "string(//channel/itunes:type)") == "episodic"
    image = channel.image.href.removeprefix(f"{BASE}/")
    assert (tmp_path / image).read_bytes()[:3] == b"\xff\xd8\xff"
    assert tags(tmp_path, "string(//channel/image/url)") == channel.image.href
    assert tags(tmp_path, "string(//channel/image/title)") == channel.title
    assert tags(tmp_path, "string(//channel/image/link)") == channel.link
    assert tags(tmp_path, "string(//channel/atom:link[@rel='self']/@href)") == URL
    assert entry.title == "An Essay"
    [enclosure] = entry.enclosures
    assert (enclosure.href, enclosure.length, enclosure.type) == (
        f"{BASE}/en/essay.sound/essay-ffffffff.mp3",
        str(len(MP3)),
        "audio/mpeg",
    )
    assert entry.itunes_duration == "2"
    assert entry.image.href == f"{BASE}/en/essay.cover-ffffffff.jpg"
    assert entry.description == (
        "<p>Of chairs.</p><p>And of &lt;b&gt;tables&lt;/b&gt; &amp; such.</p>"
        "<p>Read by a synthetic voice: A Patient Voice (tone)</p>"
    )


@pytest.mark.slow
def test_a_feed_has_the_elements_of_podcasting_2(tmp_path: Path) -> None:
    chapters = (chapter("One", 0, ("One.",)), chapter("Two", 1000, ("Two.",)))
    published(tmp_path, record(chapters=chapters))
    [seen] = seen_by_npm("feed", [tmp_path / "en" / "feed.xml"])
    assert seen["guid"] == feed_guid(URL)
    assert (seen["medium"], seen["locked"]) == ("podcast", True)
    assert seen["license"]["identifier"] == "cc-by-4.0"
    [entry] = seen["items"]
    assert entry["podcastChapters"] == {
        "url": f"{BASE}/en/essay.sound/essay-ffffffff.chapters.json",
        "type": "application/json+chapters",
    }
    sound, language = f"{BASE}/en/essay.sound/essay-ffffffff", {"language": "en", "rel": "captions"}
    assert entry["podcastTranscripts"] == [
        {"url": f"{sound}.vtt", "type": "text/vtt", **language},
        {"url": f"{sound}.srt", "type": "application/srt", **language},
    ], "partytime has one name for all types of SRT"
    assert tags(tmp_path, "//podcast:transcript/@type") == ["text/vtt", "application/x-subrip"]
    for ending in (".vtt", ".srt"):
        assert (tmp_path / f"en/essay.sound/essay-ffffffff{ending}").is_file()
    people = [(one["name"], one["role"], one["group"]) for one in entry["podcastPeople"]]
    assert people == [("Aino Ääni", "Author", "Writing"), ("A Patient Voice", "Narrator", "Cast")]
    assert tags(tmp_path, "//podcast:txt[@purpose='ai-content']/text()") == ["true", "true"]


def test_xmllint_finds_feeds_and_their_list_well_formed(tmp_path: Path) -> None:
    published(tmp_path, record(), record(language="fi", title="<b>&amp;]]>"))
    for name in ("en/feed.xml", "fi/feed.xml", "feeds.opml"):
        assert run_tool("xmllint", "--noout", tmp_path / name).stderr == ""


def test_a_feeds_guid_matches_the_standards_example() -> None:
    for url in ("https://podnews.net/rss", "http://podnews.net/rss//"):
        assert feed_guid(url) == "9b024349-ccf0-5f69-a609-6b82873eab3c"


@pytest.mark.slow
@pytest.mark.parametrize("title", [None, "Books of mine"])
def test_no_two_feeds_have_the_same_title(tmp_path: Path, title: str | None) -> None:
    settings = PublishSettings(fast_start=False, title=title, feeds="region")
    published(
        tmp_path, *(record(language=tag) for tag in ("en", "fi", "pt", "pt-BR", "xx")), settings=settings
    )
    titles = [feed(tmp_path, tag).feed.title for tag in ("en", "fi", "pt", "pt-BR", "xx")]
    assert len(set(titles)) == 5
    assert not title or all(one.startswith(title) for one in titles)


def identities(output: Path, language: str = "en") -> dict[str, tuple[str, str]]:
    """Return the guid and date of each episode, by the end of its enclosure's address."""
    return {
        entry.enclosures[0].href.rpartition("/")[2]: (entry.id, entry.published)
        for entry in feed(output, language).entries
    }


def test_guid_and_date_stay_whatever_else_changes(tmp_path: Path) -> None:
    published(tmp_path, record(), record("b", title="B"))
    before = identities(tmp_path)
    assert not tags(tmp_path, "//itunes:new-feed-url")
    changed = record(title="Renamed", date="2024-01-02", chapters=(chapter("New", 0, ("New.",) * 3),))
    later = NOW.replace(year=2027)
    place = "http://elsewhere.example:8080/x"
    done = published(tmp_path, changed, base=place, now=later)
    assert identities(tmp_path) == before
    assert tags(tmp_path, "string(//podcast:guid)") == feed_guid(URL)
    assert (done.publication.base_url, done.publication.moved_from) == (place, BASE)
    assert tags(tmp_path, "string(//itunes:new-feed-url)") == f"{place}/en/feed.xml"
    assert published(tmp_path, changed, base=place, now=later).written == (), "it stays a feed that moved"


def test_titles_have_numeric_references_for_signs_that_look_like_markup(tmp_path: Path) -> None:
    published(
        tmp_path, record(title="<b> & R&amp;D"), settings=PublishSettings(fast_start=False, title="A & B < C")
    )
    data = (tmp_path / "en" / "feed.xml").read_text("utf-8")
    assert data.count("<title>A &#x26; B &#x3C; C</title>") == 2
    assert "<title>&#x3C;b&gt; &#x26; R&#x26;amp;D</title>" in data
    assert feed(tmp_path).entries[0].title == "<b> & R&amp;D"


def test_a_work_that_is_removed_and_comes_back_has_its_old_guid(tmp_path: Path) -> None:
    published(tmp_path, record(), record("b", title="B"))
    before = identities(tmp_path)
    gone = tmp_path / "en" / "b.json"
    kept = gone.read_bytes()
    gone.unlink()
    published(tmp_path, record(), now=NOW.replace(year=2027))
    assert set(identities(tmp_path)) == {"essay-ffffffff.mp3"}
    assert not (tmp_path / "en" / "b.sound").exists()
    gone.write_bytes(kept)
    published(tmp_path, record(), now=NOW.replace(year=2028))
    assert identities(tmp_path) == before


def test_new_works_come_first_and_no_date_is_in_the_future(tmp_path: Path) -> None:
    published(tmp_path, record("a", title="A"), record("b", title="B"))
    published(tmp_path, record("c", title="C"), now=NOW.replace(year=2027))
    entries = feed(tmp_path).entries
    assert [entry.title for entry in entries] == ["C", "A", "B"]
    dates = [entry.published_parsed for entry in entries]
    assert dates == sorted(set(dates), reverse=True)
    assert dates[0] <= NOW.replace(year=2027).timetuple()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("date", "year"),
    [("2024-05-31", 2024), ("2024-05", 2026), ("2024", 2026), ("1905-01-01", 2026), ("2999-01-01", 2026)],
)
def test_an_episode_has_its_texts_date_if_that_is_a_full_date(tmp_path: Path, date: str, year: int) -> None:
    published(tmp_path, record(date=date))
    assert feed(tmp_path).entries[0].published_parsed[0] == year


def test_works_with_the_same_title_get_unique_titles(tmp_path: Path) -> None:
    works = (
        record("a", title="Letters", authors=("Ann",)),
        record("b", title="Letters", authors=("Bo",)),
        record("c", title="Poems", date="2001"),
        record("d", title="Poems", date="2002"),
        record("e", title="Tales"),
        record("f", title="Tales"),
        record("g", title="Alone"),
    )
    published(tmp_path, *works)
    assert {entry.title for entry in feed(tmp_path).entries} == {
        *("Letters (Ann)", "Letters (Bo)", "Poems (2001)", "Poems (2002)", "Tales (e)", "Tales (f)", "Alone")
    }


def test_works_whose_long_titles_are_shortened_get_unique_titles(tmp_path: Path) -> None:
    title = "Of the Length of Titles and What Becomes of Them in the End " * 3
    works = [record(f"{'slug-' * 17}{letter}", title=title, authors=()) for letter in "ab"]
    works += [
        record(f"c{letter}", title="W" * 200, authors=(f"{letter} {'author' * 40}",)) for letter in "ab"
    ]
    works += [record(f"d{letter}", title=f"{'W' * 198} {letter}", authors=()) for letter in "ab"]
    published(tmp_path, *works)
    titles = [entry.title for entry in feed(tmp_path).entries]
    assert len(set(titles)) == 6
    assert max(map(len, titles)) <= 255
    index = (tmp_path / "index.html").read_text("utf-8")
    assert all(f">{one}</a></h2>" in index for one in titles)


def test_publishing_the_feeds_again_writes_nothing(tmp_path: Path) -> None:
    first = published(tmp_path, record(), record(language="fi"))
    assert {"en/feed.xml", "feeds.opml"} <= set(first.written)
    second = publish(read_shelf(tmp_path), tmp_path, base_address(BASE), SETTINGS, NOW.replace(year=2030))
    assert second.written == ()
    assert second.publication == first.publication


def test_without_an_email_address_there_is_no_owner(tmp_path: Path) -> None:
    published(tmp_path, record(), settings=PublishSettings(fast_start=False))
    assert not tags(tmp_path, "//itunes:owner")
    assert tags(tmp_path, "string(//podcast:locked)") == "no"


@pytest.mark.parametrize(
    ("given", "main", "sub"),
    [
        ("arts>books", "Arts", "Books"),
        ("Technology", "Technology", ""),
        ("TV & Film > TV Reviews", "TV & Film", "TV Reviews"),
    ],
)
def test_a_category_is_written_as_apple_writes_it(tmp_path: Path, given: str, main: str, sub: str) -> None:
    published(tmp_path, record(), settings=PublishSettings(fast_start=False, category=given))
    assert tags(tmp_path, "string(//channel/itunes:category/@text)") == main
    assert tags(tmp_path, "string(//itunes:category/itunes:category/@text)") == sub


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        (PublishSettings(fast_start=False, category="Arts > Bokks"), "Arts > Books"),
        (PublishSettings(fast_start=False, category=""), None),
        (PublishSettings(fast_start=False, email="no mailbox"), None),
        (PublishSettings(fast_start=False, email="a@b\n"), None),
    ],
)
def test_invalid_settings_are_refused_before_anything_is_written(
    tmp_path: Path, settings: PublishSettings, hint: str | None
) -> None:
    with pytest.raises(SettingsError) as caught:
        published(tmp_path, record(), settings=settings)
    assert hint is None or hint in (caught.value.hint or "")
    assert not (tmp_path / "publication.json").exists()


def test_an_m4b_next_to_the_mp3_is_offered_too(tmp_path: Path) -> None:
    put(tmp_path, record())
    (tmp_path / "en/essay.m4b").write_bytes(b"a book")
    published(tmp_path, record())
    other = "//item/podcast:alternateEnclosure"
    assert tags(tmp_path, f"string({other}/@type)") == "audio/mp4"
    assert tags(tmp_path, f"string({other}/@length)") == "6"
    path = f"en/essay.sound/essay-{digest(b'a book')[:8]}.m4b"
    assert tags(tmp_path, f"string({other}/podcast:source/@uri)") == f"{BASE}/{path}"
    assert {"en/essay.m4b", path} <= set(read_publication(tmp_path).files)
    assert (tmp_path / path).samefile(tmp_path / "en/essay.m4b")
    (tmp_path / "en/essay.m4b").unlink()
    published(tmp_path, record())
    assert not tags(tmp_path, other)


def test_a_licence_may_be_an_address(tmp_path: Path) -> None:
    published(
        tmp_path, record(), settings=PublishSettings(fast_start=False, license="https://example.org/licence")
    )
    assert tags(tmp_path, "string(//item/podcast:license/@url)") == "https://example.org/licence"


def test_a_description_has_at_most_4000_bytes_and_discloses_the_voice(tmp_path: Path) -> None:
    about = "\n\n".join("ä <&" * 40 for _ in range(60))
    settings = PublishSettings(fast_start=False, description="ö" * 4000)
    published(tmp_path, record(language="fi", description=about), settings=settings)
    [inner] = tags(tmp_path, "//item/description/text()", "fi")
    assert len(inner.encode()) <= 4000
    assert inner.endswith("<p>Lukijana synteettinen ääni: A Patient Voice (tone)</p>")
    [outer] = tags(tmp_path, "//channel/description/text()", "fi")
    assert len(outer.encode()) <= 4000
    assert outer.endswith("Lukijana synteettinen ääni.")


def test_a_damaged_work_is_left_out_and_its_published_files_stay(tmp_path: Path) -> None:
    published(tmp_path, record(), record("b", title="B"))
    page = (tmp_path / "en" / "b.html").read_bytes()
    (tmp_path / "en" / "b.json").write_bytes(b"{}")
    (tmp_path / "en" / "essay.mp3").write_bytes(b"1234")
    done = publish(read_shelf(tmp_path), tmp_path, base_address(BASE), SETTINGS, NOW)
    assert [problem.where for problem in done.problems] == ["en/b.json", "en/essay.json"]
    assert (tmp_path / "en" / "b.html").read_bytes() == page
    assert {"en/b.html", "en/b.sound/b-ffffffff.vtt", "en/essay.html"} <= set(done.publication.files)


TEXTS = st.text(min_size=1, max_size=400).map(lambda text: text.encode("utf-8", "replace").decode())
TITLES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200)
"""Titles of works, which are always one line."""


@pytest.mark.slow
@hypothesis_settings(max_examples=8)
@given(title=TITLES, author=TEXTS, narrator=TEXTS, description=TEXTS, site=TEXTS)
def test_any_text_gives_a_feed_that_parses(
    title: str,
    author: str,
    narrator: str,
    description: str,
    site: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    output = tmp_path_factory.mktemp("any")
    one = record(title=title, authors=(author,), narrator=narrator, description=description)
    published(
        output,
        one,
        record("b", title=title),
        settings=PublishSettings(fast_start=False, title=site, description=site),
    )
    feed(output)
    for name in ("en/feed.xml", "feeds.opml"):
        for element in etree.parse(output / name).iter():
            values = [*element.attrib.values(), *([element.text] if len(element) == 0 else [])]
            if element.tag != "description":
                assert all(
                    value is None or (len(value) <= 255 and value == value.strip()) for value in values
                )
    enclosures = [element.get("url") for element in tags(output, "//enclosure")]
    assert len(set(enclosures)) == 2
    assert all(url.isascii() for url in enclosures)


def test_the_feed_of_a_language_whose_works_are_all_damaged_stays(tmp_path: Path) -> None:
    published(tmp_path, record(), record(language="fi"))
    before = (tmp_path / "fi" / "feed.xml").read_bytes()
    (tmp_path / "fi" / "essay.json").write_bytes(b"{}")
    done = publish(read_shelf(tmp_path), tmp_path, base_address(BASE), SETTINGS, NOW)
    assert len(done.problems) == 1
    assert (tmp_path / "fi" / "feed.xml").read_bytes() == before
