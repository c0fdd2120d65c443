"""By what podcast clients know feeds and episodes: given once, and kept for life.

Source: Podcasting 2.0, `podcast:guid`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from audiobook.publish.publication import Episode, Feed
from audiobook.publish.shelf import ShelvedEdition

_PODCASTS: Final = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"
_FULL_DAY_CHARS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def feed_guid(url: str) -> str:
    """Give the guid of a feed, from its first address without scheme and closing slashes."""
    return str(uuid5(_PODCASTS, url.partition("://")[2].rstrip("/")))


def part_key(slug: str, number: int) -> str:
    """Give the name that a part of a work stays known by; that of the whole work is its slug."""
    return f"{slug}/{number}"


def known_feed(
    before: Feed | None, url: str, editions: Iterable[tuple[ShelvedEdition, int]], now: datetime
) -> Feed:
    """Give everything in a feed a guid and a date, unless it has them.

    Args:
        before: What podcast clients know already, or None.
        url: The feed's address now.
        editions: What is in it, the first to be shown first, each with the number of its parts that are
            episodes; 0 where it is one episode as a whole.
        now: When what is new is published. Works without a date of their own come seconds before
            that, one after the other, for players order episodes by their dates.

    Returns:
        What they know now; works that are not there now keep what they had.
    """
    guid = before.guid if before else feed_guid(url)
    episodes = dict(before.episodes) if before else {}
    space, free = UUID(guid), now
    for edition, count in editions:
        if edition.slug not in episodes:
            free -= timedelta(seconds=count + 1)
            published = _own_date(edition.date, now) or free
            episodes[edition.slug] = Episode(str(uuid5(space, edition.slug)), published.strftime(_FORM))
        begin = datetime.strptime(episodes[edition.slug].published, _FORM)
        for number in range(1, count + 1):
            key = part_key(edition.slug, number)
            if key not in episodes:
                published = begin + timedelta(seconds=number)
                episodes[key] = Episode(str(uuid5(space, key)), published.strftime(_FORM))
    return Feed(guid, episodes)


def seasons(feed: Feed) -> dict[str, int]:
    """Give each work's season, from 1: works are counted as they first came, so that none ever changes."""
    return {slug: number for number, slug in enumerate((key for key in feed.episodes if "/" not in key), 1)}


def _own_date(date: str | None, now: datetime) -> datetime | None:
    """Give the day that a text says it is from, if it is a full one that players can show."""
    if date is None or len(date) != _FULL_DAY_CHARS:
        return None
    try:
        day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return None
    return day if _EPOCH <= day <= now else None
