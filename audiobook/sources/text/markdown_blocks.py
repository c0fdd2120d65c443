"""Converting the Markdown parser's tokens to blocks, and counting what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from audiobook.casting import Role
from audiobook.document import Kind, Paragraph, Problem, count_chars, is_speakable
from audiobook.layout import Around, Box, Boxes, Cell, Styled, rearranged
from audiobook.packed_list import PackedList
from audiobook.sources.base import Source
from audiobook.sources.markup.arrangement import notes_at_marks
from audiobook.sources.markup.blocks import RULE
from audiobook.sources.markup.contents_lists import contents_blocks
from audiobook.sources.markup.page import Page
from audiobook.sources.markup.pictures.alternative_text import announcement, is_sentence
from audiobook.sources.markup.pictures.descriptions import PICTURES
from audiobook.sources.markup.pictures.figures import Figures
from audiobook.sources.markup.table import Table
from audiobook.sources.outline import Block
from audiobook.sources.text.markdown_dialects import LEFT_OUT
from audiobook.sources.text.markdown_html import is_comment, is_component_block, read_html_block
from audiobook.sources.text.markdown_inline import Inline

if TYPE_CHECKING:
    from markdown_it.token import Token

_BOXES: Final = {box.value: box for box in Box}
_STOPS: Final = ".,:;!?…"
_FORMULA: Final = "a formula is not read out"


class MarkdownBlocks:
    """The blocks of a text, and what was left out of it.

    Attributes:
        blocks: In reading order.
        problems: Problems to report to the user.
        skipped: Number of skipped characters, by reason.
        added_chars: Number of characters in the blocks that are not in the source.
    """

    def __init__(self, source: Source, tokens: Iterable[Token]) -> None:
        """Read the tokens of a text."""
        self.source = source
        self.blocks = PackedList(Block)
        self.problems: list[Problem] = []
        self.skipped: Counter[str] = Counter()
        self.added_chars = 0
        self.level = self.items = self.quotes = self.callout = 0
        self.boxes = Boxes()
        self.table: Table | None = None
        self.cells: list[tuple[Block, int, bool]] = []
        self.column = -1
        self.is_head = False
        self.note: str | None = None
        self.note_of: dict[int, str] = {}
        self.marks: dict[str, tuple[str, int]] = {}
        self.read_descriptions: set[str] = set()
        self.shown: list[Block] = []
        self.figures = Figures()
        self.is_first = self.has_links = False
        for token in tokens:
            self._read(token)
        self.figures.settled(self.blocks)
        self._arrange()

    def _read(self, token: Token) -> None:
        line = token.map[0] + 1 if token.map else 1
        self._take_box(token)
        match token.type:
            case "heading_open":
                self.level = int(token.tag[1:])
            case "heading_close":
                self.level = 0
            case "list_item_open" | "list_item_close" | "dd_open" | "dd_close" | "dt_open" | "dt_close":
                self.items += token.nesting
                self.is_first = token.nesting > 0
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
                self.callout = min(self.callout, self.quotes)
                self.is_first = token.nesting > 0
            case "inline":
                self._add(Inline(self, token, line, self.level).block())
                self.is_first = False
            case "hr":
                self._add(Block(Paragraph(RULE, Kind.BREAK, ((0, line),))))
            case "fence" | "code_block":
                self._leave_out(
                    token.content, "code", f"{self.source.name}:{line}", "a block of code is not read out"
                )
            case "math_block" | "math_block_label":
                self._leave_out(token.content, "formula", f"{self.source.name}:{line}", _FORMULA)
            case "html_block":
                self._read_html(token.content, line)
            case "footnote_open":
                self.note = str(token.meta["id"])
            case "footnote_close":
                self.note = None
            case _ if token.type == LEFT_OUT:
                self.leave_out(token.content, token.meta["reason"])
            case _:
                self._read_table(token, line)

    def _take_box(self, token: Token) -> None:
        """Enter or leave a list, an item, a quotation or a table."""
        box = _BOXES.get(token.tag) if token.nesting else None
        if box and token.nesting > 0:
            self.boxes.open(box, int(token.info) if box is Box.ITEM and token.info.isdecimal() else 0)
        elif box:
            self.boxes.close()

    def leave_out(self, text: str, reason: str) -> None:
        """Count text that is not read."""
        if reason != "marks" and (count := count_chars(text)):
            self.skipped[reason] += count

    def report_formula(self, line: int) -> None:
        """Report a formula that is not read."""
        self.problems.append(Problem(f"{self.source.name}:{line}", _FORMULA))

    def show(self, description: str, line: int) -> None:
        """Read the alternative text of a picture after its paragraph, once, if it is a sentence."""
        text = " ".join(description.split())
        narrate = self.source.narrate
        is_read = (
            is_sentence(text)
            and text.casefold() not in self.read_descriptions
            and f"-{PICTURES}" not in narrate
        )
        if not is_read:
            self.leave_out(text, "picture")
            return
        self.read_descriptions.add(text.casefold())
        announced = announcement("picture", self.source.language)
        opening = f"{announced}: " if announced else ""
        self.added_chars += count_chars(opening)
        self.shown.append(Block(Paragraph(opening + text, Kind.TEXT, ((0, line),)), is_part=True))

    def mark(self, note: str, sign: str) -> None:
        """Record a note mark in the current block."""
        self.marks.setdefault(note, (sign, len(self.blocks)))

    def _leave_out(self, text: str, reason: str, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))
        self.leave_out(text, reason)

    def _add(self, block: Block, within: tuple[Around, ...] | None = None) -> None:
        """Add a block and the pictures in it; a cell waits for its row, and a note may be left out.

        Args:
            block: The block.
            within: The boxes around it; None for those that are open.
        """
        if self.table is not None:
            self.cells.append((block, self.column, self.is_head))
            return
        around = self.boxes.around if within is None else within
        for each in (block, *self.shown):
            if not each.paragraph.text:
                continue
            if self.note is not None and "footnotes" not in self.source.narrate:
                self.leave_out(each.paragraph.text, "footnotes")
                self.figures.settled([])
                continue
            if self.note is not None:
                self.note_of[len(self.blocks)] = self.note
            if around:
                each = replace(each, paragraph=replace(each.paragraph, within=around))
            if role := self._role():
                each = replace(each, paragraph=replace(each.paragraph, role=role))
            each = self.figures.placed(each, self.blocks)
            self.has_links |= each.role == "link"
            self.blocks.append(replace(each, is_part=each.is_part or self.items > 0))
        self.shown.clear()

    def _role(self) -> Role | None:
        """Return what the current paragraph is part of; a callout is not a quotation."""
        if self.note is not None:
            return Role.NOTE
        return Role.QUOTATION if self.quotes > self.callout else None

    def _read_html(self, html: str, line: int) -> None:
        if is_comment(html):
            self.leave_out(html, "comments")
            return
        if is_component_block(html):
            return
        source = self.source
        page = Page(
            source.name, "", source.language, source.narrate, read_descriptions=self.read_descriptions
        )
        markup = read_html_block(html, line, page)
        if markup is None:
            text = " ".join(html.split())
            self._add(Block(Paragraph(text, Kind.TEXT if is_speakable(text) else Kind.BREAK, ((0, line),))))
            return
        self.skipped += markup.skipped_chars
        shown = sum(count_chars(block.paragraph.text) for block in markup.blocks)
        # Only characters that the reader itself adds, such as commas, are not in the block.
        self.added_chars += max(0, shown - count_chars(html))
        within = self.boxes.adopted([block.paragraph.within for block in markup.blocks])
        for block, around in zip(markup.blocks, list(within), strict=True):
            self._add(block, around)
        self.figures.meet(*markup.alone)

    def _read_table(self, token: Token, line: int) -> None:
        match token.type:
            case "table_open":
                self.table = Table(line)
            case "tr_open":
                self.column = -1
            case "td_open" | "th_open":
                self.column += 1
                self.is_head = token.type == "th_open"
            case "td_close" if self.table and self.cells:
                self.table.count_cell(self.cells[-1][0].paragraph.text)
            case "tr_close" if self.table:
                self._close_row(self.table)
            case "table_close" if self.table:
                self._close_table(self.table)

    def _close_row(self, table: Table) -> None:
        found, self.cells = [each for each in self.cells if each[0].paragraph.text], []
        text = ""
        added = 0
        cells: list[Cell] = []
        styles: list[Styled] = []
        for block, column, is_head in found:
            if text:
                added += text[-1] not in _STOPS
                text += " " if text[-1] in _STOPS else ", "
            cells.append(Cell(column, len(text), len(text) + len(block.paragraph.text), is_head))
            styles += rearranged(block.paragraph.styles, (), len(text).__add__)[0]
            text += block.paragraph.text.replace("\n", " ")
        if text:
            kind = Kind.TEXT if is_speakable(text) else Kind.BREAK
            lines = found[0][0].paragraph.lines[:1]
            row = Paragraph(
                text, kind, lines, styles=tuple(styles), within=self.boxes.around, cells=tuple(cells)
            )
            table.rows.append((self.figures.on(row), added, ""))

    def _close_table(self, table: Table) -> None:
        self.table = None
        if table.is_of_numbers:
            where = f"{self.source.name}:{table.line}"
            self.problems.append(Problem(where, "a table of numbers is not read out"))
            self.skipped["table of numbers"] += table.source_chars
            return
        self.added_chars += table.added_chars
        for row, _, _ in table.rows:
            self._add(Block(row, is_part=True), row.within)

    def _arrange(self) -> None:
        """Move notes after their marks, and leave out tables of contents."""
        if self.note_of:
            arranged = notes_at_marks(self.blocks, self.note_of, self.marks, self.source.language)
            self.blocks = PackedList(Block, arranged.blocks)
            self.added_chars += arranged.added_chars
        is_read = "toc" in self.source.narrate
        listed = contents_blocks(self.blocks) if self.has_links and not is_read else set()
        if listed and any(at not in listed for at in range(len(self.blocks))):
            self.skipped["toc"] += sum(count_chars(self.blocks[at].paragraph.text) for at in listed)
            kept = (block for at, block in enumerate(self.blocks) if at not in listed)
            self.blocks = PackedList(Block, kept)
