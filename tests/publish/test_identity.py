"""What podcast clients know chapters by lasts through every kind of edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import put, record

from audiobook.publish.identity import known_as, known_feed
from audiobook.publish.publication import Feed
from audiobook.publish.shelf import ShelvedEdition

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


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
    assert novel.dates(4) == ["2025-12-31", "2026-01-02", "2025-12-31", "2025-12-31"]


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


def test_chapters_that_change_places_keep_what_they_are_known_by(edition: ShelvedEdition) -> None:
    novel = Publishing(edition)
    before = dict(zip("abcd", novel.publish("abcd"), strict=True))
    assert novel.publish("bcda") == [before[title] for title in "bcda"]


@settings(deadline=None)
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
