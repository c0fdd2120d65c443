"""Converting XHTML and HTML to blocks: paragraphs, headings, verse, lists and tables. Counts what is skipped.

A page is walked once, in document order and without recursion. All its text passes through one method, so each
character ends up either in a block or in the count of skipped characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.casting import Role
from audiobook.document import Kind, Paragraph, count_chars
from audiobook.layout import Box
from audiobook.sources.markup.anchors import Anchors
from audiobook.sources.markup.appearance import BOXED_OR_STYLED, Appearance, columns_of, has_columns
from audiobook.sources.markup.arrangement import with_initial
from audiobook.sources.markup.context import Rules, State, edge_of
from audiobook.sources.markup.flow import Flow
from audiobook.sources.markup.formulas import (
    is_code,
    is_formula_picture,
    is_formula_script,
    may_have_formulas,
    split_formulas,
    spoken_formula,
)
from audiobook.sources.markup.heading_lookalikes import MARKED_CLASS
from audiobook.sources.markup.notes.finding import Notes
from audiobook.sources.markup.notes.omitted_marks import OmittedMarks
from audiobook.sources.markup.notes.placement import Settled
from audiobook.sources.markup.page import NOTES, Markup, Page
from audiobook.sources.markup.page_problems import PageProblems
from audiobook.sources.markup.paragraph_role import RoleCount
from audiobook.sources.markup.pictures.alternative_text import is_glyph, is_title
from audiobook.sources.markup.pictures.descriptions import Descriptions
from audiobook.sources.markup.pictures.figures import Figures, address_of
from audiobook.sources.markup.preformatted import lay_out_poems
from audiobook.sources.markup.pronunciation import primary, with_free
from audiobook.sources.markup.semantics import (
    language_above,
    phonemes_of,
    reading_of,
    tag_of,
)
from audiobook.sources.markup.table import Table, is_for_layout
from audiobook.sources.outline import Block
from audiobook.sources.pictures import picture_at
from audiobook.sources.superscripts import superscript

if TYPE_CHECKING:
    from lxml.etree import _Element

RULE: Final = "* * *"
_ALONE: Final = frozenset(("br", "hr", "table"))
_SHOWN: Final = frozenset(("img", "math", "script", "svg"))
_WORTH_A_WORD: Final = {
    "boilerplate": "the text that Project Gutenberg adds to a book is not read out",
    "code": "a block of code is not read out",
    "formula": "a formula is not read out",
}


def read_markup(body: _Element, page: Page) -> Markup:
    """Read a page.

    Args:
        body: The element to read; anything outside it is ignored.
        page: The page and the rules for reading it.

    Returns:
        The blocks, and a count of all text that is in no block.
    """
    lay_out_poems(body)
    return _Walk(page, primary(language_above(body))).run(body)


class _Open(msgspec.Struct):
    """An element whose end tag has not been reached."""

    element: _Element
    tag: str
    edge: str
    state: State
    children: Iterator[_Element]
    pieces_before: int = 0
    table: Table | None = None
    is_sounded: bool = False
    shown: str = ""


class _Walk:
    """The state of reading one page."""

    def __init__(self, page: Page, own_language: str) -> None:
        self.page = page
        own = frozenset((primary(page.language), own_language, ""))
        self.notes = Notes(set(page.notes), linked=set(page.linked))
        classes = page.styles.raised | page.styles.hidden | {MARKED_CLASS}
        self.rules = Rules(
            page.narrate,
            page.furniture,
            own,
            self.notes,
            page.styles,
            page.in_book,
            effective_classes=classes,
        )
        self.blocks: list[Block] = []
        self.problems = PageProblems(f"{page.name}{page.place}")
        self.skipped: Counter[str] = Counter()
        self.source_chars = self.line = self.breaks = 0
        self.anchors = Anchors()
        self.flow = Flow()
        self.appearance = Appearance(page.styles)
        self.table: Table | None = None
        self.in_sounds = False
        self.in_code = 0
        self.counted = RoleCount()
        self.pictures: set[int] = set()
        self.figures = Figures()
        self.descriptions = Descriptions(page)
        self.notes_at: set[int] = set()
        self.note_of: dict[int, str] = {}
        self.marks = OmittedMarks()

    def run(self, body: _Element) -> Markup:
        self.notes.look_ahead(body)
        opened = [self._enter(body, tag_of(body), State())]
        while opened:
            last = opened[-1]
            child = next(last.children, None)
            if child is None:
                self._leave(opened.pop())
                if opened and (tail := last.element.tail):
                    self._text(tail, opened[-1].state)
            elif tag := tag_of(child):
                opened.append(self._enter(child, tag, last.state))
            else:
                self._pass_over(child, last.state)
        self._flush(State())
        alone = self.figures.settled(self.blocks)
        settled = Settled(
            self.page,
            self.blocks,
            self.skipped,
            self.anchors.places,
            self.pictures,
            self.note_of,
            self.marks.elsewhere,
        )
        settled.settle(self.notes_at, self.marks.here, self.notes.signs)
        return Markup(
            settled.blocks,
            self.problems.reported(),
            settled.skipped,
            self.source_chars + settled.added_chars,
            settled.anchors,
            frozenset(self.anchors.skipped | settled.gone),
            frozenset(self.notes.elsewhere),
            frozenset(settled.pictures),
            settled.note_of,
            settled.far_marks,
            alone,
        )

    def _enter(self, element: _Element, tag: str, around: State) -> _Open:
        if self.page.has_lines:
            self.line = element.sourceline or self.line
        in_table = self.table is not None
        state = self.rules.inside(element, tag, around, self.flow, in_table=in_table)
        edge = edge_of(element, tag, around, self.flow, in_table=in_table)
        opened = _Open(element, tag, edge, state, element.iterchildren())
        self._open_edge(opened, around)
        self.in_code += is_code(tag)
        if state.skip and not around.skip:
            self._begin_skipping(element, tag, state.skip)
        has_attributes = bool(element.attrib)
        if state is not around or has_attributes:
            self._note(element, tag, around, state)
        if has_attributes or tag == "ruby":
            self._begin_sounds(opened)
        if tag in BOXED_OR_STYLED or state.role is not around.role or (has_attributes and tag == "span"):
            opened.shown = self.appearance.enter(element, tag, edge, state, around, self.flow)
        if tag in _SHOWN:
            self._show_content(element, tag, around, state)
        if text := element.text:
            self._text(text, state)
        return opened

    def _begin_skipping(self, element: _Element, tag: str, reason: str) -> None:
        if reason == "noterefs" or (reason == "navigation" and tag == "a"):
            self.skipped[reason] += self.marks.leave_out(element, self.flow, len(self.blocks))
        elif reason in NOTES:
            self.notes_at.add(len(self.blocks) + (not self.flow.is_empty))

    def _show_content(self, element: _Element, tag: str, around: State, state: State) -> None:
        """Read the alternative text of a picture or formula."""
        if tag == "svg" and not around.skip and self.flow.is_empty:
            self.pictures.add(len(self.blocks))
        if tag == "img":
            self._show(element, state)
            return
        if tag == "script":
            if is_formula_script(element) and not around.skip:
                self._show_formula(element.text or "", spoken_formula(element, tag), around)
            return
        description = spoken_formula(element, tag) if tag == "math" else ""
        if tag == "svg" and not around.skip and not around.mute:
            self._meet(address_of(element, tag), description, around)
        if description:
            self._text(" ".join(description.split()), around)

    def _meet(self, address: str, description: str, state: State) -> None:
        """Meet a picture that the page shows, at the paragraph so far or the next one."""
        is_first = self.flow.is_empty and not state.level
        self.figures.meet(picture_at(address, description, self.page.place, self.line, is_first=is_first))

    def _open_edge(self, opened: _Open, around: State) -> None:
        match opened.edge:
            case "":
                pass
            case "paragraph" | "row":
                self._flush(around)
            case "line" | "title":
                self.flow.end_line()
            case "space":
                self.flow.space()
            case "cell":
                is_head = opened.state.is_head or opened.tag == "th"
                self.flow.next_cell(columns_of(opened.element), is_head=is_head)
                opened.pieces_before = self.flow.piece_count
        if opened.tag not in _ALONE or around.skip or around.mute:
            return
        if opened.tag == "br":
            self._break_line(around)
        elif opened.tag == "hr" and opened.edge == "paragraph" and not opened.state.skip:
            self._keep(
                Paragraph(RULE, Kind.BREAK, ((0, self.line),) if self.line else (), self.page.place), 0
            )
            self.source_chars += count_chars(RULE)
        elif (
            opened.tag == "table"
            and not opened.state.skip
            and not around.is_row
            and not is_for_layout(opened.element)
        ):
            self.table = opened.table = Table(self.line, is_shown=has_columns(opened.element))
            self.appearance.boxes.open(Box.TABLE)

    def _note(self, element: _Element, tag: str, around: State, state: State) -> None:
        """Record an element's anchors, and report it if its text is skipped."""
        self.anchors.meet(element, tag, len(self.blocks), is_skipped=state.skip is not None)
        if state.skip and not around.skip and state.skip in _WORTH_A_WORD:
            if tag == "math" and spoken_formula(element, tag):
                return
            self.problems.add(_WORTH_A_WORD[state.skip], self.line)

    def _begin_sounds(self, opened: _Open) -> None:
        """Start using the phonemes of an element. Nested phonemes are ignored."""
        if self.in_sounds or opened.state.skip or opened.state.mute:
            return
        is_preferred = opened.tag == "ruby" and "ruby" in self.page.narrate
        if phonemes := (is_preferred and reading_of(opened.element)) or phonemes_of(opened.element):
            self.in_sounds = opened.is_sounded = True
            self.flow.begin_sounds(phonemes)

    def _end_sounds(self) -> None:
        self.in_sounds = False
        if not self.flow.end_sounds():
            self.problems.add(
                "phonemes (ssml:ph) on an element with several paragraphs or no text are ignored", self.line
            )

    def _show(self, picture: _Element, state: State) -> None:
        """Read a picture: as a character, a formula or a heading, or as a description after the paragraph."""
        if is_formula_picture(picture) and not state.skip and not state.mute:
            self._show_formula(picture.get("alt") or "", spoken_formula(picture, "img"), state)
            return
        description = " ".join((picture.get("alt") or "").split())
        if not state.skip and not state.mute and self.flow.is_empty:
            self.pictures.add(len(self.blocks))
        is_sign = is_glyph(picture, description)
        if not state.skip and not state.mute and not is_sign:
            self._meet(address_of(picture, "img"), description, state)
        line = self.line
        if not description or state.skip or state.mute or is_sign or (state.level and is_title(description)):
            self._text(description, state)
        elif not state.level and (shown := self.descriptions.hold(description, self.line)):
            self.source_chars += count_chars(shown)
        else:
            self._text(description, replace(state, skip="picture"))
        self.line = line

    def _text(self, text: str, state: State) -> None:
        if state.mute:
            pass
        elif state.skip:
            chars = count_chars(text)
            self.source_chars += chars
            self.skipped[state.skip] += chars
            if state.is_link:
                self.counted.link_chars += chars
        else:
            if self.marks.closing:
                text = self._without_closing(text)
            if not text or text.isspace():
                self.flow.space()
            elif may_have_formulas(text) and not self.in_code:
                self._read_formulas(text, state)
                return
            else:
                self._read(text, state)
        if self.page.has_lines:
            self.line += text.count("\n")

    def _read_formulas(self, text: str, state: State) -> None:
        """Read a text with formulas in TeX: those that are simple as text, others not at all."""
        for piece in split_formulas(text):
            if piece.spoken is None:
                self._leave_out_formula(piece.source)
            elif piece.spoken.isspace():
                self.flow.space()
            else:
                self._read(piece.spoken, state)
            if self.page.has_lines:
                self.line += piece.source.count("\n")

    def _show_formula(self, source: str, spoken: str, state: State) -> None:
        """Read a formula that is not part of the text, if it is simple."""
        line = self.line
        if spoken:
            self._read(spoken, state)
        elif source.strip():
            self._leave_out_formula(source)
        self.line = line

    def _leave_out_formula(self, source: str) -> None:
        self.source_chars += count_chars(source)
        self.skipped["formula"] += count_chars(source)
        self.problems.add(_WORTH_A_WORD["formula"], self.line)

    def _read(self, text: str, state: State) -> None:
        """Add text that has words or signs to the paragraph."""
        self.breaks = 0
        before = self.flow.length
        chars = self.flow.add(
            (superscript(text) or text) if state.is_raised else text, self.line, state.language
        )
        self.source_chars += chars
        self.counted.add(chars, state)
        if state.is_label:
            self.flow.extend_label(before)

    def _without_closing(self, text: str) -> str:
        """Remove the bracket that closes a note mark from the start of a text."""
        shorter = self.marks.without_closing(text)
        if removed := len(text) - len(shorter):
            self.source_chars += removed
            self.skipped["noterefs"] += removed
        return shorter

    def _break_line(self, state: State) -> None:
        """Handle `br`: it ends a line of verse, or becomes a space in a table row; two in a row end a paragraph."""
        if state.is_row:
            self.flow.space()
        elif self.breaks and not state.is_single:
            self._flush(state)
        else:
            self.breaks += 1
            self.flow.end_line()

    def _pass_over(self, node: _Element, state: State) -> None:
        """Handle nodes that are not elements: comments, and entities that the page declares."""
        from lxml import etree  # already loaded by the parser

        if node.tag is etree.Entity and not state.mute:
            chars = count_chars(str(node.text))
            self.source_chars += chars
            self.skipped[state.skip or "entity"] += chars
            self.problems.add("an entity declared by the page itself is not read out", self.line)
        if node.tail:
            self._text(node.tail, state)

    def _leave(self, closed: _Open) -> None:
        if closed.is_sounded:
            self._end_sounds()
        self.in_code -= is_code(closed.tag)
        match closed.edge:
            case "paragraph":
                self._flush(closed.state)
            case "line":
                self.flow.end_line()
            case "space":
                self.flow.space()
            case "cell" if self.table and closed.tag == "td" and not closed.state.is_head:
                self.table.count_cell(self.flow.since(closed.pieces_before))
                if not closed.pieces_before:
                    self.flow.extend_label(0)
            case "row" if self.table:
                if row := self._take_paragraph(0):
                    self.table.rows.append((self.figures.on(row[0]), *row[1:]))
        self.appearance.leave(closed.shown, self.flow)
        if closed.table:
            self.appearance.boxes.close()
            self._close_table(closed.table)

    def _close_table(self, table: Table) -> None:
        self.table = None
        if table.is_of_numbers and not table.has_links:
            self.skipped["table of numbers"] += table.source_chars
            self.problems.add("a table of numbers is not read out", table.line)
            for row, _, _ in table.rows:
                self.figures.meet(*row.pictures)
            return
        self.source_chars += table.added_chars
        for row, _, role in table.rows:
            self._keep(row, 0, role, is_part=True)

    def _flush(self, state: State) -> None:
        """End the current paragraph, if there is one."""
        if not self.flow.length and not self.in_sounds and not self.descriptions.are_held:
            self.breaks = 0
            self.counted.clear()
            return
        if taken := self._take_paragraph(state.level, state.role):
            if state.note:
                self.note_of[len(self.blocks)] = state.note
            self._keep(taken[0], state.level, taken[2], is_part=state.is_item, is_marked=state.is_marked)
        for shown, description in self.descriptions.take():
            self._keep(shown, 0, is_part=True)
            self.descriptions.place(len(self.blocks) - 1, description)

    def _take_paragraph(self, level: int, role: Role | None = None) -> tuple[Paragraph, int, str] | None:
        """Return the current paragraph, how many of its characters are not in the source, and its role."""
        self.breaks = 0
        if self.flow.is_empty and not self.in_sounds:
            self.counted.clear()
            return None
        flow, self.flow = self.flow, Flow(self.flow)
        paragraph = flow.close(level, self.page.place, role)
        if paragraph is None:
            self.counted.clear()
            return None
        paragraph = self.appearance.placed(paragraph, self.table)
        shown_as = self.counted.role_of(paragraph, in_table=self.table is not None)
        self.counted.clear()
        return paragraph, flow.added, shown_as

    def _keep(
        self,
        paragraph: Paragraph,
        level: int,
        role: str = "",
        *,
        is_part: bool = False,
        is_marked: bool = False,
    ) -> None:
        for aliases in self.page.aliases:
            if found := aliases.find(paragraph.text, self.page.language, paragraph.foreign):
                paragraph = replace(paragraph, sayings=with_free(paragraph.sayings, found))
        level = level if paragraph.kind is Kind.HEADING else 0
        block = Block(paragraph, level, is_part, role=role, is_marked=is_marked)
        if self.descriptions.are_placed:
            self._drop_twin(paragraph.text)
        block = self.figures.placed(block, self.blocks)
        is_small = bool(self.blocks) and paragraph.text[:1].islower()
        if is_small and (joined := with_initial(self.blocks[-1], block)):
            self.blocks[-1] = joined
            self.anchors.end_block(joined_to=len(self.blocks) - 1)
        else:
            self.blocks.append(block)
            self.anchors.end_block()

    def _drop_twin(self, caption: str) -> None:
        """Remove a picture's description if its caption says the same."""
        if description := self.descriptions.twin(len(self.blocks) - 1, caption):
            twin = self.blocks.pop().paragraph
            self.figures.meet(*twin.pictures)
            chars = count_chars(twin.text)
            self.source_chars -= chars - count_chars(description)
            self.skipped["picture"] += count_chars(description)
