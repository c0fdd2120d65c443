"""Publish a shelf: write every file in order, so that nothing links to a missing file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from audiobook.book.cover_file import small_cover
from audiobook.book.record.stamps import FileStamp
from audiobook.book.sound.mp3_head import length_problem
from audiobook.document import Problem
from audiobook.errors import OutputMismatch
from audiobook.publish.address import BaseAddress
from audiobook.publish.feed.channel import check_settings
from audiobook.publish.feed.podcast import Podcasts
from audiobook.publish.folder import CHAPTERS_TYPE, Change, PublicFolder
from audiobook.publish.publication import Feed, Move, Publication, read_publication
from audiobook.publish.site.pages import Site, put_index, put_page, put_shared
from audiobook.publish.site.templates import load_all
from audiobook.publish.works.chapter_files import put_captions, put_parts
from audiobook.publish.works.chapter_list import chapter_list
from audiobook.publish.works.coverless_mp3 import put_coverless_mp3
from audiobook.publish.works.episodes import CHAPTERS, PartPaths, episode_parts
from audiobook.publish.works.feeds import feed_language, listing_languages, updated_feeds
from audiobook.publish.works.identity import part_names
from audiobook.publish.works.moves import moved_shelf, updated_moves
from audiobook.publish.works.shelf import SMALL_COVER_ENDING, Shelf, ShelvedEdition
from audiobook.settings import PublishSettings
from audiobook.system.forks import forked
from audiobook.system.packed import Packed

Result = TypeVar("Result")
_LEAST_WORKS: Final = 8
"""For fewer works, starting another process takes longer than it saves."""


class Published(msgspec.Struct, frozen=True):
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
    gone: Collection[str] = (),
    processes: int = 1,
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
        gone: Paths of the works whose text no longer exists, such as `en/essay`. Each may have become another work.
        processes: How many processes may be forked; 1 for none, if there are other threads.
        on_work: Called twice for each work, to show progress.

    Returns:
        The new publication, and what changed.

    Raises:
        SettingsError: The category or e-mail address is not valid.
        OutputMismatch: The record of the previous publication is damaged.
        StorageError: A file cannot be read or written, or files that this project did not publish are in the way.
    """
    check_settings(settings)
    before = read_publication(root)
    folder = PublicFolder(root, before, built=shelf.output, dry_run=dry_run, replace=replace)
    folder.sweep()
    try:
        moves = updated_moves(before, shelf, gone)
        shelf = moved_shelf(shelf, moves, gone)
        known = updated_feeds(shelf, address, settings, before.feeds, now)
        crew = _Crew(folder, processes, on_work)
        cut, part_paths, damaged = _put_sound(shelf, crew, known, settings)
        site = Site.of(cut, known, address, settings, live=live)
        put_shared(site, folder)
        whole, lost = _put_texts(cut, crew, site)
        problems = (*shelf.problems, *damaged, *lost)
        has_all = len(whole.editions) == len(shelf.editions)
        feeds = known if has_all else updated_feeds(whole, address, settings, before.feeds, now)
        _keep_left_out(problems, whole, feeds, moves, folder)
        put_index(Site.of(whole, feeds, address, settings, live=live), folder)
        moved_from = _moved_from(before, address)
        Podcasts(whole, folder, part_paths, address, settings, feeds, is_moved=bool(moved_from)).put()
        keep_days = 0 if prune and not problems else settings.keep_old_days
        folder.keep_superseded(now.date(), keep_days)
        publication, withdrawn = folder.commit(address.text, feeds, moves, moved_from)
    except BaseException:
        folder.discard()
        raise
    return Published(publication, tuple(folder.written), withdrawn, problems)


def _moved_from(before: Publication, address: BaseAddress) -> str:
    """Return the address that a publication had before this one; empty if it had none."""
    return before.moved_from if before.base_url in ("", address.text) else before.base_url


