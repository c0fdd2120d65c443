"""All feeds in one file, which podcast apps import.

Source: OPML 2.0, section "Subscription lists".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from audiobook.publish.address import BaseAddress
from audiobook.publish.feed.namespaces import put
from audiobook.publish.values import value

OPML_NAME: Final = "feeds.opml"


def opml(feeds: Mapping[str, tuple[str, str]], title: str, address: BaseAddress) -> bytes:
    """Give a list of feeds.

    Args:
        feeds: By language: title, and path.
        title: Of the list.
        address: Under which they are found.
    """
    from lxml import etree  # noqa: PLC0415 - 10 ms, for feeds only

    root = etree.Element("opml", version="2.0")
    put(put(root, "head"), "title", value(title))
    body = put(root, "body")
    for language, (name, path) in feeds.items():
        put(
            body,
            "outline",
            type="rss",
            text=name,
            title=name,
            language=language,
            xmlUrl=address.of(path),
            htmlUrl=address.of("index.html"),
        )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
