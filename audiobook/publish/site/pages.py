"""Publish the pages of the site."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.book.record.works import Record
from audiobook.files import digest
from audiobook.languages import covers, language_name
from audiobook.publish.address import BaseAddress
from audiobook.publish.folder import DIGITS, PublicFolder
from audiobook.publish.labels import DEFAULT_LANGUAGE, label_language, labels
from audiobook.publish.publication import Feed
from audiobook.publish.site.assets import LIVE, OFFLINE, assets, assets_folder
from audiobook.publish.site.card import index_card, work_card
from audiobook.publish.site.manifest import MANIFEST, manifest
from audiobook.publish.site.qr import put_qr
from audiobook.publish.site.reading import ReadPart, picture_address, reading_parts
from audiobook.publish.site.shown import (
    ShownEdition,
    ShownFeed,
    clock,
    shown_book_feed,
    shown_edition,
    shown_feed,
)
from audiobook.publish.site.templates import Safe, fragment, render
from audiobook.publish.site.whole_text import chapter_html
from audiobook.publish.values import value
from audiobook.publish.works.feeds import feed_language
from audiobook.publish.works.names import work_titles
from audiobook.publish.works.shelf import Shelf, ShelvedEdition
from audiobook.settings import PublishSettings
from audiobook.system.packed import Packed

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""The Content-Security-Policy of a page: no third-party requests, no inline scripts or styles."""
SPEEDS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3)
SLEEPS: Final = (5, 15, 30, 60)
_KEYS: Final = (
    (("Space", "K"), "play"),
    (("←",), "back"),
    (("→",), "forward"),
    (("⇧ ←",), "previous_sentence"),
    (("⇧ →",), "next_sentence"),
    (("P",), "previous_chapter"),
    (("N",), "next_chapter"),
    (("−",), "slower"),
    (("+",), "faster"),
    (("C",), "chapters"),
    (("/",), "find"),
    (("B",), "mark"),
    (("L",), "share"),
    (("M",), "mute"),
    (("F",), "follow"),
    (("S",), "second"),
    (("?",), "keys"),
)


class Site(msgspec.Struct, frozen=True):
    """What all pages have in common.

    Attributes:
        editions: All editions.
        works: Numbers of the editions of each work by slug, in order of their languages.
        languages: BCP 47 tags of all languages, in order.
        listers: The language whose feed lists the works of a language, by language.
        address: Base address, for the feeds' addresses that pages show.
        settings: The `[publish]` settings; title and description are used.
        live: Whether pages listen for changes from the server.
    """

    editions: Packed[ShelvedEdition]
    works: dict[str, tuple[int, ...]]
    languages: tuple[str, ...]
    listers: dict[str, str]
    address: BaseAddress
    settings: PublishSettings
    live: bool

    @classmethod
    def of(
        cls,
        shelf: Shelf,
        known: Mapping[str, Feed],
        address: BaseAddress,
        settings: PublishSettings,
        *,
        live: bool,
    ) -> Site:
        """Return the site of a shelf; see the attributes for the arguments."""
        works: dict[str, tuple[int, ...]] = {}
        found = ((edition.language, number, edition.slug) for number, edition in enumerate(shelf.editions))
        for _, number, slug in sorted(found):
            works[slug] = (*works.get(slug, ()), number)
        languages = shelf.languages()
        listers = {language: feed_language(language, known) for language in languages}
        return cls(shelf.editions, works, languages, listers, address, settings, live)

    def feeds(self) -> list[ShownFeed]:
        """Return the feeds of languages."""
        return [shown_feed(language, self.address) for language in sorted(set(self.listers.values()))]

    @property
    def language(self) -> str:
        """Language of the labels of the index."""
        return label_language(self.languages[0]) if len(self.languages) == 1 else DEFAULT_LANGUAGE

    def of_language(self, language: str) -> list[ShelvedEdition]:
        """Return all editions in a language."""
        editions = (edition for slug in self.works for edition in self.editions_of(slug))
        return [edition for edition in editions if edition.language == language]

    def editions_of(self, slug: str) -> list[ShelvedEdition]:
        """Return the editions of a work, in order of their languages."""
        return [self.editions[number] for number in self.works[slug]]

    def render(self, template: str, root: str, language: str, **values: object) -> bytes:
        """Return a rendered page.

        Args:
            template: File name of the template.
            root: Relative path from the page to the publication's folder: empty, or `../`.
            language: Language of the labels.
            values: Other variables of the template.
        """
        return render(
            template,
            assets=f"{root}{assets_folder()}/",
            root=root,
            live=self.live,
            policy=POLICY,
            language=language,
            say=SimpleNamespace(**labels(language)),
            site_title=self.settings.title,
            **values,
        )


def put_shared(site: Site, folder: PublicFolder) -> None:
    """Publish what pages share: the assets, the service worker, the manifest, and a QR code for each feed."""
    for name, data in assets().items():
        if name == OFFLINE:
            folder.put(name, data)
        elif name != LIVE or site.live:
            folder.put(f"{assets_folder()}/{name}", data)
    folder.put(
        MANIFEST,
        manifest(site.settings.title or labels(site.language)["library"], site.language),
    )
    for feed in site.feeds():
        put_qr(feed, folder)


