"""What podcast clients know chapters by lasts through every kind of edit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import put, record

from audiobook.publish.identity import known_as, known_feed
from audiobook.publish.publication import Feed
from audiobook.publish.shelf import ShelvedEdition

FIRST_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> ShelvedEdition:
    return put(tmp_path_factory.mktemp("shelf"), record("novel")).editions[0]


@dataclass
class Publishing:
    """A work that is published day after day."""

    edition: ShelvedEdition
    feed: Feed | None = None
    day: datetime = field(default=FIRST_DAY)

    def publish(self, titles: str) -> list[str]:
        """Publish chapters named by letters; give their guids."""
        self.feed = known_feed(
            self.feed, "https://example.org/en/feed.xml", [(self.edition, list(titles))], self.day
        )
        self.day += timedelta(days=1)
        return [known_as(self.feed, "novel", number).guid for number in range(1, len(titles) + 1)]

    def dates(self, count: int) -> list[str]:
        assert self.feed
        return [known_as(self.feed, "novel", number).published[:10] for number in range(1, count + 1)]


def test_a_chapter_put_in_between_is_the_only_new_one_and_is_of_its_day(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = novel.publish("abc")
    after = novel.publish("axbc")
    assert [after[0], *after[2:]] == before
    assert after[1] not in before
    assert novel.dates(4) == ["2026-01-01", "2026-01-02", "2026-01-01", "2026-01-01"]


def test_a_chapter_with_a_new_name_stays_the_one_it_was(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = novel.publish("abc")
    assert novel.publish("axc") == before


def test_chapters_that_leave_and_come_back_are_known_again_and_nobody_else_takes_their_place(
    edition: ShelvedEdition,
) -> None:
    novel = Publishing(edition)
    before = novel.publish("abc")
    assert novel.publish("ab") == before[:2]
    longer = novel.publish("abd")
    assert longer[:2] == before[:2]
    assert longer[2] not in before
    assert novel.publish("abdc") == [*longer, before[2]]


def test_a_chapter_that_comes_back_is_no_other_one_with_a_new_name(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = dict(zip("abc", novel.publish("abc"), strict=True))
    novel.publish("ab")
    assert novel.publish("ac") == [before["a"], before["c"]]
    assert novel.publish("ca") == [before["c"], before["a"]]


def test_chapters_of_the_same_name_stay_beside_those_of_their_own(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = novel.publish("aLbLc")
    after = novel.publish("aLLbLc")
    assert [*after[:2], *after[3:]] == before
    assert novel.publish("aLbLc") == before


def test_chapters_that_change_places_keep_what_they_are_known_by(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = dict(zip("abcd", novel.publish("abcd"), strict=True))
    assert novel.publish("bcda") == [before[title] for title in "bcda"]


def test_a_chapter_that_comes_later_is_not_of_a_time_to_come(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    novel.publish("abcdefghijklmnopqrstuvwxyz")
    published = novel.day
    novel.publish("abcdefghijklmnopqrstuvwxyzA")
    assert novel.feed
    assert known_as(novel.feed, "novel", 27).published < published.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("date", ["2026-01-01", "2025-12-31", None])
def test_no_chapter_is_of_a_time_to_come(edition: ShelvedEdition, date: str | None) -> None:
    now = FIRST_DAY.replace(hour=0, second=30)
    of_today = replace(edition, date=date)
    whole = known_feed(None, "https://example.org/en/feed.xml", [(of_today, [])], now)
    for before in (None, whole):
        divided = [(of_today, [str(number) for number in range(100)])]
        feed = known_feed(before, "https://example.org/en/feed.xml", divided, now)
        dates = [known_as(feed, "novel", number).published for number in range(1, 101)]
        assert dates == sorted(set(dates))
        assert dates[-1] <= now.strftime("%Y-%m-%dT%H:%M:%SZ")


@given(st.lists(st.text("abcde", min_size=1, max_size=6), min_size=1, max_size=6))
def test_no_two_chapters_are_known_by_the_same_and_the_same_again_changes_nothing(
    edition: ShelvedEdition, editions: list[str]
) -> None:
    novel = Publishing(edition)
    for titles in editions:
        guids = novel.publish(titles)
        assert len(set(guids)) == len(titles)
        before = novel.feed
        assert novel.publish(titles) == guids
        assert novel.feed == before
    assert novel.feed
    known = novel.feed.parts["novel"]
    assert len({part.guid for part in known}) == len(known)
