"""PDF with a text layer: paragraphs from line positions, chapters from the outline or from how headings are set."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from importlib.util import find_spec
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.child import Limits, read_in_child
from audiobook.document import Kind, Metadata, Paragraph, Problem, Work, count_chars, is_speakable
from audiobook.errors import SourceError
from audiobook.extras import install_command
from audiobook.sources.base import Source
from audiobook.sources.outline import Block, build_work
from audiobook.sources.pdf.extraction.note_marks import take_marks
from audiobook.sources.pdf.extraction.pieces import PdfPage
from audiobook.sources.pdf.extraction.text import Entry, Pdf
from audiobook.sources.pdf.lines.layout import Layout, Line, read_layout
from audiobook.sources.pdf.lines.rows import usual_size
from audiobook.sources.pdf.lines.spreads import Spreads, split_spreads
from audiobook.sources.pdf.scan import scanned_pages
from audiobook.sources.pdf.structure.bookmarks import place_bookmarks
from audiobook.sources.pdf.structure.contents import find_contents
from audiobook.sources.pdf.structure.front_pages import front_pages
from audiobook.sources.pdf.structure.heading_lines import join_titles
from audiobook.sources.pdf.structure.headings import Headings, find_headings
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph, build_paragraphs
from audiobook.sources.title_text import title_text

_LIMITS: Final = Limits()
_MEASURED: Final = 0.2
"""How much the sizes of recognised lines vary, relative to the usual size."""
_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_NO_TITLE = re.compile(
    r"""
    (?:untitled|document|doc|layout|slide|presentation|book)[ _-]?\d{0,3} | untitled.{0,20}  # Untitled-1
    | (?:microsoft[ ](?:word|powerpoint)|powerpoint[ ]presentation)\b.*  # Microsoft Word - Draft
    | (?:file|https?):.* | about:blank
    | [^ ]*\.(?:docx?|dvi|html?|indd|md|odt|pages|pdf|pptx?|qxd|rtf|tex|txt|wpd)  # final_v2.docx
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_AUTHOR = re.compile(
    r"""
    \(?
    (?: anonymous | unknown | unspecified | author | user | owner | admin | administrator | root | default | none )
    \)?\d*                                      # (anonymous), user1
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REFUSALS: Final = {
    "encrypted": ("is encrypted", "save it without a password"),
    "damaged": ("is not a readable PDF file", "open it in a viewer and save it again"),
    "long": ("is too long", "split it into several files"),
}


class PdfReader(msgspec.Struct, frozen=True):
    """Reads `.pdf` files in a child process with limits.

    Attributes:
        limits: Resource limits for reading one file.
    """

    limits: Limits = _LIMITS

    def read(self, source: Source) -> Work:
        """Read a PDF; see `Reader.read`."""
        return arrange_work(_extracted(source, self.limits), source)


def arrange_work(pdf: Pdf, source: Source) -> Work:
    """Arrange the content of a PDF as a work.

    Raises:
        SourceError: The file contains no text.
    """
    for page in pdf.pages:
        for piece in (*page.pieces, *page.aside):
            piece.text = piece.text.translate(_LIGATURES)
    marks = _take_marks(pdf, kept="noterefs" in source.narrate)
    spreads = split_spreads(pdf.pages)
    layout = read_layout(spreads.pages)
    chars = sum(count_chars(piece.text) for page in pdf.pages for piece in (*page.pieces, *page.aside))
    skipped = layout.skipped
    lines = layout.lines
    in_contents, entries = find_contents(lines)
    outline = _on_pages(pdf.outline, spreads)
    if "toc" not in source.narrate:
        outline = _without_lists(outline, [lines[at] for at in in_contents])
        skipped["toc"] += sum(count_chars(lines[at].text) for at in in_contents)
        lines = [line for at, line in enumerate(lines) if at not in in_contents]
    paragraphs = _with_side_notes(build_paragraphs(lines), layout)
    if "footnotes" in source.narrate:
        paragraphs = _with_notes(paragraphs, layout)
    else:
        skipped["footnotes"] += sum(count_chars(line.text) for note in layout.notes.values() for line in note)
    if not any(is_speakable(paragraph.text) for paragraph in paragraphs):
        raise SourceError(
            "contains no text; if its pages are scans, it needs OCR",
            where=source.name,
            hint="run: ocrmypdf scan.pdf text.pdf",
        )
    skipped["noterefs"] += marks
    skipped["hyphens"] += sum(paragraph.hyphens for paragraph in paragraphs)
    found = find_headings(paragraphs, layout.size, entries)
    paragraphs, headings, joined = join_titles(paragraphs, found)
    left_out = front_pages(paragraphs, headings, source.narrate)
    for at, reason in left_out.items():
        skipped[reason] += count_chars(paragraphs[at].text)
    blocks, added = _blocks(paragraphs, headings, outline, left_out, spreads)
    title = paragraphs[headings.title.start].text if headings.title else _title_in_heads(layout.heads, blocks)
    return build_work(
        source,
        Metadata(_named(pdf.title) or title or None, _authors(pdf.author)),
        blocks,
        problems=_problems(pdf, source.name),
        source_chars=chars + marks + added + joined,
        skipped_chars={reason: count for reason, count in skipped.items() if count},
    )


def _extracted(source: Source, limits: Limits) -> Pdf:
    """Read the text pieces of all pages in a child process.

    Raises:
        SourceError: The file cannot be read; the message says why.
    """
    if find_spec("pypdfium2") is None:
        raise SourceError(
            "PDF support is not installed", where=source.name, hint=f"install it: {install_command('pdf')}"
        )
    answer = read_in_child("audiobook.sources.pdf.extraction.text", source.data, source.name, limits)
    try:
        pdf = msgspec.json.decode(answer, type=Pdf)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SourceError("is not a readable PDF file", where=source.name) from error
    if pdf.refused:
        message, hint = _REFUSALS[pdf.refused]
        raise SourceError(message, where=source.name, hint=hint)
    if any(page.has_pictures for page in pdf.pages) and not any(page.pieces for page in pdf.pages):
        return replace(pdf, pages=_even_pages(scanned_pages(source)), is_scanned=True)
    return pdf


def _even_pages(pages: list[PdfPage]) -> list[PdfPage]:
    """Set the size of recognised lines that is close to the usual size to that size, as it is only measured."""
    usual = usual_size(pages)
    for page in pages:
        for piece in page.pieces:
            if abs(piece.size - usual) < _MEASURED * usual:
                piece.size = usual
    return pages


def _take_marks(pdf: Pdf, *, kept: bool) -> int:
    """Remove the note marks from all lines, and return how many characters were removed."""
    chars = 0
    for page in pdf.pages:
        for piece in (*page.pieces, *page.aside):
            piece.text, count = take_marks(piece.text, kept=kept)
            chars += count
    return chars


def _named(title: str) -> str:
    """Return the title in the file's metadata, unless it is a default set by a program."""
    shown = title_text(title)
    return "" if _NO_TITLE.fullmatch(shown) else shown


def _title_in_heads(heads: Sequence[str], blocks: Sequence[Block]) -> str:
    """Return the first running head that is not the heading of a chapter."""
    chapters = {block.paragraph.text.casefold() for block in blocks if block.level}
    return next((head for head in map(_named, heads) if head and head.casefold() not in chapters), "")


def _authors(given: str) -> tuple[str, ...]:
    names = (title_text(name) for name in re.split(r";| and | & ", given))
    return tuple(name for name in names if is_speakable(name) and not _NO_AUTHOR.fullmatch(name))


def _problems(pdf: Pdf, name: str) -> list[Problem]:
    """Return one problem for each run of pages that are pictures."""
    if pdf.is_scanned:
        return [Problem(name, "the pages are pictures; their text was recognised and may contain errors")]
    pictures = [number for number, page in enumerate(pdf.pages, 1) if page.has_pictures]
    runs: list[list[int]] = []
    for number in pictures:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        Problem(
            f"{name}#{run[0]}",
            "the page is a picture and is not read out"
            if len(run) == 1
            else f"pages {run[0]} to {run[-1]} are pictures and are not read out; for scans, run: ocrmypdf --skip-text in.pdf out.pdf",
        )
        for run in runs
    ]


