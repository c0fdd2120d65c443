"""The guids of feeds and episodes: each follows from the first address of its feed and from a name, so it can be checked.

Source: Podcasting 2.0, `podcast:guid`; RFC 9562, section 5.5 (UUIDv5).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_PODCASTS: Final = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def feed_guid(url: str) -> str:
    """Return the guid of a feed, from its first address without scheme and closing slashes."""
    return str(uuid5(_PODCASTS, url.partition("://")[2].rstrip("/")))


def episode_guid(feed: str, slug: str) -> str:
    """Return the guid of a whole work, from that of its feed."""
    return str(uuid5(UUID(feed), slug))


def part_guid(feed: str, slug: str, number: int) -> str:
    """Return the guid of the part of a work that came as its number-th, counted from 1."""
    return str(uuid5(UUID(feed), f"{slug}/{number}"))
