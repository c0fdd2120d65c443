"""Guids stay what they are: with any other, podcast apps show every episode as new."""

from uuid import UUID, uuid5

import pytest

from audiobook.publish.guids import episode_guid, feed_guid, part_guid

FEED = "9b024349-ccf0-5f69-a609-6b82873eab3c"
"""The example of Podcasting 2.0, for the address podnews.net/rss."""


@pytest.mark.parametrize("rest", ["", "/", "//"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_feed_has_the_guid_that_the_standard_derives_from_its_address(scheme: str, rest: str) -> None:
    assert feed_guid(f"{scheme}://podnews.net/rss{rest}") == FEED


def test_addresses_that_differ_in_a_letter_have_different_guids() -> None:
    assert len({feed_guid(f"https://podnews.net/{path}") for path in ("rss", "rssX", "RSS", "rss:")}) == 4


def test_works_and_parts_have_guids_derived_from_their_feeds() -> None:
    assert episode_guid(FEED, "walk") == str(uuid5(UUID(FEED), "walk"))
    assert part_guid(FEED, "walk", 12) == str(uuid5(UUID(FEED), "walk/12"))
