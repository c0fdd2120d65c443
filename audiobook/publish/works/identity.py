"""The identities of feeds and episodes in podcast apps: assigned once, and kept forever."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from audiobook.publish.guids import episode_guid, feed_guid, part_guid
from audiobook.publish.publication import Episode, EpisodePart, Feed
from audiobook.publish.works.matching import same_titles
from audiobook.publish.works.names import ascii_name
from audiobook.publish.works.shelf import ShelvedEdition

_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"
_FULL_DAY_CHARS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def known_feed(
    before: Feed | None, url: str, editions: Iterable[tuple[ShelvedEdition, Sequence[str]]], now: datetime
) -> Feed:
    """Return a feed in which every work and part has a guid and a date; existing ones are kept.

    Args:
        before: The feed's identity so far; None for a new feed.
        url: Current address of the feed.
        editions: The works in display order, each with the titles of the parts that are episodes; no titles if
            the whole work is one episode.
        now: Publication time of what is new. Works without a date of their own are spaced by seconds before it,
            because podcast apps order episodes by date.

    Returns:
        The updated identity of the feed. Works that are no longer there keep theirs.
    """
    guid = before.guid if before else feed_guid(url)
    episodes = dict(before.episodes) if before else {}
    parts = dict(before.parts) if before else {}
    free = now
    for edition, titles in editions:
        slug = edition.slug
        length = timedelta(seconds=len(titles) + 1)
        # Chapters come seconds after their work, and apps hide episodes with dates in the future.
        latest = now - length
        if slug not in episodes:
            free -= length
            published = _own_date(edition.date, latest) or free
            episodes[slug] = Episode(episode_guid(guid, slug), published.strftime(_FORM))
        if titles:
            # A chapter added to a published work is new on the day it is added.
            begin = latest if slug in parts else min(latest, _moment(episodes[slug].published))
            parts[slug] = _known_parts(parts.get(slug, ()), titles, guid, slug, begin)
    feed = before or Feed(guid)
    return msgspec.structs.replace(feed, episodes=episodes, parts=parts)


def _known_parts(
    before: tuple[EpisodePart, ...], titles: Sequence[str], feed: str, slug: str, begin: datetime
) -> tuple[EpisodePart, ...]:
    """Return the identities of a work's parts: kept or restored for known parts, new for the others."""
    there = [part for part in before if part.is_there]
    gone = [part for part in before if not part.is_there]
    were = [*there, *gone]
    same = same_titles([part.title for part in there], [part.title for part in gone], titles)
    known: list[EpisodePart] = []
    count = len(before)
    names = {part.name for part in before}
    for number, title in enumerate(titles):
        if number in same:
            part = were[same[number]]
        else:
            count += 1
            published = begin + timedelta(seconds=number + 1)
            part = EpisodePart(part_guid(feed, slug, count), published.strftime(_FORM), title)
        name = part.name or _new_name(slug, number + 1, title, names)
        names.add(name)
        known.append(msgspec.structs.replace(part, title=title, is_there=True, name=name))
    going_on = {were[place].guid for place in same.values()}
    left = [part for part in (*gone, *there) if part.guid not in going_on]
    return (*known, *(msgspec.structs.replace(part, is_there=False) for part in left))


def _new_name(slug: str, number: int, title: str, taken: Container[str]) -> str:
    """Return a name for the files of a part that no other part of the work has or had."""
    name = "-".join(filter(None, (slug, f"{number:02}", ascii_name(title))))
    others = (f"{name}-{count}" for count in itertools.count(2))
    return next(one for one in itertools.chain((name,), others) if one not in taken)


def known_as(feed: Feed, slug: str, number: int | None) -> Episode:
    """Return the identity of an episode.

    Args:
        feed: The episode's feed.
        slug: Slug of the work.
        number: Number of the part in the work, from 1; None for the whole work.
    """
    return feed.episodes[slug] if number is None else feed.parts[slug][number - 1]


def part_names(feed: Feed, slug: str, count: int) -> list[str]:
    """Return what the names of the files of a work's parts begin with, in order.

    Args:
        feed: The feed of the work.
        slug: Slug of the work.
        count: Number of parts that the work has now.
    """
    return [part.name for part in feed.parts[slug][:count]]


def _moment(published: str) -> datetime:
    return datetime.strptime(published, _FORM).replace(tzinfo=UTC)


def _own_date(date: str | None, latest: datetime) -> datetime | None:
    """Return a text's own date, if it is a full date from 1970 on and not after `latest`."""
    if date is None or len(date) != _FULL_DAY_CHARS:
        return None
    try:
        day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return None
    return day if _EPOCH <= day <= latest else None
