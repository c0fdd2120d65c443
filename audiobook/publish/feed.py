"""The podcast feed of each language, as RSS 2.0.

Source: RSS 2.0; Apple's podcast requirements; the Podcasting 2.0 namespace.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Final
from uuid import UUID, uuid5

from lxml import etree

from audiobook.publish.address import BaseAddress
from audiobook.publish.folder import PublicFolder
from audiobook.publish.publication import Episode, Feed
from audiobook.publish.shelf import Shelf, ShelvedEdition
from audiobook.settings import PublishSettings

FEED_NAME: Final = "feed.xml"
_PODCASTS: Final = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def put_feeds(
    shelf: Shelf,
    folder: PublicFolder,
    address: BaseAddress,
    settings: PublishSettings,
    before: dict[str, Feed],
    now: datetime,
) -> dict[str, Feed]:
    """Publish one feed for each language.

    Args:
        shelf: What is in them.
        folder: Where.
        address: Under which all is found.
        settings: How.
        before: What podcast clients know already.
        now: When new episodes are published.

    Returns:
        What they know now.
    """
    feeds = dict(before)
    for language in shelf.languages():
        path = f"{language}/{FEED_NAME}"
        editions = shelf.of_language(language)
        feeds[language] = _known(before.get(language), address.of(path), editions, now)
        folder.put(path, _document(editions, language, address, feeds[language], settings))
    return feeds


def _known(before: Feed | None, url: str, editions: tuple[ShelvedEdition, ...], now: datetime) -> Feed:
    guid = before.guid if before else str(uuid5(_PODCASTS, url.partition("://")[2].rstrip("/")))
    episodes = dict(before.episodes) if before else {}
    for edition in editions:
        if edition.slug not in episodes:
            episodes[edition.slug] = Episode(
                str(uuid5(UUID(guid), edition.slug)), now.strftime("%Y-%m-%dT%H:%M:%SZ")
            )
    return Feed(guid, episodes)


def _document(
    editions: tuple[ShelvedEdition, ...],
    language: str,
    address: BaseAddress,
    known: Feed,
    settings: PublishSettings,
) -> bytes:
    rss = etree.Element("rss", version="2.0")
    channel = etree.SubElement(rss, "channel")
    etree.SubElement(channel, "title").text = settings.title or "Audiobooks"
    etree.SubElement(channel, "link").text = address.of("index.html")
    etree.SubElement(channel, "description").text = settings.description or "Audiobooks"
    etree.SubElement(channel, "language").text = language
    for edition in editions:
        item = etree.SubElement(channel, "item")
        episode = known.episodes[edition.slug]
        etree.SubElement(item, "title").text = edition.title
        etree.SubElement(item, "guid", isPermaLink="false").text = episode.guid
        etree.SubElement(item, "pubDate").text = format_datetime(datetime.fromisoformat(episode.published))
        etree.SubElement(
            item,
            "enclosure",
            url=address.of(edition.path(".mp3")),
            length=str(edition.audio.length_bytes),
            type="audio/mpeg",
        )
    return bytes(etree.tostring(rss, xml_declaration=True, encoding="UTF-8", pretty_print=True))
