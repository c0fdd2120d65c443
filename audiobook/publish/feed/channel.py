"""The channel of a feed: everything that comes before its items.

Source: RSS 2.0; Apple's podcast requirements; the Podcasting 2.0 namespace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from audiobook.errors import SettingsError
from audiobook.publish.feed.categories import category
from audiobook.publish.feed.item import put_licence, put_synthetic
from audiobook.publish.feed.namespaces import ATOM, ITUNES, PODCAST, put
from audiobook.settings import PublishSettings

if TYPE_CHECKING:
    from lxml.etree import _Element

Medium = Literal["audiobook", "podcast"]
"""What a feed contains: one book, with its chapters or the whole as items; or several.

Source: the Podcasting 2.0 namespace, `podcast:medium`.
"""
_EMAIL: Final = re.compile(r"[^\s@<>\"']{1,64}+@[^\s@<>\"']{1,190}")


@dataclass(frozen=True, slots=True)
class Channel:
    """The details of a feed.

    Attributes:
        title: Title; no two feeds share one.
        language: BCP 47 tag.
        description: Plain text.
        author: The publisher, or the author of the works.
        owner: The publisher, as the owner of the feed.
        medium: Value of `podcast:medium`.
        url: Address of the feed.
        page: Address of the page about the work, or of the one that lists the works.
        image: Address of the feed's cover.
        guid: Value of `podcast:guid`.
        published: Publication time of the newest episode: RFC 2822.
        is_moved: Whether it had another address before.
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


def checked(settings: PublishSettings) -> None:
    """Check the settings that feeds depend on.

    Raises:
        SettingsError: Apple has no such category, or the e-mail address is not valid.
    """
    category(settings.category)
    if settings.email is not None and not _EMAIL.fullmatch(settings.email):
        raise SettingsError(f"publish.email: “{settings.email[:100]}” is not a valid e-mail address")


def put_channel(root: _Element, channel: Channel, settings: PublishSettings) -> _Element:
    """Append a channel to the root of a feed, and return its element, to which items can be appended."""
    element = put(root, "channel")
    put(element, "title", channel.title)
    put(element, "link", channel.page)
    put(element, "description", channel.description)
    put(element, "language", channel.language)
    put(element, "pubDate", channel.published)
    put(element, "generator", "audiobook-press")
    put(element, f"{ATOM}link", href=channel.url, rel="self", type="application/rss+xml")
    _put_image(element, channel)
    _put_apple(element, channel, settings)
    _put_podcasting(element, channel, settings)
    return element


def _put_image(element: _Element, channel: Channel) -> None:
    """Append the cover for readers that do not know Apple's element."""
    image = put(element, "image")
    put(image, "url", channel.image)
    put(image, "title", channel.title)
    put(image, "link", channel.page)


def _put_apple(element: _Element, channel: Channel, settings: PublishSettings) -> None:
    put(element, f"{ITUNES}image", href=channel.image)
    main, sub = category(settings.category)
    category_element = put(element, f"{ITUNES}category", text=main)
    if sub:
        put(category_element, f"{ITUNES}category", text=sub)
    put(element, f"{ITUNES}explicit", str(settings.explicit).lower())
    if channel.is_moved:
        put(element, f"{ITUNES}new-feed-url", channel.url)
    put(element, f"{ITUNES}author", channel.author)
    put(element, f"{ITUNES}type", "serial" if settings.episodes == "chapter" else "episodic")
    if settings.email:
        owner = put(element, f"{ITUNES}owner")
        put(owner, f"{ITUNES}name", channel.owner)
        put(owner, f"{ITUNES}email", settings.email)


def _put_podcasting(element: _Element, channel: Channel, settings: PublishSettings) -> None:
    put(element, f"{PODCAST}guid", channel.guid)
    put(element, f"{PODCAST}medium", channel.medium)
    owner = {"owner": settings.email} if settings.email else {}
    put(element, f"{PODCAST}locked", "yes" if settings.email else "no", **owner)
    put_licence(element, settings.license)
    put_synthetic(element)
