"""DOCX, the format of Word: headings, paragraphs, lists, tables and notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import starmap
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.child import Limits, read_in_child
from audiobook.document import Kind, Metadata, Problem, Work, is_speakable
from audiobook.errors import SourceError
from audiobook.sources.archive import MAX_PICTURE_BYTES, Archive
from audiobook.sources.base import Source
from audiobook.sources.chapters.unmarked_headings import outline_blocks
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.page import Page
from audiobook.sources.markup.tree import parse_html
from audiobook.sources.office.docx_html import CONTENT, TITLE_CLASS, Docx
from audiobook.sources.outline import Block, build_work
from audiobook.sources.title_text import title_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_LIMITS: Final = Limits()
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PLACE: Final = f"!{CONTENT}"
_NOTE = re.compile(r"(footnote|endnote)-[^-]")
_FEWEST_HEADINGS: Final = 3
_TITLE_PAGE_CHARS: Final = 80
_BACK_TO: Final = ("#footnote-ref-", "#endnote-ref-")


class DocxReader(msgspec.Struct, frozen=True):
    """Reads `.docx` files in a child process with limits. Explains what to do with `.doc` files.

    Footnotes and endnotes are read only if the `narrate` setting lists them; comments, headers and footers never.

    Attributes:
        limits: Resource limits for reading one file.
    """

    limits: Limits = _LIMITS

    def read(self, source: Source) -> Work:
        """Read a document; see `Reader.read`."""
        return arrange_work(_converted(source, self.limits), source)

    def pictures(self, data: bytes, name: str) -> Callable[[str], bytes]:
        """Return a function that reads a picture in the archive; see `Illustrated.pictures`."""
        return Archive(data, name, MAX_PICTURE_BYTES, top=(CONTENT,)).read


def arrange_work(docx: Docx, source: Source) -> Work:
    """Arrange the content of a document as a work.

    Raises:
        SourceError: The document contains no text.
    """
    root = parse_html(docx.html or "<p></p>", source.name)
    _name_notes(root)
    page = Page(source.name, _PLACE, source.language, source.narrate, has_lines=False)
    markup = read_markup(root, page)
    outlined = outline_blocks(markup.blocks, source.language, source.chapters)
    if outlined.contents_chars:
        markup.skipped_chars["contents"] += outlined.contents_chars
    found = outlined.blocks
    blocks, title = _with_title(found, _title_of(root), title_text(docx.title))
    authors = (title_text(name) for name in re.split(r"[;,]| and ", docx.author))
    return build_work(
        source,
        Metadata(title or None, tuple(name for name in authors if is_speakable(name))),
        blocks,
        problems=(*starmap(Problem, docx.problems), *markup.problems),
        source_chars=markup.source_chars + sum(docx.skipped_chars.values()),
        skipped_chars=markup.skipped_chars + Counter(docx.skipped_chars),
        rule=outlined.rule,
    )


def _converted(source: Source, limits: Limits) -> Docx:
    """Convert the document to HTML in a child process.

    Raises:
        SourceError: The document cannot be read.
    """
    if source.data.startswith(_OLE):
        if _ENCRYPTED in source.data:
            raise SourceError("is encrypted", where=source.name, hint="save it without a password")
        raise SourceError(
            "is in the old Word format (.doc)", where=source.name, hint="open it in Word and save it as .docx"
        )
    if source.name.lower().endswith(".doc") and not source.data.startswith(b"PK"):
        raise SourceError(
            "is not a readable Word document", where=source.name, hint="open it in Word and save it as .docx"
        )
    answer = read_in_child("audiobook.sources.office.docx_html", source.data, source.name, limits)
    try:
        docx = msgspec.json.decode(answer, type=Docx)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SourceError("is not a readable Word document", where=source.name) from error
    if docx.refused:
        message, where, hint = docx.refused
        raise SourceError(message, where=where or source.name, hint=hint)
    return docx


def _name_notes(root: _Element) -> None:
    """Mark up notes so that the page walker recognises them, and remove the arrows back to the text."""
    for link in root.xpath("//a[@href]"):
        if link.get("href").startswith(_BACK_TO):
            link.getparent().remove(link)
    for item in root.xpath("//li[@id]"):
        if found := _NOTE.match(item.get("id")):
            item.set("role", f"doc-{found[1]}")


def _title_of(root: _Element) -> str:
    """Return the first paragraph with the style Title."""
    found = root.xpath(f"//p[@class='{TITLE_CLASS}']")
    return title_text("".join(found[0].itertext())) if found else ""


def _is_title_page(blocks: Sequence[Block]) -> bool:
    """Return whether a document begins with a title in bold, and the name of its author before the first chapter."""
    headings = [at for at, block in enumerate(blocks) if block.level]
    if len(headings) < _FEWEST_HEADINGS or headings[0] != 0 or blocks[0].role != "bold":
        return False
    between = blocks[1 : headings[1]]
    return sum(len(block.paragraph.text) for block in between) <= _TITLE_PAGE_CHARS


def _with_title(blocks: list[Block], styled: str, named: str) -> tuple[list[Block], str]:
    """Return the blocks with the title marked, and the title.

    The title is the paragraph with the style Title, else the title in the document's properties, else the first
    heading if it is the only first-level heading.
    """
    first = next(iter(blocks), None)
    if first and not styled and not named and _is_title_page(blocks):
        named = title_text(first.paragraph.text)
    only = [block.level for block in blocks].count(1) == 1
    if first and (
        title_text(first.paragraph.text) == (styled or named) or (first.level == 1 and only and not styled)
    ):
        title = styled or named or title_text(first.paragraph.text)
        return [Block(replace(first.paragraph, kind=Kind.TITLE)), *blocks[1:]], title
    return blocks, styled or named
