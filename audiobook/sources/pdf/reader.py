"""PDF with a layer of text: paragraphs from the places of lines, chapters from the outline or the sizes of letters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Final

import msgspec

from audiobook.document import Kind, Metadata, Paragraph, Problem, Work, count_chars, is_speakable
from audiobook.errors import SourceError
from audiobook.sources.base import Source
from audiobook.sources.chapters.lines import chapter_line
from audiobook.sources.child import Limits, read_in_child
from audiobook.sources.outline import Block, build_work, title_text
from audiobook.sources.pdf.layout import body_size, read_lines
from audiobook.sources.pdf.note_marks import take_marks
from audiobook.sources.pdf.paragraphs import PdfParagraph, build_paragraphs
from audiobook.sources.pdf.text import Entry, Pdf

_LIMITS: Final = Limits()
_HEADING_SIZE: Final = 1.15
_LONGEST_HEADING_CHARS: Final = 200
_PARAGRAPHS_OF_PAGE: Final = 200
_LEAST_SHARED: Final = 3
_MOST_HEADINGS: Final = 0.25
"""The share of all characters from which larger letters are no sign of a heading any more."""
_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_NO_TITLE = re.compile(
    r"untitled.{0,20}|microsoft word\b.*|[^ ]*\.(?:docx?|dvi|indd|odt|pdf|qxd|rtf|tex|txt)", re.IGNORECASE
)
_NO_LETTER = re.compile(r"[\W_]+")
_REFUSALS: Final = {
    "encrypted": ("is encrypted", "save it without a password"),
    "damaged": ("is no PDF that can be read", "open it in a viewer and save it again"),
    "long": ("holds far more than a book", "split it into several files"),
}


@dataclass(frozen=True, slots=True)
class PdfReader:
    """Reads `.pdf` files, in a process with limits.

    Attributes:
        limits: What reading one file may take.
    """

    limits: Limits = _LIMITS

    def read(self, source: Source) -> Work:
        """Read a PDF; see `Reader.read`."""
        pdf = _extracted(source, self.limits)
        marks = _take_marks(pdf, kept="noterefs" in source.narrate)
        lines, skipped = read_lines(pdf.pages)
        paragraphs = build_paragraphs(lines)
        if not any(is_speakable(paragraph.text) for paragraph in paragraphs):
            raise SourceError(
                "holds no text, but pictures of it at most: it needs OCR",
                where=source.name,
                hint="run: ocrmypdf scan.pdf text.pdf",
            )
        chars = sum(count_chars(piece.text) for page in pdf.pages for piece in page.pieces)
        if marks:
            skipped["noterefs"] = marks
        if hyphens := sum(paragraph.hyphens for paragraph in paragraphs):
            skipped["hyphens"] = hyphens
        blocks, added = _blocks(paragraphs, body_size(lines), pdf.outline)
        title = _take_title(blocks, paragraphs)
        return build_work(
            source,
            Metadata(_named(pdf.title) or title, _authors(pdf.author)),
            blocks,
            problems=_problems(pdf, source.name),
            source_chars=chars + marks + added,
            skipped_chars=skipped,
        )


def _extracted(source: Source, limits: Limits) -> Pdf:
    """Have the pieces of all lines read by a child.

    Raises:
        SourceError: It cannot be read; the text of the error says why.
    """
    if find_spec("pypdfium2") is None:
        raise SourceError(
            "PDF needs a package more", where=source.name, hint='run: pip install "audiobook-press[pdf]"'
        )
    answer = read_in_child("audiobook.sources.pdf.text", source.data, source.name, limits)
    try:
        pdf = msgspec.json.decode(answer, type=Pdf)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SourceError("is no PDF that can be read", where=source.name) from error
    if pdf.refused:
        message, hint = _REFUSALS[pdf.refused]
        raise SourceError(message, where=source.name, hint=hint)
    for page in pdf.pages:
        for piece in page.pieces:
            piece.text = piece.text.translate(_LIGATURES)
    return pdf


def _take_marks(pdf: Pdf, *, kept: bool) -> int:
    """Take the marks of notes out of the lines; give how many characters were left out."""
    chars = 0
    for page in pdf.pages:
        for piece in page.pieces:
            piece.text, count = take_marks(piece.text, kept=kept)
            chars += count
    return chars


def _named(title: str) -> str:
    """Give the title that a file names itself, unless it is one that programs put there."""
    shown = title_text(title)
    return "" if _NO_TITLE.fullmatch(shown) else shown


def _authors(given: str) -> tuple[str, ...]:
    names = (title_text(name) for name in re.split(r";| and | & ", given))
    return tuple(name for name in names if is_speakable(name))


def _problems(pdf: Pdf, name: str) -> list[Problem]:
    return [
        Problem(f"{name}#{number}", "the page is a picture, and is not read out")
        for number, page in enumerate(pdf.pages, 1)
        if page.has_pictures
    ]


def _blocks(
    paragraphs: Sequence[PdfParagraph], size: float, outline: Sequence[Entry]
) -> tuple[list[Block], int]:
    """Give the blocks, and how many characters the outline adds to what the pages hold."""
    levels = _levels(paragraphs, size)
    added: dict[int, list[Entry]] = {}
    by_outline = [entry for entry in outline if is_speakable(entry.title)]
    if by_outline:
        found, added = _placed(paragraphs, by_outline)
        headings = {at: found.get(at, 0) for at in (*levels, *found)}
    else:
        headings = levels
    blocks: list[Block] = []
    count = 0
    for at, paragraph in enumerate(paragraphs):
        place = f"#{paragraph.page + 1}"
        for missing in added.get(at, ()):
            text = title_text(missing.title)
            count += count_chars(text)
            blocks.append(Block(Paragraph(text, Kind.HEADING, place=place), missing.level))
        kind = (
            Kind.BREAK if not is_speakable(paragraph.text) else Kind.HEADING if at in headings else Kind.TEXT
        )
        level = headings.get(at, 0) if kind is Kind.HEADING else 0
        blocks.append(Block(Paragraph(paragraph.text, kind, place=place), level))
    return blocks, count


def _levels(paragraphs: Sequence[PdfParagraph], size: float) -> dict[int, int]:
    """Give the level of each heading by its place: the larger its letters, the higher; none where that is unclear.

    Where all letters are of one size, lines such as `CHAPTER I` are the headings.
    """
    larger = {
        at: round(paragraph.size)
        for at, paragraph in enumerate(paragraphs)
        if paragraph.size >= _HEADING_SIZE * size
        and len(paragraph.text) <= _LONGEST_HEADING_CHARS
        and sum(map(str.isalnum, paragraph.text)) > 1
    }
    chars = [len(paragraph.text) for paragraph in paragraphs]
    if sum(chars[at] for at in larger) > _MOST_HEADINGS * sum(chars):
        return {}
    if not larger:
        marks = ((at, chapter_line(paragraph.text)) for at, paragraph in enumerate(paragraphs))
        return {at: mark.level for at, mark in marks if mark}
    sizes = sorted(set(larger.values()), reverse=True)
    return {at: sizes.index(found) + 1 for at, found in larger.items()}


def _placed(
    paragraphs: Sequence[PdfParagraph], outline: Sequence[Entry]
) -> tuple[dict[int, int], dict[int, list[Entry]]]:
    """Find the heading of each entry of the outline on its page.

    Returns:
        Levels by place of those that were found; and the others, by the place of the first paragraph of their page or
        after it.
    """
    first: dict[int, int] = {}
    for at, paragraph in enumerate(paragraphs):
        first.setdefault(paragraph.page, at)
    found: dict[int, int] = {}
    missing: dict[int, list[Entry]] = {}
    pages = sorted(first)
    for entry in outline:
        following = bisect_left(pages, entry.page)
        if following == len(pages):
            continue
        start = first[pages[following]]
        heading = _heading_of(entry, paragraphs, start, found)
        if heading is None:
            missing.setdefault(start, []).append(entry)
        else:
            found[heading] = entry.level
    return found, missing


def _heading_of(
    entry: Entry, paragraphs: Sequence[PdfParagraph], start: int, taken: dict[int, int]
) -> int | None:
    wanted = _NO_LETTER.sub("", entry.title.casefold())
    for at in range(start, min(start + _PARAGRAPHS_OF_PAGE, len(paragraphs))):
        paragraph = paragraphs[at]
        if paragraph.page > paragraphs[start].page:
            return None
        if at in taken or len(paragraph.text) > _LONGEST_HEADING_CHARS:
            continue
        if _is_same(_NO_LETTER.sub("", paragraph.text.casefold()), wanted):
            return at
    return None


def _is_same(shown: str, wanted: str) -> bool:
    """Whether letters on a page are those of an entry, which may lack a number or have one more."""
    if shown == wanted:
        return True
    if min(len(shown), len(wanted)) <= _LEAST_SHARED:
        return False
    return (
        wanted.endswith(shown)
        or shown.startswith(wanted)
        or (shown.endswith(wanted) and len(shown) - len(wanted) < 2 * _LEAST_SHARED)
    )


def _take_title(blocks: list[Block], paragraphs: Sequence[PdfParagraph]) -> str | None:
    """Make the first heading the title, if it stands first and nothing else is as large."""
    first = blocks[0].paragraph
    largest = max((paragraph.size for paragraph in paragraphs[1:]), default=0.0)
    if first.kind is not Kind.HEADING or first.text != paragraphs[0].text or paragraphs[0].size <= largest:
        return None
    blocks[0] = Block(replace(first, kind=Kind.TITLE))
    return first.text
