"""The guids of feeds and episodes, derived from the feed's first address and a name so that they can be verified.

Source: Podcasting 2.0, `podcast:guid`; RFC 9562, section 5.5 (UUIDv5).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_PODCASTS: Final = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def feed_guid(url: str) -> str:
    """Return the guid of a feed, from its first address without the scheme and trailing slashes."""
    return str(uuid5(_PODCASTS, url.partition("://")[2].rstrip("/")))


def episode_guid(feed: str, slug: str) -> str:
    """Return the guid of a whole work, derived from its feed's guid."""
    return str(uuid5(UUID(feed), slug))


def part_guid(feed: str, slug: str, number: int) -> str:
    """Return the guid of a part of a work; `number` counts the work's parts from 1 in the order they first appeared."""
    return str(uuid5(UUID(feed), f"{slug}/{number}"))
