"""Finding the spoken text on the pages of a book, and marking it there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.book.record.chapters import ParagraphRecord
from audiobook.book.record.works import Record
from audiobook.overlaid.letters import Letters, is_letter, letters_of, name_of, plain
from audiobook.overlaid.marking import Stretch, mark, stretches
from audiobook.readalong.spans import Span, Sync, spans_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_PREFIX: Final = "ab"


class HighlightedPart(msgspec.Struct, frozen=True):
    """A part of a page that is highlighted while it is spoken.

    Attributes:
        member: The page, by its name in the archive.
        id: Id of the element, unique on the page.
        start_samples: When it begins, in samples of the book.
    """

    member: str
    id: str
    start_samples: int

    @property
    def lead(self) -> HighlightedPart:
        """An empty element right before it, which is highlighted while something is spoken that is not on the page."""
        return replace(self, id=f"{self.id}b")


class _Page(msgspec.Struct):
    member: str
    letters: Letters
    prefix: str
    done: int = 0
    """Index of the first letter that is not taken."""
    marked: list[tuple[Stretch, str]] = msgspec.field(default_factory=list)


def place(record: Record, pages: Mapping[str, _Element], sync: Sync) -> list[list[HighlightedPart]]:
    """Mark what is spoken on the pages.

    Args:
        record: Record of the work.
        pages: The root of each page, by its name in the archive; elements are added to them.
        sync: Whether sentences or words are highlighted.

    Returns:
        For each chapter its highlighted parts, in order. Text that is spoken but not on a page, such as an announced
        note, or a heading from the table of contents, has none.
    """
    known = {member: _page(member, root) for member, root in pages.items()}
    found: list[list[HighlightedPart]] = []
    for chapter in record.chapters:
        lit: list[HighlightedPart] = []
        for number, paragraph in enumerate(chapter.paragraphs, 1):
            page = known.get(paragraph.place.removeprefix("!"))
            if page and paragraph.sentences:
                lit += _on_page(page, paragraph, number, sync)
        found.append(lit)
    for page in known.values():
        mark(page.letters, page.marked)
    return found


def _page(member: str, root: _Element) -> _Page:
    body = next((child for child in root if name_of(child) == "body"), root)
    ids = {str(name) for name in root.xpath("//@id")}
    prefix = _PREFIX
    while any(name.startswith(prefix) for name in ids):
        prefix += "x"
    return _Page(member, letters_of(body), prefix)


def _on_page(page: _Page, paragraph: ParagraphRecord, number: int, sync: Sync) -> Iterator[HighlightedPart]:
    offsets = [offset for offset, character in enumerate(paragraph.text) if is_letter(character)]
    wanted = "".join(plain(paragraph.text[offset]) for offset in offsets)
    found = page.letters.find(wanted, paragraph.line, page.done)
    if not found:
        return
    for span in spans_of(paragraph, number, sync):
        begin, end = bisect_left(offsets, span.start), bisect_left(offsets, span.end)
        there = [index for index in found[begin:end] if index is not None]
        if not there:
            continue
        offset_of = dict(zip(found[begin:end], offsets[begin:end], strict=True))
        for part in stretches(page.letters, there[0], there[-1]):
            first = next((index for index in there if part.first <= index <= part.last), None)
            start = span.start_samples if part.first == there[0] else None
            if start is None and first is not None:
                last = next(index for index in reversed(there) if index <= part.last)
                start = _start_of_word(paragraph, span, offset_of[first], offset_of[last])
            if start is not None:
                name = f"{page.prefix}{len(page.marked) + 1}"
                page.marked.append((part, name))
                yield HighlightedPart(page.member, name, start)
    page.done = max(index for index in found if index is not None) + 1


def _start_of_word(paragraph: ParagraphRecord, span: Span, first: int, last: int) -> int | None:
    """Return when the first word that begins within some characters is spoken; None if none does."""
    for sentence in paragraph.sentences:
        if sentence.start <= span.start < sentence.end:
            return next((at for start, _, at in sentence.words if first <= start <= last), None)
    return None
