"""The channel of a feed: everything that comes before its items.

Source: RSS 2.0; Apple's podcast requirements; the Podcasting 2.0 namespace.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from audiobook.errors import SettingsError
from audiobook.publish.feed.categories import category
from audiobook.publish.feed.document import Document
from audiobook.publish.feed.item import put_licence, put_synthetic
from audiobook.settings import PublishSettings

Medium = Literal["audiobook", "podcast"]
"""`audiobook` for the feed of a single work, `podcast` for a feed that may list several.

Source: the Podcasting 2.0 namespace, `podcast:medium`.
"""
_EMAIL: Final = re.compile(r"[^\s@<>\"']{1,64}+@[^\s@<>\"']{1,190}")


class Channel(msgspec.Struct, frozen=True):
    """The details of a feed.

    Attributes:
        title: Title, unique among the feeds.
        language: BCP 47 tag.
        description: Plain text of at most 4000 bytes.
        author: Author of the works, or the publisher.
        owner: Name of the feed's owner: the publisher if one is set, otherwise the author.
        medium: Value of `podcast:medium`.
        url: Address of the feed.
        page: Address of the work's page, or of the page that lists all works.
        image: Address of the feed's cover.
        guid: Value of `podcast:guid`.
        published: Publication time of the newest episode, in the format of RFC 2822.
        is_moved: Whether the feed had another address before.
    """

    title: str
    language: str
    description: str
    author: str
    owner: str
    medium: Medium
    url: str
    page: str
    image: str
    guid: str
    published: str
    is_moved: bool


def check_settings(settings: PublishSettings) -> None:
    """Check the settings of feeds that can be invalid: the category and the e-mail address.

    Raises:
        SettingsError: Apple has no such category, or the e-mail address is invalid.
    """
    category(settings.category)
    if settings.email is not None and not _EMAIL.fullmatch(settings.email):
        raise SettingsError(f"publish.email: “{settings.email[:100]}” is not a valid e-mail address")


def put_channel(document: Document, channel: Channel, settings: PublishSettings) -> None:
    """Append the details of a channel; call it before the items are appended."""
    document.put("title", channel.title)
    document.put("link", channel.page)
    document.put("description", channel.description)
    document.put("language", channel.language)
    document.put("pubDate", channel.published)
    document.put("generator", "audiobook-press")
    document.put("atom:link", href=channel.url, rel="self", type="application/rss+xml")
    _put_image(document, channel)
    _put_apple(document, channel, settings)
    _put_podcasting(document, channel, settings)


def _put_image(document: Document, channel: Channel) -> None:
    """Append the cover as the RSS element, for readers that ignore Apple's `itunes:image`."""
    with document.within("image"):
        document.put("url", channel.image)
        document.put("title", channel.title)
        document.put("link", channel.page)


def _put_apple(document: Document, channel: Channel, settings: PublishSettings) -> None:
    document.put("itunes:image", href=channel.image)
    main, sub = category(settings.category)
    if sub:
        with document.within("itunes:category", text=main):
            document.put("itunes:category", text=sub)
    else:
        document.put("itunes:category", text=main)
    document.put("itunes:explicit", str(settings.explicit).lower())
    if channel.is_moved:
        document.put("itunes:new-feed-url", channel.url)
    document.put("itunes:author", channel.author)
    document.put("itunes:type", "serial" if settings.episodes == "chapter" else "episodic")
    if settings.email:
        with document.within("itunes:owner"):
            document.put("itunes:name", channel.owner)
            document.put("itunes:email", settings.email)


def _put_podcasting(document: Document, channel: Channel, settings: PublishSettings) -> None:
    document.put("podcast:guid", channel.guid)
    document.put("podcast:medium", channel.medium)
    owner = {"owner": settings.email} if settings.email else {}
    document.put("podcast:locked", "yes" if settings.email else "no", **owner)
    put_licence(document, settings.license)
    put_synthetic(document)
