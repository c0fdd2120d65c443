"""Episodes as items of a feed.

Source: RSS 2.0; Apple's podcast requirements; the Podcasting 2.0 namespace.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Final

from audiobook.publish.address import BaseAddress
from audiobook.publish.feed.descriptions import item_description
from audiobook.publish.feed.document import Document
from audiobook.publish.feed.namespaces import LONGEST_NAME_CHARS
from audiobook.publish.folder import CHAPTERS_TYPE, TYPES
from audiobook.publish.publication import Episode
from audiobook.publish.values import value
from audiobook.publish.works.episodes import FeedEpisode
from audiobook.settings import PublishSettings

_LONGEST_DISPLAY_CHARS: Final = 32


def put_item(
    document: Document,
    episode: FeedEpisode,
    identity: Episode,
    season: int | None,
    address: BaseAddress,
    settings: PublishSettings,
) -> None:
    """Append an episode to a channel.

    Args:
        document: The feed, within its channel.
        episode: The episode to append.
        identity: Guid and date of the episode.
        season: Season number of the work, from 1; None in a feed of one work. Only used if episodes are chapters.
        address: Base address of the publication.
        settings: The `[publish]` settings; `explicit` and `license` are used.
    """
    with document.within("item"):
        _put_elements(document, episode, identity, season, address, settings)


def _put_elements(
    document: Document,
    episode: FeedEpisode,
    identity: Episode,
    season: int | None,
    address: BaseAddress,
    settings: PublishSettings,
) -> None:
    edition = episode.edition
    document.put("title", value(episode.title))
    document.put("link", _page(episode, address))
    document.put("guid", identity.guid, isPermaLink="false")
    document.put("pubDate", format_datetime(datetime.fromisoformat(identity.published)))
    document.put_html("description", item_description(edition))
    document.put(
        "enclosure",
        url=address.of(episode.audio),
        length=str(episode.length_bytes),
        type="audio/mpeg",
    )
    if edition.m4b and edition.m4b_path and episode.is_whole:
        _put_m4b(document, edition.m4b_path, edition.m4b.length_bytes, address)
    _put_itunes(document, episode, address, explicit=settings.explicit)
    if episode.number is not None:
        _put_place(document, episode, episode.number, season)
    _put_files(document, episode, address)
    _put_people(document, episode)
    put_licence(document, settings.license)
    put_synthetic(document)


def _page(episode: FeedEpisode, address: BaseAddress) -> str:
    """Return the address of an episode's page: the page of its work, which opens at the start of the episode."""
    page = address.of(episode.edition.path(".html"))
    return page if episode.is_whole else f"{page}#t={episode.start_s:.3f}"


def _put_m4b(document: Document, path: str, length_bytes: int, address: BaseAddress) -> None:
    """Offer the M4B as an alternate enclosure, because Apple does not accept it as the enclosure."""
    length = str(length_bytes)
    with document.within("podcast:alternateEnclosure", type=TYPES[".m4b"], length=length, title="M4B"):
        document.put("podcast:source", uri=address.of(path))


def _put_itunes(document: Document, episode: FeedEpisode, address: BaseAddress, *, explicit: bool) -> None:
    """Append the elements that Apple Podcasts shows for every episode."""
    edition = episode.edition
    document.put("itunes:title", value(episode.short_title))
    if edition.authors:
        document.put("itunes:author", value(", ".join(edition.authors)))
    document.put("itunes:duration", str(max(1, round(episode.duration_s))))
    document.put("itunes:image", href=address.of(f"{edition.folder}/{edition.cover.name}"))
    document.put("itunes:explicit", str(explicit).lower())
    document.put("itunes:episodeType", "full")


def _put_place(document: Document, episode: FeedEpisode, number: int, season: int | None) -> None:
    """Append the season and the number of an episode that is a chapter."""
    document.put("itunes:episode", str(number))
    if season is not None:
        document.put("itunes:season", str(season))
        name = value(episode.edition.title, LONGEST_NAME_CHARS)
        document.put("podcast:season", str(season), name=name)
    display = {"display": episode.display[:_LONGEST_DISPLAY_CHARS]} if episode.display else {}
    document.put("podcast:episode", str(number), **display)


def _put_files(document: Document, episode: FeedEpisode, address: BaseAddress) -> None:
    for ending in (".vtt", ".srt"):
        document.put(
            "podcast:transcript",
            url=address.of(f"{episode.captions}{ending}"),
            type=TYPES[ending].partition(";")[0],
            language=episode.edition.language,
            rel="captions",
        )
    if episode.chapters:
        document.put("podcast:chapters", url=address.of(episode.chapters), type=CHAPTERS_TYPE)


def _put_people(document: Document, episode: FeedEpisode) -> None:
    """Append the authors and the narrator. Source: the Podcast Taxonomy, groups Writing and Cast."""
    for author in episode.edition.authors:
        document.put("podcast:person", value(author, LONGEST_NAME_CHARS), role="author", group="writing")
    if narrator := value(episode.edition.narrator, LONGEST_NAME_CHARS):
        document.put("podcast:person", narrator, role="narrator", group="cast")


def put_synthetic(document: Document) -> None:
    """Append a machine-readable statement that the voice is synthetic.

    Source: the Podcasting 2.0 namespace, `podcast:txt`, March 2026.
    """
    document.put("podcast:txt", "true", purpose="ai-content")


def put_licence(document: Document, licence: str | None) -> None:
    """Append the licence, by its short name or its address; nothing if it is None or empty."""
    if licence is None or not (shown := value(licence, LONGEST_NAME_CHARS)):
        return
    if shown.startswith(("https://", "http://")):
        document.put("podcast:license", shown, url=shown)
    else:
        document.put("podcast:license", shown.lower() if shown.isascii() and " " not in shown else shown)