def _keep_left_out(
    problems: Iterable[Problem],
    whole: Shelf,
    feeds: Mapping[str, Feed],
    moves: Mapping[str, Move],
    folder: PublicFolder,
) -> None:
    """Keep the published files of works that are left out, and the feed if all works that it lists are."""
    listers = listing_languages(whole, feeds)
    for problem in problems:
        path = problem.where.rpartition(".")[0]
        for one in (path, *moves.get(path, Move(path)).addresses):
            folder.keep_all(f"{one}.")
        language = problem.where.partition("/")[0]
        lister = feed_language(language, feeds) if language in feeds else language
        if lister not in listers:
            folder.keep_all(f"{lister}/")


class _Crew(msgspec.Struct, frozen=True):
    """Puts many works into a folder, divided between processes.

    Attributes:
        folder: The folder to publish into.
        processes: How many processes may be forked.
        on_work: Called after each work.
    """

    folder: PublicFolder
    processes: int
    on_work: Callable[[], None]

    def each(
        self, editions: Packed[ShelvedEdition], put: Callable[[ShelvedEdition, PublicFolder], Result]
    ) -> Iterator[tuple[ShelvedEdition, Result | Problem]]:
        """Yield each work, in order, with the result of putting it, or with the reason why it is left out.

        Args:
            editions: The works.
            put: Publishes a work into the part of the folder that it is given.

        Raises:
            StorageError: A file cannot be read or written.
        """

        def step(number: int) -> tuple[Result | Problem, Change]:
            part, edition = self.folder.part(), editions[number]
            try:
                return put(edition, part), part.change
            except OutputMismatch as error:
                where = f"{edition.folder}/{error.where}"
                return Problem(where, f"{error.message}; build it again"), part.change

        processes = min(self.processes, len(editions) // _LEAST_WORKS)
        with closing(forked(step, len(editions), processes)) as results:
            for edition, (result, change) in zip(editions, results, strict=True):
                self.folder.add(change)
                self.on_work()
                yield edition, result


def _put_sound(
    shelf: Shelf, crew: _Crew, known: Mapping[str, Feed], settings: PublishSettings
) -> tuple[Shelf, PartPaths, list[Problem]]:
    """Publish small covers and episode files, and return the works for which that succeeded, with their parts' paths.

    Pages must link to no other works.
    """

    def put(edition: ShelvedEdition, folder: PublicFolder) -> tuple[FileStamp | None, Sequence[str]]:
        mp3 = shelf.output / edition.folder / edition.audio.name
        if problem := length_problem(edition, mp3):
            raise OutputMismatch(problem, where=mp3.name)
        small = small_cover(mp3)
        parts = episode_parts(edition, settings, known)
        paths: Sequence[str] = ()
        if len(parts) > 1:
            language, slug = edition.identity
            names = part_names(known[language], slug, len(parts))
            paths = put_parts(edition, shelf.record(edition), parts, names, mp3, small, folder)
        coverless = put_coverless_mp3(edition, mp3, folder) if settings.fast_start else None
        folder.put(edition.path(SMALL_COVER_ENDING), small)
        return coverless, paths

    editions: Packed[ShelvedEdition] = Packed()
    problems = []
    part_paths: dict[str, Sequence[str]] = {}
    for edition, result in crew.each(shelf.editions, put):
        if isinstance(result, Problem):
            problems.append(result)
            continue
        coverless, paths = result
        editions.append(replace(edition, coverless=coverless))
        if paths:
            part_paths[edition.path("")] = paths
    return replace(shelf, editions=editions), part_paths, problems


def _put_texts(shelf: Shelf, crew: _Crew, site: Site) -> tuple[Shelf, list[Problem]]:
    """Publish captions, chapter lists and pages, and return the works for which that succeeded.

    Each process has only one record in memory at a time.
    """

    def put(edition: ShelvedEdition, folder: PublicFolder) -> None:
        record = shelf.record(edition)
        if edition.coverless is None:
            folder.link(f"{edition.sound}.mp3", edition.folder, edition.audio)
        if edition.m4b and edition.m4b_path:
            folder.link(edition.m4b_path, edition.folder, edition.m4b)
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

    load_all()
    problems: list[Problem] = []
    lost: set[str] = set()
    for edition, problem in crew.each(shelf.editions, put):
        if problem:
            problems.append(problem)
            lost.add(edition.path(""))
    if not lost:
        return shelf, problems
    kept = (edition for edition in shelf.editions if edition.path("") not in lost)
    return replace(shelf, editions=Packed(kept)), problems