def _with_notes(paragraphs: Sequence[PdfParagraph], layout: Layout) -> list[PdfParagraph]:
    """Insert the footnotes of each page after the last paragraph that starts on it or before."""
    placed: list[PdfParagraph] = []
    notes = sorted(layout.notes.items(), reverse=True)
    for paragraph in paragraphs:
        while notes and notes[-1][0] < paragraph.page:
            placed += build_paragraphs(notes.pop()[1])
        placed.append(paragraph)
    for _, lines in reversed(notes):
        placed += build_paragraphs(lines)
    return placed


def _on_pages(outline: Sequence[Entry], spreads: Spreads) -> list[Entry]:
    """Return the outline with page numbers in place of sheet numbers. Of two pages, that with the entry's title counts."""
    pages: dict[int, list[int]] = {}
    for page, sheet in enumerate(spreads.sheets):
        pages.setdefault(sheet, []).append(page)
    placed = []
    for entry in outline:
        both = pages[entry.page]
        title = title_text(entry.title).casefold()
        shown = (
            page
            for page in both
            if any(title_text(piece.text).casefold() == title for piece in spreads.pages[page].pieces)
        )
        placed.append(replace(entry, page=next(shown, both[0]) if len(both) > 1 else both[0]))
    return placed


def _without_lists(outline: Sequence[Entry], left_out: Sequence[Line]) -> list[Entry]:
    """Leave out the entries that point to a table of contents, or another list, that is left out."""
    headings = {(line.page, title_text(line.text).casefold()) for line in left_out}
    return [entry for entry in outline if (entry.page, title_text(entry.title).casefold()) not in headings]


