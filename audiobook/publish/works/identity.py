"""By what podcast clients know feeds and episodes: given once, and kept for life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from audiobook.publish.guids import episode_guid, feed_guid, part_guid
from audiobook.publish.publication import Episode, EpisodePart, Feed
from audiobook.publish.works.matching import same_titles
from audiobook.publish.works.shelf import ShelvedEdition

_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"
_FULL_DAY_CHARS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def known_feed(
    before: Feed | None, url: str, editions: Iterable[tuple[ShelvedEdition, Sequence[str]]], now: datetime
) -> Feed:
    """Give everything in a feed a guid and a date, unless it has them.

    Args:
        before: What podcast clients know already, or None.
        url: The feed's address now.
        editions: What is in it, the first to be shown first, each with the titles of its parts that are
            episodes; without any it is one episode as a whole.
        now: When what is new is published. Works without a date of their own come seconds before
            that, one after the other, for players order episodes by their dates.

    Returns:
        What they know now; works that are not there now keep what they had.
    """
    guid = before.guid if before else feed_guid(url)
    episodes = dict(before.episodes) if before else {}
    parts = dict(before.parts) if before else {}
    free = now
    for edition, titles in editions:
        slug = edition.slug
        length = timedelta(seconds=len(titles) + 1)
        # Chapters are seconds later than their work, and players hide what is to come.
        latest = now - length
        if slug not in episodes:
            free -= length
            published = _own_date(edition.date, latest) or free
            episodes[slug] = Episode(episode_guid(guid, slug), published.strftime(_FORM))
        if titles:
            # A chapter that a work gets later is new on the day on which it comes.
            begin = latest if slug in parts else min(latest, _moment(episodes[slug].published))
            parts[slug] = _known_parts(parts.get(slug, ()), titles, guid, slug, begin)
    return Feed(guid, episodes, parts)


def _known_parts(
    before: tuple[EpisodePart, ...], titles: Sequence[str], feed: str, slug: str, begin: datetime
) -> tuple[EpisodePart, ...]:
    """Give the parts of a work what they are known by: those that go on, those that come back, those that are new."""
    there = [part for part in before if part.is_there]
    gone = [part for part in before if not part.is_there]
    were = [*there, *gone]
    same = same_titles([part.title for part in there], [part.title for part in gone], titles)
    known: list[EpisodePart] = []
    count = len(before)
    for number, title in enumerate(titles):
        if number in same:
            part = were[same[number]]
        else:
            count += 1
            published = begin + timedelta(seconds=number + 1)
            part = EpisodePart(part_guid(feed, slug, count), published.strftime(_FORM), title)
        known.append(msgspec.structs.replace(part, title=title, is_there=True))
    going_on = {were[place].guid for place in same.values()}
    left = [part for part in (*gone, *there) if part.guid not in going_on]
    return (*known, *(msgspec.structs.replace(part, is_there=False) for part in left))


def known_as(feed: Feed, slug: str, number: int | None) -> Episode:
    """Give what an episode is known by.

    Args:
        feed: Its feed.
        slug: Its work.
        number: Its number in the work, from 1; None for the whole.
    """
    return feed.episodes[slug] if number is None else feed.parts[slug][number - 1]


def seasons(feed: Feed) -> dict[str, int]:
    """Give each work's season, from 1: works are counted as they first came, so that none ever changes."""
    return {slug: number for number, slug in enumerate(feed.episodes, 1)}


def _moment(published: str) -> datetime:
    return datetime.strptime(published, _FORM).replace(tzinfo=UTC)


def _own_date(date: str | None, latest: datetime) -> datetime | None:
    """Give the day that a text says it is from, if it is a full one that players can show."""
    if date is None or len(date) != _FULL_DAY_CHARS:
        return None
    try:
        day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return None
    return day if _EPOCH <= day <= latest else None
