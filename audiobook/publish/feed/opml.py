"""The list of all feeds, which podcast apps can import.

Source: OPML 2.0, section "Subscription lists".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from audiobook.publish.feed.channel import Channel
from audiobook.publish.feed.namespaces import put
from audiobook.publish.values import value

OPML_NAME: Final = "feeds.opml"


def opml(channels: Iterable[Channel], title: str) -> bytes:
    """Return a list of feeds as an OPML file.

    Args:
        channels: The feeds, in order.
        title: Title of the list.
    """
    from lxml import etree  # takes 10 ms to import

    root = etree.Element("opml", version="2.0")
    put(put(root, "head"), "title", value(title))
    body = put(root, "body")
    for channel in channels:
        put(
            body,
            "outline",
            type="rss",
            text=channel.title,
            title=channel.title,
            language=channel.language,
            xmlUrl=channel.url,
            htmlUrl=channel.page,
        )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
