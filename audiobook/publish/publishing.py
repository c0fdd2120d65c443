"""The publication: every file of it, in the order in which they have to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audiobook.book.cover import small_cover
from audiobook.document import Problem
from audiobook.errors import OutputMismatch
from audiobook.publish.address import BaseAddress
from audiobook.publish.captions import captions
from audiobook.publish.chapter_list import chapter_list
from audiobook.publish.feed import put_feeds
from audiobook.publish.folder import CHAPTERS_TYPE, PublicFolder
from audiobook.publish.publication import Publication, read_publication
from audiobook.publish.shelf import SMALL_COVER_ENDING, Shelf
from audiobook.publish.site.pages import Site, put_index, put_page, put_shared
from audiobook.settings import PublishSettings


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did.

    Attributes:
        publication: What is public now.
        written: Paths of the files that changed.
        problems: Works that were left out, and why.
    """

    publication: Publication
    written: tuple[str, ...]
    problems: tuple[Problem, ...]


def publish(
    shelf: Shelf,
    root: Path,
    address: BaseAddress,
    settings: PublishSettings,
    now: datetime,
    *,
    live: bool = False,
) -> Published:
    """Publish what is on a shelf.

    Args:
        shelf: What.
        root: The folder of the publication; the output's own, or one beside it for a server that takes
            what was built from the output.
        address: Under which it will be found.
        settings: How.
        now: When episodes that are new are published; those that are known keep their date.
        live: Whether pages ask the server for changes.

    Returns:
        What was done.

    Raises:
        OutputMismatch: The record of what was published before is damaged.
        StorageError: Something cannot be read or written.
    """
    before = read_publication(root)
    folder = PublicFolder(root, before)
    try:
        site = Site.of(shelf, address, settings, live=live)
        put_shared(site, folder)
        whole, problems = _put_works(shelf, folder, site)
        put_index(Site.of(whole, address, settings, live=live), folder)
        feeds = put_feeds(whole, folder, address, settings, before.feeds, now)
        publication = folder.commit(address.text, feeds)
    except BaseException:
        folder.discard()
        raise
    return Published(publication, tuple(folder.written), (*shelf.problems, *problems))


def _put_works(shelf: Shelf, folder: PublicFolder, site: Site) -> tuple[Shelf, list[Problem]]:
    """Publish what belongs to one edition each, with one record in memory at a time; give those that are whole."""
    editions, problems = [], []
    for edition in shelf.editions:
        try:
            record = shelf.record(edition)
            small = small_cover(shelf.output / edition.folder / edition.audio.name)
        except OutputMismatch as error:
            problems.append(Problem(error.where or edition.slug, f"{error.message}; build it again"))
            continue
        folder.include(edition.folder, edition.audio)
        folder.include(edition.folder, edition.cover)
        folder.put(edition.path(SMALL_COVER_ENDING), small)
        folder.put(edition.path(".vtt"), captions(record, record.chapters))
        chapters = chapter_list(edition.title, edition.authors, edition.chapters)
        folder.put(edition.path(".chapters.json"), chapters, CHAPTERS_TYPE)
        put_page(edition, record, site, folder)
        editions.append(edition)
    return Shelf(shelf.output, tuple(editions), shelf.problems), problems
