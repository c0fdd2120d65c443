"""The list of all feeds, which podcast apps can import.

Source: OPML 2.0, section "Subscription lists".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from audiobook.publish.feed.channel import Channel
from audiobook.publish.feed.document import Document
from audiobook.publish.values import value

OPML_NAME: Final = "feeds.opml"


def opml(channels: Iterable[Channel], title: str) -> bytes:
    """Return a list of feeds as an OPML file.

    Args:
        channels: The feeds, in order.
        title: Title of the list.
    """
    document = Document()
    with document.within("opml", version="2.0"):
        with document.within("head"):
            document.put("title", value(title))
        with document.within("body"):
            for channel in channels:
                document.put(
                    "outline",
                    type="rss",
                    text=channel.title,
                    title=channel.title,
                    language=channel.language,
                    xmlUrl=channel.url,
                    htmlUrl=channel.page,
                )
    return document.data()
