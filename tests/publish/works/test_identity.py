"""The identities of chapters in podcast apps survive every kind of edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from records import put, record

from audiobook.publish.address import base_address
from audiobook.publish.guids import feed_guid
from audiobook.publish.publication import Feed
from audiobook.publish.works.feeds import updated_feeds
from audiobook.publish.works.identity import episode_identity, part_names, updated_feed
from audiobook.publish.works.shelf import Shelf, ShelvedEdition
from audiobook.settings import PublishSettings
from audiobook.system.packed import Packed

FIRST_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
NEW = Feed(feed_guid("https://example.org/en/feed.xml"))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> ShelvedEdition:
    return put(tmp_path_factory.mktemp("shelf"), record("novel")).editions[0]


@dataclass
class Publishing:
    """A work that is published again each day."""

    edition: ShelvedEdition
    feed: Feed = NEW
    day: datetime = field(default=FIRST_DAY)

    def publish(self, titles: str) -> list[str]:
        """Publish chapters whose titles are single letters, and return their guids."""
        self.feed = updated_feed(self.feed, [(self.edition, list(titles))], self.day)
        self.day += timedelta(days=1)
        return [episode_identity(self.feed, "novel", number).guid for number in range(1, len(titles) + 1)]

    def dates(self, count: int) -> list[str]:
        return [episode_identity(self.feed, "novel", number).published[:10] for number in range(1, count + 1)]


def test_an_inserted_chapter_is_the_only_new_one_and_has_the_date_it_was_added(
    edition: ShelvedEdition,
) -> None:
    novel = Publishing(edition)
    before = novel.publish("abc")
    after = novel.publish("axbc")
    assert [after[0], *after[2:]] == before
    assert after[1] not in before
    assert novel.dates(4) == ["2026-01-01", "2026-01-02", "2026-01-01", "2026-01-01"]


def test_a_renamed_chapter_keeps_its_identity(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = novel.publish("abc")
    assert novel.publish("axc") == before


def test_removed_chapters_are_recognised_when_they_come_back_and_no_other_takes_their_identity(
    edition: ShelvedEdition,
) -> None:
    novel = Publishing(edition)
    before = novel.publish("abc")
    assert novel.publish("ab") == before[:2]
    longer = novel.publish("abd")
    assert longer[:2] == before[:2]
    assert longer[2] not in before
    assert novel.publish("abdc") == [*longer, before[2]]


def test_a_chapter_that_comes_back_does_not_count_as_renamed(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = dict(zip("abc", novel.publish("abc"), strict=True))
    novel.publish("ab")
    assert novel.publish("ac") == [before["a"], before["c"]]
    assert novel.publish("ca") == [before["c"], before["a"]]


def test_chapters_with_the_same_title_are_matched_by_their_neighbours(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = novel.publish("aLbLc")
    after = novel.publish("aLLbLc")
    assert [*after[:2], *after[3:]] == before
    assert novel.publish("aLbLc") == before


def test_reordered_chapters_keep_their_identities(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = dict(zip("abcd", novel.publish("abcd"), strict=True))
    assert novel.publish("bcda") == [before[title] for title in "bcda"]


def test_a_chapter_does_not_take_the_file_name_of_a_renamed_one(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    for titles in ("a", "b", "ab"):
        novel.publish(titles)
    assert part_names(novel.feed, "novel", 2) == ["novel-01-a-2", "novel-01-a"]


def test_a_chapter_added_later_has_no_date_in_the_future(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    novel.publish("abcdefghijklmnopqrstuvwxyz")
    published = novel.day
    novel.publish("abcdefghijklmnopqrstuvwxyzA")
    assert episode_identity(novel.feed, "novel", 27).published < published.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_feed_keeps_its_guid_at_another_address(edition: ShelvedEdition) -> None:
    shelf, settings = Shelf(Path(), Packed([edition])), PublishSettings()
    before = updated_feeds(shelf, base_address("https://example.org"), settings, {}, FIRST_DAY)
    elsewhere = base_address("https://elsewhere.example")
    assert updated_feeds(shelf, elsewhere, settings, before, FIRST_DAY) == before


def test_new_works_are_dated_seconds_apart_before_now(edition: ShelvedEdition) -> None:
    editions = [replace(edition, slug=slug) for slug in ("one", "two", "three")]
    feed = updated_feed(NEW, [(editions[0], []), (editions[1], list("abc")), (editions[2], [])], FIRST_DAY)
    assert [episode_identity(feed, slug, None).published for slug in ("one", "two", "three")] == [
        "2026-01-01T11:59:59Z",
        "2026-01-01T11:59:55Z",
        "2026-01-01T11:59:54Z",
    ]
    assert [episode_identity(feed, "two", number).published for number in (1, 2, 3)] == [
        "2026-01-01T11:59:56Z",
        "2026-01-01T11:59:57Z",
        "2026-01-01T11:59:58Z",
    ]


def test_chapters_of_a_work_that_is_divided_later_are_dated_seconds_before_then(
    edition: ShelvedEdition,
) -> None:
    whole = updated_feed(NEW, [(edition, [])], FIRST_DAY)
    divided = updated_feed(whole, [(edition, list("ab"))], FIRST_DAY + timedelta(days=1))
    longer = updated_feed(divided, [(edition, list("abc"))], FIRST_DAY + timedelta(days=2))
    assert episode_identity(longer, "novel", None) == episode_identity(whole, "novel", None)
    assert [episode_identity(longer, "novel", number).published for number in (1, 2, 3)] == [
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:00:01Z",
        "2026-01-03T11:59:59Z",
    ]


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("1970-01-01", "1970-01-01T00:00:00Z"),
        ("1969-12-31", None),
        ("2025-12-31", "2025-12-31T00:00:00Z"),
        ("2026-01-01", "2026-01-01T00:00:00Z"),
        ("2026-01-02", None),
        ("2025-12", None),
        ("2025", None),
        ("2025-13-01", None),
        ("2025-12-31T00", None),
        ("20251231", None),
        ("", None),
        (None, None),
    ],
)
def test_a_work_has_its_texts_date_if_apps_can_show_it(
    edition: ShelvedEdition, date: str | None, published: str | None
) -> None:
    feed = updated_feed(NEW, [(replace(edition, date=date), [])], FIRST_DAY)
    assert episode_identity(feed, "novel", None).published == (published or "2026-01-01T11:59:59Z")


def test_a_texts_date_must_be_before_now(edition: ShelvedEdition) -> None:
    works = [(replace(edition, slug="other"), ()), (replace(edition, date="2026-01-01"), ())]
    midnight = FIRST_DAY.replace(hour=0)
    for seconds, published in ((0, "2025-12-31T23:59:58Z"), (1, "2026-01-01T00:00:00Z")):
        feed = updated_feed(NEW, works, midnight + timedelta(seconds=seconds))
        assert episode_identity(feed, "novel", None).published == published


@pytest.mark.parametrize("date", ["2026-01-01", "2025-12-31", None])
def test_no_chapter_has_a_date_in_the_future(edition: ShelvedEdition, date: str | None) -> None:
    now = FIRST_DAY.replace(hour=0, second=30)
    of_today = replace(edition, date=date)
    whole = updated_feed(NEW, [(of_today, [])], now)
    for before in (NEW, whole):
        divided = [(of_today, [str(number) for number in range(100)])]
        feed = updated_feed(before, divided, now)
        dates = [episode_identity(feed, "novel", number).published for number in range(1, 101)]
        assert dates == sorted(set(dates))
        assert dates[-1] <= now.strftime("%Y-%m-%dT%H:%M:%SZ")


@given(st.lists(st.text("abcde", min_size=1, max_size=6), min_size=1, max_size=6))
def test_identities_are_unique_and_publishing_again_changes_none(
    edition: ShelvedEdition, editions: list[str]
) -> None:
    novel = Publishing(edition)
    for titles in editions:
        guids = novel.publish(titles)
        assert len(set(guids)) == len(titles)
        before = novel.feed
        assert novel.publish(titles) == guids
        assert novel.feed == before
    known = novel.feed.parts["novel"]
    assert len({part.guid for part in known}) == len({part.name for part in known}) == len(known)
