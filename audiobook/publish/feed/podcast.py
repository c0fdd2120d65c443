"""Publish the podcast feed of each language and of each work, and the list of all feeds.

An episode has the same guid and the same audio address in the feed of its language and in that of its work, so apps
recognise it as one episode, and its sound is published once.

Source: RSS 2.0; Apple's podcast requirements; the Podcasting 2.0 namespace, `podcast:medium` and `podcast:remoteItem`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

import msgspec

from audiobook.publish.address import BOOK_FEED_ENDING, BaseAddress
from audiobook.publish.feed.channel import Channel, put_channel
from audiobook.publish.feed.cover import put_feed_cover
from audiobook.publish.feed.descriptions import book_description, channel_description
from audiobook.publish.feed.document import Document
from audiobook.publish.feed.item import put_item
from audiobook.publish.feed.namespaces import PREFIXES
from audiobook.publish.feed.opml import OPML_NAME, opml
from audiobook.publish.folder import PublicFolder
from audiobook.publish.publication import Episode, Feed
from audiobook.publish.values import value
from audiobook.publish.works.episodes import FeedEpisode, PartPaths, feed_episodes
from audiobook.publish.works.feeds import feed_path, listing_languages, seasons, works_of_feed
from audiobook.publish.works.identity import episode_identity
from audiobook.publish.works.names import book_feed_titles, feed_author, feed_titles
from audiobook.publish.works.shelf import Shelf, ShelvedEdition
from audiobook.settings import PublishSettings

_Episodes = Sequence[tuple[FeedEpisode, Episode]]
"""Episodes with their identities, newest first."""


class Podcasts(msgspec.Struct, frozen=True):
    """The feeds of a publication, and everything that they are made from.

    Attributes:
        shelf: The works to list.
        folder: The folder to publish into, which already contains the files that the feeds link to.
        part_paths: The paths of the works' parts.
        address: Base address of the publication.
        settings: The `[publish]` settings.
        identities: Identities of all feeds and episodes, by language.
        is_moved: Whether the publication had another address before.
    """

    shelf: Shelf
    folder: PublicFolder
    part_paths: PartPaths
    address: BaseAddress
    settings: PublishSettings
    identities: Mapping[str, Feed]
    is_moved: bool

    def put(self) -> None:
        """Publish a feed for each language and each work, and the list of all feeds.

        Raises:
            StorageError: A file cannot be written.
        """
        channels = [*self._put_languages(), *self._put_books()]
        self.folder.put(OPML_NAME, opml(channels, self.settings.title or "Audiobooks"))

    def _titles(self) -> dict[str, str]:
        return feed_titles(listing_languages(self.shelf, self.identities), self.settings)

    def _put_languages(self) -> Iterator[Channel]:
        for language, title in self._titles().items():
            works = works_of_feed(language, self.shelf, self.identities)
            episodes = self._episodes(works)
            channel = self._language_channel(language, title, works, episodes)
            data = self._document(channel, episodes, seasons(self.identities[language]))
            self.folder.put(feed_path(language), data)
            yield channel

    def _put_books(self) -> Iterator[Channel]:
        titles = book_feed_titles(self.shelf.editions, self._titles().values())
        for edition in self.shelf.editions:
            episodes = self._episodes((edition,))
            channel = self._book_channel(edition, titles[edition.path("")], episodes)
            data = self._document(channel, episodes, {})
            # At its former addresses, the feed tells apps the new one.
            for path in (edition.path(""), *edition.former_paths):
                self.folder.put(f"{path}{BOOK_FEED_ENDING}", data)
            yield channel

    def _episodes(self, works: Sequence[ShelvedEdition]) -> _Episodes:
        episodes = [
            (
                episode,
                self._identity(episode),
            )
            for episode in feed_episodes(works, self.folder, self.part_paths, self.settings, self.identities)
        ]
        # The sort is stable, so episodes with the same date keep their order.
        return sorted(episodes, key=lambda episode: episode[1].published, reverse=True)

    def _identity(self, episode: FeedEpisode) -> Episode:
        language, slug = episode.edition.identity
        return episode_identity(self.identities[language], slug, episode.number)

    def _language_channel(
        self, language: str, title: str, works: Sequence[ShelvedEdition], episodes: _Episodes
    ) -> Channel:
        author = feed_author(works, self.settings, title)
        cover = put_feed_cover(self.folder, language, title, author)
        return Channel(
            title=title,
            language=_common(works, language),
            description=channel_description(self.settings.description, title, language),
            author=author,
            owner=author,
            medium="podcast",
            url=self.address.of(feed_path(language)),
            page=self.address.of("index.html"),
            image=self.address.of(cover),
            guid=self.identities[language].guid,
            published=_newest(episodes),
            is_moved=self.is_moved,
        )

    def _book_channel(self, edition: ShelvedEdition, title: str, episodes: _Episodes) -> Channel:
        author = value(", ".join(edition.authors)) or feed_author((edition,), self.settings, title)
        language, slug = edition.identity
        return Channel(
            title=title,
            language=edition.language,
            description=book_description(edition),
            author=author,
            owner=value(self.settings.author or "") or author,
            medium="audiobook",
            url=self.address.of(edition.path(BOOK_FEED_ENDING)),
            page=self.address.of(edition.path(".html")),
            image=self.address.of(f"{edition.folder}/{edition.cover.name}"),
            guid=self.identities[language].books[slug],
            published=_newest(episodes),
            is_moved=self.is_moved or bool(edition.former_paths),
        )

    def _document(self, channel: Channel, episodes: _Episodes, season_numbers: Mapping[str, int]) -> bytes:
        """Return a feed in UTF-8. `season_numbers` has the season of each work by path; empty for a single work."""
        document = Document()
        with document.within("rss", **PREFIXES, version="2.0"), document.within("channel"):
            put_channel(document, channel, self.settings)
            for episode, identity in episodes:
                season = season_numbers.get(episode.edition.identity_path)
                put_item(document, episode, identity, season, self.address, self.settings)
        return document.data()


def _common(works: Sequence[ShelvedEdition], language: str) -> str:
    """Return the language tag of a feed: that of its works if they all have the same one, otherwise `language`."""
    tags = {work.language for work in works}
    return tags.pop() if len(tags) == 1 else language


def _newest(episodes: _Episodes) -> str:
    return format_datetime(datetime.fromisoformat(episodes[0][1].published))
