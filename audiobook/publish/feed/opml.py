"""The list of all feeds, which podcast apps can import.

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
    """Return a list of feeds as an OPML file.

    Args:
        feeds: Title and path of each feed, by language.
        title: Title of the list.
        address: Base address of the feeds.
    """
    from lxml import etree  # takes 10 ms to import

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