def _put_former(edition: ShelvedEdition, site: Site, language: str, folder: PublicFolder) -> None:
    """Publish a page at each former address of an edition, which leads to its page."""
    for path in edition.former_paths:
        shown = shown_edition(edition, language)
        folder.put(f"{path}.html", site.render("moved.html", "../", language, edition=shown, card=()))


def put_page(edition: ShelvedEdition, record: Record, site: Site, folder: PublicFolder) -> None:
    """Publish an edition's page, the parts of its text with their times, and its whole text on one page.

    Args:
        edition: The edition.
        record: The edition's record.
        site: What all pages have in common.
        folder: The folder to publish into.
    """
    starts = []
    pictures = _put_pictures(edition, record, folder)
    rest_bytes = sum(map(len, assets().values())) + sum(stamp.length_bytes for stamp in record.shown_pictures)
    for number, part in enumerate(reading_parts(record)):
        data = msgspec.json.encode(part)
        rest_bytes += len(data)
        digits = digest(data)[:DIGITS]
        starts.append(f"{_start(part)}:{digits}")
        folder.put(edition.path(f".read/{number}-{digits}.json"), data)
    language = label_language(edition.language)
    shown = shown_edition(edition, language, edition)
    texts = [
        Safe("\n".join(chapter_html(chapter.paragraphs, chapter.level, record.pictures)))
        for chapter in record.chapters
    ]
    folder.put(
        edition.path(".text.html"),
        site.render("text.html", "../", language, edition=shown, chapters=texts, card=()),
    )
    feed = shown_book_feed(edition, site.address)
    put_qr(feed, folder)
    editions = site.editions_of(edition.slug)
    page = site.render(
        "work.html",
        "../",
        language,
        edition=shown,
        card=work_card(edition, site.settings.title or "", site.address),
        editions=[shown_edition(other, language, edition) for other in editions],
        feed=feed,
        language_feed=shown_feed(site.listers[edition.language], site.address),
        parts=" ".join(starts),
        pictures=pictures,
        former=" ".join(f"../{path}.html" for path in edition.former_paths),
        bytes=f"{edition.public_audio.length_bytes} {rest_bytes}",
        chapters=_chapters(edition, record),
        controls=_controls(language),
        keys=_keys(language, has_others=len(editions) > 1),
    )
    folder.put(edition.path(".html"), page)
    _put_former(edition, site, language, folder)


@cache
def _controls(language: str) -> Safe:
    """Return the buttons of the player, which are the same for all works with labels in a language."""
    return fragment("controls.html", say=SimpleNamespace(**labels(language)), speeds=SPEEDS, sleeps=SLEEPS)


@cache
def _keys(language: str, *, has_others: bool) -> Safe:
    """Return the list of keys; `has_others` is whether a work has editions in other languages."""
    say = labels(language)
    keys = [(names, say[label]) for names, label in _KEYS if has_others or label != "second"]
    return fragment("keys.html", say=SimpleNamespace(**say), keys=keys)


def _put_pictures(edition: ShelvedEdition, record: Record, folder: PublicFolder) -> list[str]:
    """Publish the pictures of an edition, and return their addresses relative to its page, each once."""
    shown = {stamp.name: stamp for stamp in record.shown_pictures}
    for stamp in shown.values():
        folder.link(f"{edition.folder}/{picture_address(stamp)}", edition.folder, stamp)
    return [picture_address(stamp) for stamp in shown.values()]


def _start(part: ReadPart) -> str:
    """Return where a part starts, as `milliseconds:chapter:paragraph`; chapters and paragraphs count from 0."""
    return f"{part.start_ms}:{part.sections[0].chapter}:{part.sections[0].first}"


def _chapters(edition: ShelvedEdition, record: Record) -> list[dict[str, object]]:
    return [
        {
            "title": shelved.title,
            "level": min(shelved.level, 4),
            "start_s": f"{shelved.start_s:.3f}",
            "at": clock(shelved.start_s),
            "paragraphs": len(chapter.paragraphs),
        }
        for shelved, chapter in zip(edition.chapters, record.chapters, strict=True)
    ]


def _listed(edition: ShelvedEdition, language: str, marked: str) -> ShownEdition:
    """Return an edition as the index shows it; its title has a mark only if another work has the same title."""
    shown = shown_edition(edition, language)
    return shown if marked == value(edition.title) else replace(shown, title=marked)


def put_index(site: Site, folder: PublicFolder) -> None:
    """Publish the index, which lists the works."""
    language = site.language
    marked = {tag: work_titles(site.of_language(tag)) for tag in site.languages}

    def listed(slug: str) -> list[ShownEdition]:
        editions = site.editions_of(slug)
        shown = [_listed(each, language, marked[each.language][each.path("")]) for each in editions]
        return sorted(shown, key=lambda each: not covers(language, each.language))

    # What is shown of a work is made twice, because that of thousands takes more memory than anything else.
    firsts = [
        (first.title.casefold(), slug, bool(first.series))
        for slug in site.works
        for first in listed(slug)[:1]
    ]
    firsts.sort()
    page = site.render(
        "index.html",
        "",
        language,
        works=(listed(slug) for _, slug, _ in firsts),
        count=len(firsts),
        has_series=any(has_series for _, _, has_series in firsts),
        card=index_card(
            site.settings.title or labels(language)["library"], site.settings.description or "", site.address
        ),
        feeds=site.feeds(),
        languages=[(tag, language_name(tag)) for tag in site.languages],
        description=site.settings.description,
    )
    folder.put("index.html", page)
