"""The reader of folders: each chapter file is read by the reader of its format, and all of them are one work."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.casting import NO_CASTING
from audiobook.document import Chapter, Choice, Kind, Metadata, Paragraph, Problem, Work
from audiobook.errors import EmptyText, SourceError
from audiobook.layout import Picture
from audiobook.sources.base import Announcement, ChapterRules, Source, announced, reader_for
from audiobook.sources.chapter_rules import TITLES, shape_chapters
from audiobook.sources.folder.book_file import BookFile, read_book_file
from audiobook.sources.folder.bundle import BOOK_FILE, COVERS, Bundle, unpacked
from audiobook.sources.folder.listing import Entry, entries_of, unused_pictures
from audiobook.sources.outline import work_title
from audiobook.sources.pictures import name_of
from audiobook.sources.title_page import says_title

RULE: Final = "files"
"""The rule by which the chapters of a folder are found; see `Work.chapters_by`."""
_WITHOUT_HEADINGS: Final = ("paragraphs", "parts")


class FolderReader:
    """Reads packed folders; see `bundle`."""

    def read(self, source: Source) -> Work:
        """Read a folder; see `Reader.read`."""
        bundle = unpacked(source.data)
        book = read_book_file(bundle.file(BOOK_FILE), source.name)
        problems: list[Problem] = []
        entries = entries_of(bundle, book, source.name, problems)
        source = book.front.over(source)
        binder = _Binder(source, bundle, [*book.front.problems, *problems])
        for entry in entries:
            binder.add(entry)
        return binder.work(book)

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language of the folder, else that of its first chapter; see `Announcer.announce`."""
        bundle = unpacked(data)
        book = read_book_file(bundle.file(BOOK_FILE), name)
        language = book.front.metadata.language
        if language is None:
            for entry in entries_of(bundle, book, name, []):
                if entry.file and (text := bundle.file(entry.file)) is not None:
                    shown = f"{name}/{entry.file}"
                    language = announced(reader_for(entry.file), text, shown, encoding).language
                    break
        return Announcement(language)


class _Binder(msgspec.Struct):
    """Binds the chapters of files into one work."""

    source: Source
    bundle: Bundle
    problems: list[Problem]
    chapters: list[Chapter] = msgspec.field(default_factory=list)
    first: Metadata = msgspec.field(default_factory=Metadata)
    source_chars: int = 0
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    encoding: str | None = None
    found: list[Problem] = msgspec.field(default_factory=list)
    """Problems in the files."""
    parts: list[Entry] = msgspec.field(default_factory=list)
    """Parts whose chapters may follow; a part without one is left out."""

    def add(self, entry: Entry) -> None:
        """Read the file of an entry; a file without anything to read aloud is reported and left out."""
        if entry.file is None:
            self.parts = [part for part in self.parts if part.level < entry.level]
            self.parts.append(entry)
            return
        data = self.bundle.file(entry.file)
        assert data is not None
        name = f"{self.source.name}/{entry.file}"
        try:
            work = self._read(entry, data, name)
        except EmptyText as error:
            self.problems.append(Problem(name, f"{error.message}, so it is left out"))
            return
        self.chapters += map(self._part, self.parts)
        self.parts.clear()
        place = f"/{entry.file}"
        self.chapters += (_placed(chapter, place) for chapter in chapters_of(work, entry))
        self.found += work.problems
        self.found += _without_meaning(work)
        self.source_chars += work.source_chars
        self.skipped.update(work.skipped_chars)
        self.encoding = self.encoding or work.encoding
        own = work.metadata
        self.first = replace(
            self.first,
            authors=self.first.authors or own.authors,
            narrator=self.first.narrator or own.narrator,
            language=self.first.language or own.language,
            date=self.first.date or own.date,
            series=self.first.series or own.series,
            series_position=self.first.series_position or (own.series_position if own.series else None),
        )

    def _read(self, entry: Entry, data: bytes, name: str) -> Work:
        assert entry.file
        part = replace(
            self.source,
            data=data,
            name=name,
            fallback_title=entry.title,
            chapters=ChapterRules(self.source.chapters.pattern),
        )
        return reader_for(posixpath.basename(entry.file)).read(part)

    @staticmethod
    def _part(part: Entry) -> Chapter:
        lines = ((0, part.line),) if part.line else ()
        heading = Paragraph(part.title, Kind.HEADING, lines, part.place)
        return Chapter(part.title, part.level, (heading,))

    def work(self, book: BookFile) -> Work:
        """Return the work.

        Raises:
            EmptyText: No file contains anything to read aloud.
        """
        name = self.source.name
        if not self.chapters:
            raise EmptyText("contains no text to read aloud", where=name)
        front = book.front.metadata
        metadata = replace(
            front,
            authors=front.authors or self.first.authors,
            narrator=front.narrator or self.first.narrator,
            language=front.language or self.first.language,
            date=front.date or self.first.date,
            series=front.series or self.first.series,
            series_position=front.series_position if front.series else self.first.series_position,
            cover=self._cover(book),
        )
        chapters = _opened(self.chapters, book)
        shaped, silent_chars = shape_chapters(chapters, self.source.chapters)
        if silent_chars:
            self.skipped[TITLES] += silent_chars
        return Work(
            self.source.slug,
            self.source.language,
            work_title(self.source, metadata),
            tuple(shaped),
            name,
            (*self.problems, *unused_pictures(self.bundle, shaped, name), *_without_repeats(self.found)),
            metadata,
            self.source_chars,
            dict(self.skipped),
            self.encoding,
            RULE,
        )

    def _cover(self, book: BookFile) -> bytes | None:
        """Return the cover that `book.toml` names, else the file `cover` in the folder.

        Raises:
            SourceError: The named file does not exist.
        """
        if named := book.front.cover:
            data = self.bundle.file(posixpath.normpath(named))
            if data is None:
                raise SourceError(
                    f"cover “{named}”: no such file",
                    where=f"{self.source.name}/{BOOK_FILE}:{book.front.line_of('cover')}",
                    hint="give its path relative to the folder of the book",
                )
            return data
        found = (self.bundle.file(f"cover{ending}") for ending in COVERS)
        return next(filter(None, found), None)


