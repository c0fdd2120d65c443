"""Converting the Markdown parser's tokens to blocks, and counting what is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from audiobook.casting import Role
from audiobook.document import Kind, Paragraph, Problem, count_chars, is_speakable
from audiobook.sources.base import Source
from audiobook.sources.markup.arrangement import notes_at_marks
from audiobook.sources.markup.blocks import RULE
from audiobook.sources.markup.contents_lists import contents_blocks
from audiobook.sources.markup.descriptions import PICTURES
from audiobook.sources.markup.page import Page
from audiobook.sources.markup.pictures import announcement, is_sentence
from audiobook.sources.markup.table import Table
from audiobook.sources.outline import Block
from audiobook.sources.raised import SEEN_CHARS, Raised, cut, meaning, superscript
from audiobook.sources.text.mark_codes import uncoded
from audiobook.sources.text.markdown_dialects import CALLOUT, LEFT_OUT
from audiobook.sources.text.markdown_formula import plain_formula
from audiobook.sources.text.markdown_html import alternative_text, is_comment, read_html_block, tag_name

if TYPE_CHECKING:
    from markdown_it.token import Token

_BREAKS: Final = ("softbreak", "hardbreak")
_DELETED: Final = ("del", "s", "strike")
_WORD = re.compile(r"\S+")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_MAY_LEAVE_GAP: Final = frozenset((LEFT_OUT, "image", "footnote_ref", "math_inline", "s_open", "html_inline"))
_GAP = re.compile(r"(?<=[ \n]) +| +(?=[.,;:!?)](?:\s|\Z))|(?<=[(]) +")
_TASK = re.compile(r"\[[ xX/-]\][ \t]+")
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

    def __init__(self, source: Source, tokens: Sequence[Token]) -> None:
        """Read the tokens of a text."""
        self.source = source
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.skipped: Counter[str] = Counter()
        self.added_chars = 0
        self.level = self.items = self.quotes = self.callout = 0
        self.table: Table | None = None
        self.cells: list[Block] = []
        self.note: str | None = None
        self.note_of: dict[int, str] = {}
        self.marks: dict[str, tuple[str, int]] = {}
        self.told: set[str] = set()
        self.shown: list[Block] = []
        self.is_first = False
        for token in tokens:
            self._read(token)
        self._arrange()

    def _read(self, token: Token) -> None:
        line = token.map[0] + 1 if token.map else 1
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

    def leave_out(self, text: str, reason: str) -> None:
        """Count text that is not read."""
        if reason != "marks" and (count := count_chars(text)):
            self.skipped[reason] += count

    def tell_formula(self, line: int) -> None:
        """Report a formula that is not read."""
        self.problems.append(Problem(f"{self.source.name}:{line}", _FORMULA))

    def show(self, description: str, line: int) -> None:
        """Read the alternative text of a picture after its paragraph, once, if it is a sentence."""
        text = " ".join(description.split())
        narrate = self.source.narrate
        is_read = is_sentence(text) and text.casefold() not in self.told and f"-{PICTURES}" not in narrate
        if not is_read:
            self.leave_out(text, "picture")
            return
        self.told.add(text.casefold())
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

    def _add(self, block: Block) -> None:
        """Add a block and the pictures in it; a cell waits for its row, and a note may be left out."""
        if self.table is not None:
            self.cells.append(block)
            return
        for each in (block, *self.shown):
            if not each.paragraph.text:
                continue
            if self.note is not None and "footnotes" not in self.source.narrate:
                self.leave_out(each.paragraph.text, "footnotes")
                continue
            if self.note is not None:
                self.note_of[len(self.blocks)] = self.note
            if role := self._role():
                each = replace(each, paragraph=replace(each.paragraph, role=role))
            self.blocks.append(replace(each, is_part=each.is_part or self.items > 0))
        self.shown.clear()

    def _role(self) -> Role | None:
        """Return what the paragraph that is being read is part of; a callout is no quotation."""
        if self.note is not None:
            return Role.NOTE
        return Role.QUOTATION if self.quotes > self.callout else None

    def _read_html(self, html: str, line: int) -> None:
        if is_comment(html):
            self.leave_out(html, "comments")
            return
        source = self.source
        page = Page(source.name, "", source.language, source.narrate, told=self.told)
        markup = read_html_block(html, line, page)
        if markup is None:
            text = " ".join(html.split())
            self._add(Block(Paragraph(text, Kind.TEXT if is_speakable(text) else Kind.BREAK, ((0, line),))))
            return
        self.skipped += markup.skipped_chars
        shown = sum(count_chars(block.paragraph.text) for block in markup.blocks)
        # Only characters that the reader itself adds, such as commas, are not in the block.
        self.added_chars += max(0, shown - count_chars(html))
        for block in markup.blocks:
            self._add(block)

    def _read_table(self, token: Token, line: int) -> None:
        match token.type:
            case "table_open":
                self.table = Table(line)
            case "td_close" if self.table and self.cells:
                self.table.count_cell(self.cells[-1].paragraph.text)
            case "tr_close" if self.table:
                self._close_row(self.table)
            case "table_close" if self.table:
                self._close_table(self.table)

    def _close_row(self, table: Table) -> None:
        cells, self.cells = [cell.paragraph for cell in self.cells if cell.paragraph.text], []
        text = ""
        added = 0
        for cell in cells:
            if text:
                added += text[-1] not in _STOPS
                text += " " if text[-1] in _STOPS else ", "
            text += cell.text.replace("\n", " ")
        if text:
            kind = Kind.TEXT if is_speakable(text) else Kind.BREAK
            table.rows.append((Paragraph(text, kind, cells[0].lines[:1]), added, ""))

    def _close_table(self, table: Table) -> None:
        self.table = None
        if table.is_of_numbers:
            where = f"{self.source.name}:{table.line}"
            self.problems.append(Problem(where, "a table of numbers is not read out"))
            self.skipped["table of numbers"] += table.source_chars
            return
        self.added_chars += table.added_chars
        for row, _, _ in table.rows:
            self._add(Block(row, is_part=True))

    def _arrange(self) -> None:
        """Move notes after their marks, and leave out tables of contents."""
        if self.note_of:
            arranged = notes_at_marks(self.blocks, self.note_of, self.marks, self.source.language)
            self.blocks = arranged.blocks
            self.added_chars += arranged.added_chars
        listed = contents_blocks(self.blocks) if "toc" not in self.source.narrate else set()
        if listed and any(at not in listed for at in range(len(self.blocks))):
            self.skipped["toc"] += sum(count_chars(self.blocks[at].paragraph.text) for at in listed)
            self.blocks = [block for at, block in enumerate(self.blocks) if at not in listed]


class Inline:
    """The text of a paragraph or heading without markup, and the source line of each part of it."""

    def __init__(self, around: MarkdownBlocks, inline: Token, line: int, level: int) -> None:
        """Read the tokens of a paragraph."""
        self.around = around
        self.content = inline.content
        self.level = level
        self.pieces: list[str] = []
        self.starts = [(0, line)]
        self.length = self.read = 0
        self.deleted = self.link_chars = 0
        self.link = self.raised_from = -1
        children = inline.children or []
        self.hidden = inline.content.count("\n") > sum(child.type in _BREAKS for child in children)
        self.is_title = self.has_gap = self.has_plain = False
        self.label_chars = self.bold = 0
        for at, child in enumerate(children):
            self._take(child, children[at + 1].content if at + 1 < len(children) else "")

    def block(self) -> Block:
        """Return the block."""
        whole = "".join(self.pieces)
        text = whole.strip()
        lead = len(whole) - len(whole.lstrip())
        kind = Kind.BREAK if not is_speakable(text) else Kind.HEADING if self.level else Kind.TEXT
        letters = sum(map(str.isalpha, text))
        role = "link" if letters and self.link_chars * 2 > letters else ""
        level = self.level if kind is Kind.HEADING else 0
        starts = tuple((max(0, start - lead), line) for start, line in self.starts)
        label_chars = min(max(0, self.label_chars - lead), len(text))
        paragraph = Paragraph(text, kind, starts, label_chars=label_chars)
        gaps = [found.span() for found in _GAP.finditer(text)] if self.has_gap else []
        return Block(cut(paragraph, gaps) if gaps else paragraph, level, role=role)

    @property
    def line(self) -> int:
        """Line number of the text that is being read."""
        return self.starts[-1][1]

    def _take(self, child: Token, after: str) -> None:
        self.has_gap |= child.type in _MAY_LEAVE_GAP
        match child.type:
            case "softbreak" | "hardbreak":
                self._break(is_hard=child.type == "hardbreak" or self.is_title)
            case "image":
                self._seek(child.content, is_shown=False)
                self.around.show(_shown(child), self.line)
            case "footnote_ref":
                self._mark_note(child)
            case "math_inline" | "math_inline_double":
                self._put_formula(child.content)
            case "html_inline":
                self._take_tag(child.content, after)
            case "strong_open" | "strong_close":
                self.bold += child.nesting
            case "s_open" | "s_close":
                self.deleted += child.nesting
            case "sup_open" | "superscript_open":
                self.raised_from = len(self.pieces)
            case "sup_close" | "superscript_close":
                self._close_raised(after)
            case "link_open":
                self.link = self.length if str(child.attrGet("href") or "").startswith("#") else -1
            case "link_close" if self.link >= 0:
                self.link_chars += self.length - self.link
                self.link = -1
            case _ if child.type == LEFT_OUT:
                self.around.leave_out(child.content, child.meta["reason"])
            case "footnote_anchor":
                pass
            case _:
                self._put(_LINE_END.sub(" ", self._without_signs(child.content)))

    def _without_signs(self, text: str) -> str:
        """Return the first text of a list item or quotation without the signs of a task or callout."""
        if self.pieces or not self.around.is_first:
            return text
        if self.around.items and (task := _TASK.match(text)):
            return text[task.end() :]
        if self.around.quotes and (callout := CALLOUT.match(text)):
            self.is_title = True
            self.around.callout = self.around.quotes
            return text[callout.end() :]
        return text

    def _put(self, piece: str) -> None:
        if self.deleted:
            self.around.leave_out(piece, "deleted")
            return
        self._seek(piece)
        self.pieces.append(piece)
        self.length += len(piece)
        if not self.bold:
            self.has_plain = self.has_plain or bool(uncoded(piece).strip())
        elif not self.has_plain:
            self.label_chars = self.length

    def _seek(self, piece: str, *, is_shown: bool = True) -> None:
        """Find the words of a piece in the source, because code and link addresses may contain line ends."""
        for match in _WORD.finditer(piece) if self.hidden else ():
            found = self.content.find(match.group(), self.read)
            if found >= 0:
                if jumped := self.content.count("\n", self.read, found):
                    start = self.length + (match.start() if is_shown else 0)
                    self.starts.append((start, self.line + jumped))
                self.read = found + len(match.group())

    def _break(self, *, is_hard: bool) -> None:
        """End a line. A hard break ends a line of verse, like `<br>`."""
        self.is_title = False
        self.read = self.content.find("\n", self.read) + 1
        self.starts.append((self.length + 1, self.line + 1))
        has_text = any(map(str.strip, self.pieces[:2])) or len(self.pieces) > 2
        self.pieces.append("\n" if is_hard and not self.level and has_text else " ")
        self.length += 1

    def _mark_note(self, child: Token) -> None:
        label = str(child.meta.get("label") or child.meta["id"] + 1)
        if "noterefs" in self.around.source.narrate:
            self._put(f" {label}")
        else:
            self.around.leave_out(f"[^{label}]", "noterefs")
        self.around.mark(str(child.meta["id"]), label)

    def _put_formula(self, formula: str) -> None:
        text = plain_formula(formula)
        if text is None:
            self.around.leave_out(formula, "formula")
            self.around.tell_formula(self.line)
        else:
            self._put(text)

    def _take_tag(self, html: str, after: str) -> None:
        if is_comment(html):
            self.around.leave_out(html, "comments")
            return
        name = tag_name(html)
        if not name:
            self._put(_LINE_END.sub(" ", html))
        elif name.lstrip("/") in _DELETED:
            self.deleted = max(0, self.deleted + (-1 if name[0] == "/" else 1))
        elif name == "sup":
            self.raised_from = len(self.pieces)
        elif name == "/sup":
            self._close_raised(after)
        elif name == "br":
            self.pieces.append(" " if self.level else "\n")
            self.length += 1
        elif name == "img":
            self.around.show(alternative_text(html), self.line)

    def _close_raised(self, after: str) -> None:
        """Decide what the text since the start of a raised part means."""
        start, self.raised_from = self.raised_from, -1
        if start < 0:
            return
        mark = "".join(self.pieces[start:])
        before = ""
        for piece in reversed(self.pieces[max(0, start - SEEN_CHARS) : start]):
            before = (piece[-SEEN_CHARS:] + before)[-SEEN_CHARS:]
        found = meaning(before, mark, after)
        del self.pieces[start:]
        self.length -= len(mark)
        reason = {Raised.NOTE: "noterefs", Raised.VERSE: "verse-numbers"}.get(found)
        if reason and reason not in self.around.source.narrate:
            self.around.leave_out(mark, reason)
            return
        shown = superscript(mark) if found is Raised.POWER else None
        self.pieces.append(shown or mark)
        self.length += len(shown or mark)


def _shown(child: Token) -> str:
    """Return the visible text of an inline token; for a picture, its alternative text."""
    if child.type == "image":
        return "".join(" " if part.type in _BREAKS else _shown(part) for part in child.children or ())
    return child.content
