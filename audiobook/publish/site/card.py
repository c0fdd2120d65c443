"""The preview that other sites and chat programs show of a shared page.

Source: the Open Graph protocol.
"""

from __future__ import annotations

from audiobook.publish.address import BaseAddress
from audiobook.publish.folder import TYPES
from audiobook.publish.values import value
from audiobook.publish.works.shelf import ShelvedEdition

Card = tuple[tuple[str, str], ...]
"""Names and contents of `meta` elements, in order."""


def work_card(edition: ShelvedEdition, site: str, address: BaseAddress) -> Card:
    """Return the card of a work's page.

    Args:
        edition: The work.
        site: Title of the site; may be empty.
        address: Base address; a card must contain full addresses.
    """
    about = value((edition.description or "").partition("\n\n")[0] or ", ".join(edition.authors))
    card = (
        *_card("book", edition.title, about, site, address.of(edition.path(".html"))),
        ("og:image", address.of(f"{edition.folder}/{edition.cover.name}")),
        ("og:audio", address.of(f"{edition.sound}.mp3")),
        ("og:audio:type", TYPES[".mp3"]),
    )
    return tuple(pair for pair in card if pair[1])


def index_card(title: str, description: str, address: BaseAddress) -> Card:
    """Return the card of the page that lists all works; see `work_card`."""
    card = _card("website", title, value(description), "", address.of("index.html"))
    return tuple(pair for pair in card if pair[1])


def _card(kind: str, title: str, description: str, site: str, url: str) -> Card:
    return (
        ("og:type", kind),
        ("og:title", value(title)),
        ("og:description", description),
        ("og:site_name", value(site)),
        ("og:url", url),
    )
