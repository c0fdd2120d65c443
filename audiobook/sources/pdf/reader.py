"""PDF with a text layer: paragraphs from line positions, chapters from the outline or from font sizes."""

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
from audiobook.sources.pdf.scan import scanned_pages
from audiobook.sources.pdf.text import Entry, Pdf

_LIMITS: Final = Limits()
_HEADING_SIZE: Final = 1.15
_LONGEST_HEADING_CHARS: Final = 200
_PARAGRAPHS_OF_PAGE: Final = 200
_LEAST_SHARED: Final = 3
_MOST_HEADINGS: Final = 0.25
"""If more than this share of all characters is in large type, large type does not mark headings."""
_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_NO_TITLE = re.compile(
    r"""
    untitled.{0,20}  # Untitled-1
    | microsoft[ ]word\b.*  # Microsoft Word - Draft
    | [^ ]*\.(?:docx?|dvi|indd|odt|pdf|qxd|rtf|tex|txt)  # final_v2.docx
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_LETTER = re.compile(r"[\W_]+")
_REFUSALS: Final = {
    "encrypted": ("is encrypted", "save it without a password"),
    "damaged": ("is not a readable PDF file", "open it in a viewer and save it again"),
    "long": ("is too long", "split it into several files"),
}


@dataclass(frozen=True, slots=True)
class PdfReader:
    """Reads `.pdf` files in a child process with limits.

    Attributes:
        limits: Resource limits for reading one file.
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
                "contains no text; if its pages are scans, it needs OCR",
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
    """Read the text pieces of all pages in a child process.

    Raises:
        SourceError: The file cannot be read; the message says why.
    """
    if find_spec("pypdfium2") is None:
        raise SourceError(
            "PDF support is not installed", where=source.name, hint='run: pip install "audiobook-press[pdf]"'
        )
    answer = read_in_child("audiobook.sources.pdf.text", source.data, source.name, limits)
    try:
        pdf = msgspec.json.decode(answer, type=Pdf)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SourceError("is not a readable PDF file", where=source.name) from error
    if pdf.refused:
        message, hint = _REFUSALS[pdf.refused]
        raise SourceError(message, where=source.name, hint=hint)
    if any(page.has_pictures for page in pdf.pages) and not any(page.pieces for page in pdf.pages):
        pdf = msgspec.structs.replace(pdf, pages=scanned_pages(source), is_scanned=True)
    for page in pdf.pages:
        for piece in page.pieces:
            piece.text = piece.text.translate(_LIGATURES)
    return pdf


def _take_marks(pdf: Pdf, *, kept: bool) -> int:
    """Remove the note marks from all lines, and return how many characters were removed."""
    chars = 0
    for page in pdf.pages:
        for piece in page.pieces:
            piece.text, count = take_marks(piece.text, kept=kept)
            chars += count
    return chars


def _named(title: str) -> str:
    """Return the title in the file's metadata, unless it is a default set by a program."""
    shown = title_text(title)
    return "" if _NO_TITLE.fullmatch(shown) else shown


def _authors(given: str) -> tuple[str, ...]:
    names = (title_text(name) for name in re.split(r";| and | & ", given))
    return tuple(name for name in names if is_speakable(name))


def _problems(pdf: Pdf, name: str) -> list[Problem]:
    if pdf.is_scanned:
        return [Problem(name, "the pages are pictures; their text was recognised and may contain errors")]
    return [
        Problem(f"{name}#{number}", "the page is a picture and is not read out")
        for number, page in enumerate(pdf.pages, 1)
        if page.has_pictures
    ]


def _blocks(
    paragraphs: Sequence[PdfParagraph], size: float, outline: Sequence[Entry]
) -> tuple[list[Block], int]:
    """Return the blocks, and how many characters the outline adds to the text of the pages."""
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
    """Return the level of each heading by paragraph index: the larger the font, the higher. Empty if unclear.

    If all text has the same size, lines such as `CHAPTER I` are the headings.
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
    """Find the heading of each outline entry on its page.

    Returns:
        Levels of the headings found, by paragraph index; and the remaining entries, by the index of the first
        paragraph on or after their page.
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
    """Return whether the letters of a paragraph match those of an entry; either may lack a chapter number."""
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
    """Turn the first heading into the title, if it comes first and no other text is as large."""
    first = blocks[0].paragraph
    largest = max((paragraph.size for paragraph in paragraphs[1:]), default=0.0)
    if first.kind is not Kind.HEADING or first.text != paragraphs[0].text or paragraphs[0].size <= largest:
        return None
    blocks[0] = Block(replace(first, kind=Kind.TITLE))
    return first.text
