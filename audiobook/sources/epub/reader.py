"""EPUB 2 and 3: the documents of the reading order, divided into chapters by the book's table of contents.

Source: EPUB 3.3; OPF 2.0.1 and OPS 2.0.1 (EPUB 2).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.document import Chapter, Kind, Metadata, Paragraph, Problem, Work, count_chars
from audiobook.errors import SourceError
from audiobook.picture_formats import can_be_cover
from audiobook.sources.archive import MAX_PICTURE_BYTES, Archive
from audiobook.sources.base import Announcement, Source
from audiobook.sources.boilerplate import BOILERPLATE, BOILERPLATE_MESSAGE, find_boilerplate
from audiobook.sources.chapters.unmarked_headings import outline_blocks
from audiobook.sources.epub.contents import hides_headings, make_chapters, with_whole_titles
from audiobook.sources.epub.documents import Document, with_plates
from audiobook.sources.epub.lexicon import linked_lexicons, read_lexicon
from audiobook.sources.epub.links import Sheets, linked_places, shorten_own_links
from audiobook.sources.epub.navigation import Entry, read_landmarks, read_navigation
from audiobook.sources.epub.notes import notes_at_marks
from audiobook.sources.epub.package import Package, SpineItem, open_book, read_package
from audiobook.sources.epub.parts import LONGEST_PAGE_CHARS, is_kept, part_of_blocks
from audiobook.sources.links import resolve
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.contents_lists import contents_blocks
from audiobook.sources.markup.page import Markup, Page
from audiobook.sources.markup.tree import parse_xhtml
from audiobook.sources.outline import assemble_work, build_work, opening_title, work_title
from audiobook.sources.title_page import says_title
from audiobook.sources.title_text import title_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from audiobook.sources.markup.pronunciation import Aliases

_SHORT_PARTS: Final = ("titlepage", "imprint", "colophon")
_SHOWN = re.compile(rb"(?:\A|>)([^<>]+)")
"""Roughly matches the text of a document that cannot be parsed."""


class EpubReader:
    """Reads `.epub` files."""

    def read(self, source: Source) -> Work:
        """Read a book; see `Reader.read`."""
        archive = open_book(source.data, source.name)
        book = _Book(source, archive, read_package(archive), Sheets(archive))
        book.read_spine()
        return book.work()

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language that a book declares; see `Announcer.announce`."""
        return Announcement(read_package(open_book(data, name)).metadata.language)

    def pictures(self, data: bytes, name: str) -> Callable[[str], bytes]:
        """Return a function that reads a picture in the archive; see `Illustrated.pictures`."""
        return open_book(data, name, MAX_PICTURE_BYTES).read


