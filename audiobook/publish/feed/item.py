"""Episodes as items of a feed.

Source: RSS 2.0; Apple's podcast requirements; the Podcasting 2.0 namespace.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from audiobook.publish.address import BaseAddress
from audiobook.publish.feed.descriptions import item_description
from audiobook.publish.feed.namespaces import ITUNES, LONGEST_NAME_CHARS, PODCAST, put
from audiobook.publish.folder import CHAPTERS_TYPE, TYPES
from audiobook.publish.publication import Episode
from audiobook.publish.values import value
from audiobook.publish.works.episodes import Listed
from audiobook.settings import PublishSettings

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST_DISPLAY_CHARS: Final = 32


def put_item(
    channel: _Element,
    episode: Listed,
    known: Episode,
    season: int | None,
    address: BaseAddress,
    settings: PublishSettings,
) -> None:
    """Append an episode to a channel.

    Args:
        channel: Element of the channel.
        episode: The episode to append.
        known: Guid and date of the episode.
        season: Season number of its work, from 1, if episodes are chapters; None in a feed of one work.
        address: Base address of its files.
        settings: The `[publish]` settings; `explicit` and `license` are used.
    """
    from lxml.etree import CDATA  # takes 10 ms to import

    edition = episode.edition
    element = put(channel, "item")
    put(element, "title", value(episode.title))
    put(element, "link", _page(episode, address))
    put(element, "guid", known.guid, isPermaLink="false")
    put(element, "pubDate", format_datetime(datetime.fromisoformat(known.published)))
    put(element, "description").text = CDATA(item_description(edition))
    put(
        element,
        "enclosure",
        url=address.of(episode.audio),
        length=str(episode.length_bytes),
        type="audio/mpeg",
    )
    if edition.m4b and edition.m4b_path and episode.is_whole:
        _put_m4b(element, edition.m4b_path, edition.m4b.length_bytes, address)
    _put_itunes(element, episode, address, explicit=settings.explicit)
    if episode.number is not None:
        _put_place(element, episode, episode.number, season)
    _put_files(element, episode, address)
    _put_people(element, episode)
    put_licence(element, settings.license)
    put_synthetic(element)


def _page(episode: Listed, address: BaseAddress) -> str:
    """Return the address of an episode's page; for a part of a work, it starts there."""
    page = address.of(episode.edition.path(".html"))
    return page if episode.is_whole else f"{page}#t={episode.start_s:.3f}"


def _put_m4b(element: _Element, path: str, length_bytes: int, address: BaseAddress) -> None:
    """Offer the M4B as an alternate enclosure, because Apple does not accept it as the enclosure."""
    other = put(
        element,
        f"{PODCAST}alternateEnclosure",
        type=TYPES[".m4b"],
        length=str(length_bytes),
        title="M4B",
    )
    put(other, f"{PODCAST}source", uri=address.of(path))


def _put_itunes(element: _Element, episode: Listed, address: BaseAddress, *, explicit: bool) -> None:
    """Append what Apple shows for every episode."""
    edition = episode.edition
    put(element, f"{ITUNES}title", value(episode.short_title))
    if edition.authors:
        put(element, f"{ITUNES}author", value(", ".join(edition.authors)))
    put(element, f"{ITUNES}duration", str(max(1, round(episode.duration_s))))
    put(element, f"{ITUNES}image", href=address.of(f"{edition.folder}/{edition.cover.name}"))
    put(element, f"{ITUNES}explicit", str(explicit).lower())
    put(element, f"{ITUNES}episodeType", "full")


def _put_place(element: _Element, episode: Listed, number: int, season: int | None) -> None:
    """Append the season and the number of an episode that is a chapter."""
    put(element, f"{ITUNES}episode", str(number))
    if season is not None:
        put(element, f"{ITUNES}season", str(season))
        name = value(episode.edition.title, LONGEST_NAME_CHARS)
        put(element, f"{PODCAST}season", str(season), name=name)
    display = {"display": episode.display[:_LONGEST_DISPLAY_CHARS]} if episode.display else {}
    put(element, f"{PODCAST}episode", str(number), **display)


def _put_files(element: _Element, episode: Listed, address: BaseAddress) -> None:
    for ending in (".vtt", ".srt"):
        put(
            element,
            f"{PODCAST}transcript",
            url=address.of(f"{episode.captions}{ending}"),
            type=TYPES[ending].partition(";")[0],
            language=episode.edition.language,
            rel="captions",
        )
    if episode.chapters:
        put(element, f"{PODCAST}chapters", url=address.of(episode.chapters), type=CHAPTERS_TYPE)


def _put_people(element: _Element, episode: Listed) -> None:
    """Append the authors and the narrator. Source: the Podcast Taxonomy, groups Writing and Cast."""
    for author in episode.edition.authors:
        put(element, f"{PODCAST}person", value(author, LONGEST_NAME_CHARS), role="author", group="writing")
    if narrator := value(episode.edition.narrator, LONGEST_NAME_CHARS):
        put(element, f"{PODCAST}person", narrator, role="narrator", group="cast")


def put_synthetic(element: _Element) -> None:
    """Append the statement that the voice is synthetic.

    Source: the Podcasting 2.0 namespace, `podcast:txt`, March 2026.
    """
    put(element, f"{PODCAST}txt", "true", purpose="ai-content")


def put_licence(element: _Element, licence: str | None) -> None:
    """Append the licence, if there is one: its short name or its address."""
    if licence is None or not (shown := value(licence, LONGEST_NAME_CHARS)):
        return
    if shown.startswith(("https://", "http://")):
        put(element, f"{PODCAST}license", shown, url=shown)
    else:
        put(element, f"{PODCAST}license", shown.lower() if shown.isascii() and " " not in shown else shown)
