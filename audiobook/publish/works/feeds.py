"""The feed of each language: which works it lists, and the identities of all feeds and episodes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

import msgspec

from audiobook.languages import without_region
from audiobook.publish.address import BOOK_FEED_ENDING, FEED_NAME, BaseAddress
from audiobook.publish.guids import feed_guid
from audiobook.publish.publication import EpisodePart, Feed
from audiobook.publish.works.chapter_episodes import Part
from audiobook.publish.works.episodes import episode_parts
from audiobook.publish.works.identity import updated_feed
from audiobook.publish.works.shelf import Shelf, ShelvedEdition
from audiobook.settings import PublishSettings


def feed_path(language: str) -> str:
    """Return the path of a language's feed, relative to the publication's folder."""
    return f"{language}/{FEED_NAME}"


def updated_feeds(
    shelf: Shelf,
    address: BaseAddress,
    settings: PublishSettings,
    before: Mapping[str, Feed],
    now: datetime,
) -> dict[str, Feed]:
    """Return the identities of all feeds and episodes by language, with new works added. Existing identities are kept.

    The identity of a work depends neither on other works nor on the feed that lists it.

    Args:
        shelf: The works to list.
        address: Base address of the publication.
        settings: The `[publish]` settings; `feeds` and `episodes` are used.
        before: Identities from the previous publication, by language; empty for the first.
        now: Publication time of new episodes, in UTC.
    """
    feeds = dict(before)
    identities: dict[str, list[str]] = defaultdict(list)
    for edition in shelf.editions:
        identities[edition.language].append(edition.identity_path)
    for language in identities:
        is_joined = _is_joined(language, before.get(language), settings)
        own = feeds.get(language) or _new_feed(language, address)
        feeds[language] = msgspec.structs.replace(own, is_joined=is_joined)
        feeds.setdefault(lister := feed_language(language, feeds), _new_feed(lister, address))
    seconds: Counter[str] = Counter()
    for language in dict.fromkeys(path.partition("/")[0] for path in chain(*identities.values())):
        lister = feed_language(language, feeds)
        works = {
            edition.identity[1]: edition for edition in shelf.editions if edition.identity[0] == language
        }
        parts = {slug: episode_parts(edition, settings, before) for slug, edition in works.items()}
        # New works of different regions in one feed must not have the same date.
        when = now - timedelta(seconds=seconds[lister])
        known = _with_works(feeds[language], works, parts, when)
        books = {slug: _book_guid(edition, address) for slug, edition in works.items()} | known.books
        feeds[language] = msgspec.structs.replace(known, books=books)
        seconds[lister] += sum(len(each) + 1 for each in parts.values())
    for language, paths in identities.items():
        lister = feed_language(language, feeds)
        feeds[lister] = _with_listed(feeds[lister], lister, paths)
    return feeds


def _with_works(
    feed: Feed, works: Mapping[str, ShelvedEdition], parts: Mapping[str, Sequence[Part]], now: datetime
) -> Feed:
    """Return a feed with the identities of works and of their parts, with the titles of the chapters of each part.

    Args:
        feed: The feed of the language of their identities.
        works: The works, by the slug of their identity.
        parts: The parts of each, by the same slug.
        now: Publication time of new works and parts, in UTC.
    """
    divided = [(edition, [part.title for part in parts[slug]]) for slug, edition in works.items()]
    known = updated_feed(feed, divided, now)
    noted = {
        slug: _with_chapters(known.parts[slug], works[slug], each) for slug, each in parts.items() if each
    }
    return msgspec.structs.replace(known, parts=known.parts | noted)


def _with_chapters(
    known: Sequence[EpisodePart], edition: ShelvedEdition, parts: Sequence[Part]
) -> tuple[EpisodePart, ...]:
    titles = [chapter.title for chapter in edition.chapters]
    now = (
        msgspec.structs.replace(one, chapters=tuple(titles[part.first : part.last]))
        for one, part in zip(known, parts, strict=False)
    )
    return (*now, *known[len(parts) :])


def _new_feed(language: str, address: BaseAddress) -> Feed:
    return Feed(feed_guid(address.of(feed_path(language))))


def _is_joined(language: str, before: Feed | None, settings: PublishSettings) -> bool:
    """Return whether the works of a region are listed in the feed of its language.

    A region that already has a feed of its own keeps it, so that its subscribers do not lose episodes.
    """
    if settings.feeds == "region" or without_region(language) == language:
        return False
    return before is None or before.is_joined


def _book_guid(edition: ShelvedEdition, address: BaseAddress) -> str:
    return feed_guid(address.of(f"{edition.identity_path}{BOOK_FEED_ENDING}"))


def _with_listed(feed: Feed, language: str, paths: Iterable[str]) -> Feed:
    """Return the identity of a feed with the identities of some works added to its list."""
    listed = feed.works or tuple(f"{language}/{slug}" for slug in feed.episodes)
    return msgspec.structs.replace(feed, works=tuple(dict.fromkeys((*listed, *paths))))


def feed_language(language: str, known: Mapping[str, Feed]) -> str:
    """Return the language whose feed lists the works of a language: the same tag, or the tag without its region.

    Args:
        language: BCP 47 tag of the works.
        known: Identities of all feeds, by language; this language must be one of them.
    """
    return without_region(language) if known[language].is_joined else language


def listing_languages(shelf: Shelf, known: Mapping[str, Feed]) -> list[str]:
    """Return the languages whose feeds list works, in order.

    Args:
        shelf: The works to list.
        known: Identities of all feeds, by language.
    """
    return sorted({feed_language(language, known) for language in shelf.languages()})


def works_of_feed(lister: str, shelf: Shelf, known: Mapping[str, Feed]) -> list[ShelvedEdition]:
    """Return the works that the feed of a language lists, sorted by title."""
    works = [edition for edition in shelf.editions if feed_language(edition.language, known) == lister]
    return sorted(works, key=lambda work: (work.title.casefold(), work.slug, work.language))


def seasons(feed: Feed) -> dict[str, int]:
    """Return the season number of each work, from 1, by the path of its identity.

    Works are numbered in the order they were first listed, so the number of a work never changes.
    """
    return {path: number for number, path in enumerate(feed.works, 1)}
