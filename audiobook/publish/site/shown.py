"""Editions, feeds and times as pages show them."""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook.book.cover_file import SMALL_PX
from audiobook.languages import direction, language_name
from audiobook.publish.address import BOOK_FEED_ENDING, BaseAddress
from audiobook.publish.labels import labels
from audiobook.publish.values import value
from audiobook.publish.works.feeds import feed_path
from audiobook.publish.works.shelf import SMALL_COVER_ENDING, ShelvedEdition

QR_NAME: Final = "feed.svg"


class ShownEdition(msgspec.Struct, frozen=True):
    """An edition as a page shows it.

    Attributes:
        slug: Name in addresses.
        language: BCP 47 tag.
        language_name: Name of the language, in that language.
        direction: Direction of the script: `ltr` or `rtl`.
        title: Title of the work.
        authors: All authors on one line; may be empty.
        author: The first author; may be empty.
        narrator: Name of the voice.
        series: Name of the series and the work's position in it; may be empty.
        series_name: Name of the series; may be empty.
        series_position: Position in the series; may be empty.
        description: Paragraphs of the description; may be empty.
        length: Duration as text, for example `2 h 5 min`.
        duration_s: Duration in seconds.
        audio: Path of the MP3 in the page's folder.
        cover: File name of the small cover, in the page's folder.
        cover_px: Width and height of the small cover, in pixels.
        path: Path of the edition's page, relative to the publication's folder.
        href: Link to the edition's page from the page of another edition.
        here: Whether this is the edition of the page itself.
    """

    slug: str
    language: str
    language_name: str
    direction: str
    title: str
    authors: str
    author: str
    narrator: str
    series: str
    series_name: str
    series_position: str
    description: tuple[str, ...]
    length: str
    duration_s: float
    audio: str
    cover: str
    cover_px: int
    path: str
    href: str
    here: bool


class ShownFeed(msgspec.Struct, frozen=True):
    """A feed as a page shows it.

    Attributes:
        language: BCP 47 tag.
        name: Name of the language, in that language; or the title of the work, if the feed has no others.
        url: Full address of the feed.
        path: Path of the feed, relative to the publication's folder.
        qr: Path of the QR code with the feed's address.
    """

    language: str
    name: str
    url: str
    path: str
    qr: str


def shown_edition(edition: ShelvedEdition, language: str, here: ShelvedEdition | None = None) -> ShownEdition:
    """Return an edition as a page shows it.

    Args:
        edition: The edition to show.
        language: Language of the page's labels.
        here: The edition that the page is about; None for the index.
    """
    path = edition.path(".html")
    return ShownEdition(
        slug=edition.slug,
        language=edition.language,
        language_name=language_name(edition.language),
        direction=direction(edition.language),
        title=edition.title,
        authors=", ".join(edition.authors),
        author=next(iter(edition.authors), ""),
        narrator=edition.narrator,
        series=" · ".join(filter(None, (edition.series, edition.series_position))),
        series_name=edition.series or "",
        series_position=edition.series_position or "",
        description=tuple(filter(None, (edition.description or "").split("\n\n"))),
        length=spelled_length(edition.duration_s, language),
        duration_s=edition.duration_s,
        audio=f"{edition.sound}.mp3".removeprefix(f"{edition.folder}/"),
        cover=f"{edition.slug}{SMALL_COVER_ENDING}",
        cover_px=SMALL_PX,
        path=path,
        href=f"../{path}",
        here=here is not None and here.path("") == edition.path(""),
    )


def shown_feed(language: str, address: BaseAddress) -> ShownFeed:
    """Return the feed of a language as a page shows it."""
    path = feed_path(language)
    return ShownFeed(language, language_name(language), address.of(path), path, f"{language}/{QR_NAME}")


def shown_book_feed(edition: ShelvedEdition, address: BaseAddress) -> ShownFeed:
    """Return the feed of a work as a page shows it."""
    path = edition.path(BOOK_FEED_ENDING)
    qr = edition.path(f".{QR_NAME}")
    return ShownFeed(edition.language, value(edition.title), address.of(path), path, qr)


def spelled_length(duration_s: float, language: str) -> str:
    """Return a duration as text in a language that has labels, for example `2 h 5 min`."""
    say = labels(language)
    if duration_s < 60:
        return say["seconds"].format(round(duration_s))
    minutes = round(duration_s / 60)
    return say["hours"].format(*divmod(minutes, 60)) if minutes >= 60 else say["minutes"].format(minutes)


def clock(seconds: float) -> str:
    """Return a time as a player shows it: `1:02:03`, `2:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
