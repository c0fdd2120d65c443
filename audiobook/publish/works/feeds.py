"""The feeds of languages: which works each of them lists, and the identities of all feeds and episodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from audiobook.languages import without_region
from audiobook.publish.address import BOOK_FEED_ENDING, FEED_NAME, BaseAddress
from audiobook.publish.guids import feed_guid
from audiobook.publish.publication import Feed
from audiobook.publish.works.episodes import episode_parts
from audiobook.publish.works.identity import known_feed
from audiobook.publish.works.shelf import Shelf, ShelvedEdition
from audiobook.settings import PublishSettings


def feed_path(language: str) -> str:
    """Return the path of a language's feed, relative to the publication's folder."""
    return f"{language}/{FEED_NAME}"


def known_feeds(
    shelf: Shelf,
    address: BaseAddress,
    settings: PublishSettings,
    before: Mapping[str, Feed],
    now: datetime,
) -> dict[str, Feed]:
    """Return the identities of all feeds and episodes, by language; those of before are kept.

    The identities of a work do not depend on other works, nor on the feed that lists it.

    Args:
        shelf: The works to list.
        address: Base address of the publication.
        settings: The `[publish]` settings.
        before: Identities so far, by language.
        now: Publication time of new episodes.
    """
    feeds = dict(before)
    seconds: Counter[str] = Counter()
    for language in shelf.languages():
        is_joined = _is_joined(language, before.get(language), settings)
        lister = without_region(language) if is_joined else language
        if lister not in feeds:
            feeds[lister] = Feed(feed_guid(address.of(feed_path(lister))))
        editions = shelf.of_language(language)
        divided = [
            (edition, [part.title for part in episode_parts(edition, settings)]) for edition in editions
        ]
        # New works of different regions in one feed have different dates.
        when = now - timedelta(seconds=seconds[lister])
        known = known_feed(feeds.get(language), address.of(feed_path(language)), divided, when)
        books = {edition.slug: _book_guid(edition, address) for edition in editions} | known.books
        feeds[language] = msgspec.structs.replace(known, books=books, is_joined=is_joined)
        feeds[lister] = _with_works(feeds[lister], lister, editions)
        seconds[lister] += sum(len(titles) + 1 for _, titles in divided)
    return feeds


def _is_joined(language: str, before: Feed | None, settings: PublishSettings) -> bool:
    """Return whether the works of a language are listed in the feed of the language without its region.

    A region that has had its own feed keeps it, because of its subscribers.
    """
    if settings.feeds == "region" or without_region(language) == language:
        return False
    return before is None or before.is_joined


def _book_guid(edition: ShelvedEdition, address: BaseAddress) -> str:
    return feed_guid(address.of(edition.path(BOOK_FEED_ENDING)))


def _with_works(feed: Feed, language: str, editions: Iterable[ShelvedEdition]) -> Feed:
    """Return the identity of a feed that lists these works too."""
    listed = feed.works or tuple(f"{language}/{slug}" for slug in feed.episodes)
    return msgspec.structs.replace(
        feed, works=tuple(dict.fromkeys((*listed, *(edition.path("") for edition in editions))))
    )


def lister_of(language: str, known: Mapping[str, Feed]) -> str:
    """Return the language whose feed lists the works of a language: itself, or the language without its region.

    Args:
        language: BCP 47 tag of the works.
        known: Identities of all feeds, by language.
    """
    return without_region(language) if known[language].is_joined else language


def works_of_feeds(shelf: Shelf, known: Mapping[str, Feed]) -> dict[str, tuple[ShelvedEdition, ...]]:
    """Return the works that each feed lists, sorted by title, by the language of the feed.

    Args:
        shelf: The works to list.
        known: Identities of all feeds, by language.
    """
    found: dict[str, list[ShelvedEdition]] = {}
    for edition in shelf.editions:
        found.setdefault(lister_of(edition.language, known), []).append(edition)
    return {
        language: tuple(sorted(works, key=lambda work: (work.title.casefold(), work.slug, work.language)))
        for language, works in sorted(found.items())
    }


def seasons(feed: Feed) -> dict[str, int]:
    """Return the season number of each work by its path, from 1, in the order of first listing, so that it never changes."""
    return {path: number for number, path in enumerate(feed.works, 1)}