def _with_side_notes(paragraphs: Sequence[PdfParagraph], layout: Layout) -> list[PdfParagraph]:
    """Insert the side notes after the paragraphs next to them."""
    placed: list[PdfParagraph] = []
    notes = [note for page in sorted(layout.side_notes) for note in build_paragraphs(layout.side_notes[page])]
    notes.reverse()
    for paragraph in paragraphs:
        while notes and (notes[-1].page, -notes[-1].y) < (paragraph.page, -paragraph.y - paragraph.size):
            placed.append(notes.pop())
        placed.append(paragraph)
    return [*placed, *reversed(notes)]


def _blocks(
    paragraphs: Sequence[PdfParagraph],
    headings: Headings,
    outline: Sequence[Entry],
    left_out: Container[int],
    spreads: Spreads,
) -> tuple[list[Block], int]:
    """Return the blocks, and how many characters the outline adds to the text of the pages."""
    placed = place_bookmarks(paragraphs, outline, headings)
    levels = headings.levels
    if placed:
        levels = {at: placed.levels.get(at, 0) for at in (*levels, *placed.levels)}
    blocks: list[Block] = []
    count = 0
    for at, paragraph in enumerate(paragraphs):
        place = f"#{spreads.sheets[paragraph.page] + 1}"
        for missing in placed.missing.get(at, ()) if placed else ():
            text = title_text(missing.title)
            count += count_chars(text)
            blocks.append(Block(Paragraph(text, Kind.HEADING, place=place), missing.level))
        if at in left_out:
            continue
        kind = _kind(at, paragraph, headings, levels)
        level = levels.get(at, 0) if kind is Kind.HEADING else 0
        blocks.append(Block(Paragraph(paragraph.text, kind, place=place), level))
    return blocks, count


def _kind(at: int, paragraph: PdfParagraph, headings: Headings, levels: Mapping[int, int]) -> Kind:
    if not is_speakable(paragraph.text):
        return Kind.BREAK
    if at in headings.title:
        return Kind.TITLE
    return Kind.HEADING if at in levels else Kind.TEXT
