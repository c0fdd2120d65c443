"""What a page shows of an edition, a feed and a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from audiobook.book.cover_file import SMALL_PX
from audiobook.languages import direction, language_name
from audiobook.publish.address import FEED_NAME, BaseAddress
from audiobook.publish.labels import labels
from audiobook.publish.works.shelf import SMALL_COVER_ENDING, ShelvedEdition

QR_NAME: Final = "feed.svg"


@dataclass(frozen=True, slots=True)
class ShownEdition:
    """An edition as a page shows it.

    Attributes:
        slug: Its name in addresses.
        language: BCP 47 tag.
        language_name: What the language calls itself.
        direction: `ltr` or `rtl`.
        title: Title.
        authors: All of them in one line; may be empty.
        narrator: Who is named as its voice.
        series: The series that it belongs to, and its place in it; may be empty.
        description: What it is about: paragraphs; may be empty.
        length: How long it is, in words.
        duration_s: The same in seconds.
        audio: Name of the MP3.
        cover: Name of the picture, beside the page.
        cover_px: Its width and height.
        path: Its page, below the publication's folder.
        href: Its page, as seen from another work's.
        here: Whether it is the page's own.
    """

    slug: str
    language: str
    language_name: str
    direction: str
    title: str
    authors: str
    narrator: str
    series: str
    description: tuple[str, ...]
    length: str
    duration_s: float
    audio: str
    cover: str
    cover_px: int
    path: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class ShownFeed:
    """A feed as a page shows it: its language's tag and name, its address, its path, and that of its QR code."""

    language: str
    name: str
    url: str
    path: str
    qr: str


def shown_edition(edition: ShelvedEdition, language: str, here: ShelvedEdition | None = None) -> ShownEdition:
    """Give what a page shows of an edition.

    Args:
        edition: Which.
        language: The page's own, which it has labels in.
        here: The edition whose page it is, if it is one's.
    """
    path = edition.path(".html")
    return ShownEdition(
        slug=edition.slug,
        language=edition.language,
        language_name=language_name(edition.language),
        direction=direction(edition.language),
        title=edition.title,
        authors=", ".join(edition.authors),
        narrator=edition.narrator,
        series=" · ".join(filter(None, (edition.series, edition.series_position))),
        description=tuple(filter(None, (edition.description or "").split("\n\n"))),
        length=spelled_length(edition.duration_s, language),
        duration_s=edition.duration_s,
        audio=edition.audio.name,
        cover=f"{edition.slug}{SMALL_COVER_ENDING}",
        cover_px=SMALL_PX,
        path=path,
        href=f"../{path}",
        here=edition is here,
    )


def shown_feed(language: str, address: BaseAddress) -> ShownFeed:
    """Give what a page shows of a language's feed."""
    path = f"{language}/{FEED_NAME}"
    return ShownFeed(language, language_name(language), address.of(path), path, f"{language}/{QR_NAME}")


def spelled_length(duration_s: float, language: str) -> str:
    """Give a length as people say it, in a language that there are labels in: `2 h 5 min`."""
    say = labels(language)
    if duration_s < 60:
        return say["seconds"].format(round(duration_s))
    minutes = round(duration_s / 60)
    return say["hours"].format(*divmod(minutes, 60)) if minutes >= 60 else say["minutes"].format(minutes)


def clock(seconds: float) -> str:
    """Give a moment as a player shows it: `1:02:03`, `2:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
