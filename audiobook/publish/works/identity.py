"""The identities of feeds and episodes in podcast apps. They are assigned once and never change."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from audiobook.publish.guids import episode_guid, part_guid
from audiobook.publish.publication import Episode, EpisodePart, Feed
from audiobook.publish.works.matching import matching_titles
from audiobook.publish.works.names import ascii_name
from audiobook.publish.works.shelf import ShelvedEdition

_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"
_FULL_DAY_CHARS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def updated_feed(
    before: Feed, editions: Iterable[tuple[ShelvedEdition, Sequence[str]]], now: datetime
) -> Feed:
    """Return a feed in which every work and every part has a guid and a date. Existing ones are kept.

    Args:
        before: The feed from the previous publication, or a new one.
        editions: The works in display order, each with the titles of the parts that are episodes; no titles if
            the whole work is one episode.
        now: Publication time of new works and parts, in UTC. New works without a date of their own get dates some
            seconds before it, one after the other, because podcast apps sort episodes by date.

    Returns:
        The updated feed. Works that no longer exist keep their identities.
    """
    guid = before.guid
    episodes, parts = dict(before.episodes), dict(before.parts)
    free = now
    for edition, titles in editions:
        _, slug = edition.identity
        length = timedelta(seconds=len(titles) + 1)
        # Chapters are dated some seconds after their work, and apps hide episodes dated in the future.
        latest = now - length
        if slug not in episodes:
            free -= length
            published = _own_date(edition.date, latest) or free
            episodes[slug] = Episode(episode_guid(guid, slug), published.strftime(_FORM))
        if titles:
            # A chapter added to a published work gets today's date, not the date of the work.
            begin = latest if slug in parts else min(latest, _moment(episodes[slug].published))
            parts[slug] = _known_parts(parts.get(slug, ()), titles, guid, slug, begin)
    return msgspec.structs.replace(before, episodes=episodes, parts=parts)


def _known_parts(
    before: tuple[EpisodePart, ...], titles: Sequence[str], feed: str, slug: str, begin: datetime
) -> tuple[EpisodePart, ...]:
    """Return the identities of a work's parts: existing or former ones where they match, otherwise new ones."""
    current = [part for part in before if part.is_there]
    former = [part for part in before if not part.is_there]
    earlier = [*current, *former]
    same = matching_titles([part.title for part in current], [part.title for part in former], titles)
    known: list[EpisodePart] = []
    count = len(before)
    names = {part.name for part in before}
    for number, title in enumerate(titles):
        if number in same:
            part = earlier[same[number]]
        else:
            count += 1
            published = begin + timedelta(seconds=number + 1)
            part = EpisodePart(part_guid(feed, slug, count), published.strftime(_FORM), title)
        name = part.name or _new_name(slug, number + 1, title, names)
        known.append(msgspec.structs.replace(part, title=title, is_there=True, name=name))
    kept = {earlier[index].guid for index in same.values()}
    dropped = [part for part in (*former, *current) if part.guid not in kept]
    return (*known, *(msgspec.structs.replace(part, is_there=False) for part in dropped))


def _new_name(slug: str, number: int, title: str, taken: Container[str]) -> str:
    """Return a file name for a part that no other part of the work has or ever had."""
    name = "-".join(filter(None, (slug, f"{number:02}", ascii_name(title))))
    others = (f"{name}-{count}" for count in itertools.count(2))
    return next(candidate for candidate in itertools.chain((name,), others) if candidate not in taken)


def episode_identity(feed: Feed, slug: str, number: int | None) -> Episode:
    """Return the identity of an episode.

    Args:
        feed: The feed of the work's own language.
        slug: Slug of the work.
        number: Number of the part within the work, from 1; None for the whole work.

    Raises:
        KeyError: The feed does not contain the work.
    """
    return feed.episodes[slug] if number is None else feed.parts[slug][number - 1]


def part_names(feed: Feed, slug: str, count: int) -> list[str]:
    """Return the file names of a work's parts in order, without digests and extensions.

    Args:
        feed: The feed of the work's own language.
        slug: Slug of the work.
        count: Number of parts that the work has now.
    """
    return [part.name for part in feed.parts[slug][:count]]


def _moment(published: str) -> datetime:
    return datetime.strptime(published, _FORM).replace(tzinfo=UTC)


def _own_date(date: str | None, latest: datetime) -> datetime | None:
    """Return the date of a text as the start of that day in UTC; None unless it is complete and in 1970 to `latest`."""
    if date is None or len(date) != _FULL_DAY_CHARS:
        return None
    try:
        day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return None
    return day if _EPOCH <= day <= latest else None