class _Book(msgspec.Struct):
    """The state of reading one book."""

    source: Source
    archive: Archive
    package: Package
    sheets: Sheets
    documents: list[Document] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    source_chars: int = 0
    failures: list[SourceError] = msgspec.field(default_factory=list)
    lexicons: dict[str, Aliases | None] = msgspec.field(default_factory=dict)
    notes: defaultdict[str, set[str]] = msgspec.field(default_factory=lambda: defaultdict(set))
    """For each document, the `id`s in it that note marks link to."""
    entries: list[Entry] = msgspec.field(default_factory=list)
    linked: Mapping[str, set[str]] = msgspec.field(default_factory=dict)
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    """For each document, its title in the table of contents."""
    parts: dict[str, str] = msgspec.field(default_factory=dict)
    """For documents that are declared to be a part of `base.PARTS`, that part."""
    read_descriptions: set[str] = msgspec.field(default_factory=set)

    def __post_init__(self) -> None:
        """Read what is needed before the documents: the table of contents, the landmarks and the links."""
        self.problems += (*self.archive.problems, *self.package.problems)
        self.entries, problems = read_navigation(self.archive, self.package)
        self.problems += problems
        self.linked = linked_places(self.archive, (item.member for item in self.package.spine))
        for entry in self.entries:
            if entry.member and not entry.fragment:
                self.labels.setdefault(entry.member, entry.title)
        self.parts = {**self.package.guide, **read_landmarks(self.archive, self.package)}

    def read_spine(self) -> None:
        """Read all documents in the reading order."""
        for item in self.package.spine:
            try:
                self._read_document(item)
            except SourceError as error:
                if error.where == self.archive.name:
                    raise
                self.failures.append(error)
                where = error.where or self.archive.where(item.member)
                self.problems.append(Problem(where, f"{error.message}; this document is not read out"))

    def work(self) -> Work:
        """Return the work, after `read_spine`.

        Raises:
            SourceError: No document can be read, or the book contains nothing to read aloud.
        """
        if self.failures and not any(document.blocks for document in self.documents):
            raise self.failures[0]
        self._leave_out_boilerplate()
        self.documents = with_plates(self.documents)
        if "footnotes" in self.source.narrate:
            before = _count(self.documents)
            self.documents = notes_at_marks(self.documents)
            self.skipped["footnotes"] += before - _count(self.documents)
            self.skipped += Counter()
        entries = self.entries
        metadata = replace(self.package.metadata, cover=self._cover())
        title = work_title(self.source, metadata)
        place = f"!{self.package.member}"
        listed = {entry.member for entry in entries}
        is_listed = any(document.blocks and document.member in listed for document in self.documents)
        if is_listed and not hides_headings(self.documents, entries):
            chapters, dropped = make_chapters(self.documents, entries, title, place)
            if dropped:
                message = f"table of contents entries without text, which make no chapters: {dropped}"
                self.problems.append(Problem(self.archive.where(self.package.member), message))
        else:
            chapters = self._unlisted_chapters(metadata)
        chapters = self._with_title(chapters, metadata)
        # The title and the names of parts may occur in the package only; if read out, they count as source text.
        said = (each for each in _paragraphs(chapters) if each.place == place)
        self.source_chars += sum(count_chars(paragraph.text) for paragraph in said)
        return assemble_work(
            self.source,
            metadata,
            chapters,
            problems=self.problems,
            source_chars=self.source_chars,
            skipped_chars=self.skipped,
        )

    def _read_document(self, item: SpineItem) -> None:
        where = self.archive.where(item.member)
        data = self.archive.read(item.member)
        try:
            root, damage = parse_xhtml(data, where)
        except SourceError:
            shown = (found[1].decode("utf-8", "replace") for found in _SHOWN.finditer(data))
            self._skip("unreadable", sum(map(count_chars, shown)))
            raise
        if damage:
            self.problems.append(Problem(damage.where or where, f"{damage.message}; it is read as HTML"))
        page = Page(
            self.source.name,
            f"!{item.member}",
            self.source.language,
            self.source.narrate,
            aliases=self._aliases(root, item.member),
            notes=frozenset(self.notes[item.member]),
            linked=frozenset(self.linked.get(item.member, ())),
            styles=self.sheets.of(data, item.member),
            in_book=True,
            read_descriptions=self.read_descriptions,
        )
        shorten_own_links(root, item.member)
        self._take(item, read_markup(root, page))

    def _take(self, item: SpineItem, markup: Markup) -> None:
        """Add a document, or skip all of it if it belongs to no chapter."""
        for address in markup.notes_elsewhere:
            if found := resolve(item.member, address):
                self.notes[found[0]].add(found[1])
        document = Document(
            item.member,
            markup.blocks,
            markup.anchors,
            markup.skipped_anchors,
            markup.pictures,
            markup.note_of,
            {
                place: at
                for address, (_, at) in markup.far_marks.items()
                if (place := resolve(item.member, address))
            },
            tuple(each for each in markup.alone if each.name != self.package.cover),
        )
        if not item.linear:
            if markup.blocks:
                message = 'is not in the main reading order (linear="no"), so it is not read out'
                self.problems.append(Problem(self.archive.where(item.member), message))
            self._skip("non-linear", markup.source_chars)
            return
        self.source_chars += markup.source_chars
        self.skipped += markup.skipped_chars
        self.problems += markup.problems
        part = self._part(item.member, markup)
        if part in _SHORT_PARTS:
            document = replace(document, alone=())
        if part and len(self.package.spine) > 1:
            kept = {at for at, block in enumerate(markup.blocks) if is_kept(block, part)}
            document = self._without(document, set(range(len(markup.blocks))) - kept, part)
        elif "toc" not in self.source.narrate:
            document = self._without(document, contents_blocks(markup.blocks), "toc")
        self.documents.append(document)

    def _part(self, member: str, markup: Markup) -> str | None:
        """Return the name in `base.PARTS` of a document that is skipped as a whole; None if it is read."""
        part = self.parts.get(member)
        if part in _SHORT_PARTS and markup.source_chars > LONGEST_PAGE_CHARS:
            part = None
        if part is None:
            described = self.package.metadata
            part = part_of_blocks(
                markup.blocks, self.labels.get(member, ""), described.title or "", described.authors
            )
        return None if part in self.source.narrate else part

    def _without(self, document: Document, removed: set[int], reason: str) -> Document:
        """Return a document without some of its blocks, which are counted."""
        if removed:
            self.skipped[reason] += sum(count_chars(document.blocks[at].paragraph.text) for at in removed)
        return document.without(removed)

    def _leave_out_boilerplate(self) -> None:
        """Leave out what Project Gutenberg adds before and after a book."""
        blocks = [block for document in self.documents for block in document.blocks]
        start, end = find_boilerplate([block.paragraph.text for block in blocks])
        if start >= end or (start == 0 and end == len(blocks)):
            return
        self.problems.append(Problem(self.source.name, BOILERPLATE_MESSAGE))
        offset = 0
        for number, document in enumerate(self.documents):
            count = len(document.blocks)
            removed = {at for at in range(count) if not start <= offset + at < end}
            self.documents[number] = self._without(document, removed, BOILERPLATE)
            offset += count

    def _skip(self, reason: str, chars: int) -> None:
        self.source_chars += chars
        self.skipped[reason] += chars

    def _aliases(self, root: _Element, member: str) -> tuple[Aliases, ...]:
        """Return the lexicons that a document links to."""
        found: list[Aliases] = []
        for name in linked_lexicons(root, member):
            if name not in self.lexicons:
                self.lexicons[name] = self._lexicon(name)
            lexicon = self.lexicons[name]
            if lexicon and lexicon.spoken:
                found.append(lexicon)
        return tuple(found)

    def _lexicon(self, member: str) -> Aliases | None:
        try:
            return read_lexicon(self.archive, member)
        except SourceError as error:
            if error.where == self.archive.name:
                raise
            where = error.where or self.archive.where(member)
            self.problems.append(Problem(where, f"{error.message}; this lexicon is not used"))
            return None

    def _cover(self) -> bytes | None:
        """Return the cover's bytes, if it is a JPEG, PNG, WebP or SVG."""
        member = self.package.cover
        if member is None:
            return None
        try:
            data = self.archive.read(member)
        except SourceError as error:
            where = error.where or self.archive.where(member)
            self.problems.append(Problem(where, f"the cover {error.message}, so it is not used"))
            return None
        if can_be_cover(data):
            return data
        message = (
            "the cover is not a JPEG, PNG, WebP or SVG, so it is not used; save it as PNG next to the text"
        )
        self.problems.append(Problem(self.archive.where(member), message))
        return None

    def _unlisted_chapters(self, metadata: Metadata) -> list[Chapter]:
        """Divide a book without a table of contents at its headings, or else between its documents."""
        blocks = [block for document in self.documents for block in with_whole_titles(document.blocks)]
        outlined = outline_blocks(blocks, self.source.language, self.source.chapters)
        if outlined.contents_chars:
            self.skipped["contents"] += outlined.contents_chars
        blocks = outlined.blocks
        if any(block.level for block in blocks):
            work = build_work(self.source, metadata, blocks, source_chars=0)
            self.skipped += Counter(work.skipped_chars)
            return list(work.chapters)
        paragraphs = [tuple(block.paragraph for block in document.blocks) for document in self.documents]
        return [Chapter(title, 1, each) for each in paragraphs if (title := opening_title(each))]

    def _with_title(self, chapters: list[Chapter], metadata: Metadata) -> list[Chapter]:
        """Add the title at the beginning, if the first paragraphs do not contain it."""
        title = title_text(metadata.title or "")
        if not chapters or not title or says_title(_paragraphs(chapters), title):
            return chapters
        line = self.package.title_line
        spoken = Paragraph(title, Kind.TITLE, ((0, line),) if line else (), f"!{self.package.member}")
        return [replace(chapters[0], paragraphs=(spoken, *chapters[0].paragraphs)), *chapters[1:]]


def _count(documents: Sequence[Document]) -> int:
    return sum(count_chars(block.paragraph.text) for document in documents for block in document.blocks)


def _paragraphs(chapters: Sequence[Chapter]) -> Iterator[Paragraph]:
    return (paragraph for chapter in chapters for paragraph in chapter.paragraphs)