def chapters_of(work: Work, entry: Entry) -> Iterator[Chapter]:
    """Yield the chapters in one file: its title opens one, and its headings open others below.

    Args:
        work: The file as read.
        entry: Its place in the book.
    """
    chapters = [replace(each, paragraphs=tuple(map(_heading, each.paragraphs))) for each in work.chapters]
    titled = work.metadata.title is not None
    if work.chapters_by in _WITHOUT_HEADINGS:
        paragraphs = tuple(paragraph for each in chapters for paragraph in each.paragraphs)
        yield Chapter(work.title, entry.level, paragraphs)
        return
    if titled:
        first, *rest = chapters
        opening = sum(1 for _ in takewhile(_is_title, work.chapters[0].paragraphs))
        if opening and first.title != work.title:
            yield Chapter(work.title, entry.level, first.paragraphs[:opening])
            rest = [replace(first, paragraphs=first.paragraphs[opening:]), *rest]
        else:
            yield replace(first, level=entry.level)
        yield from (replace(each, level=entry.level + each.level) for each in rest)
        return
    yield from (replace(each, level=entry.level + each.level - 1) for each in chapters)


def _is_title(paragraph: Paragraph) -> bool:
    return paragraph.kind in (Kind.TITLE, Kind.BREAK)


def _heading(paragraph: Paragraph) -> Paragraph:
    """Return a paragraph in which the title of the file is a heading of the book."""
    return replace(paragraph, kind=Kind.HEADING) if paragraph.kind is Kind.TITLE else paragraph


def _placed(chapter: Chapter, place: str) -> Chapter:
    return replace(
        chapter,
        paragraphs=tuple(
            replace(
                each,
                place=f"{place}{each.place}",
                pictures=tuple(_placed_picture(picture, place) for picture in each.pictures),
            )
            for each in chapter.paragraphs
        ),
    )


def _placed_picture(picture: Picture, place: str) -> Picture:
    """Return a picture with its name relative to the folder."""
    name = name_of(picture.address, place) if not picture.place else ""
    return replace(picture, name=name, place=f"{place}{picture.place}")


def _opened(chapters: Sequence[Chapter], book: BookFile) -> list[Chapter]:
    """Return chapters that begin with the title of the book, as a printed book does."""
    first, *rest = chapters
    title = book.front.metadata.title
    if not title or says_title(first.paragraphs, title):
        return list(chapters)
    line = ((0, book.front.line_of("title")),)
    opening = Paragraph(title, Kind.TITLE, line, f"/{BOOK_FILE}")
    return [replace(first, paragraphs=(opening, *first.paragraphs)), *rest]


def _without_meaning(work: Work) -> Iterator[Problem]:
    """Yield a problem for each key in a chapter's front matter that only applies to a whole book."""
    if work.metadata.choice != Choice():
        where = work.metadata.choice_where or work.name
        yield Problem(
            where, f"chapters can only be chosen in {BOOK_FILE} or the settings, so this is ignored"
        )
    if work.metadata.casting != NO_CASTING:
        yield Problem(work.name, f"voices of roles can only be given in {BOOK_FILE} or the settings")


def _without_repeats(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield problems; the same message about many files is reported once, with their number."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.message, []).append(problem)
    for message, same in found.items():
        files = dict.fromkeys(problem.where.rpartition(":")[0] for problem in same)
        if len(files) > 2:
            yield Problem(same[0].where, f"{message} (and in {len(files) - 1} other files)")
        else:
            yield from same
