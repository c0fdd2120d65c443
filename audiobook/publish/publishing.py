"""Publish a shelf: write every file in order, so that nothing links to a missing file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from audiobook.book.cover_file import small_cover
from audiobook.book.mp3_head import length_problem
from audiobook.document import Problem
from audiobook.errors import OutputMismatch
from audiobook.publish.address import BaseAddress
from audiobook.publish.feed.channel import checked
from audiobook.publish.feed.podcast import Podcasts
from audiobook.publish.folder import CHAPTERS_TYPE, PublicFolder
from audiobook.publish.publication import Feed, Publication, read_publication
from audiobook.publish.site.pages import Site, put_index, put_page, put_shared
from audiobook.publish.works.bare_sound import with_bare_sound
from audiobook.publish.works.chapter_files import put_captions, put_parts
from audiobook.publish.works.chapter_list import chapter_list
from audiobook.publish.works.episodes import CHAPTERS, Cuttings, episode_parts
from audiobook.publish.works.feeds import known_feeds, lister_of, works_of_feeds
from audiobook.publish.works.identity import part_names
from audiobook.publish.works.shelf import SMALL_COVER_ENDING, Shelf, ShelvedEdition
from audiobook.settings import PublishSettings


@dataclass(frozen=True, slots=True)
class Published:
    """The result of publishing.

    Attributes:
        publication: The new publication.
        written: Paths of the files that changed.
        withdrawn: Paths that are no longer public.
        problems: Works that were left out, each with the reason.
    """

    publication: Publication
    written: tuple[str, ...]
    withdrawn: tuple[str, ...]
    problems: tuple[Problem, ...]


def publish(
    shelf: Shelf,
    root: Path,
    address: BaseAddress,
    settings: PublishSettings,
    now: datetime,
    *,
    live: bool = False,
    dry_run: bool = False,
    replace: bool = False,
    prune: bool = False,
    on_work: Callable[[], None] = lambda: None,
) -> Published:
    """Publish the works on a shelf.

    Args:
        shelf: The built works to publish.
        root: The folder to publish into: the output folder, or a separate one for a server that reads
            the built files from the output folder.
        address: Public address of the folder.
        settings: The `[publish]` settings.
        now: Publication time of new episodes; known episodes keep theirs. Files are superseded on this day.
        live: Whether pages listen for changes from the server.
        dry_run: Write nothing; only find out what would be written.
        replace: Also overwrite files that this project did not publish.
        prune: Keep no superseded files, unless a work is left out.
        on_work: Called twice for each work, to show progress.

    Returns:
        The new publication, and what changed.

    Raises:
        SettingsError: The category or e-mail address is not valid.
        OutputMismatch: The record of the previous publication is damaged.
        StorageError: A file cannot be read or written, or files that this project did not publish are in the way.
    """
    checked(settings)
    before = read_publication(root)
    folder = PublicFolder(root, before, built=shelf.output, dry_run=dry_run, replace=replace)
    folder.sweep()
    try:
        known = known_feeds(shelf, address, settings, before.feeds, now)
        cut, cuttings, damaged = _put_cuttings(shelf, folder, known, settings, on_work)
        site = Site.of(cut, known, address, settings, live=live)
        put_shared(site, folder)
        whole, lost = _put_texts(cut, folder, site, on_work)
        problems = (*shelf.problems, *damaged, *lost)
        feeds = known_feeds(whole, address, settings, before.feeds, now)
        _keep_left_out(problems, whole, feeds, folder)
        put_index(Site.of(whole, feeds, address, settings, live=live), folder)
        moved_from = _moved_from(before, address)
        Podcasts(whole, folder, cuttings, address, settings, feeds, is_moved=bool(moved_from)).put()
        keep_days = 0 if prune and not problems else settings.keep_old_days
        folder.keep_superseded(now.date(), keep_days)
        publication, withdrawn = folder.commit(address.text, feeds, moved_from)
    except BaseException:
        folder.discard()
        raise
    return Published(publication, tuple(folder.written), withdrawn, problems)


def _moved_from(before: Publication, address: BaseAddress) -> str:
    """Return the address that a publication had before this one; empty if it had none."""
    return before.moved_from if before.base_url in ("", address.text) else before.base_url


def _keep_left_out(
    problems: Iterable[Problem], whole: Shelf, feeds: Mapping[str, Feed], folder: PublicFolder
) -> None:
    """Keep the published files of works that are left out, and the feed if all works that it lists are."""
    listers = works_of_feeds(whole, feeds)
    for problem in problems:
        folder.keep_all(problem.where.rpartition(".")[0] + ".")
        language = problem.where.partition("/")[0]
        lister = lister_of(language, feeds) if language in feeds else language
        if lister not in listers:
            folder.keep_all(f"{lister}/")


def _left_out(edition: ShelvedEdition, error: OutputMismatch) -> Problem:
    return Problem(f"{edition.folder}/{error.where}", f"{error.message}; build it again")


def _put_cuttings(
    shelf: Shelf,
    folder: PublicFolder,
    known: Mapping[str, Feed],
    settings: PublishSettings,
    on_work: Callable[[], None],
) -> tuple[Shelf, Cuttings, list[Problem]]:
    """Publish small covers and episode files, and return the works for which that succeeded, with their parts' paths.

    Pages must link to no other works.
    """
    editions, problems = [], []
    cuttings: dict[str, Sequence[str]] = {}
    for edition in shelf.editions:
        on_work()
        mp3 = shelf.output / edition.folder / edition.audio.name
        try:
            if problem := length_problem(edition, mp3):
                raise OutputMismatch(problem, where=mp3.name)
            small = small_cover(mp3)
            parts = episode_parts(edition, settings)
            if len(parts) > 1:
                names = part_names(known[edition.language], edition.slug, len(parts))
                record = shelf.record(edition)
                cuttings[edition.path("")] = put_parts(edition, record, parts, names, mp3, small, folder)
            public = with_bare_sound(edition, mp3, folder) if settings.fast_start else edition
        except OutputMismatch as error:
            problems.append(_left_out(edition, error))
            continue
        folder.put(edition.path(SMALL_COVER_ENDING), small)
        editions.append(public)
    return replace(shelf, editions=tuple(editions)), cuttings, problems


def _put_texts(
    shelf: Shelf, folder: PublicFolder, site: Site, on_work: Callable[[], None]
) -> tuple[Shelf, list[Problem]]:
    """Publish captions, chapter lists and pages, and return the works for which that succeeded.

    Only one record is in memory at a time.
    """
    editions, problems = [], []
    for edition in shelf.editions:
        on_work()
        try:
            record = shelf.record(edition)
            if edition.bare is None:
                folder.link(f"{edition.sound}.mp3", edition.folder, edition.audio)
            if edition.m4b and edition.m4b_path:
                folder.link(edition.m4b_path, edition.folder, edition.m4b)
        except OutputMismatch as error:
            problems.append(_left_out(edition, error))
            continue
        folder.include(edition.folder, edition.audio)
        if edition.m4b:
            folder.include(edition.folder, edition.m4b)
        folder.include(edition.folder, edition.cover)
        if stamp := record.formats.get("vtt"):
            folder.include(edition.folder, stamp)
        put_captions(edition.sound, record, record.chapters, folder)
        chapters = chapter_list(edition.title, edition.authors, edition.chapters)
        folder.put(f"{edition.sound}{CHAPTERS}", chapters, CHAPTERS_TYPE)
        put_page(edition, record, site, folder)
        editions.append(edition)
    return replace(shelf, editions=tuple(editions)), problems
