"""Publish the podcast feed of each language, and the list of feeds.

Source: RSS 2.0; Apple's podcast requirements; the Podcasting 2.0 namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from audiobook.publish.address import FEED_NAME, BaseAddress
from audiobook.publish.feed.channel import Channel, put_channel
from audiobook.publish.feed.cover import put_feed_cover
from audiobook.publish.feed.item import put_item
from audiobook.publish.feed.namespaces import PREFIXES
from audiobook.publish.feed.opml import OPML_NAME, opml
from audiobook.publish.folder import PublicFolder
from audiobook.publish.publication import Episode, Feed
from audiobook.publish.works.episodes import Cuttings, Listed, episode_parts, listed
from audiobook.publish.works.identity import known_as, known_feed, seasons
from audiobook.publish.works.names import feed_author, feed_titles
from audiobook.publish.works.shelf import Shelf
from audiobook.settings import PublishSettings

_TITLE: Final = re.compile(rb"<title>[^<]*</title>")


def known_feeds(
    shelf: Shelf,
    address: BaseAddress,
    settings: PublishSettings,
    before: Mapping[str, Feed],
    now: datetime,
) -> dict[str, Feed]:
    """Return the identities of all feeds and episodes, by language; those of before are kept.

    The names of the parts of a work do not depend on other works.

    Args:
        shelf: The works to list.
        address: Base address of the publication.
        settings: The `[publish]` settings.
        before: Identities so far, by language.
        now: Publication time of new episodes.
    """
    feeds = dict(before)
    for language in shelf.languages():
        divided = (
            (edition, [part.title for part in episode_parts(edition, settings)])
            for edition in shelf.of_language(language)
        )
        feeds[language] = known_feed(before.get(language), address.of(_path(language)), divided, now)
    return feeds


def put_feeds(
    shelf: Shelf,
    folder: PublicFolder,
    cuttings: Cuttings,
    address: BaseAddress,
    settings: PublishSettings,
    known: Mapping[str, Feed],
    *,
    is_moved: bool,
) -> None:
    """Publish one feed for each language, and the list of all feeds.

    Args:
        shelf: The works to list.
        folder: The folder to publish into; it already has the files that the feeds link to.
        cuttings: The paths of the works' parts.
        address: Base address of the publication.
        settings: The `[publish]` settings.
        known: Identities of feeds and episodes, by language.
        is_moved: Whether the publication had another address before.
    """
    titles = feed_titles(shelf.languages(), settings)
    for language, title in titles.items():
        episodes = listed(shelf.of_language(language), folder, cuttings, settings)
        data = _feed(title, language, episodes, known[language], folder, address, settings, is_moved=is_moved)
        folder.put(_path(language), data)
    paths = {language: (title, _path(language)) for language, title in titles.items()}
    folder.put(OPML_NAME, opml(paths, settings.title or "Audiobooks", address))


def _path(language: str) -> str:
    return f"{language}/{FEED_NAME}"


def _feed(
    title: str,
    language: str,
    listing: Sequence[Listed],
    known: Feed,
    folder: PublicFolder,
    address: BaseAddress,
    settings: PublishSettings,
    *,
    is_moved: bool,
) -> bytes:
    episodes = [(episode, known_as(known, episode.edition.slug, episode.number)) for episode in listing]
    # Newest first, as is usual for feeds; the sort is stable, so episodes of the same time stay in order.
    episodes.sort(key=lambda episode: episode[1].published, reverse=True)
    author = feed_author([episode.edition for episode in listing], settings, title)
    newest = episodes[0][1].published
    channel = Channel(
        title=title,
        language=language,
        author=author,
        url=address.of(_path(language)),
        page=address.of("index.html"),
        image=address.of(put_feed_cover(folder, language, title, author)),
        guid=known.guid,
        published=format_datetime(datetime.fromisoformat(newest)),
        is_moved=is_moved,
    )
    return _document(channel, episodes, seasons(known), address, settings)


def _document(
    channel: Channel,
    episodes: Iterable[tuple[Listed, Episode]],
    season: Mapping[str, int],
    address: BaseAddress,
    settings: PublishSettings,
) -> bytes:
    from lxml import etree  # takes 10 ms to import

    root = etree.Element("rss", nsmap=PREFIXES, version="2.0")
    element = put_channel(root, channel, settings)
    for episode, known in episodes:
        put_item(element, episode, known, season[episode.edition.slug], address, settings)
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return _TITLE.sub(_numeric, bytes(data))


def _numeric(title: re.Match[bytes]) -> bytes:
    """Return a title with numeric references, because some readers take `&amp;lt;` and `&lt;` for markup.

    Source: RSS Advisory Board, RSS Best Practices Profile, title.
    """
    return title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
